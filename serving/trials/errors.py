"""Errors of the trials: a log that would be changed, and chances from which nothing can be drawn."""

from ledger.errors import PayriskError
from ledger.words import shown


class DecisionsChanged(PayriskError):
    """Other decisions under the id of a run whose decisions are in the log."""

    code = "decisions_changed"
    field = "run_id"
    remedy = "Publish under a new run: whatever decides a list, its salt too, belongs into the run's fingerprint."

    def __init__(self, run_id: str, account_id: str) -> None:
        self.run_id, self.account_id = run_id, account_id
        super().__init__(
            f"The decisions of run {run_id} are in the log, and now differ for account {shown(account_id)}. The log is "
            f"append-only: nothing was written. {self.remedy}"
        )


class NotADecision(PayriskError):
    """A decision that a log must not hold."""

    code = "bad_decision"

    def __init__(self, account_id: str, field: str, found: object, expected: str) -> None:
        self.account_id, self.field = account_id, field
        super().__init__(
            f"The decision about account {shown(account_id)} has {field} {found}. Expected {expected}; nothing was "
            "written."
        )


class NotADesign(PayriskError):
    """Numbers from which nobody can be drawn."""

    code = "bad_design"

    def __init__(self, field: str, found: object, expected: str) -> None:
        self.field = field
        super().__init__(f"A draw with {field} {found} cannot be made. Expected {expected}.")
