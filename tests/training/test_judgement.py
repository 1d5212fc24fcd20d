"""What a judged frame becomes: figures that can be checked in the head."""

import json
import math
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from judged_rows import FIRST, ORDERS, judged_rows, random_judged

from training.judgement import SMALLEST_SEGMENT, measure
from training.measured import CAPTURE_STEPS

SAID = ("model", "habit", "logistic")


def measured(frame: pd.DataFrame, orders: tuple[str, ...] = ("amount",), said: tuple[str, ...] = ("model",), **options):
    return measure(frame, said, orders, "EUR", **options)


@pytest.fixture(scope="module")
def year() -> pd.DataFrame:
    return random_judged(2_500)


@pytest.fixture(scope="module")
def of_the_year(year):
    return measure(year, SAID, ORDERS, "EUR")


def test_a_model_that_knows_who_pays_has_an_auc_of_one():
    found = measured(judged_rows([0.9, 0.8, 0.2, 0.1], [True, True, False, False])).metrics()

    assert (found["n_30"], found["unpaid_share_30"], found["auc_30"]) == (4, 0.5, 1.0)
    assert found["amount_auc_30"] == 0.5
    assert found["auc_gain_30"] == 1.0 - 0.5


def test_items_due_later_and_outcomes_not_known_yet_are_left_out_and_counted():
    frame = judged_rows([0.9, 0.2, 0.5, 0.4], [True, False, True, False])
    frame.loc[2, "due_on"] = FIRST + 15  # due in time for the question in 30 days, not for that in 14
    frame.loc[3, "known_14"] = False

    found = measured(frame).horizons

    assert (found[14].rows, found[14].not_due, found[14].undecided) == (2, 1, 1)
    assert (found[30].rows, found[30].not_due, found[30].undecided) == (4, 0, 0)


def test_the_gain_is_over_the_best_simple_order_and_the_teams_own_is_not_one():
    frame = judged_rows(
        [0.9, 0.8, 0.7, 0.1],
        [True, True, False, False],
        amount_30=[4.0, 1.0, 3.0, 2.0],
        oldest_30=[4.0, 2.0, 3.0, 1.0],
        worked_30=[4.0, 3.0, 2.0, 1.0],
        oldest_14=0.0,
        worked_14=0.0,
    )

    found = measured(frame, ("amount", "oldest", "worked"))

    assert found.horizons[30].best == "oldest"
    assert found.metrics()["auc_gain_30"] == pytest.approx(1 - 3 / 4)
    assert found.metrics()["auc_gain_over_worked_30"] == 0.0
    assert found.knows_work


def test_an_item_that_nobody_worked_comes_last_in_the_teams_order():
    late_unworked = judged_rows([0.5] * 2, [True, False], worked_30=[np.nan, 1.0], worked_14=0.0)

    assert measured(late_unworked, ("amount", "worked")).metrics()["worked_auc_30"] == 0.0


def test_a_chance_finds_money_by_chance_times_money_and_an_order_as_it_is():
    frame = judged_rows(
        [0.9, 0.5, 0.1], [True, True, False], money=[100.0, 900.0, 1_000.0], amount_30=[1.0, 9.0, 10.0], amount_14=0.0
    )

    found = measured(frame, capacity=1).metrics()

    assert found["found_calls_30"] == 1 / 2  # the first item is sure to be late
    assert found["money_found_calls_30"] == 900 / 1_000  # half of 900 is more than 90 of 100
    assert found["amount_money_found_calls_30"] == 0.0


def test_an_item_without_an_exchange_rate_weighs_nothing_in_money_and_one_in_items():
    frame = judged_rows([0.9, 0.6], [True, False], money=[0.0, 100.0])

    found = measured(frame)

    assert found.without_rate == 1
    assert found.metrics()["log_loss_30"] == pytest.approx(-(math.log(0.9) + math.log(0.4)) / 2)
    assert found.metrics()["money_log_loss_30"] == pytest.approx(-math.log(0.4))


