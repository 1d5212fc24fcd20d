"""What was known on one evening."""

from datetime import date

import pytest
from builders import customer, invoice, ledger_of, payment, rate, reversal

from ledger.days import NEVER, to_day
from ledger.errors import UnknownItem
from ledger.view import APPLICATION_COLUMNS, CUSTOMER_COLUMNS, ITEM_COLUMNS, RATE_COLUMNS


def test_a_payment_booked_next_week_does_not_lower_todays_dpd(ledger):
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=100))
    ledger.load(payment("INV-1", paid_on="2026-03-28", known_on="2026-04-03", amount=100))

    view = ledger.as_of(date(2026, 3, 31))

    assert view.invoice("INV-1").dpd == 17
    assert view.invoice("INV-1").open_minor == 100_00


def test_a_payment_counts_on_the_evening_of_the_day_it_was_booked(ledger):
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=100))
    ledger.load(payment("INV-1", paid_on="2026-03-28", known_on="2026-04-03", amount=100))

    assert len(ledger.as_of(date(2026, 4, 2)).open_items()) == 1
    assert len(ledger.as_of(date(2026, 4, 3)).open_items()) == 0


def test_later_knowledge_closes_the_item_on_the_day_it_was_paid(ledger):
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=100))
    ledger.load(payment("INV-1", paid_on="2026-03-28", known_on="2026-04-03", amount=100))
    april = date(2026, 4, 30)

    assert len(ledger.as_of(date(2026, 3, 27), known_by=april).open_items()) == 1
    assert len(ledger.as_of(date(2026, 3, 28), known_by=april).open_items()) == 0


def test_a_partial_payment_leaves_the_rest_open(ledger):
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount="100.05"))
    ledger.load(payment("INV-1", paid_on="2026-03-10", amount="40.01"))

    (row,) = ledger.as_of(date(2026, 3, 31)).open_items().to_dict("records")

    assert row["open_minor"] == 100_05 - 40_01
    assert not row["open_within_tolerance"]


def test_a_reversal_opens_the_item_again(ledger):
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=100))
    ledger.load(payment("INV-1", paid_on="2026-03-10", amount=100))
    ledger.load(reversal("INV-1", taken_back_on="2026-03-20", amount=100))

    assert [len(ledger.as_of(date(2026, 3, day)).open_items()) for day in (9, 10, 19, 20)] == [1, 0, 0, 1]


def test_a_correction_counts_from_the_evening_it_became_known(ledger):
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=100))
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=90, known_on="2026-03-20"))

    assert ledger.as_of(date(2026, 3, 19)).invoice("INV-1").amount_minor == 100_00
    assert ledger.as_of(date(2026, 3, 20)).invoice("INV-1").amount_minor == 90_00


def test_both_revisions_stay_in_the_view_with_their_spans(ledger):
    ledger.load(invoice("INV-1", issued_on="2026-02-12", due_on="2026-03-14", amount=100))
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=90, known_on="2026-03-20"))
    corrected = to_day(date(2026, 3, 20))

    before, after = ledger.as_of(date(2026, 3, 19)).items, ledger.as_of(date(2026, 3, 20)).items

    assert before["superseded_on"].tolist() == [NEVER]
    assert after["superseded_on"].tolist() == [corrected, NEVER]
    assert after["known_on"].tolist() == [to_day(date(2026, 2, 12)), corrected]


def test_an_item_is_unknown_before_its_day_of_knowledge(ledger):
    ledger.load(invoice("OLD", due_on="2026-01-31", amount=1))
    ledger.load(invoice("INV-1", issued_on="2026-02-12", known_on="2026-02-16", due_on="2026-03-14", amount=100))

    with pytest.raises(UnknownItem, match="2026-02-15"):
        ledger.as_of(date(2026, 2, 15)).invoice("INV-1")


def test_an_item_paid_too_much_is_open_with_a_negative_amount(ledger):
    ledger.load(invoice("INV-1", due_on="2026-03-14", amount=100))
    ledger.load(payment("INV-1", paid_on="2026-03-10", amount=110))

    assert ledger.as_of(date(2026, 3, 31)).open_items()["open_minor"].tolist() == [-10_00]


def test_a_customer_has_the_name_known_that_evening(ledger):
    ledger.load(customer("C-1", name="Old & Co", known_on="2026-01-01"))
    ledger.load(customer("C-1", name="New & Co", known_on="2026-03-01"))
    ledger.load(invoice("INV-1", due_on="2026-02-14", amount=1))

    def name(day: date) -> str:
        customers = ledger.as_of(day).customers
        return str(customers.loc[customers["superseded_on"] == NEVER, "customer_name"].item())

    assert [name(date(2026, 2, 28)), name(date(2026, 3, 1))] == ["Old & Co", "New & Co"]


def test_a_rate_is_exact_text_and_unknown_before_its_day(ledger):
    ledger.load(invoice("INV-1", due_on="2026-02-14", amount=1))
    ledger.load(rate("USD", "0.92340000000000000001", rate_on="2026-03-01"))

    assert len(ledger.as_of(date(2026, 2, 28)).rates) == 0
    assert ledger.as_of(date(2026, 3, 1)).rates["rate"].tolist() == ["0.92340000000000000001"]


def test_the_frames_have_their_columns_and_types_even_when_they_are_empty():
    view = ledger_of(invoice("INV-1", due_on="2026-02-14", amount=1)).as_of(date(2026, 3, 1))

    assert tuple(view.items.columns) == ITEM_COLUMNS
    assert tuple(view.applications.columns) == APPLICATION_COLUMNS
    assert tuple(view.customers.columns) == CUSTOMER_COLUMNS
    assert tuple(view.rates.columns) == RATE_COLUMNS
    assert view.applications["amount_minor"].dtype == "int64"
    assert view.applications["known_assumed"].dtype == "bool"
    assert view.rates["rate"].dtype == "str"
