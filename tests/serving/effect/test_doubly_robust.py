"""The effect score of a decision, and what is averaged of it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_logs import PLANTED, World, simulated

from serving.effect.answer import Estimate, NotEnough
from serving.effect.doubly_robust import effect_of, effect_scores, predicted, scores_of
from serving.effect.logged import Logged

share = st.floats(0, 1)
chance = st.floats(0.02, 0.98)


def on_average(truth, pi_true, pi_said, said):
    """The score of one decision, averaged over the lot: true outcomes (unlisted, listed), predictions likewise."""
    listed, outcome = np.array([0.0, 1.0]), np.array(truth)
    scores = effect_scores(outcome, listed, np.full(2, pi_said), np.full(2, said[0]), np.full(2, said[1]))
    return float((1 - pi_true) * scores[0] + pi_true * scores[1])


@given(st.tuples(share, share), chance, st.tuples(share, share))
def test_it_is_right_on_average_when_the_chances_are_right_whatever_is_predicted(truth, pi, said):
    assert on_average(truth, pi, pi, said) == pytest.approx(truth[1] - truth[0], abs=1e-9)


@given(st.tuples(share, share), chance, chance)
def test_it_is_right_on_average_when_the_predictions_are_right_whatever_the_chances(truth, pi, pi_said):
    assert on_average(truth, pi, pi_said, truth) == pytest.approx(truth[1] - truth[0], abs=1e-9)


def test_predictions_of_an_account_are_made_without_its_own_outcomes():
    log = simulated(World(evenings=4), 3)
    other = log.outcome.copy()
    first = log.clusters == 0
    other[first] = 1 - other[first]
    changed = Logged(log.account, log.day, log.listed, log.pi, other, log.balance, log.expected, log.gain, log.stratum)

    before, after = predicted(log), predicted(changed)

    assert before.unlisted[first].tolist() == after.unlisted[first].tolist()
    assert before.listed[first].tolist() == after.listed[first].tolist()
    assert (before.unlisted != after.unlisted).any()


def test_predictions_make_it_more_exact():
    log = simulated(World(), 5)
    nothing = np.zeros(len(log))

    with_them = effect_of(log, scores_of(log), draws=99)
    without = effect_of(log, effect_scores(log.outcome, log.listed, log.pi, nothing, nothing), draws=99)

    assert with_them.error < without.error


def test_the_effect_that_was_planted_is_in_the_interval():
    log = simulated(World(), 6)

    told = effect_of(log, scores_of(log))

    planted = np.average(log.orders[PLANTED], weights=log.money)
    assert told.low < planted < told.high
    assert told.detected


def test_the_order_of_the_rows_changes_nothing():
    log = simulated(World(evenings=6), 7)
    mixed = np.random.default_rng(0).permutation(len(log))
    again = Logged.of(log.account[mixed], log.day[mixed], log.listed[mixed], log.pi[mixed], log.outcome[mixed],
                      log.balance[mixed], log.expected[mixed], log.gain[mixed])  # fmt: skip

    assert effect_of(again, scores_of(again), draws=99) == effect_of(log, scores_of(log), draws=99)


def test_few_listings_are_refused_with_their_number():
    log = simulated(World(evenings=2, places=20), 1)

    told = effect_of(log, scores_of(log))

    assert isinstance(told, NotEnough)
    assert "the lot listed count for" in told.reason


def test_few_accounts_are_refused():
    log = simulated(World(accounts=20, evenings=60, places=8), 1)

    assert isinstance(effect_of(log, scores_of(log)), NotEnough)


def test_what_would_have_been_detectable_is_told():
    assert Estimate(0.0, -1.96, 1.96, 1.0, 10, 10).detectable == pytest.approx(1.96 + 0.8416)