def test_overdue_items_are_judged_by_themselves():
    frame = judged_rows([0.9, 0.2, 0.1, 0.8], [True, False, False, False], dpd=[5, 1, 0, -3])

    found = measured(frame)

    assert found.horizons[30].overdue_rows == 2
    assert found.metrics()["overdue_auc_30"] == 1.0


def test_a_month_that_something_simpler_won_is_a_losing_month():
    better = judged_rows([0.9, 0.1], [True, False], amount_30=[1.0, 2.0], habit_30=[0.4, 0.6])
    worse = judged_rows([0.1, 0.9], [True, False], amount_30=[2.0, 1.0], habit_30=[0.6, 0.6])
    frame = pd.concat([better, worse.assign(fold=1, day=FIRST + 30, cutoff=FIRST + 23, due_on=FIRST)])
    frame["habit_14"] = 0.5

    months = measured(frame, said=("model", "habit")).horizons[30].months

    assert [month.lost_to for month in months] == [(), ("amount", "habit")]
    assert months[1].score("amount").auc.value == 1.0
    assert (months[1].first_day.isoformat(), months[1].cutoff.isoformat()) == ("2025-02-02", "2025-01-26")


def test_a_month_without_outcomes_is_listed_and_has_no_figure():
    open_end = judged_rows([0.9, 0.1], [True, False]).assign(fold=1, day=FIRST + 30, known_30=False)
    frame = pd.concat([judged_rows([0.9, 0.1], [True, False]), open_end])

    found = measured(frame)

    assert [month.rows for month in found.horizons[30].months] == [2, 0]
    assert found.horizons[30].months[1].scores == ()
    assert found.metrics()["judged_months_30"] == 1
    assert found.metrics()["judged_months_14"] == 2


def test_the_date_error_counts_paid_items_and_says_how_many_had_no_date():
    frame = judged_rows(
        [0.5] * 4,
        [False] * 4,
        cleared_on=[FIRST + 10.0, FIRST + 10.0, FIRST + 10.0, np.nan],
        model_expected=[7.0, 14.0, np.nan, 3.0],
    )

    found = measured(frame)

    assert (found.dates[0].rows, found.dates[0].no_date) == (2, 1)
    assert found.metrics()["date_error_days"] == (3 + 4) / 2
    assert found.metrics()["no_date_share"] == 1 / 3


def test_a_contender_without_an_answer_is_compared_on_the_rows_that_it_answered():
    frame = judged_rows(
        [0.9, 0.1, 0.2, 0.8],
        [True, False, True, False],
        habit_30=[0.9, 0.1, np.nan, np.nan],
        habit_14=0.5,
    )

    found = measured(frame, said=("model", "habit")).horizons[30]

    assert (found.score("habit").rows, found.score("model").rows) == (2, 4)
    assert found.difference("habit").auc.value == 0.0
    assert found.score("model").auc.value == 3 / 4


def test_segments_are_new_customers_sizes_and_currencies_and_small_ones_are_only_named(year, of_the_year):
    segments = {(one.kind, one.name): one for one in of_the_year.horizons[30].segments}
    asked = year[year["known_30"] & (year["due_on"] <= year["day"] + 30)]

    assert set(segments) == {
        ("history", "new"), ("history", "known"),
        ("size", "small"), ("size", "medium"), ("size", "large"),
        ("currency", "EUR"), ("currency", "SEK"),
    }  # fmt: skip
    assert segments["history", "new"].rows == (asked["settled_count"] < 3).sum()
    assert segments["size", "small"].rows + segments["size", "medium"].rows + segments["size", "large"].rows == len(
        asked
    )
    rare = measured(judged_rows([0.5, 0.4], [True, False], currency=["EUR", "SEK"])).horizons[30].segments
    assert all(one.too_small and math.isnan(one.auc.value) for one in rare)
    assert SMALLEST_SEGMENT == 200


def test_customers_without_settled_items_are_new():
    history = {one.name: one.rows for one in measured(
        judged_rows([0.5] * 4, [True, False] * 2, settled_count=[np.nan, 2.0, 3.0, 0.0])
    ).horizons[30].segments if one.kind == "history"}  # fmt: skip

    assert history == {"new": 3, "known": 1}


