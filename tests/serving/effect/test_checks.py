"""What has to hold of a log before anything is said from it."""

from dataclasses import replace

import numpy as np
import pytest
from simulated_logs import World, simulated

from serving.effect.checks import PAID_BEFORE, checks_of
from serving.effect.doubly_robust import scores_of


@pytest.fixture(scope="module")
def log():
    found = simulated(World(), 1)
    before = np.random.default_rng(0).random(len(found))
    return replace(found, known={PAID_BEFORE: before})


def failed(log):
    return {check.name for check in checks_of(log, scores_of(log)) if not check.passed}


def test_a_sound_log_passes_all_of_them(log):
    names = [check.name for check in checks_of(log, scores_of(log))]

    assert failed(log) == set()
    assert names == [
        "sample_ratio", "propensity_calibration", "balance_of_balance", "balance_of_expected", "balance_of_gain",
        "past_payments", "same_against_same",
    ]  # fmt: skip


def test_of_many_sound_logs_hardly_one_fails():
    assert sum(bool(failed(simulated(World(evenings=5), seed))) for seed in range(20)) <= 1


def test_chances_that_list_more_than_they_say_fail(log):
    assert "sample_ratio" in failed(replace(log, pi=0.8 * log.pi))


def test_chances_that_are_turned_round_fail(log):
    turned = replace(log, pi=np.where(log.pi < 0.1, np.minimum(2 * log.pi, 0.9), 0.7 * log.pi))

    assert "propensity_calibration" in failed(turned)


def test_an_arm_that_was_richer_beforehand_fails(log):
    assert "balance_of_balance" in failed(replace(log, balance=log.balance * np.where(log.listed > 0, 2, 1)))


def test_a_listing_that_seems_to_change_the_past_fails(log):
    moved = {PAID_BEFORE: log.known[PAID_BEFORE] + 0.3 * log.listed}

    assert "past_payments" in failed(replace(log, known=moved))


def test_halves_that_differ_fail(log):
    half = log.clusters % 2 == 0
    odd = replace(log, outcome=np.where(half & (log.listed > 0), 1.0, log.outcome))

    assert "same_against_same" in failed(odd)


def test_each_says_its_figures(log):
    assert all(any(sign.isdigit() for sign in check.text) for check in checks_of(log, scores_of(log)))
