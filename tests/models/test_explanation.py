"""Reasons that add up."""

import numpy as np
import pytest
from curve_builders import fitted
from model_builders import random_curve, random_habit_curve, random_table

from models.errors import ContributionsDoNotAddUp
from models.explanation import explain, secant, settle_rest, slopes, to_points
from models.payment_curve import softplus
from models.readings import EDGES, horizon_days
from models.recalibration import NONE, Recalibration
from models.tree_shap import TreeShap


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_base_and_points_are_the_late_risk(seed):
    curve, table = random_curve(seed=seed, rounds=25), random_table(80, seed=seed + 50)
    horizons = np.random.default_rng(seed).integers(30, 900, len(table))

    found = explain(curve, table, horizons)

    said = curve.survival(table).survival_at(horizons)
    assert np.abs(found.base + found.points.sum(axis=1) - said).max() < 1e-9


def test_the_habit_curve_adds_up_as_well():
    curve, table = random_habit_curve(), random_table(80)
    horizons = horizon_days(np.random.default_rng(1).integers(-50, 90, len(table)))

    found = curve.contributions(table, horizons)

    assert np.abs(found.base + found.points.sum(axis=1) - curve.survival(table).survival_at(horizons)).max() < 1e-9
    assert found.columns == ("age", "terms", "habit")


def told(phi, raw, base, columns, recalibration=NONE):
    """The points of one row whose intervals, each with its contributions to the log-odds, all count whole."""
    found = (phi * slopes(raw, base)[:, None]).sum(axis=0, keepdims=True)
    total, typical = (np.atleast_1d(softplus(x).sum()) for x in (raw, base))
    return to_points(found, total, typical, columns, recalibration)


@pytest.mark.parametrize("raw", [-60.0, -3.0, 0.0, 45.0, 800.0])
def test_saturated_hazards_add_up(raw):
    rng = np.random.default_rng(1)
    base = np.full(4, -1.0)
    phi = rng.normal(size=(4, 5))
    phi[:, 0] += raw - base - phi.sum(axis=1)

    found = told(phi, np.full(4, raw), base, tuple("abcde"))

    intensity = np.logaddexp(0, raw) * 4
    assert abs(found.base[0] + found.points.sum() - np.exp(-intensity)) < 1e-9
    assert np.isfinite(found.points).all()


def test_a_typical_row_takes_the_derivative_and_its_reasons_cancel():
    phi = np.array([[0.3, -0.3]])  # raw == base: no run to divide by

    found = told(phi, np.array([-1.0]), np.array([-1.0]), ("a", "b"))

    h = 1 / (1 + np.exp(1.0))
    assert found.points[0] == pytest.approx([-0.3 * h * (1 - h), 0.3 * h * (1 - h)])  # dS = -S dLambda, S = 1 - h
    assert found.points.sum() == pytest.approx(0.0, abs=1e-15)


def test_a_secant_over_no_run_is_the_derivative():
    assert secant(np.array([0.0, 6.0]), np.array([0.0, 2.0]), np.array([5.0, 5.0])).tolist() == [5.0, 3.0]


def test_the_rest_goes_to_the_largest_contribution():
    settled = settle_rest(np.array([[1.0, -3.0, 0.5]]), wanted=np.array([-1.49999]), allowed=np.array([1e-4]))

    assert settled[0] == pytest.approx([1.0, -2.99999, 0.5])


def test_a_rest_larger_than_rounding_is_refused():
    with pytest.raises(ContributionsDoNotAddUp, match="not shown"):
        settle_rest(np.array([[1.0, -3.0]]), wanted=np.array([-1.999]), allowed=np.array([1e-4]))


def test_a_contribution_that_is_no_number_is_refused():
    with pytest.raises(ContributionsDoNotAddUp):
        settle_rest(np.array([[1.0, np.nan]]), wanted=np.array([1.0]), allowed=np.array([1e-4]))


def missing_the_score(monkeypatch, by, where):
    """Contributions of the first column that are `by` too large, on rows `where`, unless LightGBM is asked."""
    right = TreeShap.explain_intervals

    def wrong(self, *given):
        found = right(self, *given)
        found[where, 0] += by
        return found

    monkeypatch.setattr(TreeShap, "explain_intervals", wrong)


def test_rows_that_miss_their_score_are_explained_by_lightgbm(monkeypatch, caplog):
    curve, table, horizons = random_curve(), random_table(20), np.full(20, 30)
    right = explain(curve, table, horizons)
    missing_the_score(monkeypatch, 0.1, [3, 7])

    found = explain(curve, table, horizons)

    assert np.abs(found.points - right.points).max() < 1e-9
    assert caplog.messages == ["explained_plainly rows=2 of=20"]


def test_what_lightgbm_cannot_explain_either_is_not_shown(monkeypatch):
    curve, table = random_curve(), random_table(20)
    missing_the_score(monkeypatch, 0.1, [3])
    monkeypatch.setattr(
        TreeShap, "plain_intervals", lambda self, features, *given: np.zeros((len(features), self.columns))
    )

    with pytest.raises(ContributionsDoNotAddUp, match="asked of LightGBM too"):
        explain(curve, table, np.full(20, 30))


