"""`PaymentCurve`: when the money will come, learned by gradient boosting.

A discrete-time hazard: the days ahead are cut into intervals, and one LightGBM model says for each interval which share
of what is still open at its start will be paid within it. Every reading comes from the resulting curve, so no
two of them can contradict each other. Which interval it is (`days_ahead`) and how late the item will then be
(`dpd_then`) are columns of the model's own; everything else is a feature of the catalogue.

The trees learn what makes an item differ: each interval starts from the share that was paid in it over all snapshots,
so that no reason has to tell how long an interval is.

Contributions are told against the *typical item*: the mean contribution of the items in the middle of the book by risk,
on the last evening learned from, among those past due or due within 30 days. The plain SHAP base is a mean of log-odds,
which a few items that nobody will ever pay drag far from any item one could meet; against it nearly every fact would
lower the risk. Centring moves the base and keeps every sum.
"""

from collections.abc import Mapping
from typing import Any, Self

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator

from features.table import FeatureTable
from models.encoding import Encoding
from models.errors import NothingToFit
from models.readings import EDGES, HEADLINE_DAYS, Curves, Floats

INTERVAL_COLUMNS = ("days_ahead", "dpd_then")
"""The columns the model adds to the catalogue's: the first day of the interval, and the days past due on it."""


TYPICAL_ROWS = 400
"""The most items over which the typical contribution is taken."""


