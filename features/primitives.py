"""The few questions that every feature is made of, as data.

An expression says *what* is asked; `point_in_time` answers it fast, `oracle` answers it slowly and obviously, and
`evaluate` does the arithmetic between answers. Three kinds:

- `Ask`: a question to the facts of a customer, or of everyone, as known on an evening;
- `OfItem`: something the item itself shows on that evening;
- `Combined`: arithmetic over other expressions.

Events are dated by the evening on which they became known, so an answer holds nothing learned later.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import metadata

from features.errors import BadCatalogue

version = cache(metadata.version)
"""Of a package; read once, for it is parsed out of a file."""

GRACE_DAYS = 5
"""An invoice counts as late, in a habit, when it is settled more than this many days after its due day. Fixed: the
grace that a company sets (`PAYRISK_GRACE_DAYS`) is for its estimates, and must not move what a habit is."""

LATE_DAYS = (0, GRACE_DAYS, 30)
"""How late is told apart: `late_0`, `late_5`, `late_30` are 1 for invoices settled more than so many days late."""

FASTEST_DAYS, SLOWEST_DAYS = -30, 365
"""Counts by day tell days late apart within these; beyond, an invoice counts with the last one."""

BINS = {"days_late": (FASTEST_DAYS, SLOWEST_DAYS), "weekday": (0, 6), "month_part": (0, 5)}
"""The lowest and the highest value that is told apart in counts by value."""

HALF_LIVES = 64
"""An event so many half-lives back weighs nothing."""

MOST_DAYS = 4_096
"""Days late that weigh on money are held within ± so many."""

VERSIONS = {
    "count": 2, "sum": 2, "last": 2, "last_sum": 2, "streak": 2, "longest_streak": 1, "decayed_mean": 2,
    "days_since_newest": 2, "days_since_oldest": 2, "distinct": 1, "quantile": 1, "highest": 1, "peak": 1,
    "open_count": 1, "open_money": 2, "open_days": 1, "oldest_open_dpd": 2, "of_item": 1, "combined": 1,
}  # fmt: skip
"""Raised by one whenever the answer to a question changes, so that old bundles refuse new rows."""

STREAMS = {
    "settled": "invoices settled by cash, on the evening their settlement was known",
    "settled_in_currency": "those in the currency of the item asked about",
    "cleared": "invoices settled in any way (cash, credit, discount, write-off)",
    "paid": "cash payments, until they are known to have bounced",
    "billed": "invoices, on the evening they were known",
    "billed_in_currency": "the customer's invoices in the currency of the item asked about",
    "first_paid": "the first payment of each invoice; `in_part` where it did not settle it that evening",
    "credited_in_currency": "credits, discounts and write-offs on invoices in the currency of the item asked about",
    "disputed": "disputes raised, on the evening they were known",
    "contacted": "tries to reach the customer; `unanswered`: nobody who can speak about paying was reached",
    "promised": "promises to pay, from the evening their state was known (pending, kept, broken)",
}
"""The events that can be asked about (`over=`), all of one customer."""

IN_CURRENCY = frozenset(name for name in STREAMS if name.endswith("_in_currency"))
"""The streams that belong to one customer and currency."""

EVENT_SUMS = ("count", "sum")
EVENT_ORDERS = (
    "last", "last_sum", "streak", "longest_streak", "decayed_mean", "days_since_newest", "days_since_oldest",
    "distinct",
)  # fmt: skip
EVENT_BINS = ("quantile", "highest", "peak")
BOOK = ("open_count", "open_money", "open_days", "oldest_open_dpd")
"""The questions, by what answers them together, in the order of the numbers that `kernels/` knows them by."""

DATA_OF = {"due_days_to_working_day": "holidays"}
"""Facts of items that are looked up in the data of a package, whose version is part of what they mean."""


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

    @property
    def of_the_item(self) -> bool:
        """Whether it depends on the item, not only on its customer, currency and evening."""
        return False


@dataclass(frozen=True)
class Ask(Expression):
    """A question to a customer's facts.

    Attributes:
        over: one of `STREAMS`, or '' for the open book.
        number: how many events, how many days, percent, or a half-life in days.
        everyone: over the events of all customers instead; only counts and sums over `settled`, and open counts.
    """

    primitive: str
    over: str = ""
    column: str = ""
    window: int | None = None
    number: int = 0
    everyone: bool = False

    def within(self, window: int) -> "Ask":
        if self.primitive in EVENT_ORDERS:
            raise BadCatalogue(f"{self.primitive} looks at all events in their order; it has no window.")
        return replace(self, window=window) if self.primitive in EVENT_SUMS + EVENT_BINS else self

    def canonical(self) -> str:
        facts = f"{self.column},{self.over},{self.window},{self.number},grace={GRACE_DAYS}"
        if self.primitive in EVENT_BINS:
            facts += f",bins={BINS[self.column]}"
        if self.primitive == "decayed_mean":
            facts += f",half_lives={HALF_LIVES}"
        if self.column == "amount_days_late":
            facts += f",most_days={MOST_DAYS}"
        whose = "everyone." if self.everyone else ""
        return f"{whose}{self.primitive}.v{VERSIONS[self.primitive]}({facts})"

    def asks(self) -> Iterator["Ask"]:
        yield self


@dataclass(frozen=True)
class OfItem(Expression):
    """Something the item shows on that evening: one of the names in `evaluate.ITEM_FACTS`."""

    fact: str

    def canonical(self) -> str:
        package = DATA_OF.get(self.fact)
        data = f",{package}={version(package)}" if package else ""
        return f"of_item.v{VERSIONS['of_item']}({self.fact}{data})"

    @property
    def of_the_item(self) -> bool:
        return True


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

    @cached_property
    def _of_the_item(self) -> bool:
        return any(part.of_the_item for part in self.parts)

    @property
    def of_the_item(self) -> bool:
        return self._of_the_item


# ------------------------------------------------------------------ over events: sums, which any window may cut


def count(over: str) -> Ask:
    """How many events; 0 when there are none."""
    return Ask("count", over, "one")


def total(column: str, over: str) -> Ask:
    """The sum of a column; 0 when there are no events."""
    return Ask("sum", over, column)


def mean(column: str, over: str) -> Combined:
    """The plain mean; missing without events."""
    return ratio(total(column, over), count(over))


def std(column: str, over: str) -> Combined:
    """The sample standard deviation; missing below two events."""
    return Combined("std", (count(over), total(column, over), total(column + "^2", over)))


def everyones(ask: Ask) -> Ask:
    """The same question over the events of all customers: the portfolio's rate, towards which thin histories shrink.

    Raises `BadCatalogue` for anything but counts and sums over `settled`, and open counts.
    """
    if not (ask.over == "settled" and ask.primitive in EVENT_SUMS) and ask.primitive != "open_count":
        raise BadCatalogue(f"{ask.canonical()} cannot be asked about everyone.")
    return replace(ask, everyone=True)


# ------------------------------------------------------------------ over events: counts by whole day, any window


def highest(column: str, over: str) -> Ask:
    """The largest value, days late within -30 and 365; missing without events."""
    return Ask("highest", over, column)


def quantile(column: str, over: str, percent: int) -> Ask:
    """The smallest value that so many percent of the events do not exceed, days late within -30 and 365; missing
    without events."""
    return Ask("quantile", over, column, number=percent)


def peak(column: str, over: str) -> Ask:
    """How many events share the commonest value; missing without events."""
    return Ask("peak", over, column)


# ------------------------------------------------------------------ over events: in their order, all that are known


def last(column: str, over: str) -> Ask:
    """The value of the newest event; of several learned on one evening, the one that happened last."""
    return Ask("last", over, column)


def last_sum(column: str, over: str, of: int) -> Ask:
    """The sum over the newest `of` events; missing while there are fewer."""
    return Ask("last_sum", over, column, number=of)


def streak(column: str, over: str) -> Ask:
    """How many of the newest events in a row hold 1; 0 when the newest holds 0, missing without events."""
    return Ask("streak", over, column)


def longest_streak(column: str, over: str) -> Ask:
    """The most events in a row that ever held 1; missing without events."""
    return Ask("longest_streak", over, column)


def decayed_mean(column: str, over: str, half_life: int) -> Ask:
    """The mean in which an event weighs half as much for every `half_life` days that it lies further back."""
    return Ask("decayed_mean", over, column, number=half_life)


def days_since_newest(column: str, over: str) -> Ask:
    """Days from the newest day in the column to as_of, at least 0; missing without events."""
    return Ask("days_since_newest", over, column)


def days_since_oldest(column: str, over: str) -> Ask:
    """Days from the oldest day in the column to as_of, at least 0; missing without events."""
    return Ask("days_since_oldest", over, column)


def distinct(column: str, over: str) -> Ask:
    """How many different values the column holds: payment days; 0 without events."""
    return Ask("distinct", over, column)


# ------------------------------------------------------------------ of the open book on that evening

ANY_AGE = -(1 << 22)


def open_money() -> Ask:
    """The customer's open amount, minor units, on invoices in the item's currency; credits and what was overpaid are
    not netted."""
    return Ask("open_money", number=ANY_AGE)


def overdue_money(by_more_than: int = 0) -> Ask:
    """The part of `open_money` on invoices more than so many days past due."""
    return Ask("open_money", number=by_more_than)


def open_count() -> Ask:
    """The customer's unsettled invoices."""
    return Ask("open_count", number=ANY_AGE)


