"""Tree SHAP: what every column adds to the sum of the trees, exactly, for a hundredth of what LightGBM takes.

Path-dependent, as LightGBM's own `pred_contrib`: what a column is expected to say is told by how the rows of the
training went down the trees. The work is `kernels.tree_shap`'s. Whether it agrees with LightGBM is asked at
construction, on rows that lie on the thresholds; if ever it does not, LightGBM answers.

LightGBM divides what it multiplied, and loses digits on long paths: over 30 columns its contributions miss its own
score by 1e-7, over 60 by more than the score. Ours are sums of products of numbers above 0; there the score is the
judge.
"""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from models.curve_scoring import pairs
from models.errors import TreesRefused, WrongShape
from models.flat_trees import INTERVAL_COLUMNS, Singles
from models.kernels.tree_shap import explain_rows
from models.readings import Floats
from models.shap_layout import Layout
from models.tree_text import Tree, read_trees

log = logging.getLogger(__name__)

Numbers = npt.NDArray[np.float32] | npt.NDArray[np.float64]

CHECKED_ROWS = 16
"""Rows on which the contributions are compared with LightGBM's."""

ALLOWED = 1e-9
"""By how much they may differ, of the largest contribution or of 1: rounding, nothing more."""

CHUNK = 2_048
"""Rows that a thread takes at a time: copies of them are all that is held beside the answer."""