class PaymentCurve(BaseEstimator):  # type: ignore[misc]
    """The curve S(u) of each row of a `FeatureTable`.

    Args:
        monotone: feature name -> -1, 0 or 1, the sign that its effect on the chance of *payment* must have.
        edges: days ahead that bound the intervals; 14, 30 and 60 are among them.
        num_leaves, rounds, learning_rate, min_rows_in_leaf, lambda_l2: size and restraint of the trees;
            `min_rows_in_leaf` None means max(100, rows / 500).
    """

    def __init__(
        self,
        monotone: Mapping[str, int] | None = None,
        edges: tuple[int, ...] = EDGES,
        num_leaves: int = 31,
        rounds: int = 120,
        learning_rate: float = 0.05,
        min_rows_in_leaf: int | None = None,
        lambda_l2: float = 5.0,
        seed: int = 7,
    ) -> None:
        self.monotone = monotone
        self.edges = edges
        self.num_leaves = num_leaves
        self.rounds = rounds
        self.learning_rate = learning_rate
        self.min_rows_in_leaf = min_rows_in_leaf
        self.lambda_l2 = lambda_l2
        self.seed = seed

    def fit(self, table: FeatureTable, intervals: pd.DataFrame) -> Self:
        """Learn from observed intervals.

        Args:
            table: the snapshots' rows.
            intervals: `row` (position in `table`), `k` (which interval, 0..K-1), `paid_share` (of what was open at
                its start, paid in cash within it, in [0, 1]) and `weight` (> 0). The order matters for nothing but
                the last bits: sort them before.

        Raises:
            NothingToFit: without a single interval.
        """
        if intervals.empty:
            raise NothingToFit("fully observed interval")
        self.encoding_ = Encoding.fit(table.values)
        self.typical_ = typical_log_odds(intervals, len(self.edges) - 1)
        matrix = self.interval_matrix(table, intervals["row"].to_numpy(), intervals["k"].to_numpy())
        data = lgb.Dataset(
            matrix,
            label=intervals["paid_share"].to_numpy(dtype=np.float32),
            weight=intervals["weight"].to_numpy(dtype=np.float32),
            init_score=self.typical_[intervals["k"].to_numpy()],
            feature_name=list(self.columns_),
            params={"max_bin": 127, "verbosity": -1, "num_threads": 1, "seed": self.seed},
            free_raw_data=True,
        )
        self.booster_ = lgb.train(self._parameters(len(intervals)), data, num_boost_round=self.rounds)
        typical = self._typical_rows(table)
        self.reference_ = self._contributions_of(typical)
        self.typical_values_ = median_values(typical)
        return self

    @property
    def columns_(self) -> tuple[str, ...]:
        """The matrix's columns: the catalogue's, then the interval's."""
        return (*self.encoding_.columns, *INTERVAL_COLUMNS)

    def survival(self, table: FeatureTable) -> Curves:
        """The curve of each row, in the table's order."""
        n, k = len(table), len(self.edges) - 1
        if n == 0:
            return Curves(np.array(self.edges, dtype=np.int64), np.zeros((0, k + 1)))
        rows, intervals = np.repeat(np.arange(n), k), np.tile(np.arange(k), n)
        raw = self.raw_scores(self.interval_matrix(table, rows, intervals), intervals).reshape(n, k)
        cumulative = np.concatenate([np.zeros((n, 1)), np.cumsum(softplus(raw), axis=1)], axis=1)
        return Curves(np.array(self.edges, dtype=np.int64), cumulative)

    def interval_matrix(
        self, table: FeatureTable, rows: npt.NDArray[np.int64], k: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.float32]:
        """The model's input for (row, interval) pairs, shape (n_pairs, n_columns)."""
        features = self.encoding_.matrix(table.values)
        start = np.array(self.edges, dtype=np.float32)[k]
        matrix = np.empty((len(rows), features.shape[1] + 2), dtype=np.float32)
        matrix[:, :-2] = features[rows]
        matrix[:, -2] = start
        matrix[:, -1] = table.keys["dpd"].to_numpy(dtype=np.float32)[rows] + start
        return matrix

    def raw_scores(self, matrix: npt.NDArray[np.float32], k: npt.NDArray[np.int64]) -> Floats:
        """Log-odds that what is open at the start of interval `k` is paid within it, shape (n_pairs,)."""
        learned = np.asarray(self.booster_.predict(matrix, raw_score=True, num_threads=1), dtype=np.float64)
        return self.typical_[k] + learned

    def shap_values(self, matrix: npt.NDArray[np.float32], k: npt.NDArray[np.int64]) -> Floats:
        """LightGBM's SHAP values of the log-odds, told against the typical item; the last column is that item's own.

        Shape (n_pairs, n_columns + 1); each row adds up to `raw_scores`, but for rounding inside LightGBM.
        """
        phi = self._plain_shap_values(matrix)
        phi[:, :-1] -= self.reference_[k]
        phi[:, -1] += self.typical_[k] + self.reference_[k].sum(axis=1)
        return phi

    def to_text(self) -> str:
        """The fitted trees as LightGBM's own text."""
        return str(self.booster_.model_to_string())

    def typical_to_json(self) -> dict[str, Any]:
        """The typical item as JSON: log-odds by interval, contributions by interval and column, values by feature."""
        return {
            "log_odds": self.typical_.tolist(),
            "contributions": self.reference_.tolist(),
            "values": self.typical_values_,
        }

    def restored(self, text: str, encoding: Encoding, typical: Mapping[str, Any]) -> Self:
        """This curve with the fitted state that was saved: trees, encoding and the typical item."""
        self.encoding_ = encoding
        self.typical_ = np.array(typical["log_odds"], dtype=np.float64)
        self.reference_ = np.array(typical["contributions"], dtype=np.float64)
        self.typical_values_ = dict(typical["values"])
        self.booster_ = lgb.Booster(model_str=text)
        return self

    def _plain_shap_values(self, matrix: npt.NDArray[np.float32]) -> Floats:
        return np.asarray(self.booster_.predict(matrix, pred_contrib=True, num_threads=1), dtype=np.float64)

    def _typical_rows(self, table: FeatureTable) -> FeatureTable:
        """The items of the table's last evening in the middle by S(30): a fifth of them, at most `TYPICAL_ROWS`.

        Items not due within 30 days are left out where there are others: that they will not be paid by then says
        nothing about anybody.
        """
        last = table.keys["day"].to_numpy() == table.keys["day"].max()
        decided = last & (table.keys["dpd"].to_numpy() >= -HEADLINE_DAYS)
        rows = np.flatnonzero(decided if decided.any() else last)
        unpaid = self.survival(table.take(rows.tolist())).survival_at(np.full(len(rows), HEADLINE_DAYS))
        by_risk = rows[np.argsort(unpaid, kind="stable")]
        size = min(max(1, len(rows) // 5), TYPICAL_ROWS)
        start = (len(rows) - size) // 2
        return table.take(by_risk[start : start + size].tolist())

    def _contributions_of(self, typical: FeatureTable) -> Floats:
        """Of each interval and column the mean contribution over these rows, shape (K, n_columns)."""
        n, count = len(typical), len(self.edges) - 1
        matrix = self.interval_matrix(typical, np.repeat(np.arange(n), count), np.tile(np.arange(count), n))
        phi = self._plain_shap_values(matrix)[:, :-1]
        return np.asarray(phi.reshape(n, count, -1).mean(axis=0), dtype=np.float64)

    def _parameters(self, rows: int) -> dict[str, Any]:
        signs = self.monotone or {}
        return {
            "objective": "cross_entropy",
            "num_leaves": self.num_leaves,
            "min_data_in_leaf": self.min_rows_in_leaf or max(100, rows // 500),
            "learning_rate": self.learning_rate,
            "lambda_l2": self.lambda_l2,
            "feature_fraction": 0.8,
            "bagging_fraction": 0.8,
            "bagging_freq": 1,
            "max_bin": 127,
            "monotone_constraints": [signs.get(name, 0) for name in self.columns_],
            "deterministic": True,
            "force_row_wise": True,
            "seed": self.seed,
            "num_threads": 1,
            "verbosity": -1,
        }


def typical_log_odds(intervals: pd.DataFrame, count: int) -> Floats:
    """Log-odds of the share paid in each of `count` intervals, over all snapshots, by weight. Shape (count,).

    Drawn towards one half by two snapshots' weight, so that an interval nobody paid in, or nobody reached, is finite.
    """
    k, weight = intervals["k"].to_numpy(), intervals["weight"].to_numpy(dtype=np.float64)
    paid = np.bincount(k, weights=weight * intervals["paid_share"].to_numpy(dtype=np.float64), minlength=count)
    left = np.maximum(np.bincount(k, weights=weight, minlength=count) - paid, 0.0)
    one = weight.mean()
    return np.asarray(np.log(paid + one) - np.log(left + one), dtype=np.float64)


def median_values(table: FeatureTable) -> dict[str, float | None]:
    """The median of each numeric feature over the rows that have one; None where none has."""
    medians = table.values.select_dtypes("number").median()
    return {str(name): None if pd.isna(value) else float(value) for name, value in medians.items()}


def softplus(raw: npt.ArrayLike) -> Floats:
    """log(1 + e^raw): the intensity -log(1 - h) of an interval whose hazard h has the log-odds `raw`.

    Never saturates, where 1 - h would be 0 in floating point.
    """
    return np.logaddexp(0.0, np.asarray(raw, dtype=np.float64))
