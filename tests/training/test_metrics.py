"""Measures, on cases small enough to check in the head."""

import math

import numpy as np
import pytest

from training.errors import UndefinedMeasure
from training.metrics import (
    auc,
    auc_difference,
    auc_interval,
    captured,
    captured_difference,
    ece,
    log_loss,
    money_found,
)


def test_auc_is_the_share_of_pairs_in_the_right_order():
    assert auc([0.9, 0.4, 0.6, 0.1], [1, 1, 0, 0]) == 3 / 4
    assert auc([0.5, 0.5], [1, 0]) == 1 / 2
    assert math.isnan(auc([0.5, 0.6], [1, 1]))


def test_a_weight_of_two_is_a_row_twice():
    assert auc([3, 1, 2], [1, 1, 0], [1, 2, 1]) == auc([3, 1, 1, 2], [1, 1, 1, 0])


def test_log_loss_of_a_coin_is_log_two():
    assert log_loss([0.5, 0.5], [1, 0]) == pytest.approx(math.log(2))
    assert log_loss([1.0, 0.0], [1, 0]) == pytest.approx(0.0)
    assert log_loss([0.0], [1]) < 30


def test_ece_is_zero_when_what_is_said_happens_as_often():
    p = np.repeat([0.2, 0.8], 100)

    assert ece(p, np.tile([1, 0, 0, 0, 0], 20).tolist() + np.tile([1, 1, 1, 1, 0], 20).tolist()) == pytest.approx(0.0)
    assert ece(p, np.zeros(200)) == pytest.approx((0.2 + 0.8) / 2)


def test_captured_is_what_the_first_fifth_holds():
    assert captured([9, 8, 7, 6, 5, 4, 3, 2, 1, 0], [1, 0, 1, 0, 0, 0, 0, 0, 0, 0]) == 1 / 2
    assert captured([0] * 10, [1] + [0] * 9) == pytest.approx(0.2)  # no order finds its share of the list


def test_money_found_is_the_late_money_behind_the_first_calls():
    assert money_found([0.9, 0.2, 0.8], [100, 0, 300], calls=2) == 1.0
    assert math.isnan(money_found([0.9], [0], calls=1))


def test_the_interval_holds_the_value_and_narrows_with_more_customers():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 400)
    score = y + rng.normal(0, 1, 400)

    many, few = auc_interval(score, y, np.arange(400)), auc_interval(score, y, np.arange(400) % 8)

    assert many.low < many.value < many.high
    assert few.low < few.value < few.high


def test_rows_of_one_customer_are_one_observation():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 30)
    score = y + rng.normal(0, 1, 30)

    once = auc_interval(score, y, np.arange(30))
    ten_times = auc_interval(np.repeat(score, 10), np.repeat(y, 10), np.repeat(np.arange(30), 10))

    assert ten_times.low == pytest.approx(once.low, abs=1e-12)


def test_an_order_is_not_better_than_itself():
    rng = np.random.default_rng(1)
    y, score = rng.integers(0, 2, 100), rng.normal(size=100)

    for difference in (auc_difference, captured_difference):
        found = difference(score, score, y, np.arange(100))
        assert (found.value, found.low, found.high) == (0.0, 0.0, 0.0)


def test_no_interval_without_both_outcomes():
    assert math.isnan(auc_interval([0.1, 0.2], [1, 1], ["a", "b"]).low)
    assert math.isnan(auc_interval([], [], []).value)


def test_rows_that_do_not_fit_are_refused():
    with pytest.raises(UndefinedMeasure, match="2 scores, 1 outcomes"):
        auc([0.1, 0.2], [1])
