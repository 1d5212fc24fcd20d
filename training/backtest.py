"""Backtest: what would have been said on past evenings, and what came. One object for gates, page and record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.compute import feature_rows
from features.table import FeatureTable
from ledger.book import Ledger
from ledger.errors import PayriskError
from ledger.view import LedgerView
from models.readings import Curves, Floats
from training.choice import Choice, choose
from training.cutoffs import Fold
from training.fit import ROW_CAP, Recipe, TrainingSet
from training.judgement import measure
from training.leak_checks import auc_of_shuffled, planted_is_caught
from training.leak_guard import Suspect, changed_by_later_facts, implausible_alone
from training.measured import Measured
from training.promotion import (
    HORIZONS,
    Gate,
    beats_simple_orders,
    calibrated,
    catches_a_planted_leak,
    enough_of_each,
    knows_no_future,
    learns_nothing_from_shuffled,
    no_segment_collapses,
    no_worse_than_champion,
    no_worse_than_simpler,
    ranks_better_than_chance,
)
from training.walk_forward import Walk, asked_rows, said_by, walk

Say = Callable[[str], None]
Champion = Callable[[FeatureTable], Curves]
"""The curve of each row by the version in use."""


@dataclass(frozen=True, eq=False)
class Backtest:
    """What a walk forward showed.

    Attributes:
        walked: the folds and what was said on their evenings.
        choice: the family and recalibration that the folds chose.
        measured: every figure; the contender `model` is what was chosen.
        suspects: features that may know the future, see `training.leak_guard`.
        planted_caught, shuffled: see `training.leak_checks`.
        recipe: how the curves were fitted.
    """

    walked: Walk
    choice: Choice
    measured: Measured
    suspects: tuple[Suspect, ...]
    planted_caught: bool | None
    shuffled: tuple[float, float]
    recipe: Recipe

    def gates(self, champion: str | None = None) -> tuple[Gate, ...]:
        """Every gate that a backtest can answer, in their order; `champion` is the version compared with."""
        metrics = self.measured.metrics()
        segments = [
            (f"{part.kind} {part.name}, {h} days", part.gain.value, part.gain.high)
            for h, found in self.measured.horizons.items()
            for part in found.segments
            if not part.too_small
        ]
        return (
            enough_of_each(metrics),
            knows_no_future([(one.feature, one.why) for one in self.suspects]),
            catches_a_planted_leak(self.planted_caught),
            learns_nothing_from_shuffled(*self.shuffled),
            ranks_better_than_chance(metrics),
            beats_simple_orders(metrics),
            no_worse_than_simpler(metrics),
            calibrated(metrics),
            no_segment_collapses(segments),
            no_worse_than_champion(metrics, champion),
        )


def backtest(
    ledger: Ledger,
    view: LedgerView,
    folds: tuple[Fold, ...],
    *,
    recipe: Callable[[TrainingSet], Recipe] = lambda learned: Recipe(),
    champion: tuple[Champion, int] | None = None,
    may_fit: Callable[[int], bool] = lambda number: True,
    say: Say = lambda line: None,
    cap: int = ROW_CAP,
    grace_days: int = 5,
) -> Backtest | None:
    """Walk forward over `folds`, choose, measure, and look for leaks, with the knowledge of the evening of `view`.

    Args:
        recipe: chooses how to fit from what the first cutoff knew.
        champion: the version in use and the day it was trained; it is asked about later evenings alone.
        may_fit: whether there is time for a fold, see `training.walk_forward.walk`.
        say: told a line at each step.
        cap: intervals that the kept curve reads at most.
        grace_days: days after due within which a payment is not late.

    None when nothing can be learned by the newest cutoff or nothing was open on the evenings after it.
    """
    used: list[Recipe] = []

    def chosen(learned: TrainingSet) -> Recipe:
        used.append(recipe(learned))
        return used[-1]

    walked = walk(ledger, view, folds, chosen, may_fit, say, cap, grace_days) if folds else None
    if walked is None:
        return None
    choice = choose(walked)
    say(f"chose {choice.why}")
    said: dict[str, Floats] = dict(choice.said)
    for name, curves in walked.curves.items():
        said |= said_by(name, curves)
    names = ["model", *walked.curves]
    if champion is not None and (theirs := _champion(walked, *champion)):
        said |= theirs
        names.append("champion")
    judged = walked.judged.assign(**said)
    measured = measure(judged, names, walked.orders, walked.currency)
    say(f"measured {measured.rows:,} rows of {measured.evenings} evenings")
    suspects = _suspects(view, walked)
    newest = judged["fold"].to_numpy() == judged["fold"].max()
    result = Backtest(
        walked=walked,
        choice=choice,
        measured=measured,
        suspects=suspects,
        planted_caught=_planted_is_caught(walked.table, judged),
        shuffled=auc_of_shuffled(
            walked.learned, walked.table.take(np.flatnonzero(newest).tolist()), judged[newest], used[-1]
        ),
        recipe=used[-1],
    )
    say("looked for leaks")
    return result


def _planted_is_caught(table: FeatureTable, judged: pd.DataFrame) -> bool | None:
    """At the longest horizon that has enough judged rows of each outcome; None where none has."""
    for horizon in reversed(HORIZONS):
        asked = asked_rows(judged, horizon)
        caught = planted_is_caught(table.values[asked], judged[f"unpaid_{horizon}"][asked])
        if caught is not None:
            return caught
    return None


def _champion(walked: Walk, champion: Champion, trained_on: int) -> Mapping[str, Floats] | None:
    """What the version in use says of the evenings after its training, NaN before; None where it can say nothing."""
    later = walked.judged["day"].to_numpy() > trained_on
    if not later.any():
        return None
    try:
        curves = champion(walked.table.take(np.flatnonzero(later).tolist()))
    except PayriskError:  # of another catalogue, or damaged
        return None
    columns = {}
    for name, values in said_by("champion", [curves]).items():
        columns[name] = np.full(len(later), np.nan)
        columns[name][later] = values
    return columns


def _suspects(view: LedgerView, walked: Walk) -> tuple[Suspect, ...]:
    """The first suspicion of each feature."""
    first_known = int(view.items["known_on"].min())
    # The cutoff and two older evenings: what is learned late shows only on evenings that have a long future.
    newest = walked.folds[-1].cutoff
    past = [evening for evening in (newest, newest - 120, newest - 365) if evening > first_known]
    found = changed_by_later_facts(lambda seen, asked: feature_rows(seen, asked).values, view, past)
    for horizon in HORIZONS:
        asked = asked_rows(walked.judged, horizon)
        found += implausible_alone(walked.table.values[asked], walked.judged[f"unpaid_{horizon}"][asked])
    first: dict[str, Suspect] = {}
    for suspect in found:
        first.setdefault(suspect.feature, suspect)
    return tuple(first.values())