class TreeShap:
    """Contributions of the columns of a booster, of rows or of items over their intervals.

    What the booster learns later is not noticed: make a new one when it is fitted.

    Args:
        booster: one sum of trees with numeric splits and constant leaves.

    Raises:
        TreesRefused: for categories, linear leaves, several classes, and forests whose trees are averaged.
    """

    def __init__(self, booster: lgb.Booster) -> None:
        self.booster, self.columns = booster, int(booster.num_feature())
        self._trees = read_trees(booster)
        self._layout = self._laid_out(())
        if self._layout is not None and not self._agrees():
            self._layout = None

    @property
    def fast(self) -> bool:
        """Whether the compiled loop answers; else LightGBM does."""
        return self._layout is not None

    @property
    def fast_intervals(self) -> bool:
        """Whether it answers for the intervals of items, too."""
        return self.fast and self._interval_layout is not None

    @cached_property
    def expected_value(self) -> float:
        """What contributions are added to: the mean over the rows of the training, tree by tree."""
        if self._layout is not None:
            return self._layout.expected
        return float(np.asarray(self.booster.predict(np.zeros((1, self.columns)), pred_contrib=True))[0, -1])

    def explain(self, X: Numbers, threads: int = 1) -> tuple[Floats, float]:
        """Contributions, shape (n, n_columns), and what they are added to: each row's sum is LightGBM's raw score.

        Args:
            X: rows as the trees were fitted on, shape (n, n_columns), float32 or float64; NaN where missing.
            threads: how many work at it; the answer is the same to the last bit.

        Raises:
            WrongShape: for rows of another width.

        Source:
            Lundberg et al., *Consistent individualized feature attribution for tree ensembles* (2018);
            Quadrature-TreeSHAP, arXiv 2605.04497.
        """
        table: npt.NDArray[Any] = np.asarray(X)
        if table.ndim != 2 or table.shape[1] != self.columns:
            raise WrongShape("rows", f"(n, {self.columns})", f"{table.shape}")
        layout = self._layout
        if layout is None:
            return by_lightgbm(self.booster, table), self.expected_value

        def work(part: slice, out: Floats) -> None:
            rows = np.require(table[part], np.float64, ["C", "W"])
            self._run(layout, rows, np.zeros((len(rows), 1, 0)), np.ones((len(rows), 1)), out)

        return _in_parts(work, len(table), self.columns, threads), layout.expected

    def explain_intervals(
        self,
        features: Singles,
        days_ahead: Singles,
        dpd: Singles,
        weights: Floats,
        dpd_growth: Singles | None = None,
        threads: int = 1,
    ) -> Floats:
        """Of each item the contributions of all its intervals, times their weights, added up; shape (n, n_columns).

        The rows of an item differ in the last two columns only, so all of them cost little more than one.

        Args:
            features: the columns before the interval's, shape (n, n_columns - 2).
            days_ahead, dpd, dpd_growth: of intervals and items, as `models.curve_scoring.CurveScorer.raw` takes them.
            weights: what each interval counts, shape (n, K). An item with some below 0 is explained twice.
            threads: how many work at it; the answer is the same to the last bit.

        Raises:
            WrongShape: when the arrays do not fit one another or the trees.
        """
        growth = days_ahead if dpd_growth is None else dpd_growth
        features, days_ahead, dpd, growth = (
            np.asarray(array, dtype=np.float32) for array in (features, days_ahead, dpd, growth)
        )
        weights = np.asarray(weights, dtype=np.float64)
        self._require_shapes(features, days_ahead, dpd, growth, weights)
        layout = self._interval_layout if self._layout is not None and len(days_ahead) else None
        if layout is None:
            return self.plain_intervals(features, days_ahead, dpd, weights, growth)
        return self._intervals(layout, features, days_ahead, dpd, weights, growth, threads)

    def plain_intervals(
        self, features: Singles, days_ahead: Singles, dpd: Singles, weights: Floats, dpd_growth: Singles
    ) -> Floats:
        """The same by LightGBM, one interval after the other."""
        out = np.zeros((len(features), self.columns))
        for k, (day, growth) in enumerate(zip(days_ahead, dpd_growth, strict=True)):
            rows = np.flatnonzero(weights[:, k])
            matrix = np.column_stack([features[rows], np.full(len(rows), day, np.float32), dpd[rows] + growth])
            out[rows] += weights[rows, k, None] * by_lightgbm(self.booster, matrix)
        return out

    def _intervals(
        self,
        layout: Layout,
        features: Singles,
        days_ahead: Singles,
        dpd: Singles,
        weights: Floats,
        growth: Singles,
        threads: int = 1,
    ) -> Floats:
        """The same by the compiled loop."""

        def work(part: slice, out: Floats) -> None:
            soft = np.empty((len(out), len(days_ahead), INTERVAL_COLUMNS))
            soft[:, :, 0], soft[:, :, 1] = days_ahead, dpd[part, None] + growth
            rows = np.require(features[part], np.float64, ["C", "W"])
            self._run_weighted(layout, rows, soft, np.maximum(weights[part], 0.0), out)
            below = np.flatnonzero((weights[part] < 0.0).any(axis=1))
            if len(below):
                taken = np.empty((len(below), self.columns))
                self._run_weighted(layout, rows[below], soft[below], np.maximum(-weights[part][below], 0.0), taken)
                out[below] -= taken

        return _in_parts(work, len(features), self.columns, threads)

    @cached_property
    def _interval_layout(self) -> Layout | None:
        if self.columns < INTERVAL_COLUMNS:
            return None
        layout = self._laid_out((self.columns - 2, self.columns - 1))
        if layout is None:
            return None
        with np.errstate(over="ignore"):
            rows = rows_on_the_thresholds(self._trees, self.columns).astype(np.float32)
        days, growth = rows[:3, -2], np.array([0.0, 0.0, 7.0], dtype=np.float32)
        asked = rows[:, :-2], days, rows[:, -1], np.random.default_rng(7).random((len(rows), 3)), growth
        each, _ = self.explain(pairs(rows[:, :-2], days, rows[:, -1], growth))
        one_by_one = (each.reshape(len(rows), 3, -1) * asked[3][:, :, None]).sum(axis=1)
        # Checked before anybody can see it: another thread would take it as checked.
        if self._near(self._intervals(layout, *asked), one_by_one):
            return layout
        log.warning("tree_shap_plain reason=intervals_differ trees=%d", len(self._trees))
        return None

    def _laid_out(self, soft: tuple[int, ...]) -> Layout | None:
        try:
            return Layout.of(self._trees, soft)
        except TreesRefused as why:
            log.warning("tree_shap_plain reason=%s trees=%d", why.kind.replace(" ", "_"), len(self._trees))
            return None

    def _agrees(self) -> bool:
        rows = rows_on_the_thresholds(self._trees, self.columns)
        found, expected = self.explain(rows)
        ours = np.column_stack([found, np.full(len(rows), expected)])
        theirs = np.asarray(self.booster.predict(rows, pred_contrib=True, num_threads=1), dtype=np.float64)
        raw = np.asarray(self.booster.predict(rows, raw_score=True, num_threads=1), dtype=np.float64)
        exact = np.abs(theirs.sum(axis=1) - raw) <= ALLOWED
        if self._near(ours[exact], theirs[exact]) and self._near(ours.sum(axis=1), raw):
            return True
        log.warning("tree_shap_plain reason=differs trees=%d", len(self._trees))
        return False

    def _near(self, ours: Floats, theirs: Floats) -> bool:
        allowed = ALLOWED * max(1.0, float(np.abs(theirs).max(initial=0.0)))
        return bool((np.abs(ours - theirs) <= allowed).all())

    def _run(self, layout: Layout, rows: Floats, soft: Floats, weights: Floats, out: Floats) -> None:
        explain_rows(
            rows, soft, weights, layout.sights, layout.splits, layout.endings, layout.constants, layout.slow_constants,
            layout.nodes, layout.node_weights, out,
        )  # fmt: skip

    def _run_weighted(self, layout: Layout, rows: Floats, soft: Floats, weights: Floats, out: Floats) -> None:
        """The same for weights that are not negative: a mean over the intervals, times what they add up to."""
        total = weights.sum(axis=1, keepdims=True)
        some = total > np.finfo(np.float64).tiny
        share = np.where(some, weights / np.where(some, total, 1.0), 1.0 / weights.shape[1])
        self._run(layout, rows, soft, share, out)
        out *= np.where(some, total, 0.0)

    def _require_shapes(
        self, features: Singles, days_ahead: Singles, dpd: Singles, growth: Singles, weights: Floats
    ) -> None:
        wanted = (dpd.size, self.columns - INTERVAL_COLUMNS)
        if features.shape != wanted or dpd.ndim != 1:
            raise WrongShape("features", f"{wanted}, one row for each dpd", f"{features.shape}, dpd {dpd.shape}")
        if days_ahead.ndim != 1 or growth.shape != days_ahead.shape:
            raise WrongShape("days_ahead", "one day for each interval, (K,)", f"{days_ahead.shape} and {growth.shape}")
        if weights.shape != (dpd.size, days_ahead.size):
            raise WrongShape("weights", f"({dpd.size}, {days_ahead.size})", f"{weights.shape}")


