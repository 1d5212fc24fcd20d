"""The walk that explains: of many rows at once, what every feature adds to the sum of the trees.

A path to a leaf asks each of its features for an interval; z is the share of the training's rows that pass, o whether
the row at hand does. The Shapley value of a feature is v (o - z) times the integral over p in [0, 1] of the product of
z (1 - p) + o p over the other features: a polynomial, which half as many Gauss-Legendre nodes as there are features
integrate exactly (Quadrature-TreeSHAP, arXiv 2605.04497). The step beyond: rows lie side by side in the lanes, nodes
are as few as each path needs, and two leaves under one split are one ending, v (o - z) summed over both.

The rows of an item in several intervals differ in two columns. Where one explanation is wanted, the mean over intervals
by given weights, each path is walked once: o is then the share of intervals that pass, between 0 and 1 (`soft`).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from models.kernels.shap_lanes import LANES, SOFT, TWIG, TWO_SOFT, at_most, either, explain_ending, weigh

Array = npt.NDArray[Any]

COMPILED_WITH = "59ae8a4c88bf6f8e"
"""The first digits of the SHA-256 of `shap_lanes.py`, held by a test: numba compiles anew when this file changes, and
would not see a change of that one."""

TINY = np.float64(np.float32(1e-35))
"""What lies this near to zero is zero to LightGBM."""


class Sights(NamedTuple):
    """Columns as splits see them: what stands there for a missing value, for zero, and at most. Shapes (n_sights,).

    The first sights are of the item's own columns, those from `hard` on of the `soft` ones.
    """

    column: Array
    when_missing: Array
    when_zero: Array
    largest: Array
    hard: int


class Splits(NamedTuple):
    """Splits tree by tree, a parent before its children: tree `t` has `start[t]` to `start[t + 1]`.

    A sight of at most `threshold` goes left. Edge 2 s + side leads away from the tree's split s; `before` is the edge
    above the split on the same column, or -1. Shapes: start (n_trees + 1,), the others (n_splits,).
    """

    start: Array
    sight: Array
    threshold: Array
    before: Array


class Endings(NamedTuple):
    """How paths end, tree by tree and like ones together: tree `t` has the runs `run_start[t]` to `run_start[t + 1]`.

    Run `r` is `runs[r]`: kind, nodes, first ending, last + 1. Ending `e` has the features `path_start[e]` to
    `path_start[e + 1]` of `path` (an edge) and `row` (a column of the answer), constants from `constant_start[e]`, and
    `last[e]`: see `shap_lanes.explain_ending`. Paths longer than that go the slow way: kind -1, where `constants` are
    the leaf's value and each feature's z.
    """

    run_start: Array
    runs: Array
    path_start: Array
    path: Array
    row: Array
    last: Array
    constant_start: Array


@njit(cache=True, nogil=True)
def explain_rows(
    features: Array,
    soft_features: Array,
    weights: Array,
    sights: Sights,
    splits: Splits,
    endings: Endings,
    constants: Array,
    slow_constants: Array,
    nodes: Array,
    node_weights: Array,
    out: Array,
) -> None:
    """What each column adds to the sum of the trees; out (n, n_columns), written whole.

    Args:
        features: float64, shape (n, n_item_columns).
        soft_features: those that differ from interval to interval, float64, shape (n, n_intervals, n_soft).
        weights: what each interval counts, adding up to 1; float64, shape (n, n_intervals).
        sights, splits, endings: the trees.
        constants, slow_constants: of the paths, and of those that go the slow way; float64.
        nodes, node_weights: Gauss-Legendre's for each number of nodes, shape (most + 1, most).
        out: float64.
    """
    n, intervals, trees, columns = len(features), weights.shape[1], len(splits.start) - 1, out.shape[1]
    most = max(1, np.max(splits.start[1:] - splits.start[:-1]))
    seen = np.zeros((sights.hard + (len(sights.column) - sights.hard) * intervals, LANES), dtype=np.float64)
    masks, soft_masks = np.zeros(2 * most, dtype=np.uint64), np.zeros((2 * most, intervals), dtype=np.uint64)
    passing = np.zeros((2 * most, LANES), dtype=np.float64)
    weight = np.zeros((intervals, LANES), dtype=np.float64)
    soft = np.zeros((3, LANES), dtype=np.float64)
    total = np.zeros((columns, LANES), dtype=np.float64)
    product = np.zeros((len(nodes), LANES), dtype=np.float64)
    for first in range(0, n, LANES):
        rows = min(LANES, n - first)
        _look(features, soft_features, weights, first, rows, sights, seen, weight)
        total[:] = 0.0
        for tree in range(trees):
            _where(splits, tree, sights.hard, intervals, seen, weight, masks, soft_masks, passing)
            for run in range(endings.run_start[tree], endings.run_start[tree + 1]):
                kind, count = endings.runs[run, 0], endings.runs[run, 1]
                for ending in range(endings.runs[run, 2], endings.runs[run, 3]):
                    at, last = endings.constant_start[ending], endings.last[ending]
                    low, high = endings.path_start[ending], endings.path_start[ending + 1]
                    if kind < 0:
                        _slow(endings, low, high, slow_constants, at, nodes[count], node_weights[count], count,
                              masks, soft_masks, weight, last[0], product, total)  # fmt: skip
                        continue
                    if kind == TWIG:
                        either(masks[last[0]], masks[last[1]], constants[at + 1], constants[at + 2], soft)
                    elif kind == SOFT:
                        left, right = constants[at + 1], constants[at + 2]
                        for lane in range(LANES):
                            soft[0, lane] = left * passing[last[0], lane] + right * passing[last[1], lane]
                    elif kind == TWO_SOFT:
                        soft[0], soft[1], soft[2] = passing[last[0]], passing[last[1]], 0.0
                        for k in range(intervals):
                            weigh(soft_masks[last[0], k] & soft_masks[last[1], k], weight, k, soft, 2)
                    explain_ending(
                        count,
                        SOFT if kind == TWIG else kind,
                        masks,
                        endings.path,
                        endings.row,
                        low,
                        high,
                        constants,
                        at,
                        last,
                        soft,
                        total,
                        rows,
                    )
        for lane in range(rows):
            for column in range(columns):
                out[first + lane, column] = total[column, lane]


@njit(cache=True, nogil=True)
def _where(
    splits: Splits,
    tree: int,
    hard: int,
    intervals: int,
    seen: Array,
    weight: Array,
    masks: Array,
    soft_masks: Array,
    passing: Array,
) -> None:
    """Which lanes pass each edge of a tree and those above it on the same column; of soft ones, in which intervals."""
    everywhere = ~np.uint64(0)
    for at in range(splits.start[tree], splits.start[tree + 1]):
        edge, sight, threshold = 2 * (at - splits.start[tree]), splits.sight[at], splits.threshold[at]
        before = splits.before[at]
        if sight < hard:
            left = at_most(seen, sight, threshold)
            for side in range(2):
                masks[edge + side] = (left if side == 0 else ~left) & (masks[before] if before >= 0 else everywhere)
            continue
        passing[edge : edge + 2] = 0.0
        for k in range(intervals):
            left = at_most(seen, hard + (sight - hard) * intervals + k, threshold)
            for side in range(2):
                word = (left if side == 0 else ~left) & (soft_masks[before, k] if before >= 0 else everywhere)
                soft_masks[edge + side, k] = word
                weigh(word, weight, k, passing, edge + side)


@njit(cache=True, nogil=True)
def _slow(
    endings: Endings,
    low: int,
    high: int,
    constants: Array,
    at: int,
    nodes: Array,
    node_weights: Array,
    count: int,
    masks: Array,
    soft_masks: Array,
    weight: Array,
    is_soft: int,
    product: Array,
    total: Array,
) -> None:
    """One leaf at the end of any path, in doubles, interval by interval where one of its features is soft.

    An edge of a soft feature is told as ~edge.
    """
    for k in range(len(weight) if is_soft else 1):
        product[:count] = 1.0
        for step in range(low, high):
            z, word = constants[at + 1 + step - low], _word(endings.path[step], k, masks, soft_masks)
            for q in range(count):
                off, on = z * (1.0 - nodes[q]), z * (1.0 - nodes[q]) + nodes[q]
                for lane in range(LANES):
                    product[q, lane] *= on if (word >> np.uint64(lane)) & np.uint64(1) else off
        for step in range(low, high):
            z, word = constants[at + 1 + step - low], _word(endings.path[step], k, masks, soft_masks)
            for lane in range(LANES):
                passes = np.float64((word >> np.uint64(lane)) & np.uint64(1))
                without = 0.0
                for q in range(count):
                    without += node_weights[q] * product[q, lane] / (z * (1.0 - nodes[q]) + passes * nodes[q])
                counted = weight[k, lane] if is_soft else 1.0
                total[endings.row[step], lane] += constants[at] * counted * (passes - z) * without


@njit(cache=True, nogil=True)
def _word(edge: int, k: int, masks: Array, soft_masks: Array) -> Any:
    return masks[edge] if edge >= 0 else soft_masks[~edge, k]


@njit(cache=True, nogil=True)
def _look(
    features: Array,
    soft_features: Array,
    weights: Array,
    first: int,
    rows: int,
    sights: Sights,
    seen: Array,
    weight: Array,
) -> None:
    """The rows as the splits see them, and their weights. Lanes without a row keep what they held."""
    intervals = weights.shape[1]
    for lane in range(rows):
        row = first + lane
        for sight in range(sights.hard):
            seen[sight, lane] = _as_seen(features[row, sights.column[sight]], sights, sight)
        for k in range(intervals):
            weight[k, lane] = weights[row, k]
            for sight in range(sights.hard, len(sights.column)):
                value = soft_features[row, k, sights.column[sight]]
                seen[sights.hard + (sight - sights.hard) * intervals + k, lane] = _as_seen(value, sights, sight)


@njit(cache=True, nogil=True)
def _as_seen(value: Any, sights: Sights, sight: int) -> Any:
    if np.isnan(value):
        return sights.when_missing[sight]
    return sights.when_zero[sight] if abs(value) <= TINY else min(value, sights.largest[sight])
