"""Metrics: how good a set of probabilities is, with honest intervals. Pure.

Accuracy is not among them: where 20 % of the items are late, "always on time" has an accuracy of 80 %.
Weights stand for how often a row counts; the bootstrap draws customers: the items of one customer are paid together.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.errors import UndefinedMeasure

Floats = npt.NDArray[np.float64]

TINY = 1e-12
BINS = 15
TOP_SHARE = 0.2


def auc(score: npt.ArrayLike, happened: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """The chance that a row where it happened is scored above one where it did not; ties count half.

    NaN when only one of the two occurs.

    >>> auc([0.9, 0.2, 0.8, 0.1], [1, 0, 0, 0])
    1.0
    """
    s, y, w = _rows(score, happened, weight)
    _, place = np.unique(s, return_inverse=True)
    return _auc_at(place, int(place.max()) + 1 if len(place) else 0, y, w)


def log_loss(p: npt.ArrayLike, happened: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """Mean of -log(probability given to what happened), in nats; probabilities are kept 1e-12 away from 0 and 1."""
    s, y, w = _rows(p, happened, weight)
    if not w.sum():
        return math.nan
    s = np.clip(s, TINY, 1 - TINY)
    return float(-(w * (y * np.log(s) + (1 - y) * np.log1p(-s))).sum() / w.sum())


def ece(p: npt.ArrayLike, happened: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """Expected calibration error: mean |said - happened| over 15 bins of equally many rows. NaN without rows.

    >>> ece([0.5] * 4, [1, 1, 1, 0])
    0.25
    """
    s, y, w = _rows(p, happened, weight)
    if not w.sum():
        return math.nan
    # Equal probabilities share a bin, wherever the border would fall: otherwise their order would matter.
    values, place = np.unique(s, return_inverse=True)
    below = np.cumsum(np.bincount(place, weights=w, minlength=len(values)))
    middle = below - 0.5 * np.bincount(place, weights=w, minlength=len(values))
    bins = np.minimum((middle / w.sum() * BINS).astype(np.int64), BINS - 1)[place]
    gap = np.bincount(bins, weights=w * (s - y), minlength=BINS)
    return float(np.abs(gap).sum() / w.sum())


def captured(score: npt.ArrayLike, value: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """Share of `value` found in the first `TOP_SHARE` of the rows, ordered by score.

    With `value` 1 for a late item it is a share of late items, with its amount a share of late money. Rows of equal
    score give their average. NaN when there was nothing to find.

    >>> captured([5, 4, 3, 2, 1], [1, 0, 0, 0, 1])
    0.5
    """
    s, v, w = _rows(score, value, weight)
    if not (v * w).sum():
        return math.nan
    _, place = np.unique(-s, return_inverse=True)
    return _captured_at(place, int(place.max()) + 1, v, w)


def money_found(score: npt.ArrayLike, late_money: npt.ArrayLike, calls: int) -> float:
    """Share of the late money behind the first `calls` rows; what ranks below the last call does not matter today.

    Args:
        score: larger is called first, shape (n,).
        late_money: what stayed unpaid of each row, in one currency, >= 0, shape (n,).
        calls: how many rows a team can work on, at least 1.

    >>> money_found([0.9, 0.2, 0.8], [100, 0, 300], calls=1)
    0.25
    """
    money = np.asarray(late_money, dtype=np.float64)
    if not money.sum():
        return math.nan
    called = np.argsort(-np.asarray(score, dtype=np.float64), kind="stable")[:calls]
    return float(money[called].sum() / money.sum())


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval."""

    value: float
    low: float
    high: float


def auc_interval(score: npt.ArrayLike, happened: npt.ArrayLike, cluster: npt.ArrayLike, draws: int = 300) -> Interval:
    """`auc` with a bootstrap over clusters (customers). NaN bounds when most draws have no answer."""
    s, y, w = _rows(score, happened, None)
    _, place = np.unique(s, return_inverse=True)
    size = int(place.max()) + 1 if len(place) else 0
    return _bootstrap(lambda weight: _auc_at(place, size, y, weight), w, cluster, draws)


