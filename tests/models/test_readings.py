"""The readings of a payment curve."""

from itertools import pairwise

import numpy as np
import pytest

from models.readings import LAST_DAY, Curves, cash_by_week, horizon_days, range_days, readings, share_past_due
from models.rhythm import FIRST_DAY, Rhythm
from models.rhythm import LAST_DAY as LAST_GRID_DAY

EDGES = np.array([0, 10, 30])


def curves(*survival: tuple[float, float, float]) -> Curves:
    return Curves(EDGES, -np.log(np.array(survival)))


def test_survival_begins_at_one_and_never_rises():
    curve = curves((1.0, 0.5, 0.25))

    s = [curve.survival_at(u)[0] for u in range(800)]

    assert s[0] == 1.0
    assert all(later <= earlier for earlier, later in pairwise(s))
    assert min(s) >= 0.0


def test_between_two_edges_the_intensity_is_constant():
    assert curves((1.0, 0.25, 0.2)).survival_at(5)[0] == pytest.approx(0.5)  # half of the way: the square root


def test_beyond_the_last_edge_the_last_interval_goes_on_until_the_last_day():
    curve = curves((1.0, 1.0, 0.5))  # halves every 20 days

    assert curve.survival_at(50)[0] == pytest.approx(0.25)
    assert curve.survival_at(LAST_DAY + 500)[0] == curve.survival_at(LAST_DAY)[0]


def test_each_row_may_ask_for_its_own_day():
    curve = curves((1.0, 0.5, 0.25), (1.0, 0.9, 0.8))

    assert curve.survival_at([10, 30]) == pytest.approx([0.5, 0.8])


def test_the_expected_day_is_the_first_whole_day_on_which_half_is_paid():
    curve = curves((1.0, 0.5, 0.25), (1.0, 0.6, 0.4))

    first = curve.first_day_at(0.5)

    assert first[0] == 10
    assert curve.survival_at(first)[1] <= 0.5 < curve.survival_at(first - 1)[1]


def test_no_date_is_in_sight_when_half_is_not_paid_within_720_days():
    assert np.isnan(curves((1.0, 1.0, 1.0)).first_day_at(0.5)[0])
    assert np.isnan(curves((1.0, 1.0, 0.99)).first_day_at(0.5)[0])


def test_an_item_whose_grace_has_passed_unpaid_is_known_late():
    read = readings(curves((1.0, 0.5, 0.25), (1.0, 0.5, 0.25), (1.0, 0.5, 0.25)), [-3, 0, 10], [8, 5, -5])

    assert read.p_late.tolist() == pytest.approx([1.0, 1.0, 0.5])
    assert read.known_late.tolist() == [True, True, False]


def test_late_risk_looks_30_days_ahead_or_to_due_day_plus_grace_if_that_is_later():
    assert horizon_days([-100, 0, 30, 31]).tolist() == [30, 30, 30, 31]

    read = readings(curves((1.0, 0.5, 0.25), (1.0, 0.5, 0.25)), [5, 50], [0, -45])

    assert read.late_risk.tolist() == pytest.approx([0.25, 0.25 * 0.5])


def test_the_longer_one_waits_the_less_is_unpaid():
    read = readings(curves((1.0, 0.5, 0.25)), [5], [0])

    assert read.p_unpaid_14 >= read.p_unpaid_30 >= read.p_unpaid_60
    assert read.p_30_dpd >= read.p_60_dpd >= read.p_90_dpd


def test_the_readings_tell_how_late_it_may_become_and_between_which_days_the_money_is_expected():
    read = readings(half_a_week(), [5, 0], [0, 53])

    assert read.p_30_dpd.tolist() == pytest.approx([0.5 ** (30 / 7), 1.0])
    assert read.p_60_dpd.tolist() == pytest.approx([0.5 ** (60 / 7), 0.5])
    assert read.p_90_dpd.tolist() == pytest.approx([0.5 ** (90 / 7), 0.5 ** (37 / 7)])
    assert (read.from_days[0], read.expected_days[0], read.until_days[0]) == (2.0, 7.0, 24.0)


TWO_WEEKS_LATE = Rhythm(np.where(np.arange(FIRST_DAY, LAST_GRID_DAY + 1) == 14, 1.0, 1e-6))
"""Nearly all that comes, comes 14 days past due."""


def test_between_two_edges_money_comes_on_the_days_of_the_rhythm():
    """Two items, 5 and 10 days past due: the fourteenth day is 9 and 4 days ahead."""
    curve = Curves(EDGES, -np.log(np.array([[1.0, 0.5, 0.4]] * 2)), np.array([5, 10]), TWO_WEEKS_LATE)

    assert curve.survival_at([8, 3]) == pytest.approx([1.0, 1.0], abs=1e-4)
    assert curve.survival_at([9, 4]) == pytest.approx([0.5, 0.5], abs=1e-4)
    assert curve.survival_at(10) == pytest.approx([0.5, 0.5])


