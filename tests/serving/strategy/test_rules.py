"""What the rules say of one account: each edge, and which rule goes first."""

from dataclasses import replace
from random import Random
from typing import get_args

import pytest
from builders import law
from hypothesis import given
from hypothesis import strategies as st
from strategy_kit import AS_OF, SEEDS, WORKS_ON, account, any_account, changed, written

from ledger.activity import HOLDS
from ledger.days import to_date
from serving.strategy.codes import HOLD_WORDS, Hold
from serving.strategy.considered import Callback
from serving.strategy.reading import shipped
from serving.strategy.rules import day_words, rule_on

STRICT = written(
    ("attempts = 3\nstatutory = false\n\n# Whose", "attempts = 2\nstatutory = true\n\n# Whose"),
)
"""A law caps what natural persons get: 2 attempts, and not even an appointment lifts the cap on conversations."""


def rule(one, strategy=None, works_on=WORKS_ON):
    return rule_on(one, strategy or shipped(), as_of=AS_OF, works_on=works_on)


def said(one, strategy=None, works_on=WORKS_ON):
    ruling = rule(one, strategy, works_on)
    return ruling.standing, ruling.rule


CALLABLE = ("callable", "value")
EDGES = [
    ({}, CALLABLE),
    ({"overdue": 0.0, "oldest_dpd": 0}, ("not_overdue", "not_overdue")),
    ({"overdue": 0.0, "oldest_dpd": 9, "other_overdue": True, "value": None, "open": 0.0}, CALLABLE),
    ({"holds": ("legal",)}, ("held", "hold.legal")),
    ({"holds": ("insolvency",), "overdue": 0.0}, ("held", "hold.insolvency")),
    ({"disputed": 500.0}, ("routed_to_dispute_owner", "route.dispute")),
    ({"disputed": 499.0}, CALLABLE),
    ({"disputed": 500.0, "other_overdue": True}, CALLABLE),
    ({"credits": 500.0}, ("routed_to_cash_application", "route.credits")),
    ({"credits": 499.99}, CALLABLE),
    ({"credits": 200.0, "credited": 200.0, "disputed": 300.0}, ("routed_to_cash_application", "route.credits")),
    ({"credits": 200.0, "credited": 199.0, "disputed": 300.0}, CALLABLE),
    ({"credits": 200.0, "credited": 200.0, "disputed": 300.0, "other_overdue": True}, CALLABLE),
    ({"open": 99.99, "overdue": 50.0}, ("routed_to_email", "route.minimum_balance")),
    ({"open": 100.0, "overdue": 50.0}, CALLABLE),
    ({"open": 99.99, "overdue": 50.0, "other_overdue": True}, CALLABLE),
    ({"promised": 500.0}, ("held", "promise.open")),
    ({"promised": 499.0}, CALLABLE),
    ({"promised": 300.0, "disputed": 200.0}, ("held", "promise.open")),
    ({"promised": 500.0, "other_overdue": True}, CALLABLE),
    ({"callback": Callback(WORKS_ON)}, ("callable", "callback.due")),
    ({"callback": Callback(WORKS_ON + 1)}, CALLABLE),
]  # fmt: skip


@pytest.mark.parametrize(("told", "expected"), EDGES, ids=[str(told) for told, _ in EDGES])
def test_each_rule_speaks_from_its_edge_on(told, expected):
    assert said(account(**told)) == expected


@pytest.mark.parametrize(
    ("talks", "tries", "works_on", "expected"),
    [
        ((5,), (5,), AS_OF + 1, ("held", "cap.conversations")),  # 6 days before the list is worked
        ((6,), (6,), AS_OF + 1, CALLABLE),  # 7 days
        ((4,), (4,), AS_OF + 3, CALLABLE),  # on Friday 4 days ago, worked on Monday
        ((), (0, 0, 5), AS_OF + 1, ("held", "cap.attempts")),
        ((), (0, 0, 6), AS_OF + 1, CALLABLE),
        ((), (0, 0), AS_OF + 1, CALLABLE),
        ((5,), (0, 0, 0, 5), AS_OF + 1, ("held", "cap.attempts")),  # the attempts hold for longer
        ((0,), (0, 5, 5), AS_OF + 1, ("held", "cap.conversations")),
    ],
)
def test_a_customer_is_left_alone_for_seven_days_after_a_talk_or_three_tries(talks, tries, works_on, expected):
    assert said(account(talks=talks, tries=tries), works_on=works_on) == expected


