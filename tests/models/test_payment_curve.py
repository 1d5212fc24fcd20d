"""The learned payment curve."""

import numpy as np
import pandas as pd
import pytest
from curve_builders import CONTRARY, FITTED, SIGNS, drawn_intervals, drawn_stretches, fitted, settings
from model_builders import random_curve, random_table

from models.errors import NothingToFit
from models.payment_curve import PaymentCurve, softplus
from models.readings import EDGES
from models.recalibration import NONE
from models.stacked_curve import PaymentCurveStacked


def test_the_same_input_gives_the_same_trees_to_the_byte():
    assert random_curve(seed=3).trees_.to_text() == random_curve(seed=3).trees_.to_text()


def test_another_input_gives_other_trees():
    assert random_curve(seed=3).trees_.to_text() != random_curve(seed=4).trees_.to_text()


def test_curves_start_at_one_and_never_rise():
    curves = random_curve().survival(random_table(50, seed=9))

    s = np.stack([curves.survival_at(u) for u in range(0, 200, 5)], axis=1)

    assert (s[:, 0] == 1.0).all()
    assert (np.diff(s, axis=1) <= 0).all()
    assert ((s >= 0) & (s <= 1)).all()


def test_a_row_reads_the_same_alone_and_among_others():
    table, curve = random_table(30, seed=5), random_curve()

    assert np.array_equal(curve.survival(table).intensity[[7]], curve.survival(table.take([7])).intensity)


def test_a_sign_constraint_is_kept_whatever_the_other_features_say():
    curve = random_curve(seed=2, monotone={"late_5_share_365d": -1}, rounds=40)
    table = random_table(60, seed=8)
    low, high = table.values.copy(), table.values.copy()
    low["late_5_share_365d"], high["late_5_share_365d"] = 0.1, 0.9

    calm = curve.survival(type(table)(table.keys, low, table.fingerprint))
    slow = curve.survival(type(table)(table.keys, high, table.fingerprint))

    assert (slow.survival_at(30) >= calm.survival_at(30)).all()
    assert (slow.survival_at(30) > calm.survival_at(30)).any()


def test_a_curve_learns_the_share_that_was_paid():
    table = random_table(300)
    row, k = np.repeat(np.arange(300), len(EDGES) - 1), np.tile(np.arange(len(EDGES) - 1), 300)
    half = pd.DataFrame({"row": row, "k": k, "paid_share": 0.5, "weight": 1.0})

    curve = PaymentCurve(num_leaves=4, rounds=5).fit(table, half)

    assert curve.survival(table).survival_at(EDGES[2]) == pytest.approx(np.full(300, 0.25), abs=1e-6)  # two intervals


def test_there_is_nothing_to_learn_from_no_interval():
    with pytest.raises(NothingToFit, match="no fully observed interval"):
        PaymentCurve().fit(random_table(3), pd.DataFrame({"row": [], "k": [], "paid_share": [], "weight": []}))


def test_an_empty_table_has_no_curves():
    assert len(random_curve().survival(random_table(0))) == 0


def test_the_intensity_does_not_saturate():
    assert softplus([800.0, -800.0, 0.0]) == pytest.approx([800.0, 0.0, np.log(2)])


def test_parameters_are_those_of_scikit_learn():
    curve = PaymentCurve(rounds=9)

    assert curve.get_params()["rounds"] == 9
    assert curve.set_params(rounds=4).rounds == 4


def test_contributions_are_told_against_an_item_from_the_middle_of_the_book():
    curve, table = random_curve(seed=3), random_table(seed=3, rows=200)
    rows, k = np.arange(200), np.zeros(200, dtype=np.int64)
    matrix = curve.interval_matrix(table, rows, k)

    phi, raw = curve.shap_values(matrix, k), curve.raw_scores(matrix, k)

    assert np.abs(phi.sum(axis=1) - raw).max() < 1e-5
    assert raw.min() < phi[0, -1] < raw.max()
    assert set(phi[:, -1]) == {phi[0, -1]}


