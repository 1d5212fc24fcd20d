"""Leak checks: what a training run does to itself to see whether it could be fooled.

A column made of the answer is planted among the features, and the guard must name it. The outcomes are dealt out anew
among the snapshots, and a curve fitted on them must rank like chance.
"""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.table import FeatureTable
from models.errors import NothingToFit
from models.readings import Floats
from training.fit import Recipe, TrainingSet
from training.leak_guard import ENOUGH, implausible_alone
from training.metrics import Interval, auc_interval
from training.promotion import HORIZONS
from training.walk_forward import asked_rows

PLANTED = "planted"
NOISE = 0.1
SHUFFLE_ROWS = 50_000
"""Intervals that a shuffled curve reads at most."""

SHUFFLE_ROUNDS = 30
DEALS = 6
"""How often the outcomes are dealt out anew."""

FEWEST_DEALS = 2
"""So many are made however short the time is: one says nothing of how much deals differ."""


def planted_is_caught(values: pd.DataFrame, unpaid: npt.ArrayLike, seed: int = 7) -> bool | None:
    """Whether the guard names a column that holds the answer with noise; None where it has too few rows to judge.

    Args:
        values: features of judged rows, n rows.
        unpaid: 1 where the item stayed unpaid, shape (n,).
    """
    answer = np.asarray(unpaid, dtype=np.float64)
    if min(answer.sum(), len(answer) - answer.sum()) < ENOUGH:
        return None
    noise = np.random.default_rng(seed).normal(0.0, NOISE, len(answer))
    found = implausible_alone(pd.DataFrame({PLANTED: answer + noise}, index=values.index), answer)
    return any(one.feature == PLANTED for one in found)


def shuffled(learned: TrainingSet, seed: int = 7) -> TrainingSet:
    """The training set with the outcomes dealt out anew among all its snapshots, whole histories at once.

    Among all, not within each day: on many days only invoices that came that day were looked at, and then which day it
    is says how old they are.
    """
    dealt = np.random.default_rng(seed).permutation(len(learned.table))
    intervals = learned.intervals.assign(row=dealt[learned.intervals["row"].to_numpy()])
    ordered = intervals.sort_values(["row", "k"], kind="stable", ignore_index=True)
    return replace(learned, intervals=ordered)


def auc_of_shuffled(
    learned: TrainingSet,
    table: FeatureTable,
    judged: pd.DataFrame,
    recipe: Recipe,
    seed: int = 7,
    may_deal: Callable[[int], bool] = lambda deals: True,
) -> tuple[float, float]:
    """AUC and standard error of small curves fitted on shuffled outcomes, at the longest horizon.

    A single deal says little: what its curve learned by chance may well point the way risk does. So several are dealt.
    Their curves have no sign constraints, for these alone would turn chance the right way.

    Args:
        learned: what the newest cutoff knew.
        table, judged: the rows of its evenings.
        recipe: how curves are fitted in this run.
        may_deal: asked before each deal after the first two, with the number made: whether there is time for another.

    Returns:
        The mean AUC over the deals, and its error: of the deals, and of the customers by the bootstrap. NaN where there
        is no answer.
    """
    horizon = HORIZONS[-1]
    asked = asked_rows(judged, horizon)
    unpaid = judged[f"unpaid_{horizon}"].to_numpy(dtype=np.float64)[asked]
    customer, few = judged["customer_id"].to_numpy()[asked], learned.thinned(SHUFFLE_ROWS)
    found = list[Interval]()
    while len(found) < DEALS and (len(found) < FEWEST_DEALS or may_deal(len(found))):
        deal = len(found)
        dealt = shuffled(few, seed + deal)
        curve = Recipe(num_leaves=7, rounds=SHUFFLE_ROUNDS, seed=seed + deal, extra_trees=recipe.extra_trees).curve(0)
        try:
            curve.set_params(monotone=None).fit(dealt.table, dealt.intervals, dealt.rhythm)
        except NothingToFit:
            return math.nan, math.nan
        said = curve.survival(table).survival_at(horizon)
        ranked = _within_evenings(said, judged["day"].to_numpy())[asked]
        found.append(auc_interval(ranked, unpaid, customer, draws=100))
    areas = np.array([one.value for one in found])
    of_customers = float(np.mean([(one.high - one.low) / (2 * 1.96) for one in found]))
    return float(areas.mean()), math.sqrt(float(areas.var(ddof=1)) / len(found) + of_customers**2)


def _within_evenings(said: Floats, day: npt.NDArray[np.int64]) -> Floats:
    """Each row's place within its evening, 0 to 1: what an evening as a whole is like says nothing about its items."""
    ranks = pd.Series(said).groupby(day).rank(pct=True)
    return np.asarray(ranks.to_numpy(dtype=np.float64))
