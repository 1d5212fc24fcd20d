"""What an import may not say of a known invoice, and ids that only look alike: set aside with a sentence."""

from datetime import date

import pytest
from importing_kit import TODAY, take

INVOICES = "invoice_id,customer_id,issue_date,due_date,amount,currency\n"
ENTITIES = "entity," + INVOICES
PAYMENTS = "payment_id,invoice_id,kind,amount,currency,paid_date\n"
EARLIER = date(2026, 3, 10)
A = "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR\n"
OTHERS = "".join(f"OK-{n},C-1,2026-02-01,2026-03-03,1.00,EUR\n" for n in (1, 2))


def set_aside(report):
    return [(row.invoice_id, row.column, row.reason) for row in report.quarantined]


def test_the_currency_of_an_invoice_with_payments_never_changes(ledger, tmp_path):
    take(ledger, tmp_path, INVOICES + A, PAYMENTS + "P-1,INV-1,cash,40.00,EUR,2026-03-05\n", as_of=EARLIER)
    report = take(ledger, tmp_path, INVOICES + A.replace("100.00,EUR", "10000,JPY") + OTHERS)

    assert set_aside(report) == [("INV-1", "currency", "currency_mismatch")]
    assert ledger.as_of(TODAY).invoice("INV-1").open_minor == 60_00


def test_the_currency_of_an_unpaid_invoice_may_be_corrected(ledger, tmp_path):
    take(ledger, tmp_path, INVOICES + A, as_of=EARLIER)
    assert take(ledger, tmp_path, INVOICES + A.replace("EUR", "USD")).learned["changed_invoices"] == 1


def test_a_number_that_another_customer_uses_again_is_set_aside_with_its_payments(ledger, tmp_path):
    take(ledger, tmp_path, INVOICES + A, as_of=EARLIER)
    reused = "INV-1,C-2,2026-03-11,2026-04-11,70.00,EUR\n"
    payments = PAYMENTS + "P-1,INV-1,cash,70.00,EUR,2026-03-12\nP-2,OK-1,cash,1.00,EUR,2026-03-12\n"
    report = take(ledger, tmp_path, INVOICES + reused + OTHERS, payments)

    assert set_aside(report) == [
        ("INV-1", "customer_id", "conflicting_duplicate"),
        ("INV-1", "invoice_id", "orphan_payment"),
    ]
    assert ledger.as_of(TODAY).invoice("INV-1").open_minor == 100_00


def test_an_invoice_may_move_to_another_customer_as_it_is(ledger, tmp_path):
    take(ledger, tmp_path, INVOICES + A, as_of=EARLIER)
    assert take(ledger, tmp_path, INVOICES + A.replace("C-1", "C-2")).learned["changed_invoices"] == 1


def test_an_entity_and_a_number_are_never_taken_for_a_number_with_a_slash(ledger, tmp_path):
    take(ledger, tmp_path, ENTITIES + "US,7,C-1,2026-02-01,2026-03-03,100.00,EUR\n", as_of=EARLIER)
    report = take(ledger, tmp_path, INVOICES + "US/7,C-1,2026-02-01,2026-03-03,100.00,EUR\n" + OTHERS)

    assert set_aside(report) == [("US/7", "invoice_id", "bad_id")]
    assert 'is that of "7" of entity "US"' in report.text()


def test_payment_ids_with_a_slash_never_become_one(ledger, tmp_path):
    bills = INVOICES + A.replace("INV-1", "X") + A.replace("INV-1", "1/X")
    take(ledger, tmp_path, bills, PAYMENTS + "P/1,X,cash,50.00,EUR,2026-03-05\n", as_of=EARLIER)
    take(ledger, tmp_path, PAYMENTS + "P,1/X,cash,30.00,EUR,2026-03-05\n")

    view = ledger.as_of(TODAY)
    assert (view.invoice("X").open_minor, view.invoice("1/X").open_minor) == (50_00, 70_00)


@pytest.mark.parametrize("broken", ['"INV\n9"', '"INV\r\n9"', '"INV\u20289"'])
def test_two_lines_in_an_id_are_set_aside(ledger, tmp_path, broken):
    report = take(ledger, tmp_path, INVOICES + OTHERS + f"{broken},C-1,2026-02-01,2026-03-03,1.00,EUR\n")
    assert [row.reason for row in report.quarantined] == ["bad_id"]


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        ("100." + "0" * 40 + "1", ["amount_precision"]),
        ("-99999999999.000000000000000000001", ["amount_precision"]),
        ("100." + "0" * 60, []),
    ],
)
def test_an_amount_of_many_digits_is_read_to_its_last(ledger, tmp_path, amount, reason):
    report = take(ledger, tmp_path, INVOICES + OTHERS + f"INV-9,C-1,2026-02-01,2026-03-03,{amount},EUR\n")
    assert [row.reason for row in report.quarantined] == reason
