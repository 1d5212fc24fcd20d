"""Quotas: whom each asks for, in which order, and that none takes more than its share."""

from collections import defaultdict
from random import Random

import pytest
from builders import law
from hypothesis import given
from hypothesis import strategies as st
from strategy_kit import AS_OF, SEEDS, WORKS_ON, account, any_evening, with_quota

from serving.strategy.considered import Broken, Callback
from serving.strategy.quotas import asked_because, asked_for
from serving.strategy.reading import shipped
from serving.strategy.rules import day_words, rule_on


def asked(*accounts, strategy=None, minutes=1000.0, book_overdue=1e6):
    return asked_for(accounts, strategy or shipped(), works_on=WORKS_ON, minutes=minutes, book_overdue=book_overdue)


def small(customer_id="S", **told):
    """An account that nobody asks for: little money, spoken to ten days ago."""
    return account(customer_id, **({"overdue": 1.0, "talks": (10,), "tries": (10,)} | told))


OTHERS = [small(f"S-{number}", overdue=5.0, oldest_dpd=5) for number in range(20)]
LARGE = [small(f"L-{number}", overdue=9e9) for number in range(2)]
"""Enough others that only accounts like these two are in the top decile, and both were spoken to."""


def test_appointments_come_first_by_day_and_time_and_no_share_limits_them():
    later = small("C-1", callback=Callback(WORKS_ON, "14:00"))
    any_time = small("C-2", callback=Callback(WORKS_ON))
    earlier = small("C-3", callback=Callback(WORKS_ON, "09:30"))
    missed = small("C-4", callback=Callback(WORKS_ON - 2, "16:00"))
    tomorrow = small("C-5", callback=Callback(WORKS_ON + 1))

    found = asked(later, any_time, earlier, missed, tomorrow, minutes=0.0)

    assert list(found.items()) == [(f"C-{number}", "callback.due") for number in (4, 3, 1, 2)]


@pytest.mark.parametrize(("days_ago", "asks"), [(0, True), (4, True), (5, False)])
def test_a_broken_promise_asks_for_four_days(days_ago, asks):
    found = asked(small("C-1", broken=(Broken(100.0, days_ago),)), *OTHERS)

    assert (found.get("C-1") == "quota.broken_promises") == asks


def test_broken_promises_go_by_their_money_into_their_share_of_the_minutes():
    broken = [small(f"C-{money}", broken=(Broken(float(money), 1),)) for money in (10, 30, 20)]

    def found(minutes):
        return [
            one for one, rule in asked(*broken, *OTHERS, minutes=minutes).items() if rule == "quota.broken_promises"
        ]

    assert found(1000.0) == ["C-30", "C-20", "C-10"]
    assert found(2 * 8 / 0.15) == ["C-30", "C-20"]
    assert found(2 * 8 / 0.15 - 0.1) == ["C-30"]
    assert found(8 / 0.15 - 0.1) == []


def test_a_call_that_no_longer_fits_leaves_the_room_to_a_shorter_one():
    long = small("C-1", broken=(Broken(99.0, 1),), minutes=30.0)
    short = small("C-2", broken=(Broken(9.0, 1),), minutes=10.0)

    assert list(asked(long, short, *OTHERS, minutes=100.0)) == ["C-2"]


@pytest.mark.parametrize(("talks", "asks"), [((), True), ((30,), True), ((29,), False), ((29, 60), False)])
def test_a_large_account_is_spoken_to_once_in_thirty_days(talks, asks):
    large = account("C-1", overdue=9e5, talks=talks, tries=(8, 9), overdue_since_days=99)

    assert (asked(large, *OTHERS).get("C-1") == "quota.minimum_touch") == asks


def test_only_the_top_decile_counts_as_large():
    twenty = [account(f"C-{number:02}", overdue=100.0 + number, tries=(8,), oldest_dpd=9) for number in range(20)]

    assert set(asked(*twenty)) == {"C-19", "C-18"}  # a tenth of 20
    assert set(asked(*twenty[:11])) == {"C-10", "C-09"}  # a tenth of 11 is begun


@pytest.mark.parametrize(
    ("oldest_dpd", "tries", "asks"),
    [(61, (45,), True), (60, (45,), False), (61, (44,), False), (61, (), True), (200, (0, 80), False)],
)
def test_a_forgotten_account_asks_however_small_it_is(oldest_dpd, tries, asks):
    forgotten = account("C-1", overdue=1.0, oldest_dpd=oldest_dpd, tries=tries, talks=tries)

    assert (asked(forgotten, *LARGE, *OTHERS).get("C-1") == "quota.starvation") == asks


