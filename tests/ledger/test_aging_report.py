"""The aging of an evening, by hand: buckets, instalments, credits, disputes, currencies, past days."""

from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from builders import invoice, ledger_of, payment, rate, reversal
from views import view_of

from ledger.aging import Buckets
from ledger.books.aging_report import aging
from ledger.books.conversion import convert_each, rates_of
from ledger.days import NEVER, to_day
from ledger.errors import BadBuckets
from ledger.money import Rates

MARCH = date(2026, 3, 31)


def dispute(item_id, minor, *, opened_on="2026-03-01", resolved_on=None, dispute_id="D-1"):
    opened, end = to_day(date.fromisoformat(opened_on)), NEVER
    if resolved_on:
        end = to_day(date.fromisoformat(resolved_on))
    row = {"dispute_id": dispute_id, "item_id": item_id, "amount_minor": minor, "reason": "price"}
    return row | {"opened_on": opened, "resolved_on": end, "known_on": opened, "superseded_on": NEVER}


def only(table, *names):
    """The one row of a table, by name."""
    assert len(table) == 1
    return tuple(table.iloc[0][list(names)])


def test_due_today_and_due_later_are_current_and_the_day_after_is_past_due():
    view = view_of(
        invoice("DUE-TODAY", due_on="2026-03-31", amount=1),
        invoice("DUE-NEXT-YEAR", issued_on="2026-03-01", due_on="2027-03-31", amount=20),
        invoice("DUE-YESTERDAY", due_on="2026-03-30", amount=300),
    )

    report = aging(view)

    assert only(report.rows, "current", "1-30", "total", "past_due") == (21_00, 300_00, 321_00, 300_00)


def test_each_instalment_ages_by_its_own_due_day():
    view = view_of(
        invoice("INV-1/1", issued_on="2025-11-01", due_on="2025-12-01", amount=100),
        invoice("INV-1/2", issued_on="2025-11-01", due_on="2026-02-28", amount=100),
        invoice("INV-1/3", issued_on="2025-11-01", due_on="2026-05-31", amount=100),
        payment("INV-1/1", paid_on="2025-12-01", amount=40),
    )

    assert only(aging(view).rows, "current", "1-30", "31-60", "91-120", "total") == (
        0 + 100_00,
        0,
        100_00,
        60_00,
        260_00,
    )


def test_credits_stand_beside_the_gross_buckets_and_are_never_netted():
    view = view_of(
        invoice("INV-1", due_on="2026-03-01", amount=100),
        invoice("CRN-1", due_on="2026-03-01", amount=-30),
        invoice("OVERPAID", due_on="2026-03-01", amount=10),
        payment("OVERPAID", paid_on="2026-03-02", amount=15),
    )

    assert only(aging(view).rows, "1-30", "unapplied", "total") == (100_00, -30_00 - 5_00, 100_00 - 35_00)


def test_a_payment_of_tomorrow_is_not_in_the_aging_of_today():
    facts = (invoice("INV-1", due_on="2026-03-01", amount=100), payment("INV-1", paid_on="2026-04-01", amount=100))

    assert only(aging(view_of(*facts)).rows, "1-30") == (100_00,)
    assert aging(view_of(*facts, day=date(2026, 4, 1))).rows.empty


def test_a_bounced_payment_reopens_the_item_with_its_original_due_day():
    view = view_of(
        invoice("INV-1", due_on="2026-01-15", amount=100),
        payment("INV-1", paid_on="2026-01-15", amount=100),
        reversal("INV-1", taken_back_on="2026-03-30", amount=100),
    )

    assert only(aging(view).rows, "61-90", "total") == (100_00, 100_00)


def test_later_knowledge_is_used_only_when_asked_for_and_then_said():
    facts = (
        invoice("INV-1", due_on="2026-03-01", amount=100),
        payment("INV-1", paid_on="2026-03-28", known_on="2026-04-03", amount=100),
    )

    then, now = aging(view_of(*facts)), aging(view_of(*facts, known_by=date(2026, 4, 30)))

    assert only(then.rows, "total") == (100_00,)
    assert now.rows.empty
    assert then.label == "as of 2026-03-31"
    assert now.label == "as of 2026-03-31, with what was known on 2026-04-30"


def test_what_may_be_asked_for_leaves_out_disputes_and_unused_credits():
    view = view_of(
        invoice("INV-1", due_on="2026-03-01", amount=100),
        invoice("INV-2", due_on="2026-04-30", amount=500),
        invoice("CRN-1", due_on="2026-03-01", amount=-25),
        invoice("OTHER", due_on="2026-03-01", amount=10, customer="C-2"),
        invoice("OTHER-CRN", due_on="2026-03-01", amount=-40, customer="C-2"),
        disputes=pd.DataFrame([dispute("INV-1", 30_00), dispute("INV-2", 500_00, dispute_id="D-2")]),
    )

    customers = aging(view).customers.set_index("customer_id")

    assert customers["collectible"].to_dict() == {"C-1": 100_00 - 30_00 - 25_00, "C-2": 0}
    assert customers["disputed"].to_dict() == {"C-1": 30_00 + 500_00, "C-2": 0}


