"""Backtest: what would have been said on past evenings, and what came. One object for gates, page and record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from features.table import FeatureTable
from ledger.book import Ledger
from ledger.errors import PayriskError
from ledger.view import LedgerView
from ledger.words import count_text
from models.readings import Curves, Floats
from training.budget import Until
from training.choice import Choice, choose
from training.cutoffs import Fold
from training.fit import ROW_CAP, Recipe, TrainingSet
from training.judgement import measure
from training.leak_gates import (
    catches_a_planted_leak,
    forgets_within_customers,
    knows_no_future,
    learns_nothing_from_shuffled,
    no_better_backwards,
    random_split_flatters_little,
)
from training.leak_look import Leaks, looked_for_leaks
from training.measured import Measured
from training.never_seen import never_seen
from training.promotion import (
    Gate,
    beats_simple_orders,
    calibrated,
    deciles_near_the_diagonal,
    enough_of_each,
    no_segment_collapses,
    no_worse_than_champion,
    no_worse_than_simpler,
    ranks_better_than_chance,
)
from training.walk_forward import Walk, said_by, walk

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
        leaks: what the look for leaks found.
        recipe: how the curves were fitted.
    """

    walked: Walk
    choice: Choice
    measured: Measured
    leaks: Leaks
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
            knows_no_future([(one.feature, one.why) for one in self.leaks.suspects]),
            catches_a_planted_leak(self.leaks.planted_caught),
            learns_nothing_from_shuffled(*self.leaks.shuffled),
            forgets_within_customers(self.leaks.within),
            no_better_backwards(self.leaks.splits),
            random_split_flatters_little(self.leaks.splits),
            ranks_better_than_chance(metrics),
            beats_simple_orders(metrics),
            no_worse_than_simpler(metrics),
            calibrated(metrics),
            deciles_near_the_diagonal(metrics),
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
    looks: Until | None = None,
) -> Backtest | None:
    """Walk forward over `folds`, choose, measure, and look for leaks, with the knowledge of the evening of `view`.

    Args:
        recipe: chooses how to fit from what the first cutoff knew.
        champion: the version in use and the day it was trained; it is asked about later evenings alone.
        may_fit: whether there is time for a fold, see `training.walk_forward.walk`.
        say: told a line at each step.
        cap: intervals that the kept curve reads at most.
        grace_days: days after due within which a payment is not late.
        looks: until when leaks may be looked for, and customers be left out of learning; None: without end.

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
    time = looks or Until.ever()
    leaks = looked_for_leaks(view, walked, judged, used[-1], time)
    say("looked for leaks")
    measured = replace(measured, never_seen=never_seen(walked, judged, choice, used[-1], time))
    if measured.never_seen is not None:
        say(f"judged {count_text(measured.never_seen.left_out, 'customer')} that were left out of learning")
    return Backtest(walked, choice, measured, leaks, used[-1])


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
