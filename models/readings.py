"""Readings: what people are shown of a payment curve.

A curve S(u) is the share of today's balance still unpaid on the evening u days ahead; S(0) = 1 and it never rises.
It is kept as its cumulative intensity -log S at a few days (the edges), because sums of intensities stay exact where
products of small shares do not.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
        intensity: -log S at the edges, shape (n, K + 1), from 0, never falling.
    """

    edges: Days
    intensity: Floats

    def __len__(self) -> int:
        return len(self.intensity)

    def intensity_at(self, days: npt.ArrayLike) -> Floats:
        """-log S at `days` ahead (one for all, or one a row).

        Beyond the last edge the last interval's intensity goes on, up to `LAST_DAY`; from there it is flat.
        """
        ahead = np.broadcast_to(np.clip(np.asarray(days, dtype=np.float64), 0.0, LAST_DAY), (len(self),))
        k = np.clip(np.searchsorted(self.edges, ahead, side="left") - 1, 0, len(self.edges) - 2)
        rows = np.arange(len(self))
        start = self.intensity[rows, k]
        per_day = (self.intensity[rows, k + 1] - start) / (self.edges[k + 1] - self.edges[k])
        found: Floats = start + per_day * (ahead - self.edges[k])
        return found

    def survival_at(self, days: npt.ArrayLike) -> Floats:
        """S at `days` ahead (one for all, or one a row), each in [0, 1]."""
        return np.exp(-self.intensity_at(days))

    def first_day_at(self, share: float) -> Floats:
        """The first whole day ahead with S <= `share`; NaN when that is not reached within `LAST_DAY`."""
        target = -np.log(share)
        k = np.clip((self.intensity < target).sum(axis=1) - 1, 0, len(self.edges) - 2)
        rows = np.arange(len(self))
        start = self.intensity[rows, k]
        per_day = (self.intensity[rows, k + 1] - start) / (self.edges[k + 1] - self.edges[k])
        with np.errstate(divide="ignore", invalid="ignore"):
            day = np.ceil(self.edges[k] + (target - start) / per_day - 1e-9)
        return np.where(day <= LAST_DAY, np.maximum(day, 1.0), np.nan)


@dataclass(frozen=True, eq=False)
class Readings:
    """The readings of `models.score.Score`, one a row.

    `late_risk_days` and `expected_days` are days ahead; `expected_days` is NaN where no date is in sight.
    """

    p_late: Floats
    known_late: npt.NDArray[np.bool_]
    late_risk: Floats
    late_risk_days: Days
    p_unpaid_14: Floats
    p_unpaid_30: Floats
    p_unpaid_60: Floats
    expected_days: Floats


def horizon_days(days_to_grace: npt.ArrayLike) -> Days:
    """Days ahead of `late_risk`: 30, or due day plus grace where that is later.

    >>> horizon_days([-40, 12, 65])
    array([30, 30, 65])
    """
    return np.maximum(np.asarray(days_to_grace, dtype=np.int64), HEADLINE_DAYS)


def readings(curves: Curves, days_to_grace: npt.ArrayLike) -> Readings:
    """Read the curves.

    Args:
        curves: n curves.
        days_to_grace: due day + grace - as_of, shape (n,). From 0 downwards that evening has come and the item is
            still open: it is late for certain.
    """
    to_grace = np.asarray(days_to_grace, dtype=np.int64)
    ahead = horizon_days(to_grace)
    return Readings(
        p_late=np.where(to_grace <= 0, 1.0, curves.survival_at(to_grace)),
        known_late=to_grace <= 0,
        late_risk=curves.survival_at(ahead),
        late_risk_days=ahead,
        p_unpaid_14=curves.survival_at(14),
        p_unpaid_30=curves.survival_at(30),
        p_unpaid_60=curves.survival_at(60),
        expected_days=curves.first_day_at(0.5),
    )
