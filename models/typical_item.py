"""The typical item: which items of the book it is taken from, and what it is like.

Reasons are told against it; see `models.payment_curve`.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from features.table import FeatureTable
from models.readings import HEADLINE_DAYS, Floats

TYPICAL_ROWS = 400
"""The most items that it is taken from."""

TypicalValues = dict[str, float | str | None]
"""Feature -> its typical value, None where nobody has one."""


def typical_rows(table: FeatureTable, unpaid: Callable[[FeatureTable], Floats]) -> FeatureTable:
    """The items in the middle by risk: a fifth of them, at most `TYPICAL_ROWS`.

    Items not due within 30 days are left out where there are others: that they will not be paid by then says nothing
    about anybody.

    Args:
        unpaid: the share of each row still unpaid in 30 days.
    """
    decided = table.keys["dpd"].to_numpy() >= -HEADLINE_DAYS
    rows = np.flatnonzero(decided if decided.any() else np.ones(len(table), dtype=bool))
    by_risk = rows[np.argsort(unpaid(table.take(rows.tolist())), kind="stable")]
    size = min(max(1, len(rows) // 5), TYPICAL_ROWS)
    start = (len(rows) - size) // 2
    return table.take(by_risk[start : start + size].tolist())


def typical_log_odds(intervals: pd.DataFrame, count: int) -> Floats:
    """Log-odds of the share paid in each of `count` intervals, over all snapshots, by weight. Shape (count,).

    Drawn towards one half by two snapshots' weight, so that an interval nobody paid in, or nobody reached, is finite.
    """
    k, weight = intervals["k"].to_numpy(), intervals["weight"].to_numpy(dtype=np.float64)
    paid = np.bincount(k, weights=weight * intervals["paid_share"].to_numpy(dtype=np.float64), minlength=count)
    left = np.maximum(np.bincount(k, weights=weight, minlength=count) - paid, 0.0)
    one = weight.mean()
    return np.asarray(np.log(paid + one) - np.log(left + one), dtype=np.float64)


def median_values(table: FeatureTable) -> TypicalValues:
    """The median of each numeric feature over the rows that have one, the commonest of each text (of several the first
    by alphabet); None where no row has one."""
    values: TypicalValues = {}
    for name in table.values.columns:
        column = table.values[name].dropna()
        if not len(column):
            values[str(name)] = None
        elif pd.api.types.is_numeric_dtype(column):
            values[str(name)] = float(column.median())
        else:
            counts = column.astype(str).value_counts()
            values[str(name)] = min(str(text) for text in counts.index[counts == counts.max()])
    return values
