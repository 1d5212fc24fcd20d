"""The walk of many rows through all trees, without a step and without a branch.

A row need not go down a tree to know where it ends. Number the leaves from left to right, one bit each; every split
that sends the row to the right rules out the leaves to its left, wherever in the tree it stands; the lowest bit that
remains is the row's leaf (Lucchese et al., *QuickScorer*, SIGIR 2015). A split is then one comparison and one AND, the
same for each of `LANES` rows, so the processor takes eight or sixteen rows at a time and never guesses a branch.

The rows of one item differ only in the interval. Splits on the item's own columns are looked at once; those on
`days_ahead` are the same for all items and come in as masks; only those on `dpd_then` are looked at for each interval.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit
from numba.core import cgutils
from numba.extending import intrinsic

Array = npt.NDArray[Any]

LANES = 64
"""Rows that go through the trees together; with 100 columns, what they take stays in the nearest cache."""

TINY = np.float32(1e-35)
"""What lies this near to zero is zero to LightGBM."""


class Splits(NamedTuple):
    """Splits of one sort, tree by tree: tree `t` has `start[t]` to `start[t + 1]`, none, some or all of its splits.

    A value above `threshold` leaves the leaves in `keep` possible, another one all of them. The value is that of a
    *sight*: a column as some splits see it, with what stands there for a missing value, for zero and for all that is
    larger than `largest`, so that nothing is missing any more. Shapes: start (n_trees + 1,); sight, threshold, keep
    (n_splits,); the others (n_sights,).
    """

    start: Array
    sight: Array
    threshold: Array
    keep: Array
    column: Array
    when_missing: Array
    when_zero: Array
    largest: Array


class Leaves(NamedTuple):
    """What the leaves say, from left to right, tree by tree: tree `t` begins at `start[t]`."""

    start: Array
    value: Array


def _trailing_zeros(typing_context: Any, bits: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], cgutils.true_bit)

    return bits(bits), generate


_lowest_bit: Any = intrinsic(_trailing_zeros)
"""Which bit is the lowest that is set, of a word that is not 0. One instruction, also for many lanes at once."""


@njit(cache=True, nogil=True)
def add_up_trees(
    features: Array,
    dpd: Array,
    dpd_growth: Array,
    on_item: Splits,
    on_dpd: Splits,
    by_day: Array,
    leaves: Leaves,
    out: Array,
) -> None:
    """The sum over all trees, in their order, of what each says of a row in an interval; out (n, n_intervals).

    Args:
        features: float32, shape (n, n_features).
        dpd: days past due today, float32, shape (n,).
        dpd_growth: what is added to them in each interval, float32, shape (n_intervals,).
        on_item: splits on `features`.
        on_dpd: splits on `dpd` + `dpd_growth`.
        by_day: the leaves that the splits on `days_ahead` leave possible, shape (n_trees, n_intervals).
        leaves: all of them.
        out: float64, written whole.
    """
    n, intervals, trees = len(features), len(dpd_growth), len(by_day)
    seen = np.zeros((len(on_item.column), LANES), dtype=np.float32)
    dpd_seen = np.zeros((len(on_dpd.column) * intervals, LANES), dtype=np.float32)
    possible, left = np.zeros(LANES, dtype=by_day.dtype), np.zeros(LANES, dtype=by_day.dtype)
    said, total = np.zeros(LANES, dtype=np.float64), np.zeros((intervals, LANES), dtype=np.float64)
    everything = ~by_day.dtype.type(0)
    for first in range(0, n, LANES):
        rows = min(LANES, n - first)
        _look(features, first, rows, on_item, seen)
        _look_ahead(dpd, dpd_growth, first, rows, on_dpd, dpd_seen)
        total[:] = 0.0
        for tree in range(trees):
            low, high = on_dpd.start[tree], on_dpd.start[tree + 1]
            possible[:] = everything
            for split in range(on_item.start[tree], on_item.start[tree + 1]):
                _rule_out(possible, seen[on_item.sight[split]], on_item.threshold[split], on_item.keep[split])
            for k in range(intervals):
                # Where nothing tells this interval from the one before, the tree says the same again.
                if k == 0 or low < high or by_day[tree, k] != by_day[tree, k - 1]:
                    for lane in range(LANES):
                        left[lane] = possible[lane] & by_day[tree, k]
                    for split in range(low, high):
                        ahead = dpd_seen[on_dpd.sight[split] * intervals + k]
                        _rule_out(left, ahead, on_dpd.threshold[split], on_dpd.keep[split])
                    for lane in range(LANES):
                        said[lane] = leaves.value[leaves.start[tree] + np.int64(_lowest_bit(left[lane]))]
                for lane in range(LANES):
                    total[k, lane] += said[lane]
        for lane in range(rows):
            for k in range(intervals):
                out[first + lane, k] = total[k, lane]


@njit(cache=True, nogil=True)
def _rule_out(possible: Array, values: Array, threshold: float, keep: int) -> None:
    """Take from the lanes whose value is above the threshold all leaves but `keep`."""
    for lane in range(LANES):
        possible[lane] = possible[lane] & keep if values[lane] > threshold else possible[lane]


@njit(cache=True, nogil=True)
def _look(features: Array, first: int, rows: int, splits: Splits, seen: Array) -> None:
    """The rows' features as the splits see them, shape (n_sights, LANES). Lanes without a row keep what they held."""
    for lane in range(rows):
        for sight in range(len(splits.column)):
            seen[sight, lane] = _as_seen(features[first + lane, splits.column[sight]], splits, sight)


@njit(cache=True, nogil=True)
def _look_ahead(dpd: Array, dpd_growth: Array, first: int, rows: int, splits: Splits, seen: Array) -> None:
    """The rows' days past due in each interval as the splits see them, shape (n_sights * n_intervals, LANES)."""
    for sight in range(len(splits.column)):
        for k in range(len(dpd_growth)):
            for lane in range(rows):
                seen[sight * len(dpd_growth) + k, lane] = _as_seen(dpd[first + lane] + dpd_growth[k], splits, sight)


@njit(cache=True, nogil=True)
def _as_seen(value: Any, splits: Splits, sight: int) -> Any:
    if np.isnan(value):
        return splits.when_missing[sight]
    return splits.when_zero[sight] if abs(value) <= TINY else min(value, splits.largest[sight])
