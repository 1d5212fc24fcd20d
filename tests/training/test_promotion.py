"""The gates: the edge of each, what it says, and what a figure that cannot be measured counts as."""

import math

import pytest

from training.leak_gates import catches_a_planted_leak, knows_no_future, learns_nothing_from_shuffled
from training.promotion import (
    Gate,
    beats_simple_orders,
    calibrated,
    deciles_near_the_diagonal,
    enough_history,
    enough_of_each,
    light_enough,
    may_be_promoted,
    may_serve,
    no_segment_collapses,
    no_worse_than_champion,
    no_worse_than_simpler,
    ranks_better_than_chance,
    scores_stay_near_the_champion,
)

NAN = math.nan
GOOD = {
    "n_14": 400, "unpaid_share_14": 0.5, "n_30": 500, "unpaid_share_30": 0.4,
    "auc_14": 0.71, "auc_14_low": 0.66, "auc_30": 0.77, "auc_30_low": 0.72,
    "logistic_auc_14": 0.70, "habit_auc_14": 0.69, "logistic_auc_30": 0.75, "habit_auc_30": 0.74,
    "auc_gain_14": 0.08, "auc_gain_14_low": 0.02, "found_gain_14": 0.03, "found_gain_14_low": 0.01,
    "auc_gain_30": 0.09, "auc_gain_30_low": 0.03, "found_gain_30": 0.03, "found_gain_30_low": 0.01,
    "ece_14": 0.03, "ece_30": 0.04, "habit_ece_14": 0.06, "habit_ece_30": 0.07,
    "slope_14": 1.02, "slope_14_low": 0.9, "slope_14_high": 1.1,
    "slope_30": 0.98, "slope_30_low": 0.9, "slope_30_high": 1.1,
    "auc_gain_over_champion_14": -0.01, "auc_gain_over_champion_14_high": 0.01,
    "auc_gain_over_champion_30": 0.01, "auc_gain_over_champion_30_high": 0.02,
    "found_gain_over_champion_14": 0.0, "found_gain_over_champion_14_high": 0.01,
    "found_gain_over_champion_30": 0.0, "found_gain_over_champion_30_high": 0.01,
}  # fmt: skip


def test_500_items_over_6_months_are_enough():
    assert enough_history(500, 6.0).passed
    assert not enough_history(499, 36.0).passed
    assert not enough_history(9_000, 5.9).passed


def test_30_items_of_each_outcome_at_one_horizon_are_enough():
    """At 14 days 30 of 60 are unpaid."""
    told = {"n_14": 60, "unpaid_share_14": 0.5, "n_30": 1_000, "unpaid_share_30": 1.0}

    assert enough_of_each(told).passed
    assert not enough_of_each(told | {"n_14": 58}).passed
    assert not enough_of_each({"n_30": 1_000, "unpaid_share_30": 0.029}).passed
    assert not enough_of_each({"n_30": 1_000, "unpaid_share_30": 0.971}).passed
    assert enough_of_each({"n_30": 1_000, "unpaid_share_30": 0.03}).passed


@pytest.mark.parametrize("none", [{}, {"n_14": 0, "unpaid_share_14": NAN, "n_30": 0, "unpaid_share_30": NAN}])
def test_without_a_judged_item_there_is_not_enough_of_either(none):
    assert not enough_of_each(none).passed
    assert "14 days: 0 unpaid, 0 paid; 30 days: 0 unpaid, 0 paid (needed: 30 of each)" in enough_of_each(none).reason


def test_every_suspect_is_named_with_its_why_and_a_run_in_which_nobody_could_look_is_not_trusted():
    named = knows_no_future([("dpd", "changed"), ("terms", "alone")])

    assert knows_no_future([]).passed
    assert (named.passed, named.reason) == (False, "dpd changed; terms alone")
    assert not knows_no_future(None).passed


@pytest.mark.parametrize(
    ("caught", "passed", "said"),
    [(True, True, "was named"), (False, False, "was not named"), (None, False, "could not be looked for")],
)
def test_a_planted_leak_must_have_been_named(caught, passed, said):
    gate = catches_a_planted_leak(caught)

    assert (gate.passed, gate.blocks) == (passed, "model")
    assert said in gate.reason