def test_the_expected_day_is_that_of_the_rhythm():
    curve = Curves(EDGES, -np.log(np.array([[1.0, 0.4, 0.3]] * 2)), np.array([5, 10]), TWO_WEEKS_LATE)

    assert curve.first_day_at(0.5).tolist() == [9, 4]


def test_an_edge_says_what_was_said_of_it():
    rng = np.random.default_rng(1)
    intensity = np.concatenate([np.zeros((500, 1)), rng.exponential(1.0, (500, 2)).cumsum(axis=1)], axis=1)
    curve = Curves(EDGES, intensity, rng.integers(-80, 600, 500), TWO_WEEKS_LATE)

    for at, edge in enumerate(EDGES):
        assert curve.intensity_at(edge) == pytest.approx(intensity[:, at], rel=1e-15)


@pytest.mark.parametrize(("alpha", "beta"), [(1.0, 1.0), (0.7, 0.8)])
def test_many_days_at_once_say_what_each_says_by_itself_to_the_last_bit(alpha, beta):
    rng = np.random.default_rng(2)
    intensity = np.concatenate([np.zeros((50, 1)), rng.exponential(1.0, (50, 2)).cumsum(axis=1)], axis=1)
    curve = Curves(EDGES, intensity, rng.integers(-80, 600, 50), TWO_WEEKS_LATE, alpha, beta)

    found = curve.intensity_on(np.arange(LAST_DAY + 1))

    assert found.tobytes() == np.stack([curve.intensity_at(day) for day in range(LAST_DAY + 1)], axis=1).tobytes()


@pytest.mark.parametrize(("alpha", "beta"), [(1.0, 1.0), (0.7, 0.8), (3.0, 1.6)])
def test_every_reading_of_a_recalibrated_curve_is_recalibrated(alpha, beta):
    plain = curves((1.0, 0.5, 0.25), (1.0, 0.9, 0.4))
    moved = Curves(EDGES, plain.intensity, alpha=alpha, beta=beta)

    for day in (1, 10, 20, 30, 300):
        expected = np.exp(-alpha * (-np.log(plain.survival_at(day))) ** beta)
        assert moved.survival_at(day) == pytest.approx(expected)
    s = np.stack([moved.survival_at(day) for day in range(LAST_DAY + 1)], axis=1)
    assert (s[:, 0] == 1.0).all()
    assert (np.diff(s, axis=1) <= 0).all()
    assert moved.first_day_at(0.5).tolist() == (s <= 0.5).argmax(axis=1).tolist()


def test_a_share_reached_tomorrow_or_on_the_last_day_is_found_there():
    curve = Curves(np.array([0, 1, LAST_DAY]), np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.6]]))

    assert curve.first_day_at(np.exp(-1.0)).tolist()[:2] == [1.0, LAST_DAY]
    assert np.isnan(curve.first_day_at(np.exp(-1.0))[2])


def test_days_before_tonight_are_tonight():
    assert curves((1.0, 0.5, 0.25)).survival_at(-5).tolist() == [1.0]


def test_no_curves_have_no_readings():
    read = readings(Curves(EDGES, np.zeros((0, 3))), [], [])

    assert len(read.late_risk) == len(read.expected_days) == 0


def half_a_week(rows: int = 2) -> Curves:
    """Half of what is open comes in every week."""
    edges = np.array(EDGES)
    return Curves(edges, np.tile(np.log(2.0) * edges / 7.0, (rows, 1)))


def test_the_share_past_due_is_what_is_still_unpaid_on_the_day_it_is_so_late():
    found = share_past_due(half_a_week(3), [23, 30, 45], 30)

    assert found == pytest.approx([0.5, 1.0, 1.0])  # a week ahead; that evening has come; long ago


def test_the_range_of_days_holds_the_middle_of_what_is_to_come():
    first, last = range_days(half_a_week(1))

    assert (first.tolist(), last.tolist()) == ([2.0], [24.0])  # a tenth after 1.06 days, nine tenths after 23.3


def test_the_cash_of_the_weeks_and_what_is_open_after_them_is_the_whole():
    found = cash_by_week(half_a_week(), [100.0, 300.0], weeks=3)

    assert found == pytest.approx([200.0, 100.0, 50.0])
    assert found.sum() + 400.0 * half_a_week().survival_at(21)[0] == pytest.approx(400.0)
    assert cash_by_week(half_a_week(), [100.0, 300.0], weeks=0).shape == (0,)
