"""The readings of a payment curve."""

from itertools import pairwise

import numpy as np
import pytest

from models.readings import LAST_DAY, Curves, horizon_days, readings

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
    read = readings(curves((1.0, 0.5, 0.25), (1.0, 0.5, 0.25), (1.0, 0.5, 0.25)), [-3, 0, 10])

    assert read.p_late.tolist() == pytest.approx([1.0, 1.0, 0.5])
    assert read.known_late.tolist() == [True, True, False]


def test_late_risk_looks_30_days_ahead_or_to_due_day_plus_grace_if_that_is_later():
    assert horizon_days([-100, 0, 30, 31]).tolist() == [30, 30, 30, 31]

    read = readings(curves((1.0, 0.5, 0.25), (1.0, 0.5, 0.25)), [5, 50])

    assert read.late_risk.tolist() == pytest.approx([0.25, 0.25 * 0.5])


def test_the_longer_one_waits_the_less_is_unpaid():
    read = readings(curves((1.0, 0.5, 0.25)), [5])

    assert read.p_unpaid_14 >= read.p_unpaid_30 >= read.p_unpaid_60
