"""Calibration: does 70 % mean 70 %? Measured against what chance alone would show, customer by customer. Pure."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.metrics import BINS, Draws, Floats, Interval, ece, equal_mass_bins, interval, rows_of

NOISE_DRAWS = 300

DECILES = 10

_NEAREST = 1e-6
"""Chances are kept this far from 0 and 1 before their log-odds are taken."""

_NEWTON_STEPS = 50


@dataclass(frozen=True)
class Bin:
    """Rows of about one chance.

    Attributes:
        said: their mean chance.
        happened: the share of them where it happened, with its interval over customers.
        rows: how many they are.
    """

    said: float
    happened: Interval
    rows: int


@dataclass(frozen=True)
class Calibration:
    """How what was said compares with what happened.

    Attributes:
        ece: mean |said - happened| over the bins.
        ece_noise: what a perfectly calibrated model would show on these rows, on average.
        ece_noise_high: 95 % of perfectly calibrated models would show less.
        slope, intercept: of the log-odds that fit best on the log-odds said; 1 and 0 when calibrated, a slope below 1
            when the chances are too extreme. NaN where only one outcome occurs or nothing fits.
        bins: 15 of equally many rows; fewer where chances repeat.
        deciles: the same, ten.
    """

    ece: float
    ece_noise: float
    ece_noise_high: float
    slope: Interval
    intercept: Interval
    bins: tuple[Bin, ...]
    deciles: tuple[Bin, ...] = ()

    def deciles_near(self, slack: float) -> int:
        """In how many deciles what was said lies within `slack` of the interval of what happened.

        Where there is no interval (one customer), nothing can be found against a decile.
        """
        return sum(
            not (one.said < one.happened.low - slack or one.said > one.happened.high + slack) for one in self.deciles
        )


def calibration(p: npt.ArrayLike, happened: npt.ArrayLike, draws: Draws) -> Calibration:
    """Everything above, for chances `p` and outcomes of shape (n,), with the draws of their customers."""
    s, y, _ = rows_of(p, happened, None)
    noise, noise_high = ece_noise(s, y, draws)
    slope, intercept = calibration_line(s, y, draws)
    return Calibration(
        ece(s, y), noise, noise_high, slope, intercept, reliability(s, y, draws), reliability(s, y, draws, DECILES)
    )


def reliability(p: npt.ArrayLike, happened: npt.ArrayLike, draws: Draws, bins: int = BINS) -> tuple[Bin, ...]:
    """The bins in rising order; none without rows."""
    s, y, w = rows_of(p, happened, None)
    if not len(s):
        return ()
    place = equal_mass_bins(s, w, bins)
    inside = np.eye(bins)[place]
    hits, rows = draws.sums(inside * y[:, None]), draws.sums(inside)
    share = np.divide(hits, rows, out=np.full_like(hits, math.nan), where=rows > 0)
    said = np.bincount(place, weights=s, minlength=bins)
    return tuple(
        Bin(float(said[at] / rows[0, at]), interval(share[:, at]), int(rows[0, at]))
        for at in range(bins)
        if rows[0, at]
    )


def ece_noise(p: npt.ArrayLike, happened: npt.ArrayLike, draws: Draws, times: int = NOISE_DRAWS) -> tuple[float, float]:
    """The calibration error that chance alone shows: its mean, and what 95 of 100 sound models stay below.

    Each customer's error in each bin, less the bin's mean error, is kept or turned round by a coin for the customer as
    a whole (a wild bootstrap): the bins' errors then vary as they do, with the items of a customer paid together, but
    around zero. NaN without rows.
    """
    s, y, w = rows_of(p, happened, None)
    if not len(s):
        return math.nan, math.nan
    place, customers = equal_mass_bins(s, w), draws.counts.shape[1]
    rows = np.bincount(place, minlength=BINS)
    error = (y - s) - (np.bincount(place, weights=y - s, minlength=BINS) / np.maximum(rows, 1))[place]
    cell = draws.member * BINS + place
    by_customer = np.bincount(cell, weights=error, minlength=customers * BINS).reshape(customers, BINS)
    coin = np.random.default_rng(7).choice(np.array([-1.0, 1.0]), size=(times, customers))
    drawn = np.abs(coin @ by_customer).sum(axis=1) / len(s)
    return float(drawn.mean()), float(np.quantile(drawn, 0.95))


def calibration_line(p: npt.ArrayLike, happened: npt.ArrayLike, draws: Draws) -> tuple[Interval, Interval]:
    """Slope and intercept of a logistic regression of what happened on the log-odds said, with their intervals.

    The intervals take one Newton step from the fit in each draw. NaN where only one outcome occurs, where all chances
    are the same, or where a line parts the outcomes entirely.
    """
    s, y, _ = rows_of(p, happened, None)
    odds = _log_odds(s)
    fitted = _fit(odds, y) if 0 < y.sum() < len(y) and np.ptp(odds) > 0 else None
    if fitted is None:
        return Interval(math.nan, math.nan, math.nan), Interval(math.nan, math.nan, math.nan)
    gradient, curvature = _slopes(odds, y, fitted)
    summed = draws.sums(np.column_stack([*gradient, *curvature]))
    g0, g1, h00, h01, h11 = summed.T
    determinant = h00 * h11 - h01 * h01
    safe = np.where(determinant > 0, determinant, math.nan)
    intercept = fitted[0] + (h11 * g0 - h01 * g1) / safe
    slope = fitted[1] + (h00 * g1 - h01 * g0) / safe
    return interval(slope), interval(intercept)


def _log_odds(p: Floats) -> Floats:
    inside = np.clip(p, _NEAREST, 1 - _NEAREST)
    return np.asarray(np.log(inside) - np.log1p(-inside))


def _fit(odds: Floats, y: Floats) -> tuple[float, float] | None:
    """Intercept and slope by Newton's method, halving steps that make it worse; None when it runs away."""
    line, loss = (0.0, 1.0), _loss(odds, y, (0.0, 1.0))
    for _ in range(_NEWTON_STEPS):
        gradient, curvature = _slopes(odds, y, line)
        g0, g1 = (float(part.sum()) for part in gradient)
        h00, h01, h11 = (float(part.sum()) for part in curvature)
        determinant = h00 * h11 - h01 * h01
        if determinant <= 1e-9 * h00 * h11:
            return None
        step = ((h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant)
        size = 1.0
        while size > 1e-4 and _loss(odds, y, _moved(line, step, size)) > loss + 1e-12:
            size /= 2
        line = _moved(line, step, size)
        loss = _loss(odds, y, line)
        if max(abs(step[0]), abs(step[1])) * size < 1e-9:
            return line
    return None


def _moved(line: tuple[float, float], step: tuple[float, float], size: float) -> tuple[float, float]:
    return line[0] + size * step[0], line[1] + size * step[1]


def _loss(odds: Floats, y: Floats, line: tuple[float, float]) -> float:
    at = line[0] + line[1] * odds
    return float((np.logaddexp(0.0, at) - y * at).mean())


def _slopes(odds: Floats, y: Floats, line: tuple[float, float]) -> tuple[tuple[Floats, ...], tuple[Floats, ...]]:
    """Of each row: the gradient (2) and the curvature (3) of its log likelihood, by intercept and slope."""
    p = 1 / (1 + np.exp(-np.clip(line[0] + line[1] * odds, -500, 500)))
    left, v = y - p, p * (1 - p)
    return (left, left * odds), (v, v * odds, v * odds * odds)
