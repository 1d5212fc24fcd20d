"""Aging: how late an invoice is, or was.

Two measures, easily confused. `dpd` looks at an *open* invoice from a given day;
`days_late` looks back at a *settled* one. Both are negative for early.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ledger.errors import BadBuckets


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


@dataclass(frozen=True)
class Buckets:
    """A partition of all whole numbers of days, told by the last day of each bucket but the oldest.

    Attributes:
        last_days: ascending, beginning with 0: what is due today or later is current, whatever the rest.

    Raises `BadBuckets` for any other tuple.

    >>> Buckets((0, 7, 30)).names
    ('current', '1-7', '8-30', '>30')
    """

    last_days: tuple[int, ...] = (0, 30, 60, 90, 120)

    def __post_init__(self) -> None:
        last = self.last_days
        if not last or last[0] != 0 or any(later <= day for day, later in pairwise(last)):
            raise BadBuckets(last)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the buckets, youngest first; a bucket of one day has that day as its name."""
        spans = [(day + 1, last) for day, last in pairwise(self.last_days)]
        told = [str(last) if first == last else f"{first}-{last}" for first, last in spans]
        return ("current", *told, f">{self.last_days[-1]}")

    def bucket_of(self, days: Sequence[int] | NDArray[Any]) -> NDArray[np.int64]:
        """For each number of days its place in `names`, shape as given; every whole number has exactly one.

        >>> Buckets().bucket_of([-400, 0, 1, 30, 31, 120, 121]).tolist()
        [0, 0, 1, 1, 2, 4, 5]
        """
        return np.searchsorted(np.asarray(self.last_days), np.asarray(days), side="left").astype(np.int64)


DEFAULT_BUCKETS = Buckets()

BUCKETS: tuple[tuple[str, int], ...] = tuple(zip(DEFAULT_BUCKETS.names, DEFAULT_BUCKETS.last_days, strict=False))
"""The default buckets by `dpd`: name and last day that belongs to it; what is later is `OLDEST_BUCKET`."""

OLDEST_BUCKET = DEFAULT_BUCKETS.names[-1]


def aging_bucket(days_past_due: int) -> str:
    """The default aging bucket of an open item; every whole number of days has exactly one.

    >>> [aging_bucket(d) for d in (-400, 0, 1, 30, 31, 120, 121)]
    ['current', 'current', '1-30', '1-30', '31-60', '91-120', '>120']
    """
    return next((name for name, last in BUCKETS if days_past_due <= last), OLDEST_BUCKET)
