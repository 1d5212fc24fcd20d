"""The look for leaks: every check that a training run makes of itself, the cheapest evidence first, within its time.

What a gate of trust rests on is always done, if only in part: one past evening asked twice, two deals of the outcomes.
More evenings and more deals follow while there is time; two comparisons of splits, which warn and block nothing, are
left out without. What was left out is said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.compute import feature_rows
from features.table import FeatureTable
from ledger.view import LedgerView
from training import leak_checks, within_customers
from training.budget import Until
from training.fit import Recipe
from training.leak_checks import auc_of_shuffled, planted_is_caught
from training.leak_guard import Suspect, changed_by_later_facts, implausible_alone
from training.promotion import HORIZONS
from training.small_trees import Ints, judged_rows, learned_rows
from training.split_checks import Splits, splits
from training.walk_forward import Walk, asked_rows
from training.within_customers import WithinCustomers

OLDER = (120, 365)
"""Days before the newest cutoff on which older evenings are asked twice: what is learned late shows on evenings that
have a long future."""

SCREENED_ROWS = 100_000
"""Judged rows at most on which each feature is tried alone: enough to tell .95 from anything honest."""


@dataclass(frozen=True)
class Leaks:
    """What was found.

    Attributes:
        suspects: features that may know the future, see `training.leak_guard`.
        planted_caught, shuffled: see `training.leak_checks`.
        within: see `training.within_customers`.
        splits: see `training.split_checks`; None where there was no time.
    """

    suspects: tuple[Suspect, ...]
    planted_caught: bool | None
    shuffled: tuple[float, float]
    within: WithinCustomers
    splits: Splits | None


def looked_for_leaks(view: LedgerView, walked: Walk, judged: pd.DataFrame, recipe: Recipe, time: Until) -> Leaks:
    """Look at the features and at what a run learns.

    Args:
        view: the evening whose knowledge judges.
        walked: the folds.
        judged: their rows, with what the chosen model said.
        recipe: how curves are fitted in this run.
        time: until when more than the least may be done.
    """
    suspects = _suspects(view, walked, time)
    newest = judged["fold"].to_numpy() == judged["fold"].max()
    table, rows = walked.table.take(np.flatnonzero(newest).tolist()), judged[newest]
    seed, known = recipe.seed, learned_rows(walked.learned, recipe.seed)
    dealt = _Pace(time, "deals of shuffled outcomes were not made", leak_checks.DEALS)
    shuffled = auc_of_shuffled(walked.learned, table, rows, recipe, seed, dealt)
    began, dealt = time.spent_s, _Pace(time, "deals of outcomes within customers were not made", within_customers.DEALS)
    within = within_customers.within_customers(known, judged_rows(table, rows), seed, dealt)
    # The splits fit fewer trees than the deals within customers do.
    has_time = time.allows(time.spent_s - began)
    if not has_time:
        time.skip("splits turned round in time and at random were not compared")
    return Leaks(
        suspects=suspects,
        planted_caught=_planted_is_caught(walked.table, judged),
        shuffled=shuffled,
        within=within,
        splits=splits(walked.tonight, seed) if has_time else None,
    )


@dataclass
class _Pace:
    """Whether there is time for one more, as long as those so far took on average; a no is noted once.

    Asked with the number made so far, at least 1.
    """

    time: Until
    what: str
    wanted: int

    def __post_init__(self) -> None:
        self._began = self.time.spent_s

    def __call__(self, made: int) -> bool:
        if self.time.allows((self.time.spent_s - self._began) / made):
            return True
        self.time.skip(f"{self.wanted - made} of {self.wanted} {self.what}")
        return False


def _suspects(view: LedgerView, walked: Walk, time: Until) -> tuple[Suspect, ...]:
    """The first suspicion of each feature."""
    first_known = int(view.items["known_on"].min())
    newest = walked.folds[-1].cutoff
    past = [evening for evening in (newest, *(newest - days for days in OLDER)) if evening > first_known]
    found = changed_by_later_facts(lambda seen, asked: feature_rows(seen, asked).values, view, _in_time(past, time))
    for horizon in HORIZONS:
        rows = _screened(walked.judged, horizon)
        found += implausible_alone(walked.table.values.iloc[rows], walked.judged[f"unpaid_{horizon}"].iloc[rows])
    first: dict[str, Suspect] = {}
    for suspect in found:
        first.setdefault(suspect.feature, suspect)
    return tuple(first.values())


def _in_time(evenings: Sequence[int], time: Until) -> Iterator[int]:
    """The first of the evenings, and the others while there is time: one takes as long as those before it."""
    pace = _Pace(time, "past evenings were not asked twice", len(evenings))
    for made, evening in enumerate(evenings):
        if made and not pace(made):
            return
        yield evening


def _planted_is_caught(table: FeatureTable, judged: pd.DataFrame) -> bool | None:
    """At the longest horizon that has enough judged rows of each outcome; None where none has."""
    for horizon in reversed(HORIZONS):
        rows = _screened(judged, horizon)
        caught = planted_is_caught(table.values.iloc[rows], judged[f"unpaid_{horizon}"].iloc[rows])
        if caught is not None:
            return caught
    return None


def _screened(judged: pd.DataFrame, horizon: int) -> Ints:
    """The rows that the question is about, or every second, third ... of them, so that they are few enough."""
    rows = np.flatnonzero(asked_rows(judged, horizon))
    return rows[:: max(1, -(-len(rows) // SCREENED_ROWS))]
