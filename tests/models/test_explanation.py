"""Reasons that add up."""

import numpy as np
import pytest
from model_builders import random_curve, random_habit_curve, random_table

from models.errors import ContributionsDoNotAddUp
from models.explanation import Contributions, explain, reasons, secant, settle_rest, to_points
from models.readings import EDGES, horizon_days


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


@pytest.mark.parametrize("raw", [-60.0, -3.0, 0.0, 45.0, 800.0])
def test_saturated_hazards_add_up(raw):
    rng = np.random.default_rng(1)
    base = np.full(4, -1.0)
    phi = rng.normal(size=(4, 5))
    phi[:, 0] += raw - base - phi.sum(axis=1)

    found = to_points(phi, np.full(4, raw), base, np.zeros(4, dtype=int), np.ones(4), 1, tuple("abcde"))

    intensity = np.logaddexp(0, raw) * 4
    assert abs(found.base[0] + found.points.sum() - np.exp(-intensity)) < 1e-9
    assert np.isfinite(found.points).all()


def test_a_typical_row_takes_the_derivative_and_its_reasons_cancel():
    phi = np.array([[0.3, -0.3]])  # raw == base: no run to divide by

    found = to_points(phi, np.array([-1.0]), np.array([-1.0]), np.array([0]), np.ones(1), 1, ("a", "b"))

    h = 1 / (1 + np.exp(1.0))
    assert found.points[0] == pytest.approx([-0.3 * h * (1 - h), 0.3 * h * (1 - h)])  # dS = -S dLambda, S = 1 - h
    assert found.points.sum() == pytest.approx(0.0, abs=1e-15)


def test_a_secant_over_no_run_is_the_derivative():
    assert secant(np.array([0.0, 6.0]), np.array([0.0, 2.0]), np.array([5.0, 5.0])).tolist() == [5.0, 3.0]


def test_the_rest_goes_to_the_largest_contribution():
    settled = settle_rest(np.array([[1.0, -3.0, 0.5]]), raw=np.array([0.00001]), base=np.array([1.5]))

    assert settled[0] == pytest.approx([1.0, -2.99999, 0.5])


def test_a_rest_larger_than_rounding_is_refused():
    with pytest.raises(ContributionsDoNotAddUp, match="not shown"):
        settle_rest(np.array([[1.0, -3.0]]), raw=np.array([0.001]), base=np.array([2.0]))


def test_only_intervals_before_the_horizon_count():
    curve, table = random_curve(), random_table(20)
    calls = []
    plain = curve.shap_values
    curve.shap_values = lambda matrix, k: calls.append(len(matrix)) or plain(matrix, k)

    explain(curve, table, np.full(20, 30))

    assert calls == [20 * EDGES.index(30)]


def test_reasons_are_one_per_concept_with_its_strongest_fact_the_largest_first():
    found = Contributions(np.array([0.5]), ("a", "b", "c"), np.array([[0.3, -0.1, -0.25]]))

    told = reasons(found, {"a": "habit", "b": "habit", "c": "age"}, lambda column, row: f"fact {column} of {row}")

    assert [(r.concept, r.text, round(r.points or 0, 9)) for r in told[0]] == [
        ("age", "fact c of 0", -0.25),
        ("habit", "fact a of 0", 0.2),
    ]


def test_a_fact_that_points_the_other_way_is_not_told():
    found = Contributions(np.array([0.5]), ("a", "b"), np.array([[0.3, 0.1]]))
    habit = {"a": "habit", "b": "habit"}

    def told(*fits):
        return reasons(found, habit, lambda column, _: column, np.array([fits]), lambda concept, _: f"the {concept}")

    assert told(True, True)[0][0].text == "a"
    assert told(False, True)[0][0].text == "b"
    assert told(False, False)[0][0].text == "the habit"


def test_the_column_told_moves_the_way_its_concept_does():
    found = Contributions(np.array([0.5]), ("a", "b", "c"), np.array([[-0.3, 0.2, 0.2]]))

    told = reasons(found, dict.fromkeys("abc", "habit"), lambda column, _: column)

    assert (told[0][0].text, round(told[0][0].points or 0, 9)) == ("b", 0.1)
