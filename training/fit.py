"""Fitting: from one evening's ledger to a curve. Everything it learns from was known on that evening."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from features.catalogue import CATALOGUE
from features.table import FeatureTable
from ledger.book import Ledger
from ledger.view import LedgerView
from models.errors import NothingToFit
from models.habit_curve import HabitCurve, history_of
from models.payment_curve import PaymentCurve
from models.readings import EDGES
from training.labels import Outcomes, outcomes, person_periods
from training.snapshot import Snapshots, snapshots, thinned

ROW_CAP = 700_000
"""Person-period rows a fit reads at most."""

ROUNDS = 120
"""Trees: on three ledgers 80, 150 and 250 ranked alike, and each tree is paid for again in every morning's reasons."""


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """What a payment curve is fitted on: snapshot rows, what happened to them, and their observed intervals."""

    table: FeatureTable
    outcomes: Outcomes
    intervals: pd.DataFrame


def training_sets(ledger: Ledger, views: Sequence[LedgerView], cap: int = ROW_CAP) -> list[TrainingSet]:
    """The rows and labels that the evening of each view knows, in the order of the views.

    Raises `NothingToFit` for a view before which no item was open.
    """
    return [_training_set(ledger, view, taken, cap) for view, taken in zip(views, snapshots(views), strict=True)]


def fit_payment_curve(learned: TrainingSet) -> PaymentCurve:
    """The payment curve of a training set; fewer rows get smaller trees. Raises `NothingToFit`."""
    monotone = {feature.name: feature.monotone for feature in CATALOGUE if feature.monotone}
    curve = PaymentCurve(monotone=monotone, num_leaves=leaves_for(len(learned.intervals)), rounds=ROUNDS)
    return curve.fit(learned.table, learned.intervals)


def leaves_for(rows: int) -> int:
    """Leaves a tree: 7 up to 50,000 person-period rows, 15 up to 200,000, else 31."""
    return 7 if rows <= 50_000 else 15 if rows <= 200_000 else 31


def fit_habit_curve(view: LedgerView) -> HabitCurve:
    """The habit curve of one evening. Raises `NothingToFit` when no item was settled by then."""
    return HabitCurve().fit(history_of(view))


def _training_set(ledger: Ledger, view: LedgerView, taken: Snapshots, cap: int) -> TrainingSet:
    if len(taken.table) == 0:
        raise NothingToFit("evening with an open item")
    found = outcomes(ledger, view, int(taken.table.keys["day"].min()))
    rows = person_periods(taken.table.keys, found, EDGES, taken.weight)
    return TrainingSet(taken.table, found, thinned(rows, taken.table, cap))
