"""Overruled: how often people said that the list is wrong about an account, or put it off by hand. Pure.

Counted are days on which somebody worked an account: of these, on how many was it contested or put off? What was taken
back does not count. A wrong telephone number is a fault of the data and says nothing against the list.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from ledger.desk_journal import Recorded
from models.overruled import Overruled
from serving.activities.effort import work
from serving.activities.said import Contest, Snooze

NOT_THE_LIST = frozenset({"wrong_contact"})
"""Codes of a contest that say nothing against the list's order."""

RECENT_DAYS = 30
RECENT = "last 30 days"
MONTHS = 12
"""Calendar months that are looked back at most, the evening's own among them."""

LONGEST_DAYS = 366
"""Days before an evening in which all of these lie."""


def overruled(rows: Iterable[Recorded], as_of: date) -> list[Overruled]:
    """The last 30 days up to an evening, then its months with any work, oldest first; nothing where nobody worked.

    Args:
        rows: of the journal, in any order; those of later days have no say.
    """
    known = work(row for row in rows if row.known_on <= as_of)
    recent = [row for row in known if row.known_on > as_of - timedelta(RECENT_DAYS)]
    first = _month_before(as_of, MONTHS - 1)
    months: dict[str, list[Recorded]] = {}
    for row in known:
        months.setdefault(f"{row.known_on:%Y-%m}", []).append(row)
    counted = [_counted(month, months[month]) for month in sorted(months) if month >= first]
    return [_counted(RECENT, recent), *counted] if counted else []


def _counted(period: str, rows: list[Recorded]) -> Overruled:
    contested = {_of_day(row) for row in rows if row.kind == Contest.kind and row.said["because"] not in NOT_THE_LIST}
    put_off = {_of_day(row) for row in rows if row.kind == Snooze.kind}
    return Overruled(
        period=period,
        worked=len({_of_day(row) for row in rows}),
        contested=len(contested),
        put_off=len(put_off),
        overruled=len(contested | put_off),
    )


def _of_day(row: Recorded) -> tuple[str, date]:
    return row.customer_id, row.known_on


def _month_before(day: date, months: int) -> str:
    """The month so many before that of a day: `2025-04`."""
    number = day.year * 12 + day.month - 1 - months
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
