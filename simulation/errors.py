"""What can be wrong about a company somebody asks for."""

from ledger.errors import PayriskError


class ImpossibleCompany(PayriskError):
    """A size or span no company can have. `field` names the argument, the message what came and what was expected."""

    code = "impossible_company"
    exit_code = 2

    def __init__(self, field: str, came: object, expected: str) -> None:
        self.field, self.came = field, came
        super().__init__(f"A simulated company with {field} = {came} cannot be built. Expected {expected}.")
