"""Cutoffs: the past evenings we learn from and the ones we are judged on. Pure; days are whole numbers.

What is judged always comes after what was learned, with a gap: people pay several invoices in one run, so two
neighbouring evenings share their events.
"""

from collections.abc import Iterable
from dataclasses import dataclass

STEP = 7
"""Days between two evenings we learn from: one a week, always the same weekday."""

WEEKDAY = 4
"""The weekday of those evenings, 0 Monday to 6 Sunday: Friday, after the week's payment runs."""

HISTORY_DAYS = 730
"""How far back snapshots reach: 24 months."""

EMBARGO = 7
"""Days between the cutoff and the first evening we are judged on."""

LONGEST_HORIZON = 30
"""Days after which the backtest asks what happened."""

TEST_EVENINGS = 5
"""How many weekly evenings the holdout has."""


@dataclass(frozen=True)
class Holdout:
    """One temporal holdout: fitted on what was known on the evening `cutoff`, judged on `evenings` after it."""

    cutoff: int
    evenings: tuple[int, ...]


def weekly_evenings(first: int, last: int) -> tuple[int, ...]:
    """Every `WEEKDAY` from `first` to `last`, both included when they are one.

    >>> weekly_evenings(0, 16)  # 1970-01-01 was a Thursday
    (1, 8, 15)
    """
    return tuple(range(first + (WEEKDAY - weekday(first)) % STEP, last + 1, STEP))


def weekday(day: int) -> int:
    """The weekday of a whole-number day, 0 Monday to 6 Sunday.

    >>> weekday(0), weekday(4)
    (3, 0)
    """
    return (day + 3) % 7


def training_evenings(first_known: int, as_of: int) -> tuple[int, ...]:
    """The weekly evenings before `as_of` to learn from, at most `HISTORY_DAYS` back and not before `first_known`."""
    return weekly_evenings(max(first_known, as_of - HISTORY_DAYS), as_of - 1)


def holdout(last_observed: int) -> Holdout:
    """The most recent holdout whose every evening has its full outcome by `last_observed`.

    >>> found = holdout(1000)
    >>> found.cutoff, found.evenings, found.evenings[-1] + LONGEST_HORIZON
    (935, (942, 949, 956, 963, 970), 1000)
    """
    evenings = tuple(last_observed - LONGEST_HORIZON - STEP * back for back in reversed(range(TEST_EVENINGS)))
    return Holdout(evenings[0] - EMBARGO, evenings)


def months_between(days: Iterable[int]) -> float:
    """The span of some days in months of 30.44 days; 0 for none."""
    known = list(days)
    return (max(known) - min(known)) / 30.44 if known else 0.0
