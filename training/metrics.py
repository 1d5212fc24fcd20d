"""Metrics: how good a set of probabilities is, with honest intervals. Pure.

Accuracy is not among them: where 20 % of the items are late, "always on time" has an accuracy of 80 %.
Weights stand for how often a row counts; the bootstrap draws customers: the items of one customer are paid together.
A measure over all draws is an array whose first value is the measure itself, so that the difference of two such arrays
is a paired difference. Whether what was said came true as often is asked in `training.calibration`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.errors import UndefinedMeasure

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
TINY = 1e-12
BINS = 15
FEWEST_DRAWN = 2
"""Customers below which drawing them anew shows nothing: then an interval has no bounds."""

TOP_SHARE = 0.2
DRAWS = 300


@dataclass(frozen=True)
class Statistic:
    """A measure of fixed rows, sorted once and asked for with many weights.

    Attributes:
        order: the rows in the order in which `at` wants their weights.
        at: the measure for such weights; NaN where it has none.
    """

    order: Ints
    at: Callable[[Floats], float]

    def of(self, weight: Floats) -> float:
        """The measure for the weights of the rows as they came."""
        return self.at(weight[self.order])


def auc(score: npt.ArrayLike, happened: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """The chance that a row where it happened is scored above one where it did not; ties count half.

    NaN when only one of the two occurs.

    >>> auc([0.9, 0.2, 0.8, 0.1], [1, 0, 0, 0])
    1.0
    """
    s, y, w = rows_of(score, happened, weight)
    return _auc(s, y).of(w)


def pr_auc(score: npt.ArrayLike, happened: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """Area under precision over recall (average precision): rows of one score enter together.

    A random order has the share of rows where it happened; NaN where it never did.

    >>> round(pr_auc([0.9, 0.8, 0.7], [1, 0, 1]), 4)  # (1 / 1 + 2 / 3) / 2
    0.8333
    """
    s, y, w = rows_of(score, happened, weight)
    return _pr_auc(s, y).of(w)


def log_loss(p: npt.ArrayLike, happened: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """Mean of -log(probability given to what happened), in nats; probabilities are kept 1e-12 away from 0 and 1."""
    s, y, w = rows_of(p, happened, weight)
    if not w.sum():
        return math.nan
    return float((w * log_losses(s, y)).sum() / w.sum())


def log_losses(p: Floats, happened: Floats) -> Floats:
    """The log loss of each row, in nats; see `log_loss`."""
    inside = np.clip(p, TINY, 1 - TINY)
    return np.asarray(-(happened * np.log(inside) + (1 - happened) * np.log1p(-inside)))


def brier(p: npt.ArrayLike, happened: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """Mean squared distance between what was said and what happened; NaN without rows.

    >>> brier([0.5, 1.0], [1, 1])  # (0.25 + 0) / 2
    0.125
    """
    s, y, w = rows_of(p, happened, weight)
    return float((w * (s - y) ** 2).sum() / w.sum()) if w.sum() else math.nan


def ece(p: npt.ArrayLike, happened: npt.ArrayLike, weight: npt.ArrayLike | None = None) -> float:
    """Expected calibration error: mean |said - happened| over 15 bins of equally many rows. NaN without rows.

    >>> ece([0.5] * 4, [1, 1, 1, 0])
    0.25
    """
    s, y, w = rows_of(p, happened, weight)
    if not w.sum():
        return math.nan
    gap = np.bincount(equal_mass_bins(s, w), weights=w * (s - y), minlength=BINS)
    return float(np.abs(gap).sum() / w.sum())


def equal_mass_bins(p: Floats, weight: Floats, bins: int = BINS) -> Ints:
    """The bin of each row, from 0 to `bins` - 1, rising with `p`, all of about equal weight.

    Equal probabilities share a bin, wherever the border would fall: otherwise their order would matter.
    """
    values, place = np.unique(p, return_inverse=True)
    mass = np.bincount(place, weights=weight, minlength=len(values))
    middle = np.cumsum(mass) - 0.5 * mass
    return np.asarray(np.minimum((middle / weight.sum() * bins).astype(np.int64), bins - 1)[place])


def captured(
    score: npt.ArrayLike,
    value: npt.ArrayLike,
    weight: npt.ArrayLike | None = None,
    *,
    share: float = TOP_SHARE,
    evening: npt.ArrayLike | None = None,
) -> float:
    """Share of `value` found in the first `share` of the list, ordered by score.

    With `value` 1 for a late item it is a share of late items, with its amount a share of late money. Rows of equal
    score give their average. With `evening`, each evening is a list of its own. NaN when there was nothing to find.

    >>> captured([5, 4, 3, 2, 1], [1, 0, 0, 0, 1])
    0.5
    >>> captured([5, 4, 3, 2], [1, 0, 1, 0], share=0.5, evening=[1, 1, 2, 2])
    1.0
    """
    s, v, w = rows_of(score, value, weight)
    return Ranking.of(s, evening).in_share(v, share).of(w)


def money_found(
    score: npt.ArrayLike, late_money: npt.ArrayLike, calls: int, evening: npt.ArrayLike | None = None
) -> float:
    """Share of the late money behind the first `calls` rows; what ranks below the last call does not matter today.

    Args:
        score: larger is called first, shape (n,); rows of equal score give their average.
        late_money: what stayed unpaid of each row, in one currency, >= 0, shape (n,); or 1 for each late item.
        calls: how many rows a team can work on in an evening, at least 1.
        evening: the evening whose list a row stands on, shape (n,); one list without.

    >>> money_found([0.9, 0.2, 0.8], [100, 0, 300], calls=1)
    0.25
    """
    s, v, w = rows_of(score, late_money, None)
    return Ranking.of(s, evening).in_calls(v, calls).of(w)


@dataclass(frozen=True)
class Ranking:
    """Lists sorted once, one for each evening: what do their first rows hold?

    Attributes:
        order: the rows by evening, and in it by falling score.
        starts, ends: where each evening's list starts and ends in that order.
        borders: where a group of equal scores in one list starts; and the end.
        group_of: the group of each place.
    """

    order: Ints
    starts: Ints
    ends: Ints
    borders: Ints
    group_of: Ints

    @classmethod
    def of(cls, score: npt.ArrayLike, evening: npt.ArrayLike | None = None) -> "Ranking":
        """Of scores of shape (n,), larger first; one list without evenings."""
        s = np.asarray(score, dtype=np.float64)
        lists = np.zeros(len(s), dtype=np.int64) if evening is None else np.asarray(evening, dtype=np.int64)
        order = np.lexsort((-s, lists))
        new_list, new_score = lists[order][1:] != lists[order][:-1], s[order][1:] != s[order][:-1]
        at_list = np.flatnonzero(new_list) + 1
        borders = np.concatenate([[0], np.flatnonzero(new_list | new_score) + 1, [len(s)]])
        group_of = np.repeat(np.arange(len(borders) - 1), np.diff(borders))
        return cls(order, np.append(0, at_list), np.append(at_list, len(s)), borders, group_of)

    def in_share(self, value: npt.ArrayLike, share: float) -> Statistic:
        """Share of all `value` in the first `share` of each list."""
        return self._captured(np.asarray(value, dtype=np.float64), lambda rows: share * rows)

    def in_calls(self, value: npt.ArrayLike, calls: int) -> Statistic:
        """Share of all `value` in the first `calls` rows of each list."""
        return self._captured(np.asarray(value, dtype=np.float64), lambda rows: np.minimum(calls, rows))

    def _captured(self, value: Floats, room: Callable[[Floats], Floats]) -> Statistic:
        held = value[self.order]
        if np.array_equal(held, np.floor(held)):
            held = held.astype(np.int64)  # sums of whole numbers are several times faster

        def at(w: Floats) -> float:
            rows, found = _running(w), _running(w * held)
            if not found[-1]:
                return math.nan
            last = rows[self.starts] + room(rows[self.ends] - rows[self.starts])
            cut = self.group_of[np.clip(np.searchsorted(rows, last) - 1, 0, len(w) - 1)]
            first, end = self.borders[cut], self.borders[cut + 1]
            # The last place lies inside a group of equal scores: of that group it counts in proportion.
            size = rows[end] - rows[first]
            inside = np.divide(last - rows[first], size, out=np.zeros(len(cut)), where=size > 0)
            return float((found[first] + inside * (found[end] - found[first]) - found[self.starts]).sum() / found[-1])

        return Statistic(self.order, at)


@dataclass(frozen=True)
class Interval:
    """An estimate with its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Draws:
    """Customers drawn with replacement, once for all measures, so that every difference is paired.

    Attributes:
        member: the customer of each row, shape (n,), from 0.
        counts: how often each was drawn, shape (1 + draws, customers); the first row is what truly happened, all 1.
    """

    member: Ints
    counts: npt.NDArray[np.int16]

    @classmethod
    def of(cls, cluster: npt.ArrayLike, draws: int = DRAWS) -> "Draws":
        """From the customer of each row; always the same draws for the same customers."""
        _, member = np.unique(np.asarray(cluster), return_inverse=True)
        clusters = int(member.max()) + 1 if len(member) else 0
        rng = np.random.default_rng(7)
        counts = np.ones((1 + draws, clusters), dtype=np.int16)
        for draw in counts[1:] if clusters else ():
            draw[:] = np.bincount(rng.integers(0, clusters, clusters), minlength=clusters)
        return cls(member, counts)

    def at(self, rows: npt.NDArray[np.bool_]) -> "Draws":
        """The same draws of some of the rows; of their customers only, which is all that such rows can tell."""
        member = self.member[rows]
        there = np.bincount(member, minlength=self.counts.shape[1]) > 0
        return Draws((np.cumsum(there) - 1)[member], np.ascontiguousarray(self.counts[:, there]))

    def sums(self, values: Floats) -> Floats:
        """Column sums over the rows of each draw: of values of shape (n, k), shape (1 + draws, k)."""
        by_customer = np.empty((self.counts.shape[1], values.shape[1]))
        for column in range(values.shape[1]):
            by_customer[:, column] = np.bincount(self.member, weights=values[:, column], minlength=len(by_customer))
        total: Floats = self.counts.astype(np.float64) @ by_customer
        if self.counts.shape[1] < FEWEST_DRAWN:
            total[1:] = math.nan
        return total

    def each(self, statistic: Statistic) -> Floats:
        """The statistic of every draw, shape (1 + draws,)."""
        if not len(self.member):
            return np.full(len(self.counts), math.nan)
        member = self.member[statistic.order]
        counts = self.counts if self.counts.shape[1] >= FEWEST_DRAWN else self.counts[:1]
        told = np.array([statistic.at(np.take(count, member)) for count in counts])
        return np.append(told, np.full(len(self.counts) - len(told), math.nan))


