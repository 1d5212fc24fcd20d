"""Measures, on cases small enough to check in the head."""

import math

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from training.errors import UndefinedMeasure
from training.metrics import (
    Draws,
    auc,
    auc_draws,
    auc_interval,
    brier,
    captured,
    captured_draws,
    ece,
    log_loss,
    mean_draws,
    money_found,
    pr_auc,
    pr_auc_draws,
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


def test_no_interval_without_both_outcomes():
    assert math.isnan(auc_interval([0.1, 0.2], [1, 1], ["a", "b"]).low)
    assert math.isnan(auc_interval([], [], []).value)


def test_rows_that_do_not_fit_are_refused():
    with pytest.raises(UndefinedMeasure, match="2 scores, 1 outcomes"):
        auc([0.1, 0.2], [1])


def test_pr_auc_is_the_mean_precision_where_recall_rises():
    assert pr_auc([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 0]) == pytest.approx((1 / 1 + 2 / 3) / 2)
    assert pr_auc([0.5, 0.5, 0.5, 0.5], [1, 0, 0, 0]) == 1 / 4  # rows of one score enter together
    assert math.isnan(pr_auc([0.5, 0.6], [0, 0]))


def test_pr_auc_is_the_average_precision_of_the_textbook_with_weights_and_ties():
    rng = np.random.default_rng(3)
    y, w = rng.integers(0, 2, 500), rng.integers(0, 4, 500)
    score = np.round(y * 0.3 + rng.random(500), 1)

    assert pr_auc(score, y, w) == pytest.approx(average_precision_score(y, score, sample_weight=w))


def test_brier_is_the_squared_distance_and_counts_a_row_by_its_weight():
    assert brier([0.5, 1.0], [1, 1]) == (0.5**2 + 0) / 2
    assert brier([0.5, 1.0], [1, 1], [3, 1]) == 3 * 0.5**2 / 4


def test_each_evening_is_a_list_of_its_own():
    score, late, evening = [9, 8, 7, 6, 5, 4], [1, 0, 0, 1, 0, 0], [1, 1, 1, 2, 2, 2]

    assert captured(score, late, share=1 / 3) == 1 / 2
    assert captured(score, late, share=1 / 3, evening=evening) == 1.0


def test_calls_beyond_the_list_find_everything_and_equal_scores_give_their_average():
    assert money_found([3, 2, 1], [10, 20, 70], calls=40) == 1.0
    assert money_found([1, 1, 1, 1], [100, 0, 0, 0], calls=1) == 1 / 4
    assert money_found([2, 1, 2, 1], [60, 0, 0, 40], calls=1, evening=[1, 1, 2, 2]) == 60 / 100


def test_a_draw_is_the_measure_with_every_customer_as_often_as_drawn():
    rng = np.random.default_rng(5)
    customer, evening = rng.integers(0, 12, 200), rng.integers(0, 3, 200)
    y, money = rng.integers(0, 2, 200), rng.integers(0, 50, 200)
    score = np.round(y + rng.normal(0, 1, 200), 1)
    draws = Draws.of(customer, draws=5)

    for draw, counts in enumerate(draws.counts):
        often = counts[draws.member].astype(float)
        rows = np.repeat(np.arange(200), counts[draws.member])
        assert auc_draws(score, y, draws)[draw] == pytest.approx(auc(score[rows], y[rows]))
        assert pr_auc_draws(score, y, draws)[draw] == pytest.approx(pr_auc(score[rows], y[rows]))
        assert captured_draws(score, money, draws, evening=evening)[draw] == pytest.approx(
            captured(score[rows], money[rows], evening=evening[rows])
        )
        assert mean_draws(money, draws)[draw] == pytest.approx(np.average(money, weights=often))
    assert draws.counts[1:].sum(axis=1).tolist() == [12] * 5


def test_some_rows_keep_the_draws_of_their_customers():
    draws = Draws.of(["a", "b", "b", "c"], draws=50)

    some = draws.at(np.array([False, True, False, True]))

    assert some.counts.tolist() == draws.counts[:, 1:].tolist()
    assert some.member.tolist() == [0, 1]


def test_three_hundred_draws_of_two_hundred_thousand_rows_hold_a_few_megabytes():
    draws = Draws.of(np.arange(200_000) % 20_000)

    assert draws.counts.nbytes < 15e6
