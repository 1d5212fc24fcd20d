"""Readings: what people are shown of a payment curve.

A curve S(u) is the share of today's balance still unpaid on the evening u days ahead; S(0) = 1 and it never rises.
It is kept as its cumulative intensity -log S at a few days (the edges), because sums of intensities stay exact where
products of small shares do not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from features.table import FeatureTable
from models.rhythm import EVEN, Rhythm

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]

EDGES = (0, 7, 14, 21, 30, 45, 60, 90, 180)
"""Days ahead at which curves are known exactly; between two of them the intensity is constant."""

LAST_DAY = 720
"""No date later than this many days ahead is ever named."""

HEADLINE_DAYS = 30
"""`late_risk` looks this many days ahead, or to due day plus grace where that is later."""


@dataclass(frozen=True, eq=False)
class Curves:
    """Payment curves, one a row.

    Attributes:
        edges: days ahead, shape (K + 1,), rising from 0.
        intensity: -log S at the edges before recalibration, shape (n, K + 1), from 0, never falling.
        dpd: days past due tonight, shape (n,), and `rhythm`: how what comes between two edges is spread over the days
            around the due day. None: evenly.
        alpha, beta: the recalibration, see `models.recalibration`: -log S is alpha * intensity^beta on every day.
        raw: the log-odds that the trees told, shape (n, K), for who explains the same rows; None where not kept.
    """

    edges: Days
    intensity: Floats
    dpd: Days | None = None
    rhythm: Rhythm = EVEN
    alpha: float = 1.0
    beta: float = 1.0
    raw: Floats | None = None

    def __len__(self) -> int:
        return len(self.intensity)

    @classmethod
    def together(cls, parts: "Sequence[Curves]") -> "Curves":
        """Curves of one model, one part's after the other's; at least one part."""
        dpd = None if parts[0].dpd is None else np.concatenate([_there(one.dpd) for one in parts])
        return replace(parts[0], intensity=np.concatenate([one.intensity for one in parts]), dpd=dpd, raw=None)

    def take(self, rows: Days) -> "Curves":
        """The curves at these rows, in this order."""
        dpd = None if self.dpd is None else self.dpd[rows]
        return replace(self, intensity=self.intensity[rows], dpd=dpd, raw=None)

    def intensity_at(self, days: npt.ArrayLike) -> Floats:
        """-log S at `days` ahead (one for all, or one a row).

        Beyond the last edge the last interval's intensity goes on, up to `LAST_DAY`; from there it is flat.
        """
        ahead = np.broadcast_to(np.clip(np.asarray(days, dtype=np.float64), 0.0, LAST_DAY), (len(self),))
        k = np.clip(np.searchsorted(self.edges, ahead, side="left") - 1, 0, len(self.edges) - 2)
        rows = np.arange(len(self))
        start, end = self.intensity[rows, k], self.intensity[rows, k + 1]
        dpd = np.zeros(len(self), dtype=np.int64) if self.dpd is None else self.dpd
        into = self.rhythm.into(dpd, self.edges[k], self.edges[k + 1], ahead)
        return recalibrated(start + (end - start) * into, self.alpha, self.beta)

    def intensity_on(self, days: Days) -> Floats:
        """-log S on each of some days ahead for every row, shape (n, len(days)); as `intensity_at` says each by itself.

        Args:
            days: rising, each from 0 to `LAST_DAY`.
        """
        interval = np.clip(np.searchsorted(self.edges, days, side="left") - 1, 0, len(self.edges) - 2)
        dpd = np.zeros(len(self), dtype=np.int64) if self.dpd is None else self.dpd
        found = []
        for k in np.unique(interval):
            start, end = self.intensity[:, k, None], self.intensity[:, k + 1, None]
            into = self.rhythm.into(dpd[:, None], self.edges[k], self.edges[k + 1], days[interval == k])
            found.append(start + (end - start) * into)
        return recalibrated(np.concatenate(found, axis=1), self.alpha, self.beta)

    def survival_at(self, days: npt.ArrayLike) -> Floats:
        """S at `days` ahead (one for all, or one a row), each in [0, 1]."""
        return np.exp(-self.intensity_at(days))

    def first_day_at(self, share: float) -> Floats:
        """The first whole day ahead with S <= `share`; NaN when that is not reached within `LAST_DAY`."""
        target = -np.log(share)
        first, last = np.ones(len(self)), np.full(len(self), float(LAST_DAY))
        reached = self.intensity_at(last) >= target - 1e-12
        while (first < last).any():  # the intensity never falls, so the day can be closed in on
            middle = np.floor((first + last) / 2)
            there = self.intensity_at(middle) >= target - 1e-12
            first, last = np.where(there, first, np.minimum(middle + 1, last)), np.where(there, middle, last)
        return np.where(reached, first, np.nan)


def _there(dpd: Days | None) -> Days:
    assert dpd is not None
    return dpd


def share_past_due(curves: Curves, dpd: npt.ArrayLike, days: int) -> Floats:
    """P(`days`+ days past due): the share of tonight's balance still unpaid on the evening it is so late, shape (n,).

    1 where that evening has come.

    Args:
        curves: n curves.
        dpd: days past due tonight, shape (n,).
        days: 30, 60, 90 or any other.
    """
    ahead = days - np.asarray(dpd, dtype=np.int64)
    return np.where(ahead <= 0, 1.0, curves.survival_at(np.maximum(ahead, 0)))


def range_days(curves: Curves, share: float = 0.8) -> tuple[Floats, Floats]:
    """The first and the last day of the middle `share` of what is to come, in days ahead; NaN where not in sight.

    With 0.8: the day by which a tenth has come, and that by which nine tenths have.
    """
    outside = (1.0 - share) / 2.0
    return curves.first_day_at(1.0 - outside), curves.first_day_at(outside)


def cash_by_week(curves: Curves, open_amount: npt.ArrayLike, weeks: int) -> Floats:
    """Expected cash of each of the next weeks, shape (weeks,): open amounts times the drop of S from week to week.

    Args:
        curves: n curves.
        open_amount: of each row, in one currency, shape (n,). What the weeks do not bring is still open after them:
            their sum and sum(open_amount * S(7 * weeks)) are the whole.
        weeks: how many, from tonight.
    """
    amount = np.asarray(open_amount, dtype=np.float64)
    left = np.array([float(amount @ curves.survival_at(7 * week)) for week in range(weeks + 1)])
    return -np.diff(left)


def recalibrated(intensity: Floats, alpha: float, beta: float) -> Floats:
    """alpha * intensity^beta; 0 stays 0, and 1 and 1 change no bit."""
    if alpha == 1.0 and beta == 1.0:
        return intensity
    return np.asarray(alpha * np.maximum(intensity, 0.0) ** beta, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Readings:
    """The readings of `models.score.Score`, one a row.

    `late_risk_days`, `expected_days`, `from_days` and `until_days` are days ahead; the last three are NaN where no date
    is in sight.
    """

    p_late: Floats
    known_late: npt.NDArray[np.bool_]
    late_risk: Floats
    late_risk_days: Days
    p_unpaid_14: Floats
    p_unpaid_30: Floats
    p_unpaid_60: Floats
    p_30_dpd: Floats
    p_60_dpd: Floats
    p_90_dpd: Floats
    expected_days: Floats
    from_days: Floats
    until_days: Floats


def days_until_grace(table: FeatureTable, grace_days: int) -> Days:
    """Days from each row's own evening to its due day plus grace, shape (n,); negative once that day has passed."""
    due_on, evening = (table.keys[name].to_numpy(dtype=np.int64) for name in ("due_on", "day"))
    return np.asarray(due_on + grace_days - evening, dtype=np.int64)


