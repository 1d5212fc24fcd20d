"""What a run does to itself: a planted answer is named, and dealt-out outcomes teach nothing."""

import math
import os
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from model_builders import COMPANY_EVENING, company_ledger, paying_company

from training.fit import Recipe
from training.leak_checks import auc_of_shuffled, planted_is_caught, shuffled
from training.leak_gates import learns_nothing_from_shuffled
from training.walk_forward import folds_of, walk

SEEDS = 20 if os.environ.get("PAYRISK_TEST_EXAMPLES") else 2
RECIPE = Recipe(num_leaves=4, rounds=6)


def features(rows: int, seed: int = 1) -> pd.DataFrame:
    return pd.DataFrame({"dpd": np.random.default_rng(seed).normal(0, 1, rows)})


@pytest.mark.parametrize("seed", range(10))
def test_a_column_made_of_the_answer_is_named(seed):
    unpaid = np.random.default_rng(seed).random(200) < 0.3

    assert planted_is_caught(features(200), unpaid, seed) is True


def test_a_guard_that_names_nothing_is_found_out(monkeypatch):
    monkeypatch.setattr("training.leak_checks.implausible_alone", lambda values, happened: [])

    assert planted_is_caught(features(200), np.arange(200) % 2) is False


@pytest.mark.parametrize("unpaid", [29, 171])
def test_with_fewer_than_30_of_either_outcome_nobody_can_tell(unpaid):
    assert planted_is_caught(features(200), np.arange(200) < unpaid) is None
    assert planted_is_caught(features(200), np.arange(200) < 30) is True


@pytest.fixture(scope="module")
def walked():
    ledger = company_ledger(paying_company())
    view = ledger.as_of(COMPANY_EVENING)
    return walk(ledger, view, folds_of(view, 1), lambda learned: RECIPE)


def test_whole_histories_change_hands_and_none_is_lost(walked):
    learned = walked.learned
    dealt = shuffled(learned, seed=3)

    def histories(intervals: pd.DataFrame) -> list[tuple[tuple[int, float], ...]]:
        ordered = intervals.sort_values(["row", "k"])
        return [tuple(zip(one["k"], one["paid_share"], strict=True)) for _, one in ordered.groupby("row")]

    assert sorted(histories(dealt.intervals)) == sorted(histories(learned.intervals))
    assert histories(dealt.intervals) != histories(learned.intervals)
    assert dealt.table is learned.table
    assert all(a <= b for a, b in pairwise(dealt.intervals["row"]))
    assert shuffled(learned, seed=3).intervals.equals(dealt.intervals)


@pytest.mark.parametrize("seed", range(100, 100 + SEEDS))
def test_dealt_out_outcomes_rank_like_chance_within_three_standard_errors(walked, seed):
    found, error = auc_of_shuffled(walked.learned, walked.table, walked.judged, RECIPE, seed)

    assert error > 0
    assert learns_nothing_from_shuffled(found, error).passed


def test_the_true_outcomes_would_not_pass_for_dealt_out_ones(walked, monkeypatch):
    """Were the labels not dealt out at all, the check would say so."""
    monkeypatch.setattr("training.leak_checks.shuffled", lambda learned, seed: learned)

    assert not learns_nothing_from_shuffled(
        *auc_of_shuffled(walked.learned, walked.table, walked.judged, RECIPE)
    ).passed


def test_without_a_known_outcome_there_is_no_figure(walked):
    nobody_knows = walked.judged.assign(known_30=False)

    found = auc_of_shuffled(walked.learned, walked.table, nobody_knows, RECIPE)

    assert all(math.isnan(one) for one in found)


def test_two_deals_are_made_however_short_the_time_is(walked):
    asked = []

    found, error = auc_of_shuffled(
        walked.learned, walked.table, walked.judged, RECIPE, may_deal=lambda made: bool(asked.append(made))
    )

    assert asked == [2]
    assert not math.isnan(found)
    assert error > 0
