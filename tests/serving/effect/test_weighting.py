"""What another way of listing would have brought."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.effect.answer import Estimate, NotEnough
from serving.effect.weighting import effective_sample_size, value_of_listing, weights_of

chances = st.floats(0.01, 0.99)


@given(st.lists(st.tuples(st.booleans(), chances, chances), min_size=1, max_size=40))
def test_the_weights_add_up_to_1(decisions):
    listed, pi, target = (np.array(column, dtype=float) for column in zip(*decisions, strict=True))

    assert weights_of(listed, pi, target).sum() == pytest.approx(1.0)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40).filter(any))
def test_the_effective_sample_size_is_between_1_and_how_many_there_are(weights):
    ess = effective_sample_size(np.array(weights))

    assert 1 - 1e-9 <= ess <= len(weights) + 1e-9


def log(n, seed=0):
    rng = np.random.default_rng(seed)
    pi = 0.2 + 0.6 * rng.random(n)
    listed = (rng.random(n) < pi).astype(float)
    return listed, pi, 0.3 + 0.2 * listed, np.arange(n)


def test_an_outcome_that_follows_from_the_listing_is_found_exactly():
    listed, pi, outcome, cluster = log(400)

    all_of_them = value_of_listing(listed, pi, outcome, np.ones(400), np.ones(400), cluster)
    none_of_them = value_of_listing(listed, pi, outcome, np.zeros(400), np.ones(400), cluster)

    assert (all_of_them.value, none_of_them.value) == (pytest.approx(0.5), pytest.approx(0.3))


def test_below_100_effective_decisions_no_value_is_told():
    listed, pi, outcome, cluster = log(120)

    told = value_of_listing(listed, pi, outcome, np.ones(120), np.ones(120), cluster)

    assert isinstance(told, NotEnough)
    assert "100 are needed" in told.reason


def test_a_few_heavy_decisions_do_not_count_as_many():
    listed, pi, outcome, cluster = log(2_000)
    money = np.where(np.arange(2_000) < 50, 1e6, 1.0)

    assert isinstance(value_of_listing(listed, pi, outcome, np.ones(2_000), money, cluster), NotEnough)


@pytest.mark.parametrize(("pi_there", "target"), [(0.0, 1.0), (1.0, 0.0)])
def test_what_was_never_tried_is_not_answered(pi_there, target):
    listed, pi, outcome, cluster = log(1_000)
    pi[7], listed[7] = pi_there, pi_there

    told = value_of_listing(listed, pi, outcome, np.full(1_000, target), np.ones(1_000), cluster)

    assert isinstance(told, NotEnough)
    assert "1 of 1,000" in told.reason


def test_the_way_that_was_logged_has_the_mean_that_was_logged():
    listed, pi, outcome, cluster = log(1_000)

    told = value_of_listing(listed, pi, outcome, pi, np.ones(1_000), cluster)

    assert isinstance(told, Estimate)
    assert told.value == pytest.approx(outcome.mean())
    assert told.low < told.value < told.high
