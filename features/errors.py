"""What can be wrong with a question about the past, and how to ask it rightly."""

from datetime import date

from ledger.errors import PayriskError


class FutureView(PayriskError):
    """Feature rows were asked from a view that knows more than its evening did."""

    code = "future_view"
    field = "known_by"
    remedy = "Ask the ledger for as_of(day) without a later known_by."

    def __init__(self, day: date, known_by: date) -> None:
        self.day, self.known_by = day, known_by
        super().__init__(
            f"Features of {day.isoformat()} need the knowledge of that evening, but the view knows facts up to "
            f"{known_by.isoformat()}. {self.remedy}"
        )


class QuestionAfterView(PayriskError):
    """A question about an evening that the view has not seen yet."""

    code = "question_after_view"
    field = "day"

    def __init__(self, asked: date, day: date) -> None:
        self.asked, self.day = asked, day
        super().__init__(
            f"A question about {asked.isoformat()} cannot be answered from the evening of {day.isoformat()}. "
            f"Expected days up to the view's own; take the view of the later day."
        )


class NotOpenThen(PayriskError):
    """A question about an item that was not known, or had no money to come, on that evening."""

    code = "not_open_then"
    field = "item_id"

    def __init__(self, item_id: str, day: date, known: bool, others: int) -> None:
        self.item_id, self.day, self.known, self.others = item_id, day, known, others
        state = "had no money to come" if known else "was not known"
        more = f" (and {others:,} more questions like it)" if others else ""
        super().__init__(
            f'Item "{item_id}" {state} on the evening of {day.isoformat()}{more}. '
            f"Ask only about open items: open_questions(view, days) lists them."
        )


class BadQuestions(PayriskError):
    """The frame of questions lacks a column or holds days that are not whole numbers."""

    code = "bad_questions"

    def __init__(self, came: str) -> None:
        super().__init__(
            f"Expected questions with the columns item_id and day (whole days since 1970-01-01); came {came}."
        )


class BadCatalogue(PayriskError):
    """Two features share a name, or a declaration is incomplete. Found when the catalogue is read."""

    code = "bad_catalogue"


class WeightedSumTooLarge(PayriskError):
    """The money of one customer is more than sums of 64 bits hold."""

    code = "weighted_sum_too_large"
    field = "amount"

    def __init__(self, customer_id: str) -> None:
        self.customer_id = customer_id
        super().__init__(
            f'The amounts of customer "{customer_id}", weighted by their days late, add up to more than whole '
            "numbers of 64 bits hold. Expected money in minor units of its currency; look for amounts that are out of "
            "proportion, or split the customer."
        )


class DayOutOfRange(PayriskError):
    """A fact of a day so far away that it cannot be told from one that never comes."""

    code = "day_out_of_range"

    def __init__(self, day: int) -> None:
        self.day = day
        super().__init__(
            f"A fact is of a day {abs(day):,} days {'after' if day > 0 else 'before'} 1970-01-01. "
            "Expected days before the year 4707; correct the fact."
        )


class UnknownLanguage(PayriskError):
    """Reasons were asked for in a language that they are not written in."""

    code = "unknown_language"
    field = "language"

    def __init__(self, language: str, known: tuple[str, ...]) -> None:
        self.language, self.known = language, known
        super().__init__(f"Reasons are not written in {language!r:.40}. Expected one of {', '.join(known)}.")