def test_a_cap_says_when_the_account_may_be_called_again():
    ruling = rule(account(talks=(2,), tries=(2,)))

    assert ruling.until == AS_OF - 2 + 7
    assert ruling.reason == (
        f"Spoken to on {day_words(AS_OF - 2)}: at most 1 conversation in 7 days. Again from {day_words(AS_OF + 5)}."
    )
    assert rule(account(talks=(2,), tries=(2,)), works_on=AS_OF + 5).standing == "callable"


def test_an_appointment_lifts_the_cap_on_conversations_and_no_other_rule():
    due = Callback(WORKS_ON, "14:30")

    assert said(account(talks=(0,), tries=(0,), callback=due)) == ("callable", "callback.due")
    assert rule(account(callback=due)).reason == f"Asked to be called on {day_words(WORKS_ON)} at 14:30."
    assert said(account(tries=(0, 0, 0), callback=due)) == ("held", "cap.attempts")
    assert said(account(holds=("do_not_contact",), callback=due)) == ("held", "hold.do_not_contact")
    assert said(account(promised=500.0, callback=due)) == ("held", "promise.open")
    assert said(account(disputed=500.0, callback=due))[1] == "route.dispute"
    assert said(account(overdue=0.0, callback=due)) == ("not_overdue", "not_overdue")


def test_nobody_is_called_on_a_day_off_of_their_country_unless_they_asked_for_it():
    closed = account(country="DE", open_again=WORKS_ON + 4)
    ruling = rule(closed)

    assert (ruling.standing, ruling.rule, ruling.until) == ("held", "calls.day_off", WORKS_ON + 4)
    assert ruling.reason == f"DE does not work on {day_words(WORKS_ON)}. Again from {day_words(WORKS_ON + 4)}."
    assert said(account(country="DE", open_again=WORKS_ON)) == CALLABLE
    assert said(closed._replace(callback=Callback(WORKS_ON))) == ("callable", "callback.due")
    assert said(closed._replace(tries=(0, 0, 0))) == ("held", "cap.attempts")
    assert said(closed, changed(calls={"on_their_days_off": True})) == CALLABLE


@pytest.mark.parametrize(
    ("debtor_class", "expected"),
    [
        ("legal_person", ("callable", "callback.due")),
        ("natural_person", ("held", "cap.conversations")),
        ("", ("held", "cap.conversations")),
    ],
)
def test_a_statutory_cap_is_lifted_by_nothing_and_who_is_not_stated_counts_as_a_person(debtor_class, expected):
    asked = account(talks=(1,), tries=(1,), callback=Callback(WORKS_ON), debtor_class=debtor_class)
    twice = account(tries=(1, 2), debtor_class=debtor_class)

    assert said(asked, STRICT) == expected
    assert (said(twice, STRICT) == CALLABLE) == (debtor_class == "legal_person")


def test_the_rules_are_asked_in_their_order():
    everything = {"holds": ("agency", "insolvency"), "disputed": 500.0, "credits": 9e9, "open": 1.0}
    everything |= {"talks": (0,), "tries": (0, 0, 0)}
    order = []
    for lifted in ("holds", "disputed", "credits", "open", "talks", "tries"):
        order.append(said(account(**everything))[1])
        del everything[lifted]

    routes = ["route.dispute", "route.credits", "route.minimum_balance"]
    assert order == ["hold.insolvency", *routes, "cap.conversations", "cap.attempts"]
    assert said(account(**everything)) == CALLABLE


def test_all_holds_of_an_account_are_told_and_only_those_that_the_strategy_names_count():
    assert rule(account(holds=("agency", "insolvency"))).reason == (
        "On hold: insolvency proceedings; with a collection agency."
    )
    assert said(account(holds=("agency",)), changed(exclude={"holds": ("legal",)})) == CALLABLE


