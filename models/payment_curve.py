"""`PaymentCurve`: when the money will come, learned by gradient boosting.

A discrete-time hazard: the days ahead are cut into intervals, and one LightGBM model says for each interval which share
of what is still open at its start will be paid within it. Every reading comes from the resulting curve, so no
two of them can contradict each other. Which interval it is (`days_ahead`) and how late the item will then be
(`dpd_then`) are columns of the model's own; everything else is a feature of the catalogue.

The trees learn what makes an item differ: each interval starts from the share that was paid in it over all snapshots,
so that no reason has to tell how long an interval is. Beside them a logistic regression learns the same; the two are
blended in log-odds, with the share that the backtest chose (mostly none), and the curve is recalibrated where that
helped.

Contributions are told against the *typical item*: the mean contribution of the items in the middle of the book by risk,
in the last week learned from, each on its newest evening, among those past due or due within 30 days. The plain SHAP
base is a mean of log-odds, which a few items that nobody will ever pay drag far from any item one could meet; against
it nearly every fact would lower the risk. Centring moves the base and keeps every sum.
"""

from collections.abc import Mapping
from copy import copy
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator

from features.table import FeatureTable
from models.encoding import Encoding
from models.errors import NothingToFit
from models.linear import Linear
from models.readings import EDGES, HEADLINE_DAYS, LAST_DAY, Curves, Days, Floats
from models.recalibration import NONE, Recalibration
from models.rhythm import EVEN, Rhythm
from models.trees import Trees
from models.typical_item import TypicalValues, median_values, typical_log_odds, typical_rows

Ints = npt.NDArray[np.int64]

INTERVAL_COLUMNS = ("days_ahead", "dpd_then")
"""The columns the model adds to the catalogue's: the first day of the interval, and the days past due on it."""

CHUNK = 100_000
"""Rows that are worked on at a time, to bound memory."""


