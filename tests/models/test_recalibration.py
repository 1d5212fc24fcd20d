"""Recalibration: found where it was planted, left out where it does not help."""

import numpy as np
import pytest
from curve_builders import fitted
from model_builders import random_table

from models.recalibration import NONE, Recalibration, fit_recalibration, helpful_recalibration

ASKED = 4_000


def fold(seed: int, alpha: float = 1.0, beta: float = 1.0, items: int = ASKED) -> tuple[np.ndarray, np.ndarray]:
    """What a curve said of drawn items, and what came where alpha * intensity^beta is the truth."""
    rng = np.random.default_rng(seed)
    said = rng.exponential(1.0, items) + 0.02
    unpaid = rng.random(items) < np.exp(-alpha * said**beta)
    return said, unpaid.astype(float)


def folds(number: int, **truth) -> list[tuple[np.ndarray, np.ndarray]]:
    return [fold(seed, **truth) for seed in range(number)]


def test_it_finds_the_two_numbers_that_were_planted():
    found = fit_recalibration(*fold(1, alpha=0.7, beta=0.8, items=60_000))

    assert (found.alpha, found.beta) == (pytest.approx(0.7, abs=0.03), pytest.approx(0.8, abs=0.03))


def test_planted_numbers_are_used_where_folds_agree():
    found = helpful_recalibration(folds(5, alpha=0.7, beta=0.8))

    assert (found.alpha, found.beta) == (pytest.approx(0.7, abs=0.05), pytest.approx(0.8, abs=0.05))


def test_with_beta_alone_the_mean_intensity_stays():
    said, unpaid = fold(2, beta=0.6)

    found = fit_recalibration(said, unpaid, alpha=False)

    assert found.beta < 0.9
    assert found.intensity(np.array([said.mean()]))[0] == pytest.approx(said.mean(), rel=1e-3)


def test_fewer_than_three_folds_change_nothing():
    said = folds(3, alpha=0.5, beta=0.7)

    assert helpful_recalibration([]) == NONE
    assert helpful_recalibration(said[:2]) == NONE
    assert helpful_recalibration(said) != NONE


def test_a_fold_in_which_all_or_nothing_was_paid_does_not_count_as_one():
    said = folds(2, alpha=0.5, beta=0.7)
    intensity, _ = fold(3)
    nothing = np.zeros(0)

    for unpaid in (np.ones(ASKED), np.zeros(ASKED)):
        assert helpful_recalibration([*said, (intensity, unpaid)]) == NONE
    assert helpful_recalibration([*said, (nothing, nothing)]) == NONE


def test_a_curve_that_was_right_is_left_as_it_is():
    assert helpful_recalibration(folds(5)) == NONE


def test_a_gain_that_chance_could_give_is_not_worth_a_change():
    """Money is 4 % slower than said, in every fold: half of .04 squared, less than a thousandth of a nat."""
    slower = [fold(seed, alpha=0.96, items=40_000) for seed in range(5)]
    assert fit_recalibration(*slower[0]).alpha == pytest.approx(0.96, abs=0.02)

    assert helpful_recalibration(slower) == NONE


def test_what_holds_in_half_of_the_folds_alone_is_not_used():
    """Money came sooner than said in two folds and later in two: no fold is helped by the other three."""
    two_ways = [fold(seed, alpha=alpha) for seed, alpha in enumerate((2.0, 0.5, 2.0, 0.5))]

    assert helpful_recalibration(two_ways) == NONE


def test_one_fold_far_off_does_not_decide_for_the_others():
    """Over all folds together the level is wrong; on each of the sound ones left out, moving it does harm."""
    said = [fold(1, alpha=0.15), *(fold(seed) for seed in (2, 3, 4, 5))]
    assert fit_recalibration(*(np.concatenate(parts) for parts in zip(*said, strict=True))).alpha < 0.9

    assert helpful_recalibration(said) == NONE


@pytest.mark.parametrize("said", [0.0, 1e-300, 1e-12, 1.0, 800.0])
def test_extreme_sayings_give_finite_numbers(said):
    intensity, unpaid = np.full(50, said), np.resize([0.0, 1.0], 50)

    found = fit_recalibration(intensity, unpaid)

    assert 0 < found.alpha < np.inf
    assert 0 < found.beta < np.inf


@pytest.mark.parametrize(("alpha", "beta"), [(0.7, 0.8), (2.0, 1.5), (0.1, 0.3)])
def test_the_order_of_items_at_a_horizon_stays(alpha, beta):
    curve, table = fitted("hazard"), random_table(200, seed=4)
    plain, moved = curve.survival(table), Recalibration(alpha, beta).curves(curve.survival(table))

    for day in (7, 30, 52, 180, 300):
        order = np.argsort(plain.survival_at(day), kind="stable")
        assert (np.diff(moved.survival_at(day)[order]) >= 0).all()
        assert not np.allclose(moved.survival_at(day), plain.survival_at(day), atol=1e-3)


def test_one_and_one_change_no_bit():
    curve, table = fitted("hazard"), random_table(50, seed=4)

    same = curve.recalibrated(NONE).survival(table)

    for day in (1, 13, 30, 500):
        assert same.survival_at(day).tobytes() == curve.survival(table).survival_at(day).tobytes()
    assert NONE.intensity(np.array([0.1, 0.3])).tobytes() == np.array([0.1, 0.3]).tobytes()


def test_recalibrating_a_curve_leaves_the_curve_it_came_from():
    curve, table = fitted("hazard"), random_table(5)
    before = curve.survival(table).survival_at(30)

    moved = curve.recalibrated(Recalibration(0.5, 1.0))

    assert (curve.survival(table).survival_at(30) == before).all()
    assert moved.survival(table).survival_at(30) == pytest.approx(np.sqrt(before))
    assert moved.recalibrated(NONE).survival(table).survival_at(30).tobytes() == before.tobytes()


def test_the_slope_is_the_derivative_and_finite_at_nothing():
    move, at, step = Recalibration(0.7, 0.8), np.array([1e-6, 0.3, 5.0]), 1e-9

    assert move.slope(at) == pytest.approx((move.intensity(at + step) - move.intensity(at)) / step, rel=1e-3)
    assert np.isfinite(move.slope(np.zeros(1))).all()
    assert NONE.slope(at).tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(("alpha", "beta"), [(0.0, 1.0), (-1.0, 1.0), (1.0, 0.0), (1.0, float("nan")), (np.inf, 1.0)])
def test_numbers_that_would_turn_a_curve_round_are_refused(alpha, beta):
    with pytest.raises(ValueError, match="two numbers above 0"):
        Recalibration(alpha, beta)
