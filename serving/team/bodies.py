"""The team as the API tells it: made of the very `TeamDay` that the page shows, in pages of a list that may move.

A cursor is the place of the last entry in the order of the list, so an entry that left it since breaks no page.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from decimal import Decimal
from statistics import median
from typing import Any, TypeVar

from serving.activities.bodies import activity_json
from serving.errors import BadCursor
from serving.team.coverage_store import Brief
from serving.team.room import TeamDay
from serving.team.team import Collector, Team
from serving.team.waiting import Waiting
from serving.team.workload import Load

Json = dict[str, Any]
T = TypeVar("T")


def team_body(team: Team | None) -> Json:
    """Who calls, for how long on which days; nobody where no file names anybody."""
    return {"items": [_collector(one) for one in team.collectors] if team else [], "next_cursor": None}


def workload_body(day: TeamDay) -> Json:
    """What each collector has before them, did in the period, and what their accounts would have brought the team."""
    loads = zip(day.collectors, day.loads, strict=True)
    return {
        **_head(day),
        "period": day.period,
        "staffing": day.staffing,
        "call_minutes": {
            "noted": len(day.call_minutes),
            "median": median(day.call_minutes) if day.call_minutes else None,
            "planned": day.planned_minutes,
        },
        "promises_due_today": len(day.promised_today),
        "promises_broken": len(day.broken),
        "items": [_load(one, load, day) for one, load in loads],
        "next_cursor": None,
    }


def coverage_body(day: TeamDay, cursor: str | None, limit: int) -> Json:
    """Where the past due accounts stand, and a page of those without a next step. Raises `BadCursor`."""
    coverage = day.coverage
    shown, next_cursor = _page(coverage.without, _place_of_account, cursor, limit)
    return {
        **_head(day),
        "past_due": coverage.past_due,
        "with_next_step": coverage.with_step,
        "places": dict(coverage.places),
        "unowned": coverage.unowned,
        "starving": coverage.starving,
        "items": [_account(one) for one in shown],
        "next_cursor": next_cursor,
    }


def waiting_body(day: TeamDay, cursor: str | None, limit: int) -> Json:
    """A page of what waits for a manager. Raises `BadCursor`."""
    shown, next_cursor = _page(day.waiting, _place_of_waiting, cursor, limit)
    items = [
        {**activity_json(one.row, []), "late_since": one.late_since.isoformat() if one.late_since else None}
        for one in shown
    ]
    return {**_head(day), "items": items, "next_cursor": next_cursor}


def _head(day: TeamDay) -> Json:
    return {
        "as_of": day.run["as_of"], "run_id": day.run["run_id"], "today": day.today.isoformat(),
        "currency": day.currency,
    }  # fmt: skip


def _collector(one: Collector) -> Json:
    return {
        "collector_id": one.collector_id,
        "name": one.name,
        "minutes_a_day": one.minutes_a_day,
        "works_on": list(one.works_on),
        "absent": [{"first": span.first.isoformat(), "last": span.last.isoformat()} for span in one.absent],
        "languages": sorted(one.languages),
        "countries": sorted(one.countries),
        "skills": sorted(one.skills),
        "group": one.group,
        "owns": len(one.owns),
    }


def _load(one: Collector, load: Load, day: TeamDay) -> Json:
    effort = load.effort
    return {
        "collector_id": one.collector_id,
        "name": one.name,
        "capacity_minutes": one.minutes_on(day.today),
        "listed": load.listed,
        "worked": load.worked,
        "planned_minutes": load.planned_minutes,
        "noted_minutes": effort.minutes,
        "tried": effort.tried,
        "spoken": effort.spoken,
        "expected_spoken": load.expected_spoken,
        "promises": effort.promises,
        "promised": _money(load.promised, day.currency),
        "expected_promised": None if load.expected_promised is None else _money(load.expected_promised, day.currency),
        "without_next_step": day.coverage.idle_of.get(one.collector_id, 0),
    }


def _account(one: Brief) -> Json:
    return {
        "customer_id": one.customer_id,
        "customer_name": one.name,
        "overdue": {"amount": one.overdue, "currency": one.currency},
        "oldest_dpd": one.oldest_dpd,
        "collector": one.collector,
        "standing": one.standing,
        "contacted_on": one.contacted_on.isoformat() if one.contacted_on else None,
    }


def _money(amount: float, currency: str) -> Json:
    return {"amount": f"{amount:.2f}", "currency": currency}


def _place_of_account(one: Brief) -> tuple[Decimal, str]:
    return -Decimal(one.overdue), one.customer_id


def _place_of_waiting(one: Waiting) -> tuple[Decimal, str]:
    """Late disputes first, the one that is late the longest; then what was asked last."""
    if one.late_since is not None:
        return Decimal(one.late_since.toordinal()), f"{one.row.sequence:012}"
    return _AFTER_ALL_DAYS - one.row.sequence, ""


_AFTER_ALL_DAYS = Decimal(10**15)
"""Beyond every day, and beyond every number of an entry."""


def _page(
    items: Sequence[T], place: Callable[[T], tuple[Decimal, str]], cursor: str | None, limit: int
) -> tuple[Sequence[T], str | None]:
    """The entries after a cursor, and the cursor of the page after them."""
    start = 0 if cursor is None else bisect_right(items, _read(cursor), key=place)
    shown = items[start : start + limit]
    if start + limit >= len(items):
        return shown, None
    number, text = place(shown[-1])
    return shown, f"{number}:{text}"


def _read(cursor: str) -> tuple[Decimal, str]:
    number, colon, text = cursor.partition(":")
    try:
        if not colon:
            raise ValueError(cursor)
        found = Decimal(number)
        if not found.is_finite():
            raise ValueError(cursor)
    except (ValueError, ArithmeticError):
        raise BadCursor(cursor) from None
    return found, text