def auc_difference(
    score: npt.ArrayLike, other: npt.ArrayLike, happened: npt.ArrayLike, cluster: npt.ArrayLike, draws: int = 300
) -> Interval:
    """AUC of `score` minus AUC of `other` on the same rows, paired draw by draw."""
    return _paired(score, other, happened, cluster, draws, _auc_at, sign=1.0)


def captured_difference(
    score: npt.ArrayLike, other: npt.ArrayLike, value: npt.ArrayLike, cluster: npt.ArrayLike, draws: int = 300
) -> Interval:
    """`captured` of `score` minus that of `other` on the same rows, paired draw by draw."""
    return _paired(score, other, value, cluster, draws, _captured_at, sign=-1.0)


def _rows(score: npt.ArrayLike, happened: npt.ArrayLike, weight: npt.ArrayLike | None) -> tuple[Floats, Floats, Floats]:
    s, y = np.asarray(score, dtype=np.float64), np.asarray(happened, dtype=np.float64)
    w = np.ones(len(s)) if weight is None else np.asarray(weight, dtype=np.float64)
    if not len(s) == len(y) == len(w):
        raise UndefinedMeasure("A measure", f"it was given {len(s)} scores, {len(y)} outcomes and {len(w)} weights")
    return s, y, w


def _auc_at(place: npt.NDArray[np.int64], size: int, y: Floats, w: Floats) -> float:
    """AUC from each row's place among the distinct scores, rising."""
    hits = np.bincount(place, weights=w * y, minlength=size)
    misses = np.bincount(place, weights=w * (1 - y), minlength=size)
    pairs = hits.sum() * misses.sum()
    if not pairs:
        return math.nan
    below = np.cumsum(misses) - misses
    return float((hits * (below + 0.5 * misses)).sum() / pairs)


def _captured_at(place: npt.NDArray[np.int64], size: int, value: Floats, w: Floats) -> float:
    """`captured` from each row's place among the distinct scores, the highest score first."""
    rows = np.bincount(place, weights=w, minlength=size)
    found = np.bincount(place, weights=w * value, minlength=size)
    if not found.sum():
        return math.nan
    room = np.clip(TOP_SHARE * rows.sum() - (np.cumsum(rows) - rows), 0.0, rows)
    share = np.divide(room, rows, out=np.zeros_like(rows), where=rows > 0)
    return float((found * share).sum() / found.sum())


def _paired(
    score: npt.ArrayLike,
    other: npt.ArrayLike,
    value: npt.ArrayLike,
    cluster: npt.ArrayLike,
    draws: int,
    at: Callable[[npt.NDArray[np.int64], int, Floats, Floats], float],
    sign: float,
) -> Interval:
    s, v, w = _rows(score, value, None)
    o, _, _ = _rows(other, value, None)
    _, mine = np.unique(sign * s, return_inverse=True)
    _, theirs = np.unique(sign * o, return_inverse=True)
    sizes = (int(mine.max()) + 1, int(theirs.max()) + 1) if len(s) else (0, 0)
    return _bootstrap(lambda x: at(mine, sizes[0], v, x) - at(theirs, sizes[1], v, x), w, cluster, draws)


def _bootstrap(statistic: Callable[[Floats], float], w: Floats, cluster: npt.ArrayLike, draws: int) -> Interval:
    value = statistic(w) if len(w) else math.nan
    if math.isnan(value):
        return Interval(math.nan, math.nan, math.nan)
    _, member = np.unique(np.asarray(cluster), return_inverse=True)
    clusters = int(member.max()) + 1
    rng = np.random.default_rng(7)
    drawn = np.array(
        [
            statistic(
                w * np.bincount(rng.integers(0, clusters, clusters), minlength=clusters)[member].astype(np.float64)
            )
            for _ in range(draws)
        ]
    )
    drawn = drawn[~np.isnan(drawn)]
    if len(drawn) < draws / 2:
        return Interval(value, math.nan, math.nan)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(value, float(low), float(high))