def auc_draws(score: npt.ArrayLike, happened: npt.ArrayLike, draws: Draws) -> Floats:
    """`auc` of every draw, shape (1 + draws,)."""
    s, y, _ = rows_of(score, happened, None)
    return draws.each(_auc(s, y))


def pr_auc_draws(score: npt.ArrayLike, happened: npt.ArrayLike, draws: Draws) -> Floats:
    """`pr_auc` of every draw, shape (1 + draws,)."""
    s, y, _ = rows_of(score, happened, None)
    return draws.each(_pr_auc(s, y))


def captured_draws(
    score: npt.ArrayLike,
    value: npt.ArrayLike,
    draws: Draws,
    *,
    share: float = TOP_SHARE,
    evening: npt.ArrayLike | None = None,
) -> Floats:
    """`captured` of every draw, shape (1 + draws,)."""
    s, v, _ = rows_of(score, value, None)
    return draws.each(Ranking.of(s, evening).in_share(v, share))


def mean_draws(value: npt.ArrayLike, draws: Draws, weight: npt.ArrayLike | None = None) -> Floats:
    """The weighted mean of a value in every draw, shape (1 + draws,)."""
    v, _, w = rows_of(value, value, weight)
    total = draws.sums(np.column_stack([v * w, w]))
    mean: Floats = np.divide(total[:, 0], total[:, 1], out=np.full(len(total), math.nan), where=total[:, 1] > 0)
    return mean