def test_large_and_forgotten_accounts_take_turns():
    large = [account(f"L-{number}", overdue=1e6 + number, oldest_dpd=9) for number in range(3)]
    starving = [account(f"S-{number}", overdue=5.0 + number, oldest_dpd=99) for number in range(17)]

    found = asked(*large, *starving, strategy=with_quota("minimum_touch", top_share=0.15), minutes=4 * 8 / 0.15)

    assert list(found) == ["L-2", "S-16", "L-1", "S-15"]


NEW = {"overdue_since_days": 1, "oldest_dpd": 1}


@pytest.mark.parametrize(
    ("told", "asks"),
    [
        ({"overdue": 201.0}, True),  # more than 2 % of 10,000
        ({"overdue": 200.0}, False),
        ({"overdue": 81.0, "credit_limit": 100.0}, True),
        ({"overdue": 80.0, "credit_limit": 100.0}, False),
        ({"overdue": 1.0, "credit_limit": 0.0}, True),
        ({"overdue": 201.0, "overdue_since_days": 3}, True),
        ({"overdue": 201.0, "overdue_since_days": 4}, False),
    ],
)
def test_large_money_asks_when_it_has_just_become_overdue(told, asks):
    one = small("C-1", **(NEW | told))

    assert (asked(one, *LARGE, *OTHERS, book_overdue=10_000.0).get("C-1") == "quota.new_exposure") == asks


def test_an_account_that_two_rules_ask_for_is_admitted_by_the_first_and_costs_the_other_nothing():
    both = small("C-1", broken=(Broken(9.0, 1),), **(NEW | {"overdue": 900.0}))
    new = small("C-2", **(NEW | {"overdue": 800.0}))

    assert asked(both, new, *LARGE, *OTHERS, minutes=8 / 0.05, book_overdue=10_000.0) == {
        "C-1": "quota.broken_promises",
        "C-2": "quota.new_exposure",
    }


def test_a_share_of_nothing_asks_for_nobody():
    assert asked(account(broken=(Broken(9.0, 1),)), strategy=with_quota("broken_promises", share=0.0)) == {
        "C-1": "quota.minimum_touch"
    }
    assert asked() == {}


def test_each_rule_says_why_it_asks():
    one = account(
        oldest_dpd=70, talks=(33,), tries=(2,), broken=(Broken(5.0, 1),), callback=Callback(AS_OF), overdue_since_days=3
    )

    assert asked_because("callback.due", one) == f"Asked to be called on {day_words(AS_OF)}."
    assert asked_because("quota.broken_promises", one) == "Broke a promise 1 day ago: ask what happened."
    assert asked_because("quota.minimum_touch", one).endswith("nobody spoke to them for 33 days.")
    assert asked_because("quota.starvation", account(oldest_dpd=70)) == (
        "Overdue for 70 days and not contacted for 90 days or more."
    )
    assert asked_because("quota.new_exposure", one) == "Large money that became overdue 3 days ago."


@law(300)
@given(SEEDS, st.sampled_from([0.0, 30.0, 100.0, 480.0]))
def test_no_quota_takes_more_than_its_share_and_the_order_of_the_accounts_changes_nothing(seed, minutes):
    everybody = any_evening(seed)
    strategy = shipped()
    callable_ = [
        one for one in everybody if rule_on(one, strategy, as_of=AS_OF, works_on=WORKS_ON).standing == "callable"
    ]
    shuffled = Random(seed).sample(callable_, len(callable_))
    book = sum(one.overdue for one in everybody)

    found = asked(*callable_, minutes=minutes, book_overdue=book)

    assert list(asked(*shuffled, minutes=minutes, book_overdue=book).items()) == list(found.items())
    by_id = {one.customer_id: one for one in callable_}
    assert set(found) <= set(by_id)
    used = defaultdict(float)
    for customer_id, rule in found.items():
        used[rule] += by_id[customer_id].minutes
        assert asked_because(rule, by_id[customer_id]).endswith(".")
    quotas = strategy.quotas
    assert used["quota.broken_promises"] <= quotas.broken_promises.share * minutes + 1e-9
    assert used["quota.minimum_touch"] + used["quota.starvation"] <= quotas.minimum_touch.share * minutes + 1e-9
    assert used["quota.new_exposure"] <= quotas.new_exposure.share * minutes + 1e-9
    due = {one.customer_id for one in callable_ if one.callback and one.callback.on <= WORKS_ON}
    assert {customer_id for customer_id, rule in found.items() if rule == "callback.due"} == due
