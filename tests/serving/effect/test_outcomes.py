"""What came of a decision, by the ledger: money-days of the 45 days after it."""

from datetime import date, timedelta

import pandas as pd
import pytest
from builders import any_facts, contact, invoice, known_by, law, ledger_of, payment, rate, reversal, together
from hypothesis import given

from ledger.days import to_date, to_day
from serving.effect.outcomes import HORIZON_DAYS, last_judged, outcomes_of

EVENING = date(2026, 3, 31)
LATER = EVENING + timedelta(days=HORIZON_DAYS)


def decisions(*asked, evening=EVENING):
    return pd.DataFrame(
        [{"account_id": account, "as_of": evening, "item_ids": list(items)} for account, items in asked]
    )


def came(*facts, later=LATER, asked=(("C-1", ("INV-1",)),)):
    return outcomes_of(decisions(*asked), ledger_of(together(*facts)).as_of(later), "EUR")


def after(days):
    return EVENING + timedelta(days=days)


OVERDUE = invoice("INV-1", due_on="2026-03-01", amount=100)


@pytest.mark.parametrize(
    ("payments", "share"),
    [
        ([], 0.0),
        ([(1, 100)], 44 / 45),
        ([(15, 100)], 30 / 45),
        ([(45, 100)], 0.0),
        ([(15, 50)], 0.5 * 30 / 45),
        ([(15, 50), (30, 50)], 0.5 * 30 / 45 + 0.5 * 15 / 45),
        ([(15, 300)], 30 / 45),
        ([(60, 100)], 0.0),
    ],
)
def test_money_counts_by_the_days_it_comes_before_the_45th(payments, share):
    paid = [payment("INV-1", paid_on=after(days), amount=amount) for days, amount in payments]

    assert came(OVERDUE, *paid, later=after(90)).share == pytest.approx([share])


def test_cash_paid_before_and_booked_after_is_paid_the_next_day():
    booked_late = payment("INV-1", paid_on=after(-3), known_on=after(2), amount=100)

    assert came(OVERDUE, booked_late).share == pytest.approx([44 / 45])


def test_money_that_bounced_never_came_and_a_credit_brings_none():
    bounced = [payment("INV-1", paid_on=after(5), amount=100), reversal("INV-1", taken_back_on=after(8), amount=100)]

    assert came(OVERDUE, *bounced).share.tolist() == [0.0]
    assert came(OVERDUE, payment("INV-1", paid_on=after(5), amount=100, kind="credit")).share.tolist() == [0.0]


def test_items_weigh_by_what_was_open_at_the_rates_of_the_evening():
    dollars = invoice("INV-2", due_on="2026-03-01", amount=1000, currency="USD")
    facts = [OVERDUE, dollars, rate("USD", "0.3", rate_on="2026-03-30"), rate("USD", "9", rate_on=after(3)),
             payment("INV-1", paid_on=after(15), amount=100)]  # fmt: skip

    assert came(*facts, asked=[("C-1", ("INV-1", "INV-2"))]).share == pytest.approx([30 / 45 * 100 / (100 + 300)])


def test_without_overdue_money_or_a_rate_there_is_no_outcome():
    not_due = invoice("INV-2", due_on="2026-04-20", amount=100)
    yen = invoice("INV-3", due_on="2026-03-01", amount=100, currency="JPY")

    found = came(OVERDUE, not_due, yen, asked=[("C-1", ("INV-2",)), ("C-1", ("INV-3",)), ("C-1", ("INV-1",))])

    assert found.judged.tolist() == [False, False, True]


@pytest.mark.parametrize(("days", "judged"), [(44, False), (45, True)])
def test_a_decision_is_judged_once_its_45_days_have_passed(days, judged):
    assert came(OVERDUE, later=after(days)).judged.tolist() == [judged]
    assert last_judged(ledger_of(OVERDUE).as_of(after(45))) == EVENING


def test_what_was_paid_in_the_45_days_before_is_known_beforehand():
    paid = [invoice("INV-0", due_on="2026-03-01", amount=300), payment("INV-0", paid_on="2026-03-20", amount=300)]
    long_ago = [invoice("INV-9", due_on="2026-01-01", amount=900), payment("INV-9", paid_on="2026-01-20", amount=900)]

    assert came(OVERDUE, *paid, *long_ago).before == pytest.approx([300 / (300 + 100)])


@pytest.mark.parametrize(
    ("channel", "days", "called"),
    [("phone", 1, True), ("visit", 4, True), ("phone", 5, False), ("phone", 0, False), ("email", 1, False)],
)
def test_a_call_of_the_next_days_was_made_for_the_list(channel, days, called):
    made = contact("K-1", channel=channel, happened_on=after(days))

    assert came(OVERDUE, made).called.tolist() == [called]


@law(examples=15)
@given(any_facts())
def test_what_is_learned_after_the_evening_looked_back_from_changes_no_outcome(facts):
    later = date(2025, 8, 1)
    asked = every_account(facts, to_day(later) - HORIZON_DAYS)

    whole = outcomes_of(asked, ledger_of(facts).as_of(later), "EUR")
    torn = outcomes_of(asked, ledger_of(known_by(facts, later)).as_of(later), "EUR")

    assert whole.share.tolist() == torn.share.tolist()
    assert whole.before.tolist() == torn.before.tolist()
    assert ((whole.share >= 0) & (whole.share <= 1)).all()


def every_account(facts, last):
    rows = [
        (account, to_date(last - back), items)
        for back in (0, 30)
        for account, items in facts.items.groupby("customer_id")["item_id"].unique().items()
    ]
    return pd.DataFrame(
        [{"account_id": account, "as_of": day, "item_ids": list(items)} for account, day, items in rows],
        columns=["account_id", "as_of", "item_ids"],
    )
