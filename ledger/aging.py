"""Aging: how late an invoice is, or was.

Two measures, easily confused. `dpd` looks at an *open* invoice from a given day;
`days_late` looks back at a *settled* one. Both are negative for early.
"""

from datetime import date


def dpd(due_on: date, as_of: date) -> int:
    """Days past due on the evening of `as_of`; negative while not yet due, 0 on the due day (not past due).

    >>> dpd(date(2026, 3, 14), date(2026, 3, 31))
    17
    """
    return (as_of - due_on).days


def days_late(due_on: date, cleared_on: date) -> int:
    """Days from the due day to the day the item was cleared; negative when it was cleared early.

    >>> days_late(date(2026, 3, 14), date(2026, 3, 12))
    -2
    """
    return (cleared_on - due_on).days


BUCKETS: tuple[tuple[str, int], ...] = (
    ("current", 0),
    ("1-30", 30),
    ("31-60", 60),
    ("61-90", 90),
    ("91-120", 120),
)
"""The aging buckets by `dpd`: name and last day that belongs to it; what is later is `OLDEST_BUCKET`."""

OLDEST_BUCKET = ">120"


def aging_bucket(days_past_due: int) -> str:
    """The aging bucket of an open item; every whole number of days has exactly one.

    >>> [aging_bucket(d) for d in (-400, 0, 1, 30, 31, 120, 121)]
    ['current', 'current', '1-30', '1-30', '31-60', '91-120', '>120']
    """
    return next((name for name, last in BUCKETS if days_past_due <= last), OLDEST_BUCKET)
