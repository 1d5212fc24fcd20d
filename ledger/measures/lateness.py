"""Lateness: was it paid late, how late on average, and where that cannot be said yet.

All looks back at items with a clear day; `dpd` of open items is in `ledger.aging`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ledger.measures.ratios import Mean, weighted_mean

ClearedBy = Literal["cash", "credit", "write_off"]
LatenessClass = Literal["on_time", "late", "very_late"]


@dataclass(frozen=True)
class Paid:
    """An item that cash has cleared: its amount in minor units and its days, `cleared_on` the value date if known.

    Items cleared by credit memo or write-off were not paid, and do not belong here.
    """

    amount_minor: int
    issued_on: int
    due_on: int
    cleared_on: int


@dataclass(frozen=True)
class LateLabel:
    """Whether one item was late, by one definition.

    Attributes:
        name: `late_` and the days of grace, so that no number travels without its definition.
        late: None where it cannot be said.
        unknown_because: `still_open` (and not late yet) or `not_cash` (cleared by credit or write-off); None if known.
    """

    name: str
    late: bool | None
    unknown_because: Literal["still_open", "not_cash"] | None = None


def late(due_on: int, cleared_on: int, as_of: int, *, grace_days: int, cleared_by: ClearedBy = "cash") -> LateLabel:
    """Late: cleared after `due_on + grace_days`, or still open when that day has passed.

    Paid on the due day, and on the last day of grace, is not late. An item that is open and not past its grace is
    unknown, not on time: dropping or zeroing such items bends every rate. An item cleared otherwise than by cash left
    by another door and has no label, whatever the day.

    Args:
        cleared_on: `ledger.days.NEVER` while open; a day after `as_of` counts as open.

    Source: measures, section 4.

    >>> from ledger.days import NEVER
    >>> late(100, NEVER, 105, grace_days=5).late, late(100, NEVER, 106, grace_days=5).late
    (None, True)
    """
    name, last_good_day = f"late_{grace_days}", due_on + grace_days
    if cleared_on > as_of:
        return LateLabel(name, True) if as_of > last_good_day else LateLabel(name, None, "still_open")
    if cleared_by != "cash":
        return LateLabel(name, None, "not_cash")
    return LateLabel(name, cleared_on > last_good_day)


def lateness_class(days_late: int, very_late_after_days: int = 0) -> LatenessClass:
    """On time (on or before the due day), late, or very late: more than `very_late_after_days` days.

    With 0 there are two classes only, on time and late.

    >>> [lateness_class(days, 30) for days in (0, 1, 30, 31)], lateness_class(31)
    (['on_time', 'late', 'late', 'very_late'], 'late')
    """
    if days_late <= 0:
        return "on_time"
    return "very_late" if 0 < very_late_after_days < days_late else "late"


def avg_days_to_pay(paid: Iterable[Paid]) -> Mean:
    """Days from issue to clearing, weighted by amount, of the items cleared in a window; with their count."""
    return weighted_mean((item.cleared_on - item.issued_on, item.amount_minor) for item in paid)


def avg_days_late_paid(paid: Iterable[Paid]) -> Mean:
    """Days from due to clearing, weighted by amount; early payments count below 0. With the count of items.

    Not `add_portfolio`, which looks at what is open.
    """
    return weighted_mean((item.cleared_on - item.due_on, item.amount_minor) for item in paid)


def avg_days_late_paid_floored(paid: Iterable[Paid]) -> Mean:
    """As `avg_days_late_paid`, but who paid early counts as 0, so that the early do not excuse the late."""
    return weighted_mean((max(0, item.cleared_on - item.due_on), item.amount_minor) for item in paid)


def weighted_average_terms(invoices: Iterable[tuple[int, int, int]]) -> Mean:
    """Days from issue to due, weighted by amount, of (minor units, day of issue, due day) rows; with their count."""
    return weighted_mean((due_on - issued_on, minor) for minor, issued_on, due_on in invoices)
