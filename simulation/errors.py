"""What can be wrong about a company somebody asks for."""

from collections.abc import Iterable

from ledger.errors import PayriskError


class ImpossibleCompany(PayriskError):
    """A size or span no company can have. `field` names the argument, the message what came and what was expected."""

    code = "impossible_company"
    exit_code = 2

    def __init__(self, field: str, came: object, expected: str) -> None:
        self.field, self.came = field, came
        super().__init__(f"A simulated company with {field} = {came} cannot be built. Expected {expected}.")


class UnknownWorld(PayriskError):
    """A world that is none of ours."""

    code = "unknown_world"
    exit_code = 2

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        super().__init__(f'There is no world "{name}". Expected one of {", ".join(sorted(known))}.')


class NoSuchOrder(PayriskError):
    """An order of calling that is none of ours."""

    code = "unknown_order"
    exit_code = 2

    def __init__(self, name: str, known: Iterable[str]) -> None:
        self.name = name
        super().__init__(f'There is no order "{name}". Expected some of {", ".join(known)}.')
