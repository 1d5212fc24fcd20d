"""What a call is expected to bring forward."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.readings import Curves
from serving.value.acceleration import Habits, gains, push_of
from serving.value.response import prior

PRIOR = prior()
EDGES = np.array([0, 7, 14, 30, 60, 90, 180])


def curves(*daily: float) -> Curves:
    """Curves of which so much intensity comes on every day."""
    return Curves(EDGES, np.array(daily)[:, None] * EDGES.astype(float))


def habits(n: int = 1, slow_day: float = 10.0, spread: float = 2.0, late_share: float = 0.0, settled: float = 20.0):
    return Habits(*(np.full(n, value) for value in (slow_day, spread, late_share, settled)))


def test_the_days_sooner_are_the_area_between_the_two_curves():
    plain = replace(PRIOR, push_per_day=0.0)

    found = gains(curves(0.02), [5], habits(), plain)

    day = np.linspace(0, 60, 600_001)
    usual = np.exp(-0.02 * day)
    moved = np.exp(-0.02 * day - 0.8 * 0.02 * np.minimum(day, 21))
    assert found.days[0] == pytest.approx(np.trapezoid(usual - moved, day), rel=1e-6)


def test_a_call_brings_little_where_money_comes_anyway_and_where_it_never_comes():
    plain = replace(PRIOR, push_per_day=0.0)

    found = gains(curves(1e-6, 0.03, 5.0), [5, 5, 5], habits(3), plain).days

    assert found[1] > 1.0
    assert found[0] < 0.01 * found[1]
    assert found[2] < 0.05 * found[1]


def test_an_item_past_its_customers_own_slow_day_has_more_to_gain():
    found = gains(curves(0.01, 0.01, 0.01), [2, 12, 40], habits(3, slow_day=10.0), PRIOR).days

    assert found[0] < found[1] < found[2]


def test_a_customer_who_is_always_late_is_pushed_less():
    often, never = (push_of(np.array([30.0]), habits(late_share=share), PRIOR)[0] for share in (1.0, 0.0))

    assert often == pytest.approx((1 - 0.4) * never)


def test_without_a_settled_invoice_half_of_the_push_is_taken_once_it_is_past_due():
    unknown = habits(2, slow_day=np.nan, settled=0.0)

    assert push_of(np.array([-3.0, 3.0]), unknown, PRIOR).tolist() == pytest.approx([0.0, 0.5 * PRIOR.push_per_day])


def test_what_has_been_paid_after_a_week_gains_nothing_by_waiting():
    found = gains(curves(5.0), [5], habits(), PRIOR)

    assert found.days_after_waiting[0] < 1e-12


@given(daily=st.floats(1e-7, 2.0), dpd=st.integers(-60, 400), slow=st.floats(-30, 200), settled=st.integers(0, 50))
def test_gains_are_days_within_the_horizon_and_shares(daily, dpd, slow, settled):
    found = gains(curves(daily), [dpd], habits(slow_day=slow, settled=float(settled)), PRIOR)

    assert 0 <= found.days[0] <= PRIOR.horizon_days
    assert 0 <= found.days_after_waiting[0] <= PRIOR.horizon_days
    assert 0 <= found.tail[0] <= 1
    assert 0 <= found.tail_after_waiting[0] <= 1
