"""Does 70 % mean 70 %, and would chance alone explain the difference?"""

import math
from dataclasses import replace

import numpy as np
import pytest

from training.calibration import Bin, calibration, calibration_line, ece_noise, reliability
from training.metrics import BINS, Draws, Interval, ece


def sound(rows: int, seed: int = 1):
    """Chances that come true as often as they say, one customer a row."""
    rng = np.random.default_rng(seed)
    p = rng.beta(2, 2, rows)
    return p, (rng.random(rows) < p).astype(float)


def log_odds(p):
    return np.log(p / (1 - p))


def test_bins_hold_equally_many_rows_and_say_what_was_said_and_what_happened():
    p, y = sound(1_500)

    bins = reliability(p, y, Draws.of(np.arange(1_500)))

    assert [one.rows for one in bins] == [100] * BINS
    first = np.argsort(p)[:100]
    assert bins[0].said == pytest.approx(p[first].mean())
    assert bins[0].happened.value == y[first].mean()
    assert all(one.happened.low <= one.happened.value <= one.happened.high for one in bins)


def test_the_bins_intervals_cover_what_a_sound_model_said():
    covered = []
    for seed in range(20):
        p, y = sound(3_000, seed)
        covered += [b.happened.low <= b.said <= b.happened.high for b in reliability(p, y, Draws.of(np.arange(3_000)))]

    assert 0.91 < np.mean(covered) < 0.98


def test_a_customer_with_many_rows_widens_the_interval():
    p, y = sound(60)

    once = reliability(p, y, Draws.of(np.arange(60)))
    twenty_rows = reliability(np.repeat(p, 20), np.repeat(y, 20), Draws.of(np.repeat(np.arange(60), 20)))

    for one, many in zip(once, twenty_rows, strict=True):
        assert many.happened.high - many.happened.low == pytest.approx(one.happened.high - one.happened.low)


def test_the_line_of_sound_chances_has_slope_one_and_that_of_boasting_ones_less():
    p, y = sound(20_000)
    boasting = 1 / (1 + np.exp(-2 * log_odds(p)))
    draws = Draws.of(np.arange(20_000))

    (slope, intercept), (flat, _) = calibration_line(p, y, draws), calibration_line(boasting, y, draws)

    assert slope.low < 1 < slope.high
    assert intercept.low < 0 < intercept.high
    assert flat.value == pytest.approx(slope.value / 2)
    assert flat.high < 0.6


def test_chances_that_are_all_too_high_show_in_the_intercept():
    p, y = sound(20_000)
    raised = 1 / (1 + np.exp(-(log_odds(p) + 0.7)))

    _, intercept = calibration_line(raised, y, Draws.of(np.arange(20_000)))

    assert intercept.low < -0.7 < intercept.high


@pytest.mark.parametrize(
    ("p", "y"), [([0.2, 0.6], [1, 1]), ([0.5, 0.5], [1, 0]), ([0.1, 0.2, 0.8, 0.9], [0, 0, 1, 1]), ([], [])]
)
def test_no_line_where_nothing_can_be_fitted(p, y):
    slope, intercept = calibration_line(p, y, Draws.of(np.arange(len(p))))

    assert math.isnan(slope.value)
    assert math.isnan(intercept.value)


def test_the_noise_is_what_sound_models_show():
    shown = [ece(*sound(1_000, seed)) for seed in range(100)]

    mean, high = ece_noise(*sound(1_000, 200), Draws.of(np.arange(1_000)))

    assert mean == pytest.approx(np.mean(shown), rel=0.15)
    assert high == pytest.approx(np.quantile(shown, 0.95), rel=0.15)


def test_items_paid_together_make_more_noise_than_items_paid_apart():
    p, y = sound(150)
    rows = np.repeat(np.arange(150), 20)

    together, _ = ece_noise(p[rows], y[rows], Draws.of(rows))
    apart, _ = ece_noise(p[rows], y[rows], Draws.of(np.arange(3_000)))

    assert together > 3 * apart
    assert ece(p[rows], y[rows]) < ece_noise(p[rows], y[rows], Draws.of(rows))[1]


def test_a_biased_model_stands_out_of_the_noise():
    p, y = sound(5_000)

    found = calibration(np.clip(p + 0.1, 0, 1), y, Draws.of(np.arange(5_000)))

    assert found.ece > 2 * found.ece_noise_high


def test_without_rows_nothing_is_told():
    found = calibration([], [], Draws.of([]))

    assert math.isnan(found.ece)
    assert math.isnan(found.ece_noise)
    assert found.bins == ()


def test_the_lines_interval_is_that_of_fitting_every_draw_anew():
    p, y = sound(600)
    draws = Draws.of(np.arange(600) // 3, draws=60)
    drawn = [np.repeat(np.arange(600), count[draws.member]) for count in draws.counts[1:]]
    slopes = [calibration_line(p[rows], y[rows], Draws.of(rows, draws=1))[0].value for rows in drawn]

    slope, _ = calibration_line(p, y, draws)

    low, high = np.quantile(slopes, [0.025, 0.975])
    assert (slope.low, slope.high) == pytest.approx((low, high), abs=0.1 * (high - low))


def test_a_sound_model_has_its_deciles_near_the_diagonal_and_a_boasting_one_has_not():
    p, y = sound(3_000)
    draws = Draws.of(np.arange(3_000))

    near = calibration(p, y, draws)
    far = calibration(1 / (1 + np.exp(-3 * log_odds(p))), y, draws)

    assert [one.rows for one in near.deciles] == [300] * 10
    assert near.deciles_near(0.05) == 10
    assert far.deciles_near(0.05) < 8
    assert far.deciles_near(1.0) == 10


def test_a_decile_is_near_up_to_the_slack_beyond_its_interval():
    one = Bin(said=0.50, happened=Interval(0.30, 0.25, 0.40), rows=100)
    other = Bin(said=0.30, happened=Interval(0.50, 0.40, 0.60), rows=100)
    alone = Bin(said=0.90, happened=Interval(0.10, math.nan, math.nan), rows=100)
    found = replace(calibration(*sound(30), Draws.of(np.arange(30))), deciles=(one, other, alone))

    assert found.deciles_near(0.101) == 3
    assert found.deciles_near(0.099) == 1