def test_no_more_is_disputed_than_is_open_and_the_rest_stays_in_the_receivables():
    view = view_of(
        invoice("INV-1", due_on="2026-03-01", amount=100),
        payment("INV-1", paid_on="2026-03-05", amount=80),
        disputes=pd.DataFrame([dispute("INV-1", 15_00), dispute("INV-1", 15_00, dispute_id="D-2")]),
    )

    report = aging(view)

    assert only(report.rows, "1-30", "disputed", "total") == (20_00, 20_00, 20_00)
    assert only(report.excluding_disputed(), "1-30", "past_due", "total") == (0, 0, 0)


@pytest.mark.parametrize(("day", "disputed"), [("2026-02-28", 0), ("2026-03-01", 30_00), ("2026-03-10", 0)])
def test_a_dispute_counts_from_its_first_day_until_it_is_resolved(day, disputed):
    view = view_of(
        invoice("INV-1", due_on="2026-03-01", amount=100),
        day=date.fromisoformat(day),
        disputes=pd.DataFrame([dispute("INV-1", 30_00, resolved_on="2026-03-10")]),
    )

    assert only(aging(view).rows, "disputed") == (disputed,)


def test_an_item_is_missing_from_its_source_only_between_two_snapshots():
    span = {"item_id": "INV-1", "known_on": to_day(date(2026, 3, 10)), "ended_on": to_day(date(2026, 3, 20))}
    frames = {"absences": pd.DataFrame([span])}
    facts = invoice("INV-1", due_on="2026-03-01", amount=100)

    found = {day: view_of(facts, day=date(2026, 3, day), **frames).vanished for day in (9, 10, 19, 20)}

    assert found == {9: frozenset(), 10: {"INV-1"}, 19: {"INV-1"}, 20: frozenset()}
    assert only(aging(view_of(facts, day=date(2026, 3, 10), **frames)).rows, "vanished", "total") == (100_00, 100_00)


def test_currencies_are_never_added_up_and_one_without_a_rate_is_named():
    view = view_of(
        invoice("EUR", due_on="2026-03-01", amount=100),
        invoice("USD", due_on="2026-03-01", amount=100, currency="USD"),
        invoice("JPY", due_on="2026-03-01", amount=5000, currency="JPY"),
        rate("USD", "0.90", rate_on="2026-03-01"),
        rate("USD", "0.50", rate_on="2026-04-01"),
        rate("JPY", "0.006", rate_on="2026-04-01"),
    )

    report = aging(view, rates=rates_of(view, "EUR"))

    assert report.rows.set_index("currency")["total"].to_dict() == {"EUR": 100_00, "JPY": 5000, "USD": 100_00}
    assert report.rows_told.set_index("currency")["total"].to_dict() == {"EUR": 100_00, "USD": 90_00}
    assert report.total_told()["total"] == 190_00
    assert [error.currency for error in report.missing] == ["JPY"]


def test_invoice_date_aging_is_another_report_by_another_name():
    view = view_of(invoice("INV-1", issued_on="2026-01-01", due_on="2026-04-30", amount=100))

    by_due, by_invoice = aging(view), aging(view, basis="invoice")

    assert only(by_due.rows, "current") == (100_00,)
    assert only(by_invoice.rows, "61-90", "past_due") == (100_00, 0)
    assert (by_due.name, by_invoice.name) == ("Aging by due date", "Aging by invoice date")


@pytest.mark.parametrize("last_days", [(), (30, 60), (0, 30, 30), (0, 60, 30), (1,)])
def test_buckets_that_are_no_partition_are_refused(last_days):
    with pytest.raises(BadBuckets, match="ascending and beginning with 0"):
        Buckets(last_days)


@pytest.mark.parametrize(
    ("minor", "rate_text", "currency", "base", "expected"),
    [
        (5, "0.1", "EUR", "USD", 0),  # 0.5 to the even
        (15, "0.1", "EUR", "USD", 2),  # 1.5 to the even
        (-15, "0.1", "EUR", "USD", -2),
        (1, "0.006", "JPY", "EUR", 1),  # 0.6 cents
        (1000, "3.05", "KWD", "EUR", 305),
        (10**15, "1.08421234567", "EUR", "USD", 1084212345670000),
    ],
)
def test_a_conversion_is_exact_and_rounds_half_to_even(minor, rate_text, currency, base, expected):
    rates = Rates.of(base, [(currency, 0, Decimal(rate_text))])

    assert convert_each(np.array([minor]), currency, 1, rates).tolist() == [expected]
    assert rates.convert(minor, currency, 1) == expected


def test_an_empty_evening_has_an_aging_without_rows():
    view = ledger_of(
        invoice("INV-1", due_on="2026-03-01", amount=100), payment("INV-1", paid_on="2026-03-01", amount=100)
    ).as_of(MARCH)

    report = aging(view, rates=rates_of(view, "EUR"))

    assert (len(report.rows), len(report.customers), len(report.rows_told)) == (0, 0, 0)
