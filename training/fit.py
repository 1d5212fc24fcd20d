"""Fitting: from one evening's ledger to a curve. Everything it learns from was known on that evening."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from features.catalogue import CATALOGUE
from features.table import FeatureTable
from ledger.view import Evenings, LedgerView
from models.errors import NothingToFit
from models.habit_curve import HabitCurve, history_of, rhythm_of
from models.payment_curve import PaymentCurve
from models.readings import EDGES, Floats
from models.rhythm import EVEN, Rhythm
from models.stacked_curve import PaymentCurveStacked
from models.until_due_curve import PaymentCurveUntilDue
from training.labels import Outcomes, outcomes, person_periods, stretches
from training.snapshot import Snapshots, snapshots, thinned

ROW_CAP = 3_000_000
"""Person-period rows that the curve to be kept is fitted on at most."""

FOLD_ROW_CAP = 200_000
"""The same for the curves that only judge the recipe."""

STACKED_ROW_CAP = 1_000_000
"""Stretches that a stacked classifier is fitted on at most: it has half of a voice, until an item is due."""

ROUNDS = 150
"""Trees where nothing was tuned: on three ledgers 80, 150 and 250 ranked alike, and each tree is paid for again in
every morning's reasons."""


FIRST_EVENING = 4.0
"""How often an item's first evening counts in the stacked classifier: as much as its weekly ones of a usual month.
What is asked of an item that has just come is asked once, and would be outvoted by what was asked of it later."""


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """What a payment curve is fitted on: snapshot rows, what happened to them, their observed intervals, the rhythm.

    Attributes:
        table, weight: the snapshot rows, and how much each counts, shape (n_rows,).
        outcomes, intervals, rhythm: see `training.labels`, `models.rhythm`.
        share: of the evenings that could be learned from, the part whose intervals are here, in (0, 1].
        customers: whose evenings those were, the ones left out included.
        habit: the habit curve of the same evening; None where no item was settled by then.
    """

    table: FeatureTable
    weight: Floats
    outcomes: Outcomes
    intervals: pd.DataFrame
    rhythm: Rhythm = EVEN
    share: float = 1.0
    customers: frozenset[str] = frozenset()
    habit: HabitCurve | None = None

    def thinned(self, cap: int) -> "TrainingSet":
        """The same with at most about `cap` intervals, whole snapshots left out."""
        if len(self.intervals) <= cap:
            return self
        share = self.share * cap / len(self.intervals)
        return replace(self, intervals=thinned(self.intervals, self.table, cap, self.share), share=share)


@dataclass(frozen=True)
class Recipe:
    """How a curve is fitted: the parameters of `PaymentCurve` that a run may choose.

    `num_leaves` None lets the number of rows choose, see `leaves_for`.
    """

    num_leaves: int | None = None
    rounds: int = ROUNDS
    learning_rate: float = 0.05
    min_rows_in_leaf: int | None = None
    lambda_l2: float = 30.0
    feature_fraction: float = 0.4
    extra_trees: bool = False
    seed: int = 7

    def curve(self, rows: int, linear_share: float = 0.0) -> PaymentCurve:
        """An unfitted hazard for this many rows to learn from."""
        return PaymentCurve(**self._parameters(rows), linear_share=linear_share)

    def stacked(self, rows: int) -> PaymentCurveStacked:
        """The same of the stacked classifier."""
        return PaymentCurveStacked(**self._parameters(rows))

    def _parameters(self, rows: int) -> dict[str, Any]:
        signs = {feature.name: feature.monotone for feature in CATALOGUE if feature.monotone}
        return asdict(self) | {"monotone": signs, "num_leaves": self.num_leaves or leaves_for(rows)}