def interval(drawn: Floats) -> Interval:
    """The first value with the middle 95 % of the others; NaN bounds when most draws have no answer."""
    value, others = float(drawn[0]), drawn[1:][~np.isnan(drawn[1:])]
    if math.isnan(value) or not len(others) or len(others) < (len(drawn) - 1) / 2:
        return Interval(value, math.nan, math.nan)
    low, high = np.quantile(others, [0.025, 0.975])
    return Interval(value, float(low), float(high))


def auc_interval(score: npt.ArrayLike, happened: npt.ArrayLike, cluster: npt.ArrayLike, draws: int = DRAWS) -> Interval:
    """`auc` with a bootstrap over clusters (customers)."""
    return interval(auc_draws(score, happened, Draws.of(cluster, draws)))


def rows_of(
    score: npt.ArrayLike, happened: npt.ArrayLike, weight: npt.ArrayLike | None
) -> tuple[Floats, Floats, Floats]:
    """Scores, outcomes and weights (1 where none are given) as arrays; `UndefinedMeasure` when they do not fit."""
    s, y = np.asarray(score, dtype=np.float64), np.asarray(happened, dtype=np.float64)
    w = np.ones(len(s)) if weight is None else np.asarray(weight, dtype=np.float64)
    if not len(s) == len(y) == len(w):
        raise UndefinedMeasure("A measure", f"it was given {len(s)} scores, {len(y)} outcomes and {len(w)} weights")
    return s, y, w


