"""Errors of the training room."""

from datetime import date

from ledger.errors import PayriskError


class NothingSettled(PayriskError):
    """A ledger from which nothing can be learned yet."""

    code = "nothing_settled"

    def __init__(self, as_of: date, open_items: int) -> None:
        self.as_of, self.open_items = as_of, open_items
        super().__init__(
            f"By the evening of {as_of.isoformat()} no invoice of this ledger was known to be settled "
            f"({open_items:,} open), so there is nothing to learn from. Nothing was trained; the queue "
            "will be ordered by rule (overdue money and age), without probabilities, and says so. "
            "Import payments, then train again."
        )


class UndefinedMeasure(PayriskError):
    """A measure that this case does not have, or that we refuse to print."""

    code = "undefined_measure"

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what} is not defined here: {why}.")
