"""The promised properties of priority v1."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.value.answering import NOTHING_KNOWN, Answering
from serving.value.call_value import CallValue, answers_of
from serving.value.priority import AccountToRank, Answers, Gain, ItemToRank
from serving.value.response import prior
from serving.why.decomposition import Decomposition

PRIOR = prior()
VALUE = CallValue(PRIOR)
ANSWERS = Answers(reach=0.6, regularity=0.2, tries_lately=1, minutes=8.0)


def item(amount: float = 1000.0, dpd: int = 20, days: float = 10.0, later: float = 4.0, covered: float = 0.0):
    return ItemToRank(amount, dpd, 0.5, covered, Gain(days, later))


def account(*items: ItemToRank, answers: Answers = ANSWERS, was_listed: bool = False):
    return AccountToRank("C-1", items, answers, was_listed)


def test_the_value_is_money_days_per_minute():
    found = VALUE.rank_value(account(item()))

    assert found == pytest.approx(1000 * (10 - 0.8 * 4) * (1 - 0.7 * 0.2) * 0.6 / 8.0)


def test_it_is_linear_in_money():
    assert VALUE.rank_value(account(item(3000))) == pytest.approx(3 * VALUE.rank_value(account(item(1000))))


def test_a_call_is_worth_what_the_money_costs_that_comes_sooner_less_the_contact():
    brought = VALUE.brings_forward(account(item(10_000, days=10.0)))
    reached = (1 - 0.7 * 0.2) * 0.6

    assert brought.worth is None
    assert brought.priced(0.08, 6.0).worth == pytest.approx(10_000 * 10 * reached * 0.08 / 365 - 6.0)
    assert brought.priced(0.0, 6.0).worth == -6.0
    assert brought.priced(0.08, 6.0)[:4] == brought[:4]


def test_splitting_an_invoice_in_two_changes_nothing():
    whole, split = account(item(1000)), account(item(400), item(600))

    assert VALUE.rank_value(split) == pytest.approx(VALUE.rank_value(whole))


def test_an_account_without_a_callable_item_has_the_value_0():
    assert VALUE.rank_value(account()) == 0.0
    assert VALUE.rank_value(account(item(dpd=-3))) == 0.0
    assert VALUE.rank_value(account(item(1000, covered=1000))) == 0.0


def test_a_promise_or_a_dispute_takes_the_covered_amount_and_not_the_account():
    found = VALUE.rank_value(account(item(1000, covered=1000), item(500)))

    assert found == pytest.approx(VALUE.rank_value(account(item(500))))


def test_what_waiting_would_bring_more_than_calling_now_ranks_as_0():
    assert VALUE.rank_value(account(item(days=1.0, later=9.0))) == 0.0


def test_an_account_of_the_list_before_stays_a_little_longer():
    assert VALUE.rank_value(account(item(), was_listed=True)) == pytest.approx(1.1 * VALUE.rank_value(account(item())))


def test_each_further_try_within_three_weeks_tires():
    tired = account(item(), answers=ANSWERS._replace(tries_lately=3))

    assert VALUE.rank_value(tired) == pytest.approx(math.exp(-0.5 * 2) * VALUE.rank_value(account(item())))


def test_the_tail_counts_for_who_fears_write_offs():
    feared = CallValue(replace(PRIOR, tail_weight=365.0))
    late = ItemToRank(1000.0, 20, 0.5, 0.0, Gain(10.0, 4.0, tail=0.1, tail_after_waiting=0.02))

    assert feared.rank_value(account(late)) > VALUE.rank_value(account(late))


def test_reach_is_drawn_towards_what_is_usual():
    assert answers_of(NOTHING_KNOWN, 100, PRIOR).reach == pytest.approx(0.6)
    assert answers_of(Answering(tries=10, right_party=0), 100, PRIOR).reach == pytest.approx((0 + 0.6 * 5) / 15)


def test_only_tries_of_the_last_three_weeks_tire():
    assert answers_of(Answering(days_of_tries=(99, 80, 79, 60)), 100, PRIOR).tries_lately == 2


@given(
    amounts=st.lists(st.floats(0.01, 1e7), min_size=1, max_size=5),
    days=st.floats(0, 60),
    later=st.floats(0, 60),
    reach=st.floats(0.01, 1),
    regularity=st.floats(0, 1),
    tries=st.integers(0, 9),
)
def test_its_factors_multiply_to_it(amounts, days, later, reach, regularity, tries):
    one = account(
        *(item(amount, days=days, later=later) for amount in amounts),
        answers=Answers(reach, regularity, tries, 8.0),
    )

    assert Decomposition.of(VALUE.rank_value(one), VALUE.factors(one)).value >= 0