def overdue_count(by_more_than: int = 0) -> Ask:
    """The customer's unsettled invoices more than so many days past due."""
    return Ask("open_count", number=by_more_than)


def overdue_days(by_more_than: int = 0) -> Ask:
    """The sum of days past due over those invoices."""
    return Ask("open_days", number=by_more_than)


def oldest_open_dpd() -> Ask:
    """Days past due of the customer's unsettled invoice with the earliest due day; negative when none is due yet."""
    return Ask("oldest_open_dpd", number=ANY_AGE)


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


def times(value: Expression, number: float) -> Combined:
    """value * number."""
    return Combined("times", (value,), (number,))


def shifted(value: Expression, number: float) -> Combined:
    """value + number."""
    return Combined("shifted", (value,), (number,))


def not_below_zero(value: Expression) -> Combined:
    """The value, 0 where it is negative."""
    return Combined("not_below_zero", (value,))


def ratio(part: Expression, whole: Expression) -> Combined:
    """part / whole; missing where the whole is not above 0."""
    return Combined("ratio", (part, whole))


def share(part: Expression, whole: Expression) -> Combined:
    """part / whole, held within [0, 1]; missing where the whole is not above 0."""
    return Combined("share", (part, whole))


def shrunken(part: Expression, whole: Expression, prior: Expression, weight: float) -> Combined:
    """(part + weight * prior) / (whole + weight): a mean that few events move little; missing where the whole is 0."""
    return Combined("shrunken", (part, whole, prior), (weight,))


def when_at_least(value: Expression, events: Expression, needed: int) -> Combined:
    """The value where there are at least `needed` events, else missing."""
    return Combined("when_at_least", (value, events), (needed,))


def log10_money(minor: Expression) -> Combined:
    """log10(1 + amount in currency units) of an amount in minor units of the item's currency; 0 for 0."""
    return Combined("log10_money", (minor, of_item("exponent")))
