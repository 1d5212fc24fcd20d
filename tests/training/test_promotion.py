"""The gates."""

import math

from training.promotion import (
    beats_simple_orders,
    calibrated,
    enough_history,
    may_serve,
    ranks_better_than_chance,
)

GOOD = {
    "auc_14": 0.71, "auc_14_low": 0.66, "auc_30": 0.77, "auc_30_low": 0.72,
    "auc_gain_14": 0.08, "auc_gain_14_low": 0.02, "found_gain_14_low": 0.01,
    "auc_gain_30": 0.09, "auc_gain_30_low": 0.03, "found_gain_30_low": 0.01,
    "ece_14": 0.03, "ece_30": 0.04,
}  # fmt: skip


def test_500_items_over_6_months_are_enough():
    assert enough_history(500, 6.0).passed
    assert not enough_history(499, 36.0).passed
    assert not enough_history(9_000, 5.9).passed


def test_a_version_is_declined_when_its_lower_bound_is_below_55_at_both_horizons():
    assert ranks_better_than_chance(GOOD).passed
    assert ranks_better_than_chance(GOOD | {"auc_14_low": 0.54}).passed
    assert not ranks_better_than_chance(GOOD | {"auc_14_low": 0.54, "auc_30_low": 0.549}).passed


def test_a_bound_that_cannot_be_measured_counts_as_below():
    assert not ranks_better_than_chance({}).passed
    assert not ranks_better_than_chance({"auc_14_low": math.nan, "auc_30_low": math.nan}).passed


def test_being_better_than_the_best_simple_order_at_one_horizon_in_auc_or_in_late_items_is_enough():
    nothing = {f"{what}_gain_{h}_low": 0.0 for what in ("auc", "found") for h in (14, 30)}

    assert beats_simple_orders(GOOD).passed
    assert not beats_simple_orders(GOOD | nothing).passed
    assert beats_simple_orders(GOOD | nothing | {"found_gain_30_low": 0.001}).passed


def test_calibration_is_a_warning_and_keeps_nothing_from_serving():
    bad = calibrated(GOOD | {"ece_14": 0.09})

    assert not bad.passed
    assert may_serve([enough_history(500, 6), bad])
    assert not calibrated({}).passed


def test_one_blocking_no_is_a_no():
    assert not may_serve([enough_history(500, 6), ranks_better_than_chance({})])


def test_every_reason_has_its_figures():
    assert "1,846 settled items over 17.5 months" in enough_history(1_846, 17.5).reason
    assert "14 days: 0.710 (at least 0.660)" in ranks_better_than_chance(GOOD).reason
    assert "not measurable" in ranks_better_than_chance({}).reason
    assert "14 days: AUC +0.080 (at least +0.020), late items" in beats_simple_orders(GOOD).reason
