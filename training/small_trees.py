"""Small trees for one question, cheap enough that a run fits them again and again to look at itself.

The question is the collector's: of the items due within 30 days, which are still unpaid then? The rows are snapshots
that have an answer; what is asked about them is one outcome, not a curve. No signs are imposed: these alone would turn
chance the right way.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.table import FeatureTable
from models.encoding import Encoding
from models.readings import Floats
from models.trees import Matrix, Trees
from training.fit import TrainingSet
from training.labels import unpaid_after
from training.promotion import HORIZONS
from training.walk_forward import asked_rows

HORIZON = HORIZONS[-1]
LEAVES = 7
LEARNING_RATE = 0.05
FEWEST_IN_LEAF = 20
MOST = 60_000
"""Snapshots of which one check may read the answers."""

Ints = npt.NDArray[np.int64]
Objects = npt.NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Answered:
    """Rows whose answer is known, of due items.

    Attributes:
        values: their features, n rows.
        unpaid: 1 where the item was still unpaid 30 days later, else 0, shape (n,).
        customer: whose item, shape (n,).
        day: the evening, shape (n,).
    """

    values: pd.DataFrame
    unpaid: Floats
    customer: Objects
    day: Ints

    def __len__(self) -> int:
        return len(self.unpaid)

    def take(self, rows: "npt.NDArray[np.intp] | npt.NDArray[np.bool_] | Ints") -> "Answered":
        """Some of the rows, by place or by a mask."""
        return Answered(self.values.iloc[rows], self.unpaid[rows], self.customer[rows], self.day[rows])

    def at_most(self, rows: int, seed: int) -> "Answered":
        """The same rows, or so many drawn from them, in their order."""
        if len(self) <= rows:
            return self
        return self.take(np.sort(np.random.default_rng(seed).choice(len(self), rows, replace=False)))


def learned_rows(learned: TrainingSet, seed: int, first: int = 0) -> Answered:
    """The snapshots of a training set, from the day `first` on, whose answer it knows; at most `MOST`, drawn."""
    keys = learned.table.keys
    day, due = keys["day"].to_numpy(dtype=np.int64), keys["due_on"].to_numpy(dtype=np.int64)
    asked = (day >= first) & (due <= day + HORIZON) & (day + HORIZON <= learned.outcomes.last_observed)
    rows = np.flatnonzero(asked)
    if len(rows) > MOST:  # before outcomes are looked up: of a large ledger that takes longer than the trees
        rows = np.sort(np.random.default_rng(seed).choice(rows, MOST, replace=False))
    unpaid, known = unpaid_after(keys.iloc[rows].reset_index(drop=True), learned.outcomes, HORIZON)
    return _answered(learned.table, unpaid, rows, known)


def judged_rows(table: FeatureTable, judged: pd.DataFrame) -> Answered:
    """The judged rows that the question is about; `table` holds the features of `judged`, row by row."""
    rows = np.flatnonzero(asked_rows(judged, HORIZON))
    unpaid = judged[f"unpaid_{HORIZON}"].to_numpy(dtype=bool)[rows]
    return _answered(table, unpaid, rows, np.ones(len(rows), dtype=bool))


def _answered(
    table: FeatureTable, unpaid: npt.NDArray[np.bool_], rows: "npt.NDArray[np.intp]", known: npt.NDArray[np.bool_]
) -> Answered:
    kept, keys = rows[known], table.keys
    return Answered(
        values=table.values.iloc[kept].reset_index(drop=True),
        unpaid=unpaid[known].astype(np.float64),
        customer=keys["customer_id"].to_numpy(dtype=object)[kept],
        day=keys["day"].to_numpy(dtype=np.int64)[kept],
    )


@dataclass(frozen=True, eq=False)
class Matrices:
    """Several sets of rows as matrices of one encoding.

    Attributes:
        columns: of each.
        each: in the order in which they were given.
    """

    columns: tuple[str, ...]
    each: tuple[Matrix, ...]

    @classmethod
    def of(cls, sets: Sequence[Answered]) -> "Matrices":
        """The categories are those of all sets together: what a category says is for the trees to learn."""
        encoding = Encoding.fit(pd.concat([one.values for one in sets], ignore_index=True))
        return cls(encoding.columns, tuple(encoding.matrix(one.values) for one in sets))


def fitted(matrix: Matrix, columns: Sequence[str], unpaid: Floats, start: Floats, seed: int, rounds: int) -> Trees:
    """Trees for the log-odds of being unpaid, on top of what is known already (`start`, log-odds, shape (n,))."""
    parameters = {
        "num_leaves": LEAVES,
        "learning_rate": LEARNING_RATE,
        "min_data_in_leaf": max(FEWEST_IN_LEAF, len(unpaid) // 200),
        "lambda_l2": 5.0,
        "feature_fraction": 0.4,
        "seed": seed,
    }
    return Trees(parameters).fit(matrix, unpaid, np.ones(len(unpaid)), start, columns, [0] * len(columns), rounds)