def test_customers_that_no_model_had_seen_are_told_apart_where_the_frame_tells(year):
    seen, told = measured(year), measured(year.assign(unseen=np.arange(len(year)) % 2 == 0))

    assert not seen.knows_unseen
    assert "segment_history_unseen_auc_30" in told.metrics()


def test_the_better_contender_has_an_interval_that_excludes_nothing_gained(of_the_year):
    found = of_the_year.horizons[30]

    assert found.difference("habit").auc.low > 0
    assert found.difference("habit").log_loss.high < 0
    assert found.difference("amount").found.low > 0
    assert math.isnan(found.difference("amount").log_loss.value)


def test_the_json_is_plain_and_the_flat_names_are_stable(of_the_year):
    told = of_the_year.as_dict()
    flat = of_the_year.metrics()

    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["first_day"] == "2025-01-03"
    assert told["horizons"]["30"]["months"][-1]["unpaid_share"] is None
    for name in (
        "n_30", "unpaid_share_30", "auc_30", "auc_30_low", "auc_30_high", "pr_auc_30", "pr_auc_30_low",
        "log_loss_30", "log_loss_30_low", "money_log_loss_30", "brier_30", "ece_30", "ece_noise_30",
        "ece_noise_30_high", "slope_30", "slope_30_low", "intercept_30", "overdue_auc_30", "overdue_auc_30_low",
        "found10_30", "found20_30", "found20_30_low", "found_calls_30", "money_found10_30", "money_found20_30",
        "money_found_calls_30", "habit_auc_30", "habit_log_loss_30", "logistic_ece_30", "amount_auc_30",
        "amount_found20_30", "auc_gain_30", "auc_gain_30_low", "found_gain_30_low", "auc_gain_over_habit_30_low",
        "money_found_gain_over_amount_30", "losing_months_30", "judged_months_30",
        "segment_currency_EUR_auc_30_low", "date_error_days", "date_error_median_days", "habit_date_error_days",
    ):  # fmt: skip
        assert math.isfinite(flat[name]), name


def test_the_order_of_the_rows_changes_nothing(year, of_the_year):
    turned = measure(year.sample(frac=1, random_state=3), SAID, ORDERS, "EUR").metrics()

    for name, value in of_the_year.metrics().items():
        assert turned[name] == pytest.approx(value, nan_ok=True, abs=1e-9), name


def test_nothing_judged_measures_nothing_and_breaks_nothing():
    found = measured(judged_rows([], []))

    assert (found.rows, found.first_day, found.horizons[30].rows) == (0, None, 0)
    assert math.isnan(found.metrics()["auc_30"])
    json.dumps(found.as_dict(), allow_nan=False)


def test_a_capture_curve_goes_through_what_is_found_in_the_first_tenth_and_the_first_fifth(of_the_year):
    found = of_the_year.horizons[30]
    curves = {curve.name: curve.found for curve in found.captures}

    assert curves.keys() == {score.name for score in found.scores}
    for score in found.scores:
        curve = curves[score.name]
        assert (curve[0], curve[-1], len(curve)) == (0.0, 1.0, CAPTURE_STEPS + 1)
        assert all(later >= earlier for earlier, later in pairwise(curve))
        assert curve[CAPTURE_STEPS // 10] == score.money_found10
        assert curve[CAPTURE_STEPS // 5] == pytest.approx(score.money_found20.value)


def test_the_reach_is_the_part_of_the_lists_that_lies_within_the_calls_of_an_evening():
    frame = judged_rows([0.9, 0.8, 0.2, 0.1], [True, True, False, False], day=[FIRST, FIRST, FIRST, FIRST + 7])

    assert measured(frame, capacity=2).horizons[30].reach == (2 + 1) / 4
    assert math.isnan(measured(frame[:0], capacity=2).horizons[30].reach)
    assert measured(judged_rows([0.9, 0.1], [False, False])).horizons[30].captures[0].found == ()