def by_lightgbm(booster: lgb.Booster, X: Numbers) -> Floats:
    """LightGBM's own contributions, without what they are added to, a part at a time; shape (n, n_columns)."""
    out = np.empty((len(X), X.shape[1]))
    for at in range(0, len(X), CHUNK):
        part = slice(at, at + CHUNK)
        out[part] = np.asarray(booster.predict(X[part], pred_contrib=True, num_threads=1))[:, :-1]
    return out


def rows_on_the_thresholds(trees: list[Tree], n_columns: int) -> Floats:
    """Rows on which a wrong reading of a tree would show, shape (`CHECKED_ROWS`, n_columns).

    Each value is drawn from the thresholds of its column, the next doubles beside each, zero, what is nearly zero, the
    two infinities and NaN.
    """
    rng = np.random.default_rng(7)
    column = np.concatenate([np.zeros(0, dtype=np.int64), *(tree.column for tree in trees)])
    threshold = np.concatenate([np.zeros(0), *(tree.threshold for tree in trees)])
    always = np.array([0.0, 1e-36, -1e-36, np.inf, -np.inf, np.nan])
    drawn = []
    for at in range(n_columns):
        own = threshold[column == at]
        beside = [np.nextafter(own, np.inf), np.nextafter(own, -np.inf)]
        drawn.append(rng.choice(np.concatenate([own, *beside, always]), CHECKED_ROWS))
    return np.stack(drawn, axis=1)


def _in_parts(work: Callable[[slice, Floats], None], n: int, columns: int, threads: int) -> Floats:
    """Let `work` fill an answer of shape (n, columns), part by part; threads sleep when there is nothing left."""
    out = np.empty((n, columns))
    parts = [slice(at, min(at + CHUNK, n)) for at in range(0, n, CHUNK)]
    if threads <= 1 or len(parts) <= 1:
        for part in parts:
            work(part, out[part])
    else:
        with ThreadPoolExecutor(min(threads, len(parts))) as pool:
            list(pool.map(lambda part: work(part, out[part]), parts))
    return out
