"""Whether an order puts those first whom a call moves most."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_logs import PLANTED, World, simulated

from serving.effect.answer import Estimate, NotEnough
from serving.effect.doubly_robust import scores_of
from serving.effect.ranking import (
    RankArea,
    per_listing,
    policy_value,
    rank_effect,
    ranks_ahead,
    toc_curve,
    top_of_evenings,
)
from serving.effect.resampling import Difference, Ratio, interval

ONCE = np.ones((1, 2))
rows = st.lists(
    st.tuples(st.integers(0, 4), st.integers(-3, 3), st.floats(-2, 2), st.floats(0.1, 10)), min_size=1, max_size=30
)


def area_of(found, kind, copies=None):
    cluster, score, effect, money = (np.array(column) for column in zip(*found, strict=True))
    area = RankArea(cluster, score.astype(float), effect.astype(float), money.astype(float), 5, kind)
    return area.at(np.ones((1, 5)) if copies is None else copies)


@pytest.mark.parametrize(("kind", "expected"), [("autoc", 0.5 * math.log(2)), ("qini", 0.5 * 0.5 / 2)])
def test_two_accounts_of_which_the_first_is_moved(kind, expected):
    area = RankArea(np.array([0, 1]), np.array([9.0, 1.0]), np.array([1.0, 0.0]), np.ones(2), 2, kind)

    assert area.at(ONCE)[0][0] == pytest.approx(expected)


@given(rows, st.floats(-2, 2), st.sampled_from(["autoc", "qini"]))
def test_an_effect_that_is_the_same_for_all_has_no_area(found, effect, kind):
    value, _ = area_of([(cluster, score, effect, money) for cluster, score, _, money in found], kind)

    assert value[0] == pytest.approx(0.0, abs=1e-12)


@given(rows, st.sampled_from(["autoc", "qini"]))
def test_an_order_that_tells_nobody_apart_has_no_area(found, kind):
    value, _ = area_of([(cluster, 1, effect, money) for cluster, _, effect, money in found], kind)

    assert value[0] == pytest.approx(0.0, abs=1e-12)


@given(rows, st.randoms(use_true_random=False), st.sampled_from(["autoc", "qini"]))
def test_the_order_of_the_rows_changes_nothing(found, chance, kind):
    mixed = chance.sample(found, len(found))

    assert area_of(mixed, kind)[0][0] == pytest.approx(area_of(found, kind)[0][0], abs=1e-12)


@given(rows, st.sampled_from(["autoc", "qini"]), st.integers(0, 4))
def test_an_influence_is_what_a_little_more_of_an_account_moves(found, kind, account):
    little = 1e-6
    more = np.ones((1, 5))
    more[0, account] += little

    value, influence = area_of(found, kind)

    assert (area_of(found, kind, more)[0][0] - value[0]) / little == pytest.approx(influence[0, account], abs=1e-4)


def test_the_curve_ends_at_0_and_begins_high_for_an_order_that_knows():
    log = simulated(World(evenings=4), 1)

    curve = toc_curve(log, log.orders[PLANTED], PLANTED)

    assert curve.ahead[-1] == pytest.approx(0.0, abs=1e-12)
    assert curve.ahead[0] > curve.ahead[9] > 0


def test_of_two_orders_the_one_that_knows_is_ahead():
    log = simulated(World(effect=0.2), 2)
    scores = scores_of(log)

    told = ranks_ahead(log, scores, PLANTED, "largest", draws=99)
    back = ranks_ahead(log, scores, "largest", PLANTED, draws=99)

    assert told.low > 0
    assert back.value == pytest.approx(-told.value)
    assert back.low == pytest.approx(-told.high)


def test_an_order_is_not_ahead_of_itself():
    log = simulated(World(evenings=6), 2)
    area = RankArea(log.clusters, log.orders["engine"], scores_of(log), log.money, log.accounts)

    value, influence = Difference(area, area).at(np.ones((1, log.accounts)))

    assert value[0] == 0.0
    assert not influence.any()


def test_an_effect_that_nobody_has_is_not_claimed():
    claimed = 0
    for seed in range(8):
        log = simulated(World(design="slice", places=40, evenings=16, effect=0.0), seed)
        claimed += rank_effect(log, scores_of(log), "engine", draws=99).detected

    assert claimed <= 2


def test_the_first_of_every_evening_are_as_many_as_there_were_slots():
    log = simulated(World(evenings=3), 1)

    chosen = top_of_evenings(log, "engine")

    for evening in np.unique(log.day):
        assert chosen[log.day == evening].sum() == log.slots()[log.day == evening][0]


def test_a_policy_value_is_the_mean_over_those_picked():
    log = simulated(World(evenings=5), 1)
    scores, chosen = scores_of(log), top_of_evenings(log, "engine")

    value, _ = per_listing(log, scores, 45, "engine").at(np.ones((1, log.accounts)))

    assert value[0] == pytest.approx((45 * log.money * scores)[chosen].mean())


def test_a_policy_value_needs_100_effective_decisions():
    log = simulated(World(evenings=1), 1)

    assert isinstance(policy_value(log, scores_of(log), "engine", days=45), NotEnough)


def test_a_draw_without_variation_has_no_bounds():
    told = interval(Ratio(np.ones(40), np.ones(40)), 40, draws=50)

    assert told.value == 1.0
    assert math.isnan(told.low)
    assert not told.detected


def test_the_interval_is_the_same_whenever_it_is_asked_for():
    rng = np.random.default_rng(0)
    ratio = Ratio(rng.lognormal(size=80), np.ones(80))

    assert interval(ratio, 80) == interval(ratio, 80)
    assert isinstance(interval(ratio, 80, level=0.8), Estimate)
    assert interval(ratio, 80, level=0.8).low > interval(ratio, 80).low


def test_a_larger_trial_is_more_exact():
    of_a_slice = World(design="slice", places=40)
    small, large = (simulated(replace(of_a_slice, evenings=evenings), 4) for evenings in (16, 40))

    one, other = (rank_effect(log, scores_of(log), "engine", draws=99) for log in (small, large))

    assert other.error < one.error