def test_a_curve_of_shuffled_outcomes_must_rank_like_chance_within_three_errors_either_way():
    """The error is 1/64; three of them on either side of .5."""
    error = 1 / 64

    for sign in (1, -1):
        assert learns_nothing_from_shuffled(0.5 + sign * 3 * error, error).passed
        assert not learns_nothing_from_shuffled(0.5 + sign * 3.1 * error, error).passed
    assert learns_nothing_from_shuffled(0.53, 0.02).reason.endswith("0.530 (chance: 0.500 within 0.060)")


def test_where_no_outcome_could_be_shuffled_nothing_was_found():
    assert learns_nothing_from_shuffled(NAN, NAN).passed
    assert "not measurable" in learns_nothing_from_shuffled(NAN, NAN).reason


def test_a_version_is_declined_when_its_lower_bound_is_below_55_at_both_horizons():
    assert ranks_better_than_chance(GOOD).passed
    assert ranks_better_than_chance(GOOD | {"auc_14_low": 0.54}).passed
    assert ranks_better_than_chance(GOOD | {"auc_14_low": 0.55, "auc_30_low": NAN}).passed
    assert not ranks_better_than_chance(GOOD | {"auc_14_low": 0.54, "auc_30_low": 0.549}).passed


def test_a_bound_that_cannot_be_measured_counts_as_below():
    assert not ranks_better_than_chance({}).passed
    assert not ranks_better_than_chance({"auc_14_low": NAN, "auc_30_low": NAN}).passed
    assert not beats_simple_orders({}).passed


def test_being_better_than_the_best_simple_order_at_one_horizon_in_auc_or_in_late_items_is_enough():
    nothing = {f"{what}_gain_{h}_low": 0.0 for what in ("auc", "found") for h in (14, 30)}

    assert beats_simple_orders(GOOD).passed
    assert not beats_simple_orders(GOOD | nothing).passed
    assert beats_simple_orders(GOOD | nothing | {"found_gain_30_low": 0.001}).passed
    assert beats_simple_orders(GOOD | nothing | {"auc_gain_14_low": 0.001}).passed


@pytest.mark.parametrize("rival", ["logistic", "habit"])
def test_a_simpler_curve_that_ranks_better_by_more_than_a_hundredth_at_both_horizons_takes_its_place(rival):
    ahead = {f"auc_{h}": 0.5 for h in (14, 30)} | {f"{rival}_auc_{h}": 0.515625 for h in (14, 30)}
    far_behind = {f"{other}_auc_{h}": 0.1 for other in ("logistic", "habit") for h in (14, 30)}

    assert not no_worse_than_simpler(GOOD | far_behind | ahead).passed
    assert no_worse_than_simpler(GOOD | far_behind | ahead | {f"{rival}_auc_14": 0.507}).passed  # one horizon alone
    assert no_worse_than_simpler(GOOD | far_behind | ahead | {f"{rival}_auc_30": NAN}).passed  # no rival


def test_a_calibration_error_up_to_65_thousandths_or_to_what_chance_shows_is_allowed():
    assert calibrated(GOOD | {"ece_14": 0.065}).passed
    assert not calibrated(GOOD | {"ece_14": 0.0651}).passed
    assert calibrated(GOOD | {"ece_14": 0.08, "ece_noise_14_high": 0.08}).passed
    assert not calibrated(GOOD | {"ece_30": NAN}).passed
    assert not calibrated({}).passed


def test_a_slope_is_refused_when_its_whole_interval_lies_outside():
    assert calibrated(GOOD | {"slope_14_low": 1.25, "slope_14_high": 1.5}).passed
    assert not calibrated(GOOD | {"slope_14_low": 1.26, "slope_14_high": 1.5}).passed
    assert calibrated(GOOD | {"slope_30_low": 0.5, "slope_30_high": 0.8}).passed
    assert not calibrated(GOOD | {"slope_30_low": 0.5, "slope_30_high": 0.79}).passed
    assert calibrated({name: value for name, value in GOOD.items() if not name.startswith("slope")}).passed


def test_bad_calibration_is_a_warning_unless_the_habit_curve_means_more():
    bad = GOOD | {"ece_14": 0.12}  # .12 + .04 against the habit's .06 + .07

    declined, warned = calibrated(bad), calibrated(bad | {"habit_ece_14": 0.1})

    assert (declined.passed, declined.blocks) == (False, "model")
    assert (warned.passed, warned.blocks) == (False, "")
    assert not may_serve([declined])
    assert may_serve([warned])
    assert may_be_promoted([warned])
    assert calibrated(bad | {"habit_ece_14": NAN}).blocks == ""


