"""`Rhythm`: on which days around the due day a portfolio's money comes.

A curve is known at its edges, days or weeks apart; between two of them money does not come evenly. Much of it comes on
the due day and on the days after. The rhythm says how what comes within an interval is spread over its days, so that a
reading between two edges (due day plus grace mostly lies there) is no straight line across the due day.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]

FIRST_DAY, LAST_DAY = -60, 540
"""Days past due that are told apart; outside them money comes evenly."""

DRAW = 100.0
"""Items at risk as many as which the days around speak for a day: a day that few items reached says little."""

AROUND = 7

LEAST, MOST = 1e-9, 7.0
"""Bounds of a day's intensity: where nobody pays on a day something still may come, and never everything."""


@dataclass(frozen=True, eq=False)
class Rhythm:
    """`daily`: the usual intensity of each day past due from `FIRST_DAY`, > 0, shape (LAST_DAY - FIRST_DAY + 1,)."""

    daily: Floats

    @classmethod
    def of(cls, at_risk: Floats, paid: Floats) -> "Rhythm":
        """From counts by day past due on the grid: items open going into the day, and those paid on it."""
        everyday = (paid.sum() + 1.0) / (at_risk.sum() + 1.0)
        window = np.ones(2 * AROUND + 1)
        near_paid, near_risk = np.convolve(paid, window, "same"), np.convolve(at_risk, window, "same")
        near = (near_paid + DRAW * everyday) / (near_risk + DRAW)
        share = np.clip((paid + DRAW * near) / (at_risk + DRAW), LEAST, 0.999)
        return cls(np.asarray(-np.log1p(-share), dtype=np.float64))

    def into(self, dpd: Days, start: Days | np.int64, end: Days | np.int64, ahead: npt.ArrayLike) -> Floats:
        """Which share of an interval's intensity comes by `ahead` days, all from tonight, `dpd` days past due.

        0 at `start`, 1 at `end`, above 1 where `ahead` goes on past the end; arguments that broadcast together.
        """
        here = self._summed(np.asarray(dpd + start, dtype=np.float64))
        whole = self._summed(np.asarray(dpd + end, dtype=np.float64)) - here
        found: Floats = (self._summed(np.asarray(dpd + np.asarray(ahead), dtype=np.float64)) - here) / whole
        return found

    def to_json(self) -> list[float]:
        """As plain JSON values; `from_json` is the way back, to the last bit."""
        return [float(value) for value in self.daily]

    @classmethod
    def from_json(cls, found: list[float]) -> "Rhythm":
        """Raises `ValueError` for what is no rhythm: a day too few, or an intensity that no count gives."""
        daily = np.array(found, dtype=np.float64)
        if daily.shape != (LAST_DAY - FIRST_DAY + 1,):
            raise ValueError(f"rhythm: expected {LAST_DAY - FIRST_DAY + 1} days, came shape {daily.shape}")
        if not ((daily >= LEAST) & (daily <= MOST)).all():
            raise ValueError(f"rhythm: expected intensities from {LEAST} to {MOST}")
        return cls(daily)

    def _summed(self, day: Floats) -> Floats:
        """The intensity from `FIRST_DAY` up to and with `day`; outside the grid it goes on evenly."""
        before, after = float(self.daily[:AROUND].mean()), float(self.daily[-90:].mean())
        total = np.concatenate([[0.0], np.cumsum(self.daily)])
        inside = np.clip(day - (FIRST_DAY - 1), 0.0, float(len(self.daily)))
        at = np.minimum(inside.astype(np.int64), len(self.daily) - 1)
        found: Floats = total[at] + (inside - at) * self.daily[at]
        return found + np.minimum(day - (FIRST_DAY - 1), 0.0) * before + np.maximum(day - LAST_DAY, 0.0) * after


EVEN = Rhythm(np.ones(LAST_DAY - FIRST_DAY + 1))
"""Money comes evenly within an interval."""
