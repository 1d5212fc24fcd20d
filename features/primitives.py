"""The few questions that every feature is made of, as data.

An expression says *what* is asked; `point_in_time` answers it fast, `sweep` answers it slowly and obviously, and
`evaluate` does the arithmetic between answers. Three kinds:

- `Ask`: a question to the customer's facts as known on an evening;
- `OfItem`: something the item itself shows on that evening;
- `Combined`: arithmetic over other expressions.

Events are dated by the evening on which they became known, so an answer holds nothing learned later.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

GRACE_DAYS = 5
"""An invoice counts as late, in a habit, when it is settled more than this many days after its due day."""

VERSIONS = {
    "count": 1, "sum": 1, "mean": 1, "std": 1, "max": 1, "last": 1, "last_sum": 1, "streak": 1, "decayed_mean": 1,
    "days_since_newest": 1, "days_since_oldest": 1, "open_money": 1, "overdue_money": 1, "overdue_count": 1,
    "overdue_days": 1, "oldest_open_due": 1, "of_item": 1, "combined": 1,
}  # fmt: skip
"""Raised by one whenever the answer to a question changes, so that old bundles refuse new rows."""

STREAMS = {
    "settled": "invoices settled by cash, on the evening their settlement was known",
    "cleared": "invoices settled in any way (cash, credit, discount, write-off)",
    "paid": "cash payments",
    "billed": "invoices, on the evening they were known",
    "billed_in_currency": "the customer's invoices in the currency of the item asked about",
    "part_paid": "invoices whose first cash did not settle them, on the evening that cash was known",
}
"""The events that can be asked about (`over=`), all of one customer."""


@dataclass(frozen=True)
class Expression:
    """Something that has a value for one item on one evening."""

    def within(self, window: int) -> "Expression":
        """The same, with questions over events cut to `as_of - window < day <= as_of`."""
        return self

    def canonical(self) -> str:
        """The expression as text, with the version of each question in it."""
        raise NotImplementedError

    def asks(self) -> Iterator["Ask"]:
        """Every question to the customer's facts in it."""
        return iter(())


@dataclass(frozen=True)
class Ask(Expression):
    """A question to a customer's facts.

    `over` is one of `STREAMS`, or '' for a state; `number` is how many events, how many days, or a half-life in days.
    """

    primitive: str
    over: str = ""
    column: str = ""
    window: int | None = None
    number: int = 0

    def within(self, window: int) -> "Ask":
        windowed = self.primitive in ("count", "sum", "mean", "std", "max")
        return replace(self, window=window) if windowed else self

    def canonical(self) -> str:
        facts = f"{self.column},{self.over},{self.window},{self.number},grace={GRACE_DAYS}"
        return f"{self.primitive}.v{VERSIONS[self.primitive]}({facts})"

    def asks(self) -> Iterator["Ask"]:
        yield self


@dataclass(frozen=True)
class OfItem(Expression):
    """Something the item shows on that evening: one of the names in `evaluate.ITEM_FACTS`."""

    fact: str

    def canonical(self) -> str:
        return f"of_item.v{VERSIONS['of_item']}({self.fact})"


@dataclass(frozen=True)
class Combined(Expression):
    """Arithmetic over expressions: `how` is one of the names in `evaluate.ARITHMETIC`."""

    how: str
    parts: tuple[Expression, ...]
    numbers: tuple[float, ...] = ()

    def within(self, window: int) -> "Combined":
        return replace(self, parts=tuple(part.within(window) for part in self.parts))

    def canonical(self) -> str:
        inside = ",".join([part.canonical() for part in self.parts] + [repr(number) for number in self.numbers])
        return f"{self.how}.v{VERSIONS['combined']}({inside})"

    def asks(self) -> Iterator[Ask]:
        for part in self.parts:
            yield from part.asks()


# ------------------------------------------------------------------ over events


def count(over: str) -> Ask:
    """How many events; 0 when there are none."""
    return Ask("count", over)


def total(column: str, over: str) -> Ask:
    """The sum of a column; 0 when there are no events."""
    return Ask("sum", over, column)


def mean(column: str, over: str) -> Ask:
    """The plain mean; missing without events."""
    return Ask("mean", over, column)


def std(column: str, over: str) -> Ask:
    """The sample standard deviation; missing below two events."""
    return Ask("std", over, column)


def largest(column: str, over: str) -> Ask:
    """The largest value; missing without events."""
    return Ask("max", over, column)


def last(column: str, over: str) -> Ask:
    """The value of the newest event; of several learned on one evening, the one that happened last."""
    return Ask("last", over, column)


def last_sum(column: str, over: str, of: int) -> Ask:
    """The sum over the newest `of` events; missing while there are fewer."""
    return Ask("last_sum", over, column, number=of)


def streak(column: str, over: str) -> Ask:
    """How many of the newest events in a row hold 1; 0 when the newest holds 0, missing without events."""
    return Ask("streak", over, column)


def decayed_mean(column: str, over: str, half_life: int) -> Ask:
    """The mean in which an event weighs half as much for every `half_life` days that it lies further back."""
    return Ask("decayed_mean", over, column, number=half_life)


def days_since_newest(column: str, over: str) -> Ask:
    """Days from the newest day in the column to as_of, at least 0; missing without events."""
    return Ask("days_since_newest", over, column)


def days_since_oldest(column: str, over: str) -> Ask:
    """Days from the oldest day in the column to as_of, at least 0; missing without events."""
    return Ask("days_since_oldest", over, column)


# ------------------------------------------------------------------ of the state on that evening


def open_money() -> Ask:
    """The customer's open amount, minor units, on invoices in the item's currency; unused credits are not netted."""
    return Ask("open_money")


def overdue_money(by_more_than: int = 0) -> Ask:
    """The part of `open_money` on invoices more than so many days past due."""
    return Ask("overdue_money", number=by_more_than)


def overdue_count(by_more_than: int = 0) -> Ask:
    """The customer's unsettled invoices more than so many days past due."""
    return Ask("overdue_count", number=by_more_than)


def overdue_days(by_more_than: int = 0) -> Ask:
    """The sum of days past due over those invoices."""
    return Ask("overdue_days", number=by_more_than)


def oldest_open_dpd() -> Ask:
    """Days past due of the customer's unsettled invoice with the earliest due day; negative when none is due yet."""
    return Ask("oldest_open_due")


# ------------------------------------------------------------------ of the item, and between answers


def of_item(fact: str) -> OfItem:
    """Something the item itself shows on that evening."""
    return OfItem(fact)


def minus(left: Expression, right: Expression) -> Combined:
    """left - right; missing when either is."""
    return Combined("minus", (left, right))


def plus(left: Expression, right: Expression) -> Combined:
    """left + right; missing when either is."""
    return Combined("plus", (left, right))


def ratio(part: Expression, whole: Expression) -> Combined:
    """part / whole; missing where the whole is not above 0."""
    return Combined("ratio", (part, whole))


def share(part: Expression, whole: Expression) -> Combined:
    """part / whole, held within [0, 1]; missing where the whole is not above 0."""
    return Combined("share", (part, whole))


def shrunken_share(part: Expression, whole: Expression, prior: float, weight: float) -> Combined:
    """(part + weight * prior) / (whole + weight): a share that few events move little; missing where the whole is 0."""
    return Combined("shrunken_share", (part, whole), (prior, weight))


def when_at_least(value: Expression, events: Expression, needed: int) -> Combined:
    """The value where there are at least `needed` events, else missing."""
    return Combined("when_at_least", (value, events), (needed,))
