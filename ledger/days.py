"""Days as whole numbers, so that a million of them compare at the speed of integers.

A day is the count of days since 1970-01-01, as NumPy's `datetime64[D]` counts them.
"""

from datetime import date, timedelta

EPOCH = date(1970, 1, 1)

NEVER = 1_000_000
"""A day that does not come (the year 4707): what has not been taken back, cleared or superseded.
Small enough to add any window to without leaving 32 bits."""


def to_day(on: date) -> int:
    """Whole days from 1970-01-01 to `on`; negative before."""
    return (on - EPOCH).days


def to_date(day: int) -> date:
    """The calendar date of a whole-number day."""
    return EPOCH + timedelta(days=int(day))
