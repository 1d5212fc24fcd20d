"""What stands between us and a customer on one evening, as the rules of a strategy ask for it."""

from datetime import date

import pytest
from builders import callback, contact, customer, hold, invoice, ledger_of, payment, promise, together

from ledger.days import to_day
from serving.accounts.dealings import BrokenPromise
from serving.accounts.dealings_reading import dealings_of
from serving.strategy.considered import Callback

EVENING = date(2026, 3, 31)
OWED = invoice("INV-1", due_on="2026-03-10", amount=100)


def dealings(*facts, works_on=date(2026, 4, 1), grace=2):
    return dealings_of(ledger_of(together(OWED, *facts)).as_of(EVENING), works_on, grace)["C-1"]


def test_of_a_customer_of_whom_nothing_is_told_there_is_only_what_is_overdue():
    found = dealings()

    assert (found.holds, found.callback, found.tries, found.broken) == ((), None, (), ())
    assert found.overdue_since == to_day(date(2026, 3, 11))
    assert found.only_one


def test_holds_count_on_the_day_the_list_is_worked_each_kind_once_with_its_later_end():
    facts = [
        hold("H-1", "legal", from_on="2026-03-01"),
        hold("H-2", "snooze", from_on="2026-03-30", until_on="2026-04-02"),
        hold("H-3", "snooze", from_on="2026-03-30", until_on="2026-04-08"),
        hold("H-4", "agency", from_on="2026-03-01", until_on="2026-04-01"),
    ]

    found = dealings(*facts)

    assert found.holds == ("legal", "snooze")
    assert found.hold_ends == (None, to_day(date(2026, 4, 8)))
    assert dealings(*facts, works_on=date(2026, 4, 8)).holds == ("legal",)


def test_the_earliest_appointment_that_nobody_kept_is_told():
    facts = [
        callback("A", due_on="2026-04-03", known_on="2026-03-20", at="14:30"),
        callback("B", due_on="2026-04-02", known_on="2026-03-20"),
        callback("C", due_on="2026-03-25", known_on="2026-03-20", at="09:00"),
        contact("K", happened_on="2026-03-26"),
    ]

    assert dealings(*facts).callback == Callback(to_day(date(2026, 4, 2)), "")
    assert dealings(*facts[:3]).callback == Callback(to_day(date(2026, 3, 25)), "09:00")


def test_contacts_are_told_as_days_ago_the_newest_first():
    facts = [
        contact("K-1", happened_on="2026-03-31", outcome="no_answer"),
        contact("K-2", happened_on="2026-03-20", outcome="right_party"),
        contact("K-3", happened_on="2026-01-01", outcome="promise"),
        contact("K-4", happened_on="2025-12-31", outcome="promise"),
    ]

    found = dealings(*facts)

    assert (found.tries, found.talks) == ((0, 11, 89), (11, 89))


@pytest.mark.parametrize(
    ("promises", "broken"),
    [
        ([("R", "2026-03-10", "2026-03-25", 80)], (BrokenPromise(80_00, "EUR", 3),)),
        ([("R", "2026-03-10", "2026-03-27", 80)], ()),
        ([("R", "2026-03-10", "2026-03-25", 80), ("S", "2026-03-29", "2026-04-10", 80)], ()),
    ],
)
def test_a_promise_is_told_as_broken_until_another_follows(promises, broken):
    facts = [promise(name, made_on=made, promised_on=on, amount=amount) for name, made, on, amount in promises]

    assert dealings(*facts).broken == broken


def test_an_open_promise_is_waited_for_until_its_grace_is_over():
    told = promise("R", made_on="2026-03-20", promised_on="2026-04-03", amount=80)  # a Friday

    assert dealings(told).promised_until == to_day(date(2026, 4, 8))
    assert dealings(told, grace=0).promised_until == to_day(date(2026, 4, 4))


def test_overdue_without_a_break_goes_back_over_what_was_settled_meanwhile():
    chain = [
        invoice("A", due_on="2026-01-10", amount=50), payment("A", paid_on="2026-02-20", amount=50),
        invoice("B", due_on="2026-02-15", amount=50), payment("B", paid_on="2026-03-11", amount=50),
        invoice("C", due_on="2025-10-01", amount=50), payment("C", paid_on="2026-01-10", amount=50),
    ]  # fmt: skip

    assert dealings(*chain).overdue_since == to_day(date(2026, 1, 11))
    assert dealings(*chain[:2]).overdue_since == to_day(date(2026, 3, 11))
    assert not dealings(*chain).only_one


def test_the_credit_limit_is_the_one_known_last():
    facts = [customer("C-1", credit_limit=500), customer("C-1", credit_limit=900, known_on="2026-03-30")]

    found = dealings(*facts)

    assert (found.credit_limit_minor, found.credit_limit_currency) == (900_00, "EUR")