def horizon_days(days_to_grace: npt.ArrayLike) -> Days:
    """Days ahead of `late_risk`: 30, or due day plus grace where that is later.

    >>> horizon_days([-40, 12, 65])
    array([30, 30, 65])
    """
    return np.maximum(np.asarray(days_to_grace, dtype=np.int64), HEADLINE_DAYS)


def readings(curves: Curves, days_to_grace: npt.ArrayLike, dpd: npt.ArrayLike) -> Readings:
    """Read the curves.

    Args:
        curves: n curves.
        dpd: days past due tonight, shape (n,).
        days_to_grace: due day + grace - as_of, shape (n,), see `days_until_grace`. From 0 downwards that evening has
            come and the item is still open: it is late for certain.
    """
    to_grace = np.asarray(days_to_grace, dtype=np.int64)
    ahead = horizon_days(to_grace)
    first, last = range_days(curves)
    return Readings(
        p_late=np.where(to_grace <= 0, 1.0, curves.survival_at(to_grace)),
        known_late=to_grace <= 0,
        late_risk=curves.survival_at(ahead),
        late_risk_days=ahead,
        p_unpaid_14=curves.survival_at(14),
        p_unpaid_30=curves.survival_at(30),
        p_unpaid_60=curves.survival_at(60),
        p_30_dpd=share_past_due(curves, dpd, 30),
        p_60_dpd=share_past_due(curves, dpd, 60),
        p_90_dpd=share_past_due(curves, dpd, 90),
        expected_days=curves.first_day_at(0.5),
        from_days=first,
        until_days=last,
    )