@pytest.mark.parametrize("family", ["hazard", "blend", "stacked", "recalibrated"])
def test_intervals_told_together_are_those_told_one_by_one(family):
    curve, table = fitted(family), random_table(50, seed=3)
    rng = np.random.default_rng(1)
    weights = np.where(rng.random((50, len(curve.edges) - 1)) < 0.6, rng.normal(size=(50, len(curve.edges) - 1)), 0.0)
    rows, k = np.nonzero(weights)
    each = curve.shap_values(curve.interval_matrix(table, rows, k), k)
    expected = np.zeros((50, len(curve.columns_)))
    np.add.at(expected, rows, each[:, :-1] * weights[rows, k][:, None])

    assert np.abs(curve.weighted_shap_values(table, weights) - expected).max() < 1e-9
    assert np.abs(curve.weighted_shap_values(table, weights, plainly=True) - expected).max() < 1e-9
    assert np.abs(each[:, -1] - curve.base_[k]).max() < 1e-9


def test_only_intervals_before_the_horizon_count():
    curve, table = random_curve(), random_table(20)
    weights = []
    plain = curve.weighted_shap_values
    curve.weighted_shap_values = lambda table, counted: weights.append(counted) or plain(table, counted)

    explain(curve, table, np.full(20, 30))

    counts = EDGES.index(30)
    assert (weights[0][:, :counts] > 0).all()
    assert (weights[0][:, counts:] == 0).all()


def points_of(raw, base, phi, recalibration):
    """Points of one row in one interval that counts whole."""
    return told(np.array([phi]), np.array([raw]), np.array([base]), ("a", "b"), recalibration)


@pytest.mark.parametrize("beta", [0.25, 0.8, 1.0, 1.7, 4.4])
@pytest.mark.parametrize("raw", [-745.0, -60.0, -30.0, -27.7, -3.0, 0.0, 12.0, 700.0])
@pytest.mark.parametrize("apart", [0.0, 1e-14, 1e-11, 1e-6, 0.5, -5.0])
def test_a_recalibrated_row_adds_up_however_small_or_large_its_intensity(raw, apart, beta):
    move, base = Recalibration(0.7, beta), raw - apart
    phi = [raw - base + 0.25, -0.25]

    found = points_of(raw, base, phi, move)

    unpaid = np.exp(-move.intensity(np.logaddexp(0.0, np.array([raw]))))[0]
    assert found.base[0] == np.exp(-move.intensity(np.logaddexp(0.0, np.array([base]))))[0]
    assert abs(found.base[0] + found.points.sum() - unpaid) < 1e-9
    assert np.isfinite(found.points).all()


def test_a_typical_recalibrated_row_takes_the_derivative():
    move = Recalibration(0.7, 0.8)

    found = points_of(-1.0, -1.0, [0.3, -0.3], move)

    hazard, intensity = 1 / (1 + np.exp(1.0)), np.log1p(np.exp(-1.0))
    moved = 0.7 * intensity**0.8
    fall = np.exp(-moved) * 0.7 * 0.8 * intensity**-0.2 * hazard  # chain rule
    assert found.points[0] == pytest.approx([-0.3 * fall, 0.3 * fall])


def test_a_recalibration_of_one_and_one_changes_no_bit_of_the_reasons():
    curve, table = fitted("blend"), random_table(30, seed=3)
    horizons = np.full(30, 37)

    plain, same = explain(curve, table, horizons), explain(curve.recalibrated(Recalibration(1.0, 1.0)), table, horizons)

    assert same.points.tobytes() == plain.points.tobytes()


@pytest.mark.parametrize("family", ["hazard", "stacked"])
def test_an_interval_counts_as_often_as_the_curve_reads_it(family):
    """-log S at a horizon is the sum of the intervals' own intensities, each so often."""
    curve, table = fitted(family), random_table(50, seed=3)
    horizons = np.random.default_rng(1).integers(0, 900, 50)
    own = curve.plain_survival(table).intensity
    own = own[:, 1:] if family == "stacked" else np.diff(own, axis=1)

    row, k, share = curve.steps_until(horizons, table.keys["dpd"].to_numpy())

    total = np.bincount(row, weights=own[row, k] * share, minlength=50)
    assert total == pytest.approx(curve.plain_survival(table).intensity_at(horizons), abs=1e-9)


@pytest.mark.parametrize("family", ["hazard", "stacked"])
@pytest.mark.parametrize("horizon", [0, -5])
def test_by_tonight_nothing_has_come_and_nothing_is_explained(family, horizon):
    curve, table = fitted(family), random_table(10, seed=3)

    found = explain(curve, table, np.full(10, horizon))

    assert (found.base == 1.0).all()
    assert (found.points == 0.0).all()


def test_only_the_lines_of_a_logistic_regression_are_told():
    """coef * (x - centre) / scale, against the typical item: exact in log-odds."""
    curve, table = fitted("logistic"), random_table(40, seed=3)
    rows, k = np.arange(40), np.full(40, 2)
    matrix = curve.interval_matrix(table, rows, k)

    told = curve.shap_values(matrix, k)

    at, linear = curve.columns_.index("late_5_share_365d"), curve.linear_
    x = np.clip(matrix[:, at].astype(np.float64), linear.low_[at], linear.high_[at])
    line = np.nan_to_num(linear.coefficients_[at] * (x - linear.centre_[at]) / linear.scale_[at])
    assert told[:, at] == pytest.approx(line - curve.reference_[2, at], abs=1e-12)
    assert told.sum(axis=1) == pytest.approx(linear.raw(matrix, k), abs=1e-9)