def test_a_hold_says_until_when_and_the_last_end_of_several_is_that_of_the_account():
    def held(*ends):
        return rule(account(holds=("legal", "snooze"), hold_ends=ends))

    assert (
        held(None, AS_OF + 9).reason
        == f"On hold: with the lawyers; put off by a colleague until {day_words(AS_OF + 9)}."
    )
    assert [held(*ends).until for ends in ((), (None, AS_OF + 9), (AS_OF + 3, AS_OF + 9))] == [None, None, AS_OF + 9]


def test_a_promise_is_waited_for_until_its_day_and_says_so():
    assert rule(account(promised=500.0, promised_until=AS_OF + 4)).reason == (
        f"All overdue money is promised, to be waited for until {day_words(AS_OF + 4)}."
    )
    assert rule(account(promised=300.0, disputed=200.0)).reason == "What is not disputed is promised: wait for it."
    assert rule(account(promised=300.0, disputed=150.0, credited=50.0)).reason == (
        "What is neither disputed nor covered by credits is promised: wait for it."
    )
    assert rule(account(promised=300.0, disputed=150.0, credited=49.0)).standing == "callable"


def test_routes_can_be_switched_off():
    off = changed(route={"disputed": False, "credits": False, "minimum_balance": 0.0})

    assert said(account(disputed=500.0, credits=500.0, open=500.0), off) == CALLABLE


@law(500)
@given(SEEDS, st.integers(1, 4))
def test_every_account_has_one_ruling_and_a_reason(seed, ahead):
    one = any_account(Random(seed))

    ruling = rule(one, works_on=AS_OF + ahead)

    assert ruling.reason.endswith(".")
    assert ruling.standing == "callable" or ruling.rule not in ("value", "callback.due")
    assert ruling.until is None or ruling.until > AS_OF
    if ruling.standing == "callable":
        assert not one.holds
        assert one.overdue > 0 or one.other_overdue


def allowed_by_the_clock(told, works_on, days, talks, tries):
    """Whether a customer may be called, written as a clerk would: count the contacts of the last `days` days."""
    last_days = {works_on - back for back in range(days)}
    talked = sum(reached for day, reached in told if day in last_days)
    tried = sum(1 for day, _ in told if day in last_days)
    return talked < talks and tried < tries


@pytest.mark.parametrize("seed", range(500))
def test_the_caps_are_what_a_clerk_counts(seed):
    rng = Random(seed)
    days, talks, tries = rng.choice([1, 5, 7, 14]), rng.choice([1, 1, 2]), rng.choice([2, 3, 5])
    told = [(AS_OF - rng.randrange(0, 20), rng.random() < 0.4) for _ in range(rng.randrange(0, 8))]
    works_on = AS_OF + rng.choice([1, 1, 3, 4])
    cap = {"days": days, "conversations": talks, "attempts": tries}
    caps = shipped().caps
    strategy = changed(caps={"legal_person": replace(caps.legal_person, **cap)})
    one = account(
        tries=tuple(sorted(AS_OF - day for day, _ in told)),
        talks=tuple(sorted(AS_OF - day for day, reached in told if reached)),
    )

    ruling = rule(one, strategy, works_on)

    assert (ruling.standing == "callable") == allowed_by_the_clock(told, works_on, days, talks, tries)
    if ruling.until is not None:
        assert allowed_by_the_clock(told, ruling.until, days, talks, tries)
        assert not allowed_by_the_clock(told, ruling.until - 1, days, talks, tries)


def test_every_kind_of_hold_is_told_in_words():
    assert {rule(account(holds=(hold,))).rule for hold in HOLD_WORDS} == {f"hold.{hold}" for hold in HOLD_WORDS}
    assert shipped().exclude.holds == HOLDS == tuple(HOLD_WORDS) == get_args(Hold)


def test_days_are_told_as_people_write_them():
    assert day_words(AS_OF) == f"{to_date(AS_OF).day} {to_date(AS_OF):%B %Y}"
