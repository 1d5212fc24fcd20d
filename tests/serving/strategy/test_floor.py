"""Who below the cut is written to, and who never is."""

from dataclasses import replace

import pytest
from builders import law
from hypothesis import given
from hypothesis import strategies as st
from strategy_kit import AS_OF, SEEDS, WORKS_ON, account, any_evening

from serving.strategy.codes import TAKES_MINUTES
from serving.strategy.comparison import placed_by
from serving.strategy.considered import Callback
from serving.strategy.floor import FLOOR, days_alone, written_because
from serving.strategy.reading import shipped
from serving.strategy.steps import planned_step
from serving.strategy.strategy import Floor, Strategy

AFTER_14 = replace(shipped(), floor=Floor(14))


def alone(strategy: Strategy = AFTER_14, **told):
    return days_alone(account(**told), strategy, works_on=WORKS_ON)


def placed(everybody, strategy, minutes=16.0):
    return placed_by(everybody, strategy, as_of=AS_OF, works_on=WORKS_ON, minutes=minutes)


#   overdue for    contacts, days ago   without one for
SILENT = [
    (14,           (),                  14),
    (13,           (),                  None),
    (40,           (14,),               14),
    (40,           (13,),               None),
    (40,           (13, 40),            None),
    (40,           (39,),               39),
    (20,           (40,),               20),   # the contact was before anything was overdue
    (13,           (40,),               None),
    (400,          (),                  90),   # further back nobody looks
    (400,          (0,),                None),
]  # fmt: skip


@pytest.mark.parametrize(("overdue_for", "contacts", "days"), SILENT)
def test_whom_nobody_contacted_since_they_became_overdue_is_written_to_after_so_many_days(overdue_for, contacts, days):
    assert alone(overdue_since_days=overdue_for, tries=contacts) == days


#   segment          days overdue   the plan's step   is written to
PLANS = [
    ("mixed",         20,           "call",            True),
    ("mixed",         70,           "controller",      True),
    ("erratic",       50,           "credit_hold",     True),
    ("deteriorating", 70,           "legal_review",    True),
    ("erratic",       99,           "agency_decision", True),
    ("erratic",       18,           "email",           False),
    ("habitual",      15,           "statement",       False),
    ("habitual",      3,            "wait",            False),
    ("disputer",      15,           "dispute_owner",   False),
]  # fmt: skip


@pytest.mark.parametrize(("segment", "dpd", "step", "written"), PLANS)
def test_an_e_mail_takes_the_place_of_a_call_and_of_no_other_step(segment, dpd, step, written):
    assert planned_step(segment, dpd, AFTER_14) == step
    assert (alone(segment=segment, oldest_dpd=dpd) is not None) == written


#   of the account                                               is written to
ACCOUNTS = [
    ({},                                                         True),
    ({"debtor_class": "natural_person"},                         True),
    ({"overdue": 0.0, "other_overdue": True},                    True),   # overdue in a currency without a rate
    ({"value": None},                                            True),
    ({"promised": 300.0, "disputed": 100.0},                     True),
    ({"promised": 300.0, "disputed": 100.0, "credited": 100.0},  False),  # nothing is left to write about
    ({"disputed": 500.0},                                        False),
    ({"callback": Callback(WORKS_ON + 1)},                       False),
    ({"callback": Callback(WORKS_ON)},                           True),   # asked for today, and nobody has time
]  # fmt: skip


@pytest.mark.parametrize(("told", "written"), ACCOUNTS)
def test_who_is_written_to(told, written):
    assert (alone(**told) is not None) == written


def test_rules_without_a_floor_write_to_nobody_below_the_cut():
    assert alone(shipped(), overdue_since_days=400) is None


def test_it_is_told_for_how_long_nobody_was_in_touch():
    assert written_because(21) == (
        "Nobody has time to call today, and nobody was in touch for 21 days: send an e-mail instead."
    )


def test_trying_a_strategy_on_an_evening_counts_whom_it_writes_to_and_lists_the_same():
    everybody = [account(f"C-{at}", value=float(at), overdue_since_days=9 + at) for at in range(9)]

    before, after = placed(everybody, shipped()), placed(everybody, AFTER_14)

    assert [one for one, told in after.items() if told.rule == FLOOR] == ["C-5", "C-6"]  # C-7 and C-8 are called
    assert [told.listed for told in after.values()] == [told.listed for told in before.values()]
    assert after["C-6"].reason == written_because(15)
    assert after["C-4"] == before["C-4"]


HELD = [
    {"holds": ("do_not_contact",)}, {"holds": ("statutory",)}, {"tries": (0, 1, 2)}, {"talks": (1,), "tries": (1,)},
    {"promised": 500.0}, {"disputed": 500.0}, {"credits": 500.0}, {"open": 50.0, "overdue": 50.0},
    {"country": "DE", "open_again": WORKS_ON + 2}, {"overdue": 0.0, "oldest_dpd": 0},
]  # fmt: skip


@pytest.mark.parametrize("told", HELD, ids=lambda told: next(iter(told)))
def test_whom_a_rule_keeps_from_being_called_the_floor_does_not_write_to(told):
    assert placed([account(**told)], replace(shipped(), floor=Floor(1)), minutes=0.0)["C-1"].rule != FLOOR


@law(200)
@given(SEEDS, st.sampled_from([0.0, 8.0, 16.0, 60.0]), st.integers(1, 90))
def test_nobody_is_both_called_and_written_to_and_whoever_was_contacted_lately_is_left_alone(seed, minutes, days):
    everybody, floored = any_evening(seed), replace(shipped(), floor=Floor(days))

    without, found = placed(everybody, shipped(), minutes), placed(everybody, floored, minutes)

    for one in everybody:
        before, after = without[one.customer_id], found[one.customer_id]
        if after.rule != FLOOR:
            assert after == before
            continue
        assert (before.rule, after.standing, after.listed) == ("below_the_cut", "callable", False)
        assert not any(ago < days for ago in one.tries)
        assert one.overdue_since_days >= days
        assert planned_step(one.segment, one.oldest_dpd, floored) in TAKES_MINUTES
        assert one.callable_money > 0 or one.other_overdue


@law(100)
@given(SEEDS, st.integers(1, 90))
def test_who_was_written_to_is_not_written_to_again_before_the_days_are_over(seed, days):
    everybody, floored = any_evening(seed), replace(shipped(), floor=Floor(days))
    written = [one for one in everybody if placed(everybody, floored, 0.0)[one.customer_id].rule == FLOOR]

    for one in written:
        later = [
            one._replace(tries=(ago,), talks=(), overdue_since_days=one.overdue_since_days + ago)
            for ago in range(days + 1)
        ]
        again = [days_alone(day, floored, works_on=WORKS_ON) for day in later]
        assert again == [None] * days + [days]
