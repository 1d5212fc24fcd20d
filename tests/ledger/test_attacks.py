"""What an attacker found: each was wrong once, and must not be so again."""

from dataclasses import replace
from datetime import date

from builders import ledger_of, new_database
from importing_kit import HEADER, take

from ledger.book import Ledger
from ledger.days import NEVER
from ledger.mapping import ColumnMapping
from ledger.parsing.amounts import parse_amount
from ledger.parsing.bad_cell import BadCell

INVOICES = HEADER + "I-1,C-1,2026-01-02,2026-02-02,100.00,EUR,,\n"
DISPUTE = "dispute_id,invoice_id,opened_date,resolved_date\nD-1,I-1,2026-01-03,\n"
RATES = "currency,base_currency,rate_date,rate\nUSD,EUR,2026-01-04,0.9\n"
BARE = "invoice_id,customer_id,issue_date,due_date,amount,currency\nI-1,C-1,2026-01-02,2026-02-02,100.00,EUR\n"
PAID = "payment_id,invoice_id,paid_date,amount\nP-1,I-1,2026-01-03,{}\n"
EARLY, MIDDLE, LATE = date(2026, 1, 5), date(2026, 1, 10), date(2026, 1, 20)


def test_a_late_export_may_bring_the_first_rates_and_disputes(tmp_path):
    ledger = ledger_of()
    take(ledger, tmp_path, INVOICES, as_of=MIDDLE)

    take(ledger, tmp_path, INVOICES, RATES, DISPUTE, as_of=EARLY)

    view = ledger.as_of(MIDDLE)
    assert (len(view.rates), len(view.disputes)) == (1, 1)


def test_a_later_snapshot_without_a_disputes_file_does_not_end_the_disputes_of_a_late_one(tmp_path):
    ledger = ledger_of()
    take(ledger, tmp_path, INVOICES, DISPUTE.replace("D-1", "D-0"), as_of=date(2026, 1, 4))
    take(ledger, tmp_path, INVOICES, as_of=MIDDLE)

    take(ledger, tmp_path, INVOICES, DISPUTE.replace("D-1", "D-0") + "D-1,I-1,2026-01-03,\n", as_of=EARLY)

    disputes = ledger.as_of(LATE).disputes
    assert dict(zip(disputes["dispute_id"], disputes["resolved_on"], strict=True)) == {"D-0": NEVER, "D-1": NEVER}


def test_a_later_snapshot_without_payments_does_not_take_a_late_correction_of_a_payment_back(tmp_path):
    ledger = ledger_of()
    take(ledger, tmp_path, BARE, PAID.format("10.00"), as_of=date(2026, 1, 4))
    take(ledger, tmp_path, BARE, as_of=MIDDLE)

    take(ledger, tmp_path, BARE, PAID.format("40.00"), as_of=EARLY)

    assert ledger.as_of(LATE).open_items()["open_minor"].tolist() == [6000]


TOTAL = HEADER + "I-1,C-1,2026-01-02,2026-02-02,100.00,EUR,{}\n"


def open_on(ledger, *days):
    return [ledger.as_of(date(2026, 1, day)).open_items()["open_minor"].sum() for day in days]


def test_a_total_told_taken_back_and_told_again_on_one_day_is_one_payment(tmp_path):
    ledger = ledger_of()
    take(ledger, tmp_path, TOTAL.format(","), as_of=EARLY)
    for paid in ("2026-01-10,40.00", ",", "2026-01-10,40.00"):
        take(ledger, tmp_path, TOTAL.format(paid), as_of=LATE)

    assert open_on(ledger, 9, 10, 19, 20) == [10000, 6000, 6000, 6000]


def test_an_amount_corrected_on_the_day_of_its_export_is_wrong_on_no_evening(tmp_path):
    ledger = ledger_of()
    take(ledger, tmp_path, BARE.replace("100.00", "10000.00"), as_of=LATE)
    take(ledger, tmp_path, BARE, as_of=LATE)

    assert open_on(ledger, 3, 19, 20) == [10000, 10000, 10000]


def test_an_invoice_missing_from_the_corrected_export_of_its_day_is_still_owed(tmp_path):
    ledger = ledger_of()
    take(ledger, tmp_path, BARE + "I-2,C-1,2026-01-02,2026-02-02,50.00,EUR\n", as_of=LATE)
    take(ledger, tmp_path, BARE, as_of=LATE)

    assert open_on(ledger, 19, 20) == [15000, 15000]


def test_a_late_total_beside_payments_of_a_later_file_counts_once_on_every_evening(tmp_path):
    ledger = ledger_of()
    take(ledger, tmp_path, BARE, PAID.format("30.00"), as_of=LATE)

    take(ledger, tmp_path, TOTAL.format("2026-01-03,30.00"), as_of=MIDDLE)

    assert open_on(ledger, 5, 10, 11, 19, 20, 25) == [7000] * 6


def test_another_mapping_does_not_pay_on_evenings_for_which_the_first_said_that_nothing_was_paid(tmp_path):
    ledger = ledger_of()
    take(ledger, tmp_path, TOTAL.format(","), as_of=EARLY)
    take(ledger, tmp_path, TOTAL.format(","), as_of=LATE)

    other = replace(ColumnMapping.of_columns({"invoice_id": "invoice_id"}), name="other")
    take(ledger, tmp_path, TOTAL.format("2026-01-10,40.00"), as_of=date(2026, 1, 25), mapping=other)

    assert open_on(ledger, 15, 20, 21) == [10000, 10000, 6000]


def test_half_a_cache_is_none(tmp_path):
    url, cache = new_database(tmp_path), tmp_path / "cache"
    ledger = Ledger.open(url, cache)
    take(ledger, tmp_path, BARE, as_of=EARLY)
    ledger.as_of(EARLY)
    for file in cache.rglob("items.arrow"):
        file.unlink()

    assert open_on(Ledger.open(url, cache), 5) == [10000]


def test_a_soft_hyphen_is_no_amount():
    bad = parse_amount("\xad100.00", "EUR", ".")
    assert isinstance(bad, BadCell)
    assert bad.reason == "bad_amount"