def raw_and_parts(curve, table):
    """The curve's log-odds in every interval, and those of its trees and of its logistic regression."""
    count = len(EDGES) - 1
    row, k = np.repeat(np.arange(len(table)), count), np.tile(np.arange(count), len(table))
    matrix = curve.interval_matrix(table, row, k)
    return curve.raw_scores(matrix, k), curve.typical_[k] + curve.trees_.raw(matrix), curve.linear_.raw(matrix, k)


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_blend_is_the_weighted_mean_of_the_log_odds(share):
    raw, trees, linear = raw_and_parts(fitted("blend").blended(share), random_table(40, seed=9))

    assert raw == pytest.approx((1 - share) * trees + share * linear, abs=1e-12)


def test_a_blend_without_a_share_is_the_curve_of_the_trees_alone():
    table = random_table(40, seed=9)
    plain, both = fitted("hazard"), fitted("blend")

    assert both.blended(0.0).survival(table).intensity.tobytes() == plain.survival(table).intensity.tobytes()
    assert both.blended(0.0).typical_to_json() == plain.typical_to_json()


def test_blending_leaves_the_curve_it_came_from():
    curve, table = fitted("blend"), random_table(20, seed=9)
    before, typical = curve.survival(table).intensity.tobytes(), curve.typical_to_json()

    other = curve.blended(0.9)

    assert other.typical_to_json() != typical
    assert curve.survival(table).intensity.tobytes() == before
    assert curve.typical_to_json() == typical
    assert curve.linear_share == 0.5


def test_a_column_whose_line_would_go_against_its_sign_has_no_line():
    curve, free = fitted("blend"), PaymentCurve(**settings(linear_share=1.0, monotone=None))
    free.fit(*drawn_intervals(500, 1))
    at = curve.columns_.index(CONTRARY)
    signs = np.array([SIGNS.get(name, 0) for name in curve.columns_[:-1]])
    lines = slice(0, len(signs))

    assert free.linear_.coefficients_[at] > 0.3
    assert curve.linear_.coefficients_[at] == 0.0
    assert (curve.linear_.coefficients_[lines] * signs >= 0).all()
    assert (curve.linear_.coefficients_[lines] * signs > 0).any()


def test_names_and_the_interval_have_no_line():
    curve = fitted("logistic")
    without = [*curve.encoding_.categories, "days_ahead"]

    assert len(without) > 1
    assert all(curve.linear_.coefficients_[curve.columns_.index(name)] == 0.0 for name in without)


@pytest.mark.parametrize("family", FITTED)
def test_one_two_and_four_threads_learn_the_same_to_the_bit(family):
    """Soft labels and odd weights: a sum in another order would differ in its last bit."""
    curve = fitted(family)
    stacked = isinstance(curve, PaymentCurveStacked)
    learned = (drawn_stretches if stacked else drawn_intervals)(3_000, 2)

    def parts(threads):
        made = type(curve)(**settings(linear_share=curve.linear_share, rounds=10)).fit(*learned, threads=threads)
        trees = made.trees_.to_text() if made.trees_ else ""
        return trees, made.linear_.to_json() if made.linear_ else {}, made.typical_to_json()

    assert parts(1) == parts(2) == parts(4)


def test_another_seed_learns_other_trees():
    learned = drawn_intervals(300, 2)
    first, other = (PaymentCurve(**settings(seed=seed)).fit(*learned) for seed in (7, 8))

    assert first.trees_.to_text() != other.trees_.to_text()


@pytest.mark.parametrize("family", ["hazard", "stacked", "blend"])
@pytest.mark.parametrize("paid", [0.0, 1.0])
def test_a_book_in_which_all_or_nothing_was_paid_has_curves(family, paid):
    curve = fitted(family)
    learned, intervals = (drawn_stretches if family == "stacked" else drawn_intervals)(100, 2)
    made = type(curve)(**settings(linear_share=curve.linear_share))

    s = made.fit(learned, intervals.assign(paid_share=paid)).survival(learned).survival_at(30)

    assert np.isfinite(s).all()
    assert s == pytest.approx(np.full(100, 1.0 - paid), abs=0.1)


def test_fitting_again_forgets_what_a_curve_was():
    curve = PaymentCurve(**settings(linear_share=0.5)).fit(*drawn_intervals(200, 3))
    first = curve.typical_to_json()

    again = curve.set_params(linear_share=0.0).fit(*drawn_intervals(200, 4))

    assert again.linear_ is None
    assert again.recalibration_ == NONE
    assert again.typical_to_json() != first
    assert again.typical_to_json() == PaymentCurve(**settings()).fit(*drawn_intervals(200, 4)).typical_to_json()