def test_a_segment_collapses_when_it_loses_more_than_five_hundredths_beyond_its_interval():
    fine = [("currency SEK, 14 days", -0.2, -0.05), ("history new, 14 days", NAN, NAN)]

    collapsed = no_segment_collapses([*fine, ("size large, 30 days", -0.12, -0.06)])

    assert no_segment_collapses(fine).passed
    assert no_segment_collapses([]).passed
    assert (collapsed.passed, collapsed.blocks) == (False, "promotion")
    assert collapsed.reason == "size large, 30 days -0.120 (at most -0.060)"


@pytest.mark.parametrize("measure", ["auc_gain_over_champion_14", "found_gain_over_champion_30"])
def test_a_version_that_falls_behind_the_champion_beyond_chance_cannot_take_its_place(measure):
    assert no_worse_than_champion(GOOD, "V-1").passed
    assert no_worse_than_champion(GOOD | {f"{measure}_high": -0.0099}, "V-1").passed

    gate = no_worse_than_champion(GOOD | {f"{measure}_high": -0.0101}, "V-1")

    assert (gate.passed, gate.blocks) == (False, "promotion")
    assert may_serve([gate])
    assert not may_be_promoted([gate])
    assert "gain over V-1 in 14 days: AUC -0.010" in gate.reason


def test_without_a_champion_or_an_evening_after_its_training_there_is_nothing_to_compare():
    assert "no version in use can be asked" in no_worse_than_champion({}, None).reason
    unseen = no_worse_than_champion({"auc_gain_over_champion_14_high": NAN}, "V-1")

    assert unseen.passed
    assert "no judged evening came after V-1 was trained" in unseen.reason


def test_scores_that_move_by_a_quarter_or_more_are_for_a_person_to_look_at():
    assert scores_stay_near_the_champion(0.2499).passed
    assert not scores_stay_near_the_champion(0.25).passed
    assert scores_stay_near_the_champion(None).passed
    assert scores_stay_near_the_champion(0.25).blocks == "promotion"
    assert "PSI 0.250 (allowed 0.25)" in scores_stay_near_the_champion(0.25).reason


def test_a_model_of_more_than_40_000_leaves_is_too_heavy_for_every_morning():
    assert light_enough(40_000, 8).passed
    assert not light_enough(40_001, 8).passed
    assert light_enough(40_001, 8).reason == "40,001 leaves at 8 intervals (allowed 40,000)"


def test_one_no_of_trust_keeps_the_curve_from_serving_and_one_of_promotion_from_the_champions_place():
    yes, warning = Gate("a", True, ""), Gate("b", False, "", blocks="")
    trust, promotion = Gate("c", False, "", blocks="model"), Gate("d", False, "", blocks="promotion")

    assert may_serve([yes, warning, promotion])
    assert not may_serve([yes, trust])
    assert may_be_promoted([yes, warning, trust])
    assert not may_be_promoted([yes, promotion])


def test_every_reason_has_its_figures():
    assert "1,846 settled items over 17.5 months" in enough_history(1_846, 17.5).reason
    assert "14 days: 0.710 (at least 0.660)" in ranks_better_than_chance(GOOD).reason
    assert "not measurable" in ranks_better_than_chance({}).reason
    assert "14 days: AUC +0.080 (at least +0.020), late items" in beats_simple_orders(GOOD).reason
    assert "14 days: 200 unpaid, 200 paid" in enough_of_each(GOOD).reason
    assert "14 days: 0.710 (logistic 0.700, habit 0.690)" in no_worse_than_simpler(GOOD).reason
    assert "14 days: 0.030 (allowed 0.065; slope 1.02)" in calibrated(GOOD).reason


@pytest.mark.parametrize(("near", "count", "passed"), [(8, 10, True), (7, 10, False), (5, 6, True), (4, 6, False)])
def test_eight_of_ten_deciles_must_lie_near_the_diagonal_at_both_horizons(near, count, passed):
    told = {"deciles_14": 10, "deciles_near_14": 10, "deciles_30": count, "deciles_near_30": near}

    gate = deciles_near_the_diagonal(told)

    assert gate.passed is passed
    assert f"14 days: 10 of 10, 30 days: {near} of {count}" in gate.reason


@pytest.mark.parametrize("none", [{}, {"deciles_14": 0, "deciles_near_14": 0, "deciles_30": NAN}])
def test_without_a_decile_nothing_is_found_against_them(none):
    gate = deciles_near_the_diagonal(none)

    assert (gate.passed, "not measurable" in gate.reason) == (True, True)
