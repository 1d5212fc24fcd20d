"""Ledgers at the limits: right answers or a clear refusal; never missing where a number is known, never a number where
nothing is known."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from builders import customer, invoice, payment, rate, together
from random_companies import view_of

from features.catalogue import CATALOGUE_BY_NAME
from features.compute import feature_rows
from features.errors import WeightedSumTooLarge
from features.questions import open_questions
from ledger.days import NEVER, to_day
from ledger.view import LedgerView

EVENING = date(2026, 3, 31)
TODAY = to_day(EVENING)

HISTORY = [
    name for name in CATALOGUE_BY_NAME if name.startswith(("days_late", "days_to_pay", "on_time", "payment_gap"))
]


def many(count: int, paid: bool) -> LedgerView:
    """One customer with so many invoices of 10.00, issued over 2,000 days; each paid 3 days late, or never."""
    number = np.arange(count)
    issued = TODAY - 2_040 + number % 2_000
    ids = pd.Series(np.char.add("INV-", np.char.zfill(number.astype(str), 6)), dtype="str")
    items = pd.DataFrame(
        {
            "item_id": ids, "customer_id": "C-1", "entity": "", "invoice_number": ids, "issued_on": issued,
            "due_on": issued + 30, "amount_minor": 1_000, "currency": "EUR", "terms": "", "known_on": issued,
            "superseded_on": NEVER, "source_row": number,
        }
    )  # fmt: skip
    told = slice(None) if paid else slice(0, 0)
    applications = pd.DataFrame(
        {
            "application_id": ids[told], "item_id": ids[told], "kind": "cash", "amount_minor": 1_000,
            "happened_on": (issued + 33)[told], "known_on": (issued + 33)[told], "known_assumed": False,
        }
    )  # fmt: skip
    applications = applications.astype({"amount_minor": np.int64})
    return LedgerView.of_facts(EVENING, items, applications)


def test_a_view_without_any_fact_has_no_rows():
    assert len(feature_rows(view_of(together(), EVENING))) == 0


def test_one_customer_with_100_000_invoices_all_open():
    rows = feature_rows(many(100_000, paid=False)).values
    assert rows["open_count"].tolist() == [100_000] * 100_000
    assert (rows["open_amount_log10"] == np.float32(np.log10(1 + 1_000_000))).all()
    assert rows["oldest_open_dpd"].tolist() == [2_040 - 30] * 100_000
    assert rows[HISTORY].isna().all().all()
    assert (rows["settled_count"] == 0).all()


def test_one_customer_with_100_000_invoices_all_settled_but_the_newest():
    view = many(100_000, paid=True)
    rows = feature_rows(view).values
    assert len(rows) == 0, "the newest was issued 41 days ago and paid 33 days later"
    asked = open_questions(view, range(TODAY - 60, TODAY - 40))
    rows = feature_rows(view, asked).values
    assert len(rows) == 20 * 33 * 50, "on each of 20 evenings those issued on the last 33 days, 50 a day"
    assert (rows["days_late_mean_365d"] == 3).all()
    assert (rows["days_late_q80"] == 3).all()
    assert (rows["on_time_streak"] == rows["settled_count"]).all()


def test_only_credits_have_no_rows_and_count_for_nobody():
    credit = invoice("CM", due_on="2026-03-01", amount=-50)
    assert len(feature_rows(view_of(credit, EVENING))) == 0
    rows = feature_rows(view_of(together(credit, invoice("A", due_on="2026-03-01", amount=80)), EVENING)).values
    assert rows["open_count"].tolist() == [1]
    assert rows["open_amount_log10"].tolist() == [np.float32(np.log10(1 + 80))]


def test_amounts_at_the_limit_are_exact_to_what_a_figure_can_hold():
    largest = "9999999999999.99"
    facts = [invoice(f"A-{n}", due_on="2026-03-01", issued_on="2026-01-30", amount=largest) for n in range(3)]
    table = feature_rows(view_of(together(*facts), EVENING))
    assert table.keys["open_minor"].tolist() == [999_999_999_999_999] * 3
    assert table.values["item_share"].tolist() == [np.float32(1 / 3)] * 3
    assert table.values["amount_ratio"].tolist() == [1.0] * 3


def test_money_beyond_64_bits_is_refused_by_name():
    """4,000 invoices at the limit: their sum holds, weighted by days late it would not."""
    number = np.arange(4_000)
    ids = pd.Series(np.char.add("INV-", number.astype(str)), dtype="str")
    day = np.full(4_000, TODAY - 90)
    items = pd.DataFrame(
        {
            "item_id": ids, "customer_id": "BIG-1", "entity": "", "invoice_number": ids, "issued_on": day,
            "due_on": day, "amount_minor": 10**15, "currency": "EUR", "terms": "", "known_on": day,
            "superseded_on": NEVER, "source_row": number,
        }
    )  # fmt: skip
    paid = pd.DataFrame(
        {
            "application_id": ids, "item_id": ids, "kind": "cash", "amount_minor": 10**15, "happened_on": day,
            "known_on": day, "known_assumed": False,
        }
    )  # fmt: skip
    with pytest.raises(WeightedSumTooLarge, match=r'customer "BIG-1".*64 bits'):
        feature_rows(LedgerView.of_facts(EVENING, items, paid))


def test_no_rate_of_exchange_is_needed_or_guessed():
    facts = [
        invoice("EUR-1", due_on="2026-03-01", amount=100),
        invoice("USD-1", due_on="2026-03-01", amount=300, currency="USD"),
        customer("C-1", credit_limit=1_000, limit_currency="EUR", known_on="2026-01-01"),
    ]
    quoted = rate("USD", "0.9", rate_on="2026-01-01")
    without, with_rate = (feature_rows(view_of(together(*facts, *more), EVENING)) for more in ((), (quoted,)))
    pd.testing.assert_frame_equal(without.values, with_rate.values)
    one = without.values.set_index(without.keys["item_id"])
    assert one.loc["EUR-1", "credit_limit_use"] == np.float32(0.1)
    assert np.isnan(one.loc["USD-1", "credit_limit_use"]), "the limit is stated in another currency"
    assert one["open_amount_log10"].tolist() == [np.float32(np.log10(101)), np.float32(np.log10(301))]
    assert one["overdue_count"].tolist() == [2, 2], "counts are of invoices in any currency"


@pytest.mark.parametrize(("issued", "due"), [("1900-01-01", "1900-01-31"), ("2026-03-31", "2999-12-31")])
def test_days_at_the_limit(issued, due):
    facts = [
        invoice("OLD", issued_on=issued, known_on="2026-03-31", due_on=due, amount=10),
        customer("C-1", country="DE", known_on="2026-01-01"),
    ]
    table = feature_rows(view_of(together(*facts), EVENING))
    days = (date.fromisoformat(due) - date.fromisoformat(issued)).days
    assert table.values["terms_days"].tolist() == [days]
    assert table.values["dpd"].tolist() == [(EVENING - date.fromisoformat(due)).days]
    assert table.values["due_days_to_working_day"].isna().all(), "no holidays are known of that year"


def test_nothing_settled_has_no_habit_and_one_settled_has_no_scatter():
    nothing = feature_rows(view_of(invoice("A", due_on="2026-03-01", amount=10), EVENING)).values.iloc[0]
    assert nothing[HISTORY].isna().all()
    assert nothing["contacts_unanswered"] != nothing["contacts_unanswered"]
    assert nothing["promises_broken_share_365d"] != nothing["promises_broken_share_365d"]
    assert (nothing["settled_count"], nothing["dispute_count_365d"], nothing["disputed_share"]) == (0, 0, 0)
    one = together(
        invoice("A", due_on="2026-03-01", amount=10),
        invoice("B", due_on="2026-02-01", amount=10),
        payment("B", paid_on="2026-02-05", amount=10),
    )
    row = feature_rows(view_of(one, EVENING)).values.iloc[0]
    assert row["days_late_mean_90d"] == 4
    assert np.isnan(row["days_late_std_365d"])


def test_a_country_nobody_knows_has_no_holidays():
    facts = [invoice("A", due_on="2026-03-29", amount=10), customer("C-1", country="XX", known_on="2026-01-01")]
    assert feature_rows(view_of(together(*facts), EVENING)).values["due_days_to_working_day"].isna().all()