def training_sets(
    ledger: Evenings, views: Sequence[LedgerView], cap: int = ROW_CAP, fold_cap: int = FOLD_ROW_CAP
) -> list[TrainingSet]:
    """The rows and labels that the evening of each view knows, in the order of the views.

    Args:
        ledger, views: the facts, and the evenings of learning.
        cap: intervals of the newest evening at most, whose curve is to be kept.
        fold_cap: the same of the evenings before it, whose curves are only judged.

    Raises `NothingToFit` for a view before which no item was open.
    """
    newest = max(view.day for view in views)
    caps = [cap if view.day == newest else min(cap, fold_cap) for view in views]
    return [
        _training_set(ledger, view, taken, cap)
        for view, taken, cap in zip(views, snapshots(views, caps), caps, strict=True)
    ]


def fit_payment_curve(
    learned: TrainingSet, recipe: Recipe = Recipe(), linear_share: float = 0.0, threads: int = 1
) -> PaymentCurve:
    """The hazard of a training set; fewer rows get smaller trees. Raises `NothingToFit`.

    With a `linear_share` between 0 and 1 both trees and logistic regression are fitted, so that `blended` may choose.
    """
    return recipe.curve(len(learned.intervals), linear_share).fit(
        learned.table, learned.intervals, learned.rhythm, threads
    )


def fit_stacked_curve(learned: TrainingSet, recipe: Recipe = Recipe(), threads: int = 1) -> PaymentCurveStacked:
    """The stacked classifier on the same snapshots. Raises `NothingToFit`."""
    table, weight = learned.table, np.zeros(len(learned.table))
    kept = np.unique(learned.intervals["row"].to_numpy())  # the snapshots that thinning left, by evening
    first = ~table.keys["item_id"].iloc[kept].duplicated().to_numpy()
    weight[kept] = learned.weight[kept] * np.where(first, FIRST_EVENING, 1.0)
    rows = thinned(stretches(table.keys, learned.outcomes, EDGES, weight), table, STACKED_ROW_CAP, learned.share)
    return recipe.stacked(len(rows)).fit(table, rows, learned.rhythm, threads)


def fit_until_due_curve(learned: TrainingSet, recipe: Recipe = Recipe(), threads: int = 1) -> PaymentCurveUntilDue:
    """The hazard, with the stacked classifier beside it. Raises `NothingToFit`."""
    hazard = fit_payment_curve(learned, recipe, threads=threads)
    return PaymentCurveUntilDue.of(hazard, fit_stacked_curve(learned, recipe, threads))


def fit_family(
    learned: TrainingSet, recipe: Recipe, family: str, linear_share: float, threads: int = 1
) -> PaymentCurve:
    """A curve of the family that was chosen, see `training.choice.Choice`. Raises `NothingToFit`."""
    if family == "stacked":
        return fit_stacked_curve(learned, recipe, threads)
    if family == "until_due":
        return fit_until_due_curve(learned, recipe, threads)
    return fit_payment_curve(learned, recipe, linear_share, threads)


def leaves_for(rows: int) -> int:
    """Leaves a tree: 7 up to 50,000 person-period rows, 15 up to 200,000, else 31."""
    return 7 if rows <= 50_000 else 15 if rows <= 200_000 else 31


def fit_habit_curve(view: LedgerView) -> HabitCurve:
    """The habit curve of one evening. Raises `NothingToFit` when no item was settled by then."""
    return HabitCurve().fit(history_of(view))


def _training_set(ledger: Evenings, view: LedgerView, taken: Snapshots, cap: int) -> TrainingSet:
    if len(taken.table) == 0:
        raise NothingToFit("evening with an open item")
    found = outcomes(ledger, view, int(taken.table.keys["day"].min()))
    rows = person_periods(taken.table.keys, found, EDGES, taken.weight)
    history = history_of(view)
    habit = HabitCurve().fit(history) if history["settled"].any() else None
    whole = TrainingSet(taken.table, taken.weight, found, rows, rhythm_of(history), taken.share, taken.customers, habit)
    return whole.thinned(cap)
