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


class NothingToJudge(PayriskError):
    """A ledger that has no past evening to learn from and be judged on."""

    code = "nothing_to_judge"

    def __init__(self, as_of: date) -> None:
        self.as_of = as_of
        super().__init__(
            f"By the evening of {as_of.isoformat()} the ledger is too young to be judged: an evening is judged 30 days "
            "later, by what was learned a week before it. Import older invoices with their payments, or wait. "
            "Nothing was changed."
        )


class UndefinedMeasure(PayriskError):
    """A measure that this case does not have, or that we refuse to print."""

    code = "undefined_measure"

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what} is not defined here: {why}.")
