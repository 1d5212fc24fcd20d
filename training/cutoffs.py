"""Cutoffs: the past evenings we learn from and the ones we are judged on. Pure; days are whole numbers.

What is judged always comes after what was learned, with a gap: people pay several invoices in one run, so two
neighbouring evenings share their events. Judged once is judged by luck, so the cutoffs walk forward, a month at a time.
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

FOLDS = 5
"""How many folds the walk forward has where the history is long enough."""

FOLD_DAYS = 30
"""Days between two cutoffs, and at most so many days of evenings are judged behind each."""

LEAST_HISTORY_DAYS = 150
"""Days of history an older cutoff needs before it. The newest needs only some: it is all a young ledger has."""


@dataclass(frozen=True)
class Fold:
    """One step of the walk forward: fitted on what was known on the evening `cutoff`, judged on `evenings` after it."""

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


def walk_forward(
    first_known: int,
    last_observed: int,
    folds: int = FOLDS,
    step: int = FOLD_DAYS,
    least_history: int = LEAST_HISTORY_DAYS,
) -> tuple[Fold, ...]:
    """The evenings to judge a model on, each group behind a cutoff of its own; oldest first.

    Every judged evening has its full outcome, `LONGEST_HORIZON` days, by `last_observed`; the newest cutoff is the most
    recent of which that is true. Judged are the evenings every `STEP` days from `EMBARGO` days after the cutoff, for
    `step` days but at most `FOLD_DAYS`: the next cutoff's come after them, so none is judged twice. A ledger that grows
    by `step` days gets a new fold and keeps the newest of those it had, but for one that only passed for being newest.

    Args:
        first_known: the day on which the first item became known.
        last_observed: the last day of which nothing more will be booked.
        folds: how many are wanted, at least 1.
        step: days between two cutoffs, at least 1.
        least_history: days from `first_known` that each cutoff but the newest must have before it.

    Returns:
        At most `folds`, fewer where the history is short; none when nothing was known before the newest cutoff.

    >>> [fold.cutoff for fold in walk_forward(0, 1000)]
    [815, 845, 875, 905, 935]
    >>> walk_forward(0, 1000)[-1].evenings
    (942, 949, 956, 963, 970)
    >>> [fold.cutoff for fold in walk_forward(0, 183)], walk_forward(0, 65)
    ([118], ())
    """
    ahead = range(EMBARGO, EMBARGO + min(step, FOLD_DAYS), STEP)
    newest = last_observed - LONGEST_HORIZON - ahead[-1]
    cutoffs = [newest - step * back for back in reversed(range(folds))]
    return tuple(
        Fold(cutoff, tuple(cutoff + days for days in ahead))
        for cutoff in cutoffs
        if first_known < cutoff and (cutoff == newest or cutoff - first_known >= least_history)
    )


def months_between(days: Iterable[int]) -> float:
    """The span of some days in months of 30.44 days; 0 for none."""
    known = list(days)
    return (max(known) - min(known)) / 30.44 if known else 0.0
