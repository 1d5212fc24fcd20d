"""A rank value is the product of its factors, whatever they are."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.errors import FactorsDoNotMultiply
from serving.value.priority import AccountToRank, Factor, ItemToRank, OverdueThenAge
from serving.why.decomposition import Decomposition, outranked_share
from simulation.calls.rivals import OverdueTimesRisk


def first_version(money, days, reach, fatigue, minutes, response=1.0, previous=1.0):
    """The factors of expected cash acceleration, as the design has them."""
    return (
        Factor("callable_money", money, "money"),
        Factor("days_brought_forward", days, "days"),
        Factor("response", response, "times"),
        Factor("reach", reach, "share"),
        Factor("fatigue", fatigue, "times"),
        Factor("on_previous_list", previous, "times"),
        Factor("minutes", minutes, "minutes", "per"),
        Factor("oldest_days_past_due", 9.0, "days", "tie_break"),
    )


def value_of(money, days, reach, fatigue, minutes, response=1.0, previous=1.0):
    return reach * (money * (days * response)) * fatigue * previous / minutes


some = st.floats(1e-3, 1e6)
factors_of_a_call = st.tuples(some, st.floats(1e-3, 60), st.floats(0.01, 1), st.floats(0.05, 1), st.floats(0.5, 60),
                              st.floats(0.3, 1), st.sampled_from([1.0, 1.1]))  # fmt: skip


@given(factors_of_a_call)
def test_amount_movable_part_response_reach_fatigue_hysteresis_and_minutes_multiply_to_the_priority(drawn):
    value = value_of(*drawn)

    made = Decomposition.of(value, first_version(*drawn))

    assert math.isclose(made.product, value, rel_tol=1e-12)
    assert made.log_value == pytest.approx(math.log(value), abs=1e-11)


@given(factors_of_a_call, factors_of_a_call)
def test_the_factors_share_out_all_of_the_difference_between_two_accounts(own, other):
    one, two = (Decomposition.of(value_of(*drawn), first_version(*drawn)) for drawn in (own, other))

    times = [ratio.times for ratio in one.against(two)]

    assert math.prod(times) == pytest.approx(two.value / one.value, rel=1e-11)


@given(st.lists(st.tuples(st.floats(0.01, 1e6), st.integers(-9, 90), st.floats(0, 1)), max_size=6))
def test_todays_orders_are_the_product_of_their_factors(items):
    account = AccountToRank("C-1", tuple(ItemToRank(*item) for item in items))

    for priority in (OverdueTimesRisk(), OverdueThenAge()):
        Decomposition.of(priority.rank_value(account), priority.factors(account))


@pytest.mark.parametrize(
    ("value", "factors"),
    [
        (10.000001, (Factor("a", 5.0, "money"), Factor("b", 2.0, "times"))),
        (2.5, (Factor("a", 5.0, "money"), Factor("b", 2.0, "times"))),
        (-5.0, (Factor("a", -5.0, "money"),)),
        (0.0, (Factor("a", 0.0, "money"), Factor("b", 0.0, "minutes", "per"))),
        (math.nan, (Factor("a", math.nan, "money"),)),
        (math.inf, (Factor("a", math.inf, "money"),)),
    ],
)
def test_factors_that_do_not_explain_their_value_are_refused(value, factors):
    with pytest.raises(FactorsDoNotMultiply):
        Decomposition.of(value, factors)


def test_a_value_of_nothing_has_no_logarithm():
    made = Decomposition.of(0.0, first_version(900.0, 0.0, 0.6, 1.0, 8.0))

    assert made.log_value is None
    ratios = {ratio.name: ratio.times for ratio in made.against(
        Decomposition.of(value_of(900.0, 4.0, 0.6, 1.0, 4.0), first_version(900.0, 4.0, 0.6, 1.0, 4.0))
    )}  # fmt: skip
    assert (ratios["days_brought_forward"], ratios["minutes"], ratios["callable_money"]) == (None, 2.0, 1.0)
    assert "oldest_days_past_due" not in ratios


def test_more_money_and_fewer_minutes_outrank():
    assert outranked_share(Factor("money", 6.0, "money"), [1.0, 5.0, 6.0, 9.0]) == 2 / 3
    assert outranked_share(Factor("minutes", 6.0, "minutes", "per"), [4.0, 6.0, 8.0, 12.0]) == 2 / 3
    assert outranked_share(Factor("money", 5.0, "money"), [1.0, 5.0, 5.0, 9.0]) == (1 + 1 / 2) / 3
    assert outranked_share(Factor("money", 5.0, "money"), [5.0]) is None
