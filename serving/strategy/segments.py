"""Segments: how a customer has paid so far, in one word, from plain facts of the ledger.

The first that fits: new, disputer, deteriorating, drifter or reliable, habitual, erratic, mixed.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from serving.strategy.codes import Segment
from serving.strategy.strategy import Segments

_FAST = 3
"""Invoices whose lateness is held against that of all others, to see whether somebody is getting worse."""


class Conduct(NamedTuple):
    """What a segment is made of.

    Attributes:
        paid_days_late: days late of the invoices settled last (up to 12), oldest first; negative for early.
        grace_days: days after the due day that count as on time.
        oldest_dpd: days past due of the oldest overdue item; 0 where nothing is overdue.
        disputed_share: of the customer's items of the last year, by count, how many were ever disputed; 0 where
            nobody knows.
    """

    paid_days_late: Sequence[int]
    grace_days: int
    oldest_dpd: int = 0
    disputed_share: float = 0.0


def segment_by(conduct: Conduct, begins: Segments) -> Segment:
    """How the customer has paid, by the thresholds of a strategy.

    new: fewer invoices settled than `new_below_paid` · disputer: a larger share of items disputed than
    `disputer_share` · deteriorating: the last three later on average than those before by more than
    `deteriorating_days` · of whom fewer than `reliable_late_share` were later than the grace: drifter when the oldest
    overdue item is more than `drifter_days` past the own slow day (by which `own_slow_day` of the invoices were
    settled), else reliable · habitual: later on average than
    `habitual_mean_days`, and steadily (standard deviation at most `habitual_spread_days`) · erratic: not steadily ·
    mixed: a little late, steadily.
    """
    paid = conduct.paid_days_late
    if len(paid) < max(1, begins.new_below_paid):
        return "new"
    if conduct.disputed_share > begins.disputer_share:
        return "disputer"
    if len(paid) >= 2 * _FAST and _mean(paid[-_FAST:]) - _mean(paid[:-_FAST]) > begins.deteriorating_days:
        return "deteriorating"
    if sum(days > conduct.grace_days for days in paid) < begins.reliable_late_share * len(paid):
        drifts = conduct.oldest_dpd - slow_day(paid, begins.own_slow_day) > begins.drifter_days
        return "drifter" if drifts and conduct.oldest_dpd > 0 else "reliable"
    if _spreads(paid, begins.habitual_spread_days):
        return "erratic"
    return "habitual" if _mean(paid) > begins.habitual_mean_days else "mixed"


def _mean(days: Sequence[int]) -> float:
    return sum(days) / len(days)


def _spreads(days: Sequence[int], most: float) -> bool:
    """Whether their standard deviation is more; in whole numbers, so it is the same on every machine."""
    n, total = len(days), sum(days)
    return n * sum(day * day for day in days) - total * total > (n * most) ** 2


def slow_day(paid_days_late: Sequence[int], share: float) -> int:
    """The day by which at least `share` of the invoices were settled, counted from due; of none, 0.

    >>> slow_day([3, 0, 9, 1, 2], 0.8), slow_day([], 0.8)
    (3, 0)
    """
    if not paid_days_late:
        return 0
    return sorted(paid_days_late)[max(0, math.ceil(share * len(paid_days_late) - 1e-9) - 1)]