class PaymentCurve(BaseEstimator):  # type: ignore[misc]
    """The curve S(u) of each row of a `FeatureTable`.

    Args:
        monotone: feature name -> -1, 0 or 1, the sign that its effect on the chance of *payment* must have.
        edges: days ahead that bound the intervals; 14, 30 and 60 are among them.
        num_leaves, rounds, learning_rate, min_rows_in_leaf, lambda_l2, feature_fraction, extra_trees: size and
            restraint of the trees; `min_rows_in_leaf` None means a 200th of the rows, from 100 to 2,000; `extra_trees`
            tries one random threshold per column instead of all.
        linear_share: how much the logistic regression counts in the log-odds, 0 (trees alone) to 1 (no trees).
    """

    family = "hazard"

    def __init__(
        self,
        monotone: Mapping[str, int] | None = None,
        edges: tuple[int, ...] = EDGES,
        num_leaves: int = 31,
        rounds: int = 150,
        learning_rate: float = 0.05,
        min_rows_in_leaf: int | None = None,
        lambda_l2: float = 30.0,
        feature_fraction: float = 0.4,
        extra_trees: bool = False,
        linear_share: float = 0.0,
        seed: int = 7,
    ) -> None:
        self.monotone = monotone
        self.edges = edges
        self.num_leaves = num_leaves
        self.rounds = rounds
        self.learning_rate = learning_rate
        self.min_rows_in_leaf = min_rows_in_leaf
        self.lambda_l2 = lambda_l2
        self.feature_fraction = feature_fraction
        self.extra_trees = extra_trees
        self.linear_share = linear_share
        self.seed = seed

    def fit(self, table: FeatureTable, intervals: pd.DataFrame, rhythm: Rhythm = EVEN, threads: int = 1) -> Self:
        """Learn from observed intervals.

        Args:
            table: the snapshots' rows.
            intervals: `row` (position in `table`), `k` (which interval, 0..K-1), `paid_share` (of what was open at
                its start, paid in cash within it, in [0, 1]) and `weight` (> 0). The order matters for nothing but
                the last bits: sort them before.
            rhythm: how what comes within an interval is spread over its days.
            threads: of LightGBM; the curve is the same with any number.

        Raises:
            NothingToFit: without a single interval.
        """
        if intervals.empty:
            raise NothingToFit("fully observed interval")
        self.encoding_ = Encoding.fit(table.values)
        self.typical_ = self.levels(typical_log_odds(intervals, len(self.edges) - 1))
        self.recalibration_, self.rhythm_ = NONE, rhythm
        self._found: tuple[Floats, TypicalValues] | None = None
        k = intervals["k"].to_numpy()
        matrix = self.interval_matrix(table, intervals["row"].to_numpy(), k)
        share = intervals["paid_share"].to_numpy(dtype=np.float64)
        weight = intervals["weight"].to_numpy(dtype=np.float64)
        self.trees_ = self.linear_ = None
        if self.linear_share < 1.0:
            self.trees_ = Trees(self._parameters(len(intervals))).fit(
                matrix, share, weight, self.typical_[k], self.columns_, self._signs(), self.rounds, threads
            )
        if self.linear_share > 0.0:
            self.linear_ = Linear().fit(matrix, share, weight, k, self._without_a_line(), self._signs())
            self.linear_.levels_ = self.levels(self.linear_.levels_)
        keys = table.keys[["day", "item_id"]].reset_index(drop=True)
        week = keys[keys["day"] > keys["day"].max() - 7].drop_duplicates("item_id", keep="last")
        self._last_week = table.take(week.index.tolist())
        return self

    def blended(self, linear_share: float) -> Self:
        """This curve with another share of the logistic regression; both parts must have been fitted, or be unused."""
        other = copy(self)
        other.linear_share, other._found = linear_share, None
        return other

    def recalibrated(self, recalibration: Recalibration) -> Self:
        """This curve, recalibrated."""
        other = copy(self)
        other.recalibration_ = recalibration
        return other

    @property
    def reference_(self) -> Floats:
        """The typical item's contributions, shape (K, n_columns); worked out when first asked for."""
        return self._typical_item()[0]

    @property
    def typical_values_(self) -> TypicalValues:
        """The typical item's value of each feature, see `median_values`."""
        return self._typical_item()[1]

    @property
    def columns_(self) -> tuple[str, ...]:
        """The matrix's columns: the catalogue's, then the interval's."""
        return (*self.encoding_.columns, *INTERVAL_COLUMNS)

    def survival(self, table: FeatureTable) -> Curves:
        """The curve of each row, in the table's order."""
        return self.recalibration_.curves(self.plain_survival(table))

    def plain_survival(self, table: FeatureTable) -> Curves:
        """The curve of each row before recalibration."""
        n, edges = len(table), np.array(self.edges, dtype=np.int64)
        intensity, raw = np.zeros((n, len(edges))), None
        for start in range(0, n, CHUNK):
            some = table if n <= CHUNK else table.take(list(range(start, min(start + CHUNK, n))))
            raw = self.raw_curves(some)
            intensity[start : start + CHUNK, 1:] = self.accumulated(softplus(raw))
        dpd = table.keys["dpd"].to_numpy(dtype=np.int64)
        return Curves(edges, intensity, dpd, self.rhythm_, raw=raw if n <= CHUNK else None)

    def parts(self, table: FeatureTable) -> "list[tuple[PaymentCurve, Floats]]":
        """The curves that -log S before recalibration is a mean of, with the share of each in every row, shape (n,)."""
        return [(self, np.ones(len(table)))]

    @property
    def leaves(self) -> int:
        """Leaves of all its trees."""
        return self.trees_.leaves if self.trees_ is not None else 0

    def levels(self, found: Floats) -> Floats:
        """What each interval starts from in log-odds, as this family needs it; shape (K,)."""
        return found

    def accumulated(self, intensity: Floats) -> Floats:
        """-log S at the end of each interval, from what each interval says of itself; shape (n, K)."""
        return np.cumsum(intensity, axis=1)

    def interval_matrix(self, table: FeatureTable, rows: Ints, k: Ints) -> npt.NDArray[np.float32]:
        """The model's input for (row, interval) pairs, shape (n_pairs, n_columns)."""
        matrix = np.empty((len(rows), len(self.columns_)), dtype=np.float32)
        for start in range(0, len(rows), CHUNK):
            used, place = np.unique(rows[start : start + CHUNK], return_inverse=True)
            matrix[start : start + CHUNK, :-2] = self.encoding_.matrix(table.values.iloc[used])[place]
        ahead, late = self.interval_columns(table.keys["dpd"].to_numpy(dtype=np.float32)[rows], k)
        matrix[:, -2], matrix[:, -1] = ahead, late
        return matrix

    def interval_columns(
        self, dpd: npt.NDArray[np.float32], k: Ints
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """`INTERVAL_COLUMNS` for items `dpd` days past due tonight at the intervals `k`."""
        start = np.array(self.edges, dtype=np.float32)[k]
        return start, dpd + start

    def raw_scores(self, matrix: npt.NDArray[np.float32], k: Ints) -> Floats:
        """Log-odds that what is open at the start of interval `k` is paid within it, shape (n_pairs,)."""
        raw = np.zeros(len(matrix))
        if self.trees_ is not None and self.linear_share < 1.0:
            raw += (1.0 - self.linear_share) * (self.typical_[k] + self.trees_.raw(matrix))
        if self.linear_ is not None and self.linear_share > 0.0:
            raw += self.linear_share * self.linear_.raw(matrix, k)
        return raw

    def shap_values(self, matrix: npt.NDArray[np.float32], k: Ints) -> Floats:
        """SHAP values of the log-odds, told against the typical item; the last column is that item's own.

        Shape (n_pairs, n_columns + 1); each row adds up to `raw_scores`, but for rounding inside LightGBM.
        """
        phi = self._plain_shap_values(matrix, k)
        phi[:, :-1] -= self.reference_[k]
        phi[:, -1] += self.reference_[k].sum(axis=1)
        return phi

    @property
    def base_(self) -> Floats:
        """Log-odds of the typical item in each interval, which contributions are told against, shape (K,)."""
        base = np.zeros(len(self.edges) - 1)
        if self.trees_ is not None and self.linear_share < 1.0:
            base += (1.0 - self.linear_share) * (self.typical_ + self.trees_.shap.expected_value)
        if self.linear_ is not None and self.linear_share > 0.0:
            levels = self.linear_.levels_
            base += self.linear_share * levels[np.minimum(np.arange(len(base)), len(levels) - 1)]
        return np.asarray(base + self.reference_.sum(axis=1), dtype=np.float64)

    def weighted_shap_values(self, table: FeatureTable, weights: Floats, plainly: bool = False) -> Floats:
        """Each row's `shap_values` times the weights of its intervals, added up; shape (n, n_columns).

        Costs little more than the values of one interval. Against `base_`, as they are.

        Args:
            weights: shape (n, K).
            plainly: ask LightGBM.
        """
        told = np.zeros((len(table), len(self.columns_)))
        for k, usual in enumerate(self.reference_):  # a matrix product's last digits depend on how many rows there are
            told -= weights[:, k, None] * usual
        days, growth = self.interval_columns(np.zeros(weights.shape[1], np.float32), np.arange(weights.shape[1]))
        for start in range(0, len(table), CHUNK):
            part = slice(start, start + CHUNK)
            some = table if len(table) <= CHUNK else table.take(list(range(start, min(start + CHUNK, len(table)))))
            if self.trees_ is not None and self.linear_share < 1.0:
                features, dpd = self.encoding_.matrix(some.values), some.keys["dpd"].to_numpy(dtype=np.float32)
                shap = self.trees_.shap
                asked = shap.plain_intervals if plainly else shap.explain_intervals
                told[part] += (1.0 - self.linear_share) * asked(features, days, dpd, weights[part], growth)
            if self.linear_ is not None and self.linear_share > 0.0:
                told[part] += self.linear_share * self._weighted_lines(some, weights[part])
        return told

    def steps_until(self, horizons: Days, dpd: Days) -> tuple[Ints, Ints, Floats]:
        """What -log S at each row's horizon is a sum of: (row, k, how often interval k's own intensity counts).

        A share of the last interval before the horizon, by the rhythm of an item `dpd` days past due tonight; above 1
        where the last one goes on past its end.
        """
        edges = np.asarray(self.edges, dtype=np.int64)
        ahead = np.clip(np.asarray(horizons, dtype=np.int64), 0, LAST_DAY)
        needed = np.clip(np.searchsorted(edges, ahead, side="left"), 1, len(edges) - 1)
        rows = np.repeat(np.arange(len(ahead)), needed)
        k = np.arange(len(rows)) - np.repeat(np.cumsum(needed) - needed, needed)
        into = self.rhythm_.into(dpd[rows], edges[k], edges[k + 1], ahead[rows])
        last = k == len(edges) - 2
        return rows, k, np.where(last, np.maximum(into, 0.0), np.clip(into, 0.0, 1.0))

    def typical_to_json(self) -> dict[str, Any]:
        """The typical item as JSON: log-odds by interval, contributions by interval and column, values by feature."""
        return {
            "log_odds": self.typical_.tolist(),
            "contributions": self.reference_.tolist(),
            "values": self.typical_values_,
        }

    def restored(
        self,
        trees: Trees | None,
        linear: Linear | None,
        encoding: Encoding,
        typical: Mapping[str, Any],
        rhythm: Rhythm = EVEN,
        recalibration: Recalibration = NONE,
    ) -> Self:
        """This curve with the fitted state that was saved."""
        self.encoding_ = encoding
        self.typical_ = np.array(typical["log_odds"], dtype=np.float64)
        self._found = np.array(typical["contributions"], dtype=np.float64), dict(typical["values"])
        self.recalibration_, self.rhythm_ = recalibration, rhythm
        self.trees_, self.linear_ = trees, linear
        return self

    def raw_curves(self, table: FeatureTable) -> Floats:
        """`raw_scores` of every row at every interval, shape (n, K)."""
        n, count = len(table), len(self.edges) - 1
        if n == 0:
            return np.zeros((0, count))
        raw = np.zeros((n, count))
        if self.trees_ is not None and self.linear_share < 1.0:
            # What the interval's columns are for an item due tonight; dpd moves the second by itself.
            days, growth = self.interval_columns(np.zeros(count, dtype=np.float32), np.arange(count))
            features, dpd = self.encoding_.matrix(table.values), table.keys["dpd"].to_numpy(dtype=np.float32)
            learned = self.trees_.raw_curves(features, days, dpd, growth)
            raw += (1.0 - self.linear_share) * (self.typical_ + learned)
        if self.linear_ is not None and self.linear_share > 0.0:
            rows, k = np.repeat(np.arange(n), count), np.tile(np.arange(count), n)
            told = self.linear_.raw(self.interval_matrix(table, rows, k), k)
            raw += self.linear_share * told.reshape(n, count)
        return raw

    def _plain_shap_values(self, matrix: npt.NDArray[np.float32], k: Ints) -> Floats:
        phi = np.zeros((len(matrix), len(self.columns_) + 1))
        if self.trees_ is not None and self.linear_share < 1.0:
            phi += (1.0 - self.linear_share) * self.trees_.contributions(matrix)
            phi[:, -1] += (1.0 - self.linear_share) * self.typical_[k]
        if self.linear_ is not None and self.linear_share > 0.0:
            phi += self.linear_share * self.linear_.contributions(matrix, k)
        return phi

    def _weighted_lines(self, table: FeatureTable, weights: Floats) -> Floats:
        """What `weighted_shap_values` are of the logistic regression alone, before they are centred."""
        told = np.zeros((len(table), len(self.columns_)))
        rows, k = np.nonzero(weights)
        if self.linear_ is not None and len(rows):
            found = self.linear_.contributions(self.interval_matrix(table, rows, k), k)[:, :-1]
            starts = np.flatnonzero(np.diff(rows, prepend=-1))
            told[rows[starts]] = np.add.reduceat(found * weights[rows, k][:, None], starts, axis=0)
        return told

    def _typical_item(self) -> tuple[Floats, TypicalValues]:
        if self._found is None:
            self.tell_against(
                typical_rows(self._last_week, lambda some: self.survival(some).survival_at(HEADLINE_DAYS))
            )
        assert self._found is not None
        return self._found

    def tell_against(self, typical: FeatureTable) -> None:
        """Make the mean of these rows the typical item."""
        self._found = self._contributions_of(typical), median_values(typical)

    def _contributions_of(self, typical: FeatureTable) -> Floats:
        """Of each interval and column the mean contribution over these rows, shape (K, n_columns)."""
        n, count = len(typical), len(self.edges) - 1
        k = np.tile(np.arange(count), n)
        phi = self._plain_shap_values(self.interval_matrix(typical, np.repeat(np.arange(n), count), k), k)[:, :-1]
        return np.asarray(phi.reshape(n, count, -1).mean(axis=0), dtype=np.float64)

    def _without_a_line(self) -> list[int]:
        """Columns that have no place in a logistic regression: names of categories; the interval has its level."""
        text = [at for at, name in enumerate(self.encoding_.columns) if name in self.encoding_.categories]
        return [*text, len(self.columns_) - 2]

    def _signs(self) -> list[int]:
        signs = self.monotone or {}
        return [signs.get(name, 0) for name in self.columns_]

    def _parameters(self, rows: int) -> dict[str, Any]:
        return {
            "num_leaves": self.num_leaves,
            "min_data_in_leaf": self.min_rows_in_leaf or min(max(100, rows // 200), 2_000),
            "learning_rate": self.learning_rate,
            "lambda_l2": self.lambda_l2,
            "feature_fraction": self.feature_fraction,
            "extra_trees": self.extra_trees,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            "max_bin": 127,
            "seed": self.seed,
        }


def softplus(raw: npt.ArrayLike) -> Floats:
    """log(1 + e^raw): the intensity -log(1 - h) of an interval whose hazard h has the log-odds `raw`.

    Never saturates, where 1 - h would be 0 in floating point.
    """
    return np.logaddexp(0.0, np.asarray(raw, dtype=np.float64))
