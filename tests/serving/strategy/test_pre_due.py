"""Who is written to before anything is due."""

from dataclasses import replace

import pytest
from builders import law
from hypothesis import given
from strategy_kit import AS_OF, SEEDS, WORKS_ON, account, any_evening, changed

from serving.strategy.considered import DueSoon
from serving.strategy.pre_due import pre_due_steps
from serving.strategy.reading import shipped
from serving.strategy.rules import rule_on

SMALL = [DueSoon(10.0, 3, 0.9) for _ in range(19)]
"""With one item more, that one alone is in the top 5 %."""


def steps(*accounts, strategy=None):
    return pre_due_steps(accounts, strategy or shipped(), as_of=AS_OF, works_on=WORKS_ON)


def waiting(*items, customer_id="C-1", **told):
    """An account with nothing overdue."""
    return account(customer_id, **({"overdue": 0.0, "oldest_dpd": 0, "due_soon": items} | told))


OTHERS = waiting(*SMALL, customer_id="S-1", tries=(1,))


@pytest.mark.parametrize(
    ("item", "told"),
    [
        (DueSoon(99.0, 5, 0.5), True),
        (DueSoon(99.0, 6, 0.5), False),
        (DueSoon(99.0, 5, 0.49), False),
        (DueSoon(99.0, 5, None), False),
        (DueSoon(9.0, 5, 0.99), False),  # not among the largest
        (DueSoon(9.0, 5, None, first=True), True),
        (DueSoon(9.0, 6, None, first=True), False),
    ],
)
def test_large_items_that_come_late_and_first_invoices_are_written_about(item, told):
    assert ("C-1" in steps(waiting(item), OTHERS)) == told


def test_the_plan_of_the_segment_says_what_is_done_and_none_leaves_it_alone():
    item = DueSoon(99.0, 2, 0.9)

    def step(segment):
        return {one: told.step for one, told in steps(waiting(item, segment=segment)).items()}

    assert (step("new"), step("habitual"), step("reliable")) == ({"C-1": "email"}, {"C-1": "portal_check"}, {})


@pytest.mark.parametrize(
    "told",
    [{"overdue": 5.0, "oldest_dpd": 3}, {"holds": ("insolvency",)}, {"holds": ("do_not_contact",)}, {"tries": (5,)}],
)
def test_nobody_is_written_to_who_is_overdue_on_hold_or_was_just_contacted(told):
    assert steps(waiting(DueSoon(99.0, 2, 0.9), **told)) == {}
    assert list(steps(waiting(DueSoon(99.0, 2, 0.9), tries=(6,)))) == ["C-1"]


def test_first_invoices_and_the_share_can_be_switched_off():
    off = changed(pre_due=vars(replace(shipped().pre_due, first_invoice=False, top_share=0.0)))

    assert steps(waiting(DueSoon(99.0, 2, 0.9, first=True)), strategy=off) == {}


@law(200)
@given(SEEDS)
def test_only_accounts_with_nothing_overdue_are_told_and_in_any_order_the_same(seed):
    everybody = [
        one._replace(overdue=0.0, other_overdue=False) if at % 3 else one for at, one in enumerate(any_evening(seed))
    ]

    found = steps(*everybody)

    assert steps(*everybody[::-1]) == found
    assert list(found) == sorted(found)
    for one in everybody:
        if one.customer_id in found:
            assert rule_on(one, shipped(), as_of=AS_OF, works_on=WORKS_ON).standing == "not_overdue"
            assert found[one.customer_id].items
