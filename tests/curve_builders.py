"""Fitted payment curves of every family, for the laws that each of them keeps."""

from functools import cache

import numpy as np
import pandas as pd
from model_builders import random_table

from features.catalogue import CATALOGUE
from features.table import FeatureTable
from models.payment_curve import PaymentCurve
from models.readings import EDGES
from models.recalibration import Recalibration
from models.rhythm import FIRST_DAY, LAST_DAY, Rhythm
from models.stacked_curve import PaymentCurveStacked
from models.until_due_curve import PaymentCurveUntilDue

SIGNS = {feature.name: feature.monotone for feature in CATALOGUE if feature.monotone}
"""The catalogue's signs on the chance of payment."""

CONTRARY = "late_30_share_365d"
"""A column whose effect in the drawn payments goes against its sign."""

DUE_DAY = Rhythm.of(
    np.full(LAST_DAY - FIRST_DAY + 1, 1000.0),
    np.where(np.isin(np.arange(FIRST_DAY, LAST_DAY + 1), [0, 1, 14]), 300.0, 5.0),
)
"""Most pays on the due day, the day after, or two weeks late."""

FITTED = ("hazard", "logistic", "blend", "stacked", "stacked blend", "recalibrated", "recalibrated blend")
"""Families whose curve learns by itself."""

FAMILIES = (*FITTED, "until due", "recalibrated until due")


@cache
def fitted(family: str, seed: int = 1, rows: int = 500) -> PaymentCurve:
    """A curve of the family, with the catalogue's signs and the rhythm of the due day."""
    if family.endswith("until due"):
        made = PaymentCurveUntilDue.of(fitted("hazard", seed, rows), fitted("stacked", seed, rows))
        return made.recalibrated(Recalibration(0.7, 0.8)) if family.startswith("recalibrated") else made
    if family.startswith("stacked"):
        table, stretches = drawn_stretches(rows, seed)
        stacked = PaymentCurveStacked(**settings(linear_share=0.4 if family.endswith("blend") else 0.0))
        return stacked.fit(table, stretches, DUE_DAY)
    share = {"logistic": 1.0, "blend": 0.5, "recalibrated blend": 0.3}.get(family, 0.0)
    table, intervals = drawn_intervals(rows, seed)
    curve = PaymentCurve(**settings(linear_share=share)).fit(table, intervals, DUE_DAY)
    return curve.recalibrated(Recalibration(0.7, 0.8)) if family.startswith("recalibrated") else curve


def settings(**also: object) -> dict[str, object]:
    """Parameters of a small curve with the catalogue's signs."""
    return {"monotone": SIGNS, "num_leaves": 7, "rounds": 25, "min_rows_in_leaf": 20} | also


def drawn_intervals(rows: int, seed: int) -> tuple[FeatureTable, pd.DataFrame]:
    """Intervals of drawn snapshots, the far ones unobserved for some; late payers pay less, `CONTRARY` notwithstanding.

    A payment may clear a part; weights lie between .5 and 2.
    """
    table, rng = random_table(rows, seed), np.random.default_rng(seed)
    count = len(EDGES) - 1
    row, k = np.repeat(np.arange(rows), count), np.tile(np.arange(count), rows)
    chance = 1.0 / (1.0 + np.exp(1.0 - 0.15 * k - slowness(table)[row]))
    paid = np.where(rng.random(len(row)) < chance, rng.choice([0.4, 1.0], len(row)), 0.0)
    weight = rng.uniform(0.5, 2.0, len(row))
    intervals = pd.DataFrame({"row": row, "k": k, "paid_share": paid, "weight": weight})
    return table, intervals[k < rng.integers(3, count + 1, rows)[row]].reset_index(drop=True)


def drawn_stretches(rows: int, seed: int) -> tuple[FeatureTable, pd.DataFrame]:
    """What a stacked curve learns from: the share paid from tonight up to each edge, further ahead for slower items.

    Of the longest stretches only slow items were seen whole, so fewer of them look paid than of shorter ones.
    """
    table, intervals = drawn_intervals(rows, seed)
    ordered = intervals.assign(left=1.0 - intervals["paid_share"])
    paid = 1.0 - ordered.groupby("row")["left"].cumprod()
    slow = slowness(table)[ordered["row"]] < 0
    stretches = intervals.assign(paid_share=paid)
    return table, stretches[slow | (stretches["k"] < 4)].reset_index(drop=True)


def slowness(table: FeatureTable) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Log-odds that the drawn habits add to a payment, shape (n,); higher pays faster."""
    value = {name: np.nan_to_num(table.values[name].to_numpy()) for name in ("late_5_share_365d", CONTRARY)}
    return -0.8 * value["late_5_share_365d"] + 0.9 * value[CONTRARY]


def with_values(table: FeatureTable, **values: object) -> FeatureTable:
    """The same rows with other values of some features."""
    return FeatureTable(table.keys, table.values.assign(**values), table.fingerprint)


TREES_OF_ANOTHER_KIND = [
    ("categories", {"categorical_feature": [0], "min_data_per_group": 1, "cat_smooth": 0}),
    ("linear formula", {"linear_tree": True}),
    ("several classes", {"objective": "multiclass", "num_class": 3}),
    ("a mean of trees", {"boosting": "rf", "bagging_freq": 1, "bagging_fraction": 0.5}),
]
"""What our loops refuse: its name, and the parameters by which LightGBM makes it."""
