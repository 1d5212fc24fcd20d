"""One evening under two strategies."""

from collections import Counter
from dataclasses import replace
from random import Random

from builders import law
from hypothesis import given
from hypothesis import strategies as st
from strategy_kit import AS_OF, SEEDS, WORKS_ON, account, any_evening, changed, with_quota

from serving.strategy.comparison import MOST_NAMED, compare, placed_by
from serving.strategy.considered import Broken, Callback
from serving.strategy.reading import shipped
from serving.strategy.rules import rule_on

NO_QUOTAS = replace(
    shipped(), quotas=with_quota("minimum_touch", share=0.0).quotas
)  # so that small evenings go by value alone


def compared(everybody, old, new, minutes=16.0):
    return compare(everybody, old, new, as_of=AS_OF, works_on=WORKS_ON, minutes=minutes)


def placed(everybody, strategy=NO_QUOTAS, minutes=16.0):
    return placed_by(everybody, strategy, as_of=AS_OF, works_on=WORKS_ON, minutes=minutes)


def of_rule(comparison, rule):
    return next((one.old.accounts, one.new.accounts) for one in comparison.rules if one.rule == rule)


def test_the_list_is_whom_the_quotas_ask_for_and_then_everybody_by_value_while_minutes_last():
    everybody = [
        account("C-1", value=9.0),
        account("C-2", value=5.0),
        account("C-3", value=1.0, broken=(Broken(5.0, 1),)),
        account("C-4", value=0.0, callback=Callback(WORKS_ON)),
        account("C-5", value=None, other_overdue=True),
        account("C-6", value=99.0, holds=("legal",)),
    ]

    def rules(minutes):
        return {one: told.rule for one, told in placed(everybody, minutes=minutes).items() if told.listed}

    assert rules(16.0) == {"C-4": "callback.due", "C-1": "value"}
    assert rules(60.0) == {
        "C-4": "callback.due",
        "C-3": "quota.broken_promises",
        "C-1": "value",
        "C-2": "value",
        "C-5": "value",
    }
    assert placed(everybody)["C-2"].rule == "below_the_cut"
    assert placed(everybody)["C-6"].reason == "On hold: with the lawyers."


def test_what_changes_is_counted_by_rule_with_its_money_and_named():
    everybody = [
        account("C-1", value=9.0, open=150.0, overdue=150.0),
        account("C-2", value=5.0, overdue=300.0, promised=100.0),
        account("C-3", value=1.0, overdue=500.0),
    ]

    told = compared(everybody, NO_QUOTAS, replace(NO_QUOTAS, route=replace(NO_QUOTAS.route, minimum_balance=200.0)))

    assert of_rule(told, "value") == (2, 2)
    assert of_rule(told, "route.minimum_balance") == (0, 1)
    assert of_rule(told, "below_the_cut") == (1, 0)
    assert next(one.new.money for one in told.rules if one.rule == "route.minimum_balance") == 150.0
    assert (told.listed.old.money, told.listed.new.money) == (150.0 + 200.0, 200.0 + 500.0)
    assert [(one.customer_id, one.new.rule) for one in told.entering] == [("C-3", "value")]
    assert [(one.customer_id, one.new.rule) for one in told.leaving] == [("C-1", "route.minimum_balance")]
    assert (told.moved, told.warnings) == (2, ())


def test_at_most_twenty_are_named_those_with_the_most_money_first():
    everybody = [account(f"C-{number:02}", overdue=1000.0 + number) for number in range(30)]
    none_held = changed(exclude={"holds": ()})
    held = [one._replace(holds=("legal",)) for one in everybody]

    told = compared(held, shipped(), none_held, minutes=1e6)

    assert (len(told.entering), told.entering_count, told.leaving) == (MOST_NAMED, 30, ())
    assert told.entering[0].customer_id == "C-29"


def test_a_strategy_that_leaves_nobody_says_so_and_why_for_each():
    everybody = [account(f"C-{number}", value=9.0) for number in range(4)] + [account("D", overdue=0.0, oldest_dpd=0)]
    nobody = changed(route={"minimum_balance": 1e9})

    told = compared(everybody, shipped(), nobody)

    assert told.listed.new.accounts == 0
    assert told.warnings == ("The new strategy leaves nobody to call: each of 4 overdue accounts is held or routed.",)
    after = placed(everybody, nobody)
    assert {one.rule for one in after.values()} == {"route.minimum_balance", "not_overdue"}
    assert all(one.reason for one in after.values())
    assert compared([], shipped(), nobody).warnings == ()


@law(300)
@given(SEEDS, st.sampled_from([0.0, 30.0, 480.0]))
def test_every_account_has_one_place_hard_rules_win_and_the_minutes_are_kept(seed, minutes):
    everybody, strategy = any_evening(seed), with_quota("broken_promises", share=0.7)
    found = placed(everybody, strategy, minutes)

    assert placed(Random(seed).sample(everybody, len(everybody)), strategy, minutes) == found
    assert set(found) == {one.customer_id for one in everybody}
    for one in everybody:
        ruling, told = rule_on(one, strategy, as_of=AS_OF, works_on=WORKS_ON), found[one.customer_id]
        assert told.standing == ruling.standing
        assert not told.listed or ruling.standing == "callable"
        assert told.listed == (told.rule in ("value", "callback.due") or told.rule.startswith("quota."))
        assert told.reason.endswith(".")
    assert sum(one.minutes for one in everybody if found[one.customer_id].listed) <= minutes


@law(200)
@given(SEEDS, st.sampled_from([0.0, 30.0, 480.0]))
def test_a_comparison_adds_up(seed, minutes):
    everybody = any_evening(seed)
    other = changed(exclude={"holds": ("legal",)}, route={"credits": False})

    told = compared(everybody, shipped(), other, minutes)

    for when in ("old", "new"):
        assert sum(getattr(one, when).accounts for one in told.rules) == len(everybody)
    change = told.listed.new.accounts - told.listed.old.accounts
    assert told.entering_count - told.leaving_count == change
    assert told.moved >= told.entering_count + told.leaving_count
    back = compared(everybody, other, shipped(), minutes)
    assert (back.entering_count, back.leaving_count, back.moved) == (
        told.leaving_count,
        told.entering_count,
        told.moved,
    )
    assert compared(everybody, other, other, minutes).moved == 0
    counts = Counter(one.rule for one in placed(everybody, other, minutes).values())
    assert {one.rule: one.new.accounts for one in told.rules if one.new.accounts} == counts