def _auc(s: Floats, y: Floats) -> Statistic:
    """Hits first, then misses, both rising: the misses below a hit and up to it are two look-ups in a running sum."""
    hit, miss = np.flatnonzero(y > 0.5), np.flatnonzero(y <= 0.5)
    hit, miss = hit[np.argsort(s[hit], kind="stable")], miss[np.argsort(s[miss], kind="stable")]
    below, up_to = np.searchsorted(s[miss], s[hit], "left"), np.searchsorted(s[miss], s[hit], "right")

    def at(w: Floats) -> float:
        hits, misses = w[: len(hit)], _running(w[len(hit) :])
        pairs = float(hits.sum()) * float(misses[-1])
        return float(np.dot(hits, np.take(misses, below) + np.take(misses, up_to))) / (2 * pairs) if pairs else math.nan

    return Statistic(np.concatenate([hit, miss]), at)


def _pr_auc(s: Floats, y: Floats) -> Statistic:
    order = np.argsort(-s, kind="stable")
    happened = (y[order] > 0.5).astype(np.int64)
    ends = np.append(_changes(s[order]), len(s)) - 1 if len(s) else np.zeros(0, dtype=np.int64)
    ends = ends[np.diff(np.cumsum(happened)[ends], prepend=0) > 0]  # elsewhere recall does not rise

    def at(w: Floats) -> float:
        rows, hits = np.cumsum(w)[ends], np.cumsum(w * happened)[ends]
        if not len(ends) or not hits[-1]:
            return math.nan
        precision = np.divide(hits, rows, out=np.zeros(len(ends)), where=rows > 0)
        return float((np.diff(hits, prepend=0) * precision).sum() / hits[-1])

    return Statistic(order, at)


def _changes(values: npt.NDArray[np.generic]) -> Ints:
    """Where a value differs from the one before it."""
    return np.flatnonzero(values[1:] != values[:-1]) + 1


def _running(values: Floats) -> Floats:
    """The running sum, beginning with 0."""
    total: Floats = np.zeros(len(values) + 1, dtype=np.float64 if values.dtype.kind == "f" else np.int64)
    np.cumsum(values, out=total[1:])
    return total
