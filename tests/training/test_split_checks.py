"""Splits by time, the other way round and at random: sound rows look much the same, planted faults do not."""

import math
import os

import numpy as np
import pandas as pd
import pytest

from training.leak_gates import NO_TIME, no_better_backwards, random_split_flatters_little
from training.metrics import Interval
from training.small_trees import Answered
from training.split_checks import ENOUGH, GAP, Splits, splits_of

SEEDS = 20 if os.environ.get("PAYRISK_TEST_EXAMPLES") else 4
NAN = math.nan
UNKNOWN = Interval(NAN, NAN, NAN)


def a_year(seed: int, rows: int = 4_000, days: int = 365, **columns: object) -> Answered:
    """A year of rows of 200 customers, of which one column says something honest."""
    rng = np.random.default_rng(seed)
    honest = rng.normal(0, 1, rows)
    return Answered(
        values=pd.DataFrame({"honest": honest, "noise": rng.normal(0, 1, rows)}),
        unpaid=(rng.random(rows) < 1 / (1 + np.exp(-honest))).astype(float),
        customer=np.array([f"C-{at}" for at in rng.integers(0, 200, rows)], dtype=object),
        day=np.sort(rng.integers(0, days + 1, rows)),
    )


def with_column(rows: Answered, **columns: object) -> Answered:
    return Answered(rows.values.assign(**columns), rows.unpaid, rows.customer, rows.day)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_sound_rows_look_much_the_same_whichever_way_they_are_split(seed):
    found = splits_of(a_year(seed), seed)

    assert no_better_backwards(found).passed
    assert random_split_flatters_little(found).passed
    assert abs(found.backward_gain.value) < 0.06
    assert abs(found.random_gain.value) < 0.06
    assert 0.6 < found.forward < 0.85


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_column_that_was_filled_in_later_is_seen_when_time_is_turned_round(seed):
    """Old evenings hold the answer nearly clean, new ones with seven times the noise: what is filled in later shows."""
    rows, rng = a_year(seed), np.random.default_rng([seed, 1])
    noise = rng.normal(0, np.where(rows.day < 180, 0.1, 0.7))

    gate = no_better_backwards(splits_of(with_column(rows, filled=rows.unpaid + noise), seed))

    assert (gate.passed, gate.blocks) == (False, "")


@pytest.mark.parametrize("seed", range(SEEDS))
def test_rows_that_hold_each_others_answers_are_seen_by_a_random_split(seed):
    """Forty batches, each a code and an answer of its own; a batch is not seen again after half a year."""
    rows = a_year(seed)
    rng = np.random.default_rng([seed, 2])
    batch = (rows.day // 182) * 20 + rng.integers(0, 20, len(rows))
    answer = np.random.default_rng([seed, 3]).permutation(np.repeat([0.05, 0.95], 20))
    told = Answered(
        with_column(rows, batch=batch.astype(float)).values,
        (rng.random(len(rows)) < answer[np.minimum(batch, 39)]).astype(float), rows.customer, rows.day,
    )  # fmt: skip

    found = splits_of(told, seed)

    gate = random_split_flatters_little(found)
    assert (gate.passed, gate.blocks) == (False, "")
    assert found.random > 0.65


def test_the_halves_are_apart_by_more_than_an_outcome_takes(monkeypatch):
    taken: list[np.ndarray] = []
    plain = Answered.take
    monkeypatch.setattr(Answered, "take", lambda self, at: taken.append(self.day[at]) or plain(self, at))

    found = splits_of(a_year(1))

    first, second = taken[0][: found.rows], taken[0][found.rows :]
    assert second.min() - first.max() > GAP - 1
    assert len(first) == len(second) == found.rows


def test_the_same_seed_finds_the_same():
    assert splits_of(a_year(1), 3) == splits_of(a_year(1), 3)
    assert splits_of(a_year(1), 3) != splits_of(a_year(1), 4)


@pytest.mark.parametrize("rows", [0, 40, 2 * ENOUGH])
def test_few_rows_say_nothing(rows):
    found = splits_of(a_year(1, rows=rows))

    assert no_better_backwards(found).passed
    assert "too few rows" in no_better_backwards(found).reason
    assert "too few rows" in random_split_flatters_little(found).reason


def test_what_there_was_no_time_for_is_not_asked_and_warns_of_nothing():
    assert (no_better_backwards(None).passed, no_better_backwards(None).reason) == (True, NO_TIME)
    assert (random_split_flatters_little(None).passed, random_split_flatters_little(None).reason) == (True, NO_TIME)


@pytest.mark.parametrize(("low", "passed"), [(0.02, True), (0.021, False)])
def test_backwards_may_be_better_by_two_hundredths_beyond_chance(low, passed):
    found = Splits(forward=0.75, backward=0.81, backward_gain=Interval(0.06, low, 0.1), rows=900)

    gate = no_better_backwards(found)

    assert gate.passed is passed
    assert f"later evenings 0.750, turned round in time 0.810, which is +0.060 (at least +{low:.3f};" in gate.reason


@pytest.mark.parametrize(("gain", "passed"), [(0.10, True), (0.101, False)])
def test_a_random_split_may_be_better_by_ten_points(gain, passed):
    found = Splits(ahead=0.70, random=0.70 + gain, random_gain=Interval(gain, gain - 0.02, gain + 0.02), rows=900)

    gate = random_split_flatters_little(found)

    assert gate.passed is passed
    assert f"{gain:+.3f} (a review above 0.10)" in gate.reason
