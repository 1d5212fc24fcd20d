"""`PaymentCurve`: when the money will come, learned by gradient boosting.

A discrete-time hazard: the days ahead are cut into intervals, and one LightGBM model says for each interval which share
of what is still open at its start will be paid within it. Every reading comes from the resulting curve, so no
two of them can contradict each other. Which interval it is (`days_ahead`) and how late the item will then be
(`dpd_then`) are columns of the model's own; everything else is a feature of the catalogue.
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
from models.readings import EDGES, Curves, Floats

INTERVAL_COLUMNS = ("days_ahead", "dpd_then")
"""The columns the model adds to the catalogue's: the first day of the interval, and the days past due on it."""


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
        matrix = self.interval_matrix(table, intervals["row"].to_numpy(), intervals["k"].to_numpy())
        data = lgb.Dataset(
            matrix,
            label=intervals["paid_share"].to_numpy(dtype=np.float32),
            weight=intervals["weight"].to_numpy(dtype=np.float32),
            feature_name=list(self.columns_),
            params={"max_bin": 127, "verbosity": -1, "num_threads": 1, "seed": self.seed},
            free_raw_data=True,
        )
        self.booster_ = lgb.train(self._parameters(len(intervals)), data, num_boost_round=self.rounds)
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
        raw = self.raw_scores(self.interval_matrix(table, rows, intervals)).reshape(n, k)
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

    def raw_scores(self, matrix: npt.NDArray[np.float32]) -> Floats:
        """Log-odds that what is open at an interval's start is paid within it, shape (n_pairs,)."""
        return np.asarray(self.booster_.predict(matrix, raw_score=True, num_threads=1), dtype=np.float64)

    def shap_values(self, matrix: npt.NDArray[np.float32]) -> Floats:
        """LightGBM's own SHAP values of the log-odds; the last column is the base. Shape (n_pairs, n_columns + 1)."""
        return np.asarray(self.booster_.predict(matrix, pred_contrib=True, num_threads=1), dtype=np.float64)

    def to_text(self) -> str:
        """The fitted trees as LightGBM's own text."""
        return str(self.booster_.model_to_string())

    def restored(self, text: str, encoding: Encoding) -> Self:
        """This curve with the fitted state that was saved: the trees and the encoding."""
        self.encoding_ = encoding
        self.booster_ = lgb.Booster(model_str=text)
        return self

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


def softplus(raw: npt.ArrayLike) -> Floats:
    """log(1 + e^raw): the intensity -log(1 - h) of an interval whose hazard h has the log-odds `raw`.

    Never saturates, where 1 - h would be 0 in floating point.
    """
    return np.logaddexp(0.0, np.asarray(raw, dtype=np.float64))
