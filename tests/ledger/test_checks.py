"""Checks: each row is believed, or set aside with the one reason that its bookkeeper can act on."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from checks_kit import (
    GOOD,
    HEADER,
    PAYABLE,
    assert_every_row_is_counted_once,
    columns_of,
    customers_of,
    disputes_of,
    drawn,
    invoices_of,
    payments_of,
    rates_of,
    reasons,
)

from ledger.check_invoices import split_payments
from ledger.check_masters import set_unknown_customers_aside
from ledger.checked import CUSTOMER_FACTS, DISPUTE_FACTS, INVOICE_FACTS, PAYMENT_FACTS, RATE_FACTS, without_duplicates
from ledger.days import NEVER
from ledger.errors import UnknownCurrency
from ledger.mapping import ColumnMapping
from ledger.reading.sheet import Limits
from ledger.refusals import FileRefused

FIELDS = HEADER.strip().split(",")
PAYMENTS = "payment_id,invoice_id,kind,amount,currency,paid_date,booked_date\n"


def row(**cells):
    """One row of invoices that is good but for these cells."""
    good = dict(zip(FIELDS, GOOD.format(1).strip().split(","), strict=True)) | cells
    return ",".join('"' + str(cell).replace('"', '""') + '"' for cell in good.values()) + "\n"


def one(numbers="", **cells):
    """What becomes of one row among good ones: its reason, or the facts."""
    options = cells.pop("options", {})
    header = HEADER.strip() + "".join(f",{name}" for name in cells if name not in FIELDS) + "\n"
    filler = "".join(GOOD.format(n).strip() + "," * (header.count(",") - HEADER.count(",")) + "\n" for n in (8, 9))
    checked = invoices_of(header + filler + row(**cells), numbers=numbers, **options)
    if 3 in (found := reasons(checked)):
        return found[3]
    return checked.facts[checked.facts["row"] == 3].to_dict("records")[0]


def test_the_facts_have_the_columns_and_types_that_the_ledger_is_built_on():
    frames = [
        (invoices_of(HEADER + GOOD.format(1)).facts, INVOICE_FACTS),
        (payments_of(PAYMENTS + "P,INV-1,,1,EUR,2026-03-01,\n").facts, PAYMENT_FACTS),
        (payments_of(PAYMENTS + "P,INV-1,,1,EUR,2026-03-01,\n").on_account, INVOICE_FACTS),
        (customers_of("customer_id\nC\n").facts, CUSTOMER_FACTS),
        (rates_of("currency,base_currency,rate_date,rate\nUSD,EUR,2026-03-01,0.9\n").facts, RATE_FACTS),
        (disputes_of("dispute_id,invoice_id,opened_date\nD,INV-1,2026-03-01\n").facts, DISPUTE_FACTS),
    ]
    for frame, columns in frames:
        assert tuple(frame.columns) == columns
        for name in columns:
            whole = name.endswith(("_on", "_minor")) or name in ("row", "instalment")
            assert str(frame[name].dtype) == ("int64" if whole else "str"), name
        assert not frame.isna().any().any()


def test_an_invoice_states_what_its_row_says():
    fact = one(
        paid_date="2026-03-10", paid_amount="4.00", terms=" net  30 ", entity="US01", customer_name="Ünï\u200b AG"
    )
    assert (fact["item_id"], fact["invoice_number"], fact["terms"], fact["customer_name"]) == (
        "US01/INV-1", "INV-1", "net 30", "Ünï AG",
    )  # fmt: skip
    assert (fact["kind"], fact["instalment"], fact["paid_minor"], fact["stated_known_on"]) == ("invoice", 0, 400, NEVER)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"currency": ""}, "missing_currency"), ({"currency": "$"}, "ambiguous_currency"), ({"currency": "DEM"},
        "bad_currency"),
        ({"invoice_id": "NULL"}, "missing_required"), ({"invoice_id": "1.2E+9"}, "id_mangled_by_spreadsheet"),
        ({"customer_id": ""}, "missing_required"), ({"issue_date": "1900-01-01"}, "missing_required"),
        ({"issue_date": "0000-00-00 00:00:00"}, "missing_required"), ({"amount": "n/a"}, "missing_required"),
        ({"amount": "1.005"}, "amount_precision"), ({"amount": "5e3"}, "amount_scientific"),
        ({"amount": "10,00"}, "bad_amount"), ({"amount": "10.00 USD"}, "currency_mismatch"),
        ({"amount": "99999999999999.00"}, "amount_out_of_range"), ({"issue_date": "31/02/2026"}, "bad_date"),
        ({"issue_date": "1989-12-31"}, "date_out_of_range"), ({"issue_date": "2026-04-02"}, "issue_in_future"),
        ({"due_date": "2026-01-31"}, "due_before_issue"), ({"due_date": ""}, "missing_required"),
        ({"due_date": "", "terms": "when able"}, "unparseable_terms"), ({"paid_date": "2026-03-01",
        "paid_amount": "0"}, "paid_date_without_amount"),
        ({"paid_amount": "5"}, "paid_amount_without_date"),
        ({"paid_date": "2026-04-01", "paid_amount": "5"}, "paid_in_future"),
        ({"paid_date": "2026-03-01", "paid_amount": "-5"}, "payment_sign_mismatch"),
        ({"known_date": "2026-04-01"}, "issue_in_future"), ({"instalment": "second"}, "malformed_row"),
        ({"document_type": "Gutschrift"}, "malformed_row"),
        ({"amount": "#REF!"}, "cell_error"), ({"paid_date": "#N/A"}, "cell_error"), ({"invoice_id": "#name?"},
        "cell_error"),
        ({"currency": "#VALUE!"}, "cell_error"), ({"amount": "="}, "formula_without_value"),
        ({"due_date": "="}, "formula_without_value"), ({"invoice_id": "="}, "formula_without_value"),
        ({"customer_name": "="}, "formula_without_value"), ({"customer_name": "M\ufffdller"}, "undecodable_text"),
        ({"invoice_id": "R\ufffd1"}, "undecodable_text"), ({"invoice_id": "1\n2"}, "bad_id"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_believed_is_set_aside_with_its_reason(cells, reason):
    assert one(options={"decimal": "."}, **cells) == reason


@pytest.mark.parametrize(
    ("cells", "name", "value"),
    [
        ({"customer_name": "Null"}, "customer_name", "Null"), ({"customer_name": "#N/A"}, "customer_name", "#N/A"),
        ({"invoice_id": "=1+1"}, "invoice_number", "=1+1"), ({"invoice_id": "0001234"}, "item_id", "0001234"),
        ({"currency": " eur "}, "currency", "EUR"), ({"currency": "€"}, "currency", "EUR"),
        ({"issue_date": "2026-04-01", "due_date": "2026-05-01"}, "issued_on", 20544),
        ({"paid_date": "9999-12-31T00:00:00Z", "paid_amount": "0"}, "paid_on", NEVER),
        ({"paid_date": "00.00.0000", "paid_amount": "-"}, "paid_minor", 0),
        ({"amount": "(10.00)"}, "kind", "credit_memo"), ({"amount": "10.00 CR"}, "amount_minor", -1000),
        ({"amount": "10.00-"}, "amount_minor", -1000), ({"amount": "−10.00"}, "amount_minor", -1000),
        ({"amount": "EUR (10.00)"}, "amount_minor", -1000), ({"amount": "(10.00) €"}, "amount_minor", -1000),
        ({"amount": "1\u202f234.50"}, "amount_minor", 123450), ({"amount": "1,234,567.89"}, "amount_minor", 123456789),
        ({"amount": "-10.00", "document_type": "Credit-Note"}, "kind", "credit_memo"),
        ({"amount": "-10.00", "document_type": "on account"}, "kind", "on_account"),
        ({"amount": "-10.00", "document_type": "Rechnung"}, "kind", "credit_memo"),
        ({"instalment": "2"}, "item_id", "INV-1#2"), ({"instalment": "0"}, "item_id", "INV-1"),
        ({"entity": "DE", "instalment": "2.0"}, "item_id", "DE/INV-1#2"),
        ({"due_date": "31.12.9999", "terms": "2/10 net 30"}, "due_on", 20515),
        ({"issue_date": "2026-02-01T23:30:00Z"}, "issued_on", 20485),
    ],
)  # fmt: skip
def test_a_row_that_can_be_believed_says(cells, name, value):
    assert one(**cells)[name] == value


def test_the_tenants_zone_gives_the_day_of_a_zoned_time_stamp():
    options = {"tenant_tz": "Europe/Berlin"}
    stamps = {"2026-02-01T23:30:00Z": 20486, "2026-02-01 23:30:00": 20485, "2026-02-01T23:30:00+00": 20486}
    assert {stamp: one(issue_date=stamp, options=options)["issued_on"] for stamp in stamps} == stamps


def test_net_30_end_of_month_is_read_as_the_tenant_says():
    cells = {"due_date": "", "terms": "net 30 EOM", "issue_date": "2026-01-15"}
    assert one(**cells) == "unparseable_terms"
    days = [one(**cells, options={"net_eom": way})["due_on"] for way in ("then_days", "then_eom")]
    assert days == [20514, 20512]  # 31 January + 30 days = 2 March; 14 February, so 28 February


@pytest.mark.parametrize(
    ("amount", "scale", "minor"),
    [
        ("1050", "0.01", 1050),
        ("1.5", "1000", 150000),
        ("1050", "0.001", 105),
        ("1.005", "100", 10050),
        ("-1050", "0.01", -1050),
        ("10", "0.00001", "amount_precision"),
        ("10.5", "0.01", "amount_precision"),
        ("1055", "0.0001", "amount_precision"),
    ],
)
def test_the_scale_of_amounts_is_applied_exactly_and_before_the_precision_check(amount, scale, minor):
    found = one(amount=amount, options={"amount_scale": Decimal(scale), "decimal": "."})
    assert (found if isinstance(found, str) else found["amount_minor"]) == minor


def test_amounts_beyond_the_limit_of_the_import_are_set_aside():
    options = {"max_amount": Decimal("1000.50")}
    assert one(amount="1000.50", options=options)["amount_minor"] == 100050
    assert one(amount="1000.51", options=options) == "amount_out_of_range"
    assert one(amount="-1,000.51", options=options) == "amount_out_of_range"


def test_cells_beyond_the_limit_of_the_import_are_set_aside():
    options = {"limits": Limits(max_field_chars=20)}
    for cells in ({"customer_name": "x" * 21}, {"invoice_id": "x" * 21}, {"amount": " " * 19 + "12"}):
        assert one(**cells, options=options) == "field_too_long"
    assert one(customer_name="x" * 20, options=options)["customer_name"] == "x" * 20


def test_the_options_settle_what_the_file_leaves_open():
    ambiguous = {"issue_date": "02/03/2026", "due_date": "04/03/2026", "amount": "1.234"}
    mdy = one(**ambiguous, options={"decimal": ",", "date_order": "mdy"})
    assert (mdy["amount_minor"], mdy["issued_on"], mdy["due_on"]) == (123400, 20487, 20546)
    assert one(**ambiguous, options={"decimal": ".", "date_order": "mdy"}) == "amount_precision"
    assert one(issue_date="13/02/2026", options={"date_order": "mdy"}) == "bad_date"


def test_a_column_of_day_numbers_is_one_whatever_is_said_of_the_other_dates():
    rows = HEADER + "1,C,45658,02/03/2026,10.00,EUR,,\n"
    checked = invoices_of(rows, numbers="issue_date", date_order="dmy")
    assert drawn(checked.facts, "issued_on", "due_on") == [("2025-01-01", "2026-03-02")]
    assert checked.warned["excel_serial_dates"] == 1


def test_number_cells_are_read_as_machines_write_them():
    cells = {"amount": "10.000000001", "invoice_id": "1234567.0", "issue_date": "20260201"}
    fact = one(numbers="amount invoice_id issue_date", **cells)
    assert (fact["amount_minor"], fact["item_id"]) == (1000, "1234567")
    assert one(numbers="invoice_id", invoice_id="1e+16") == "bad_id"
    assert one(numbers="invoice_id", invoice_id="12.5") == "bad_id"
    assert one(numbers="amount", amount="10.005") == "amount_precision"
    assert one(numbers="amount", amount="inf") == "bad_amount"
    assert one(numbers="amount", amount="nan") == "missing_required"


def test_the_currency_of_each_row_says_how_many_decimals_an_amount_has():
    rows = "".join(
        f"{n},C-1,2026-02-01,2026-03-03,{amount},{currency},,\n"
        for n, (amount, currency) in enumerate(
            [("12.00", "JPY"), ("12.50", "JPY"), ("12.50", "KWD"), ("12.5678", "KWD"), ("12.50", "EUR"), ("7", "JPY")]
        )
    )
    checked = invoices_of(HEADER + rows)
    assert checked.facts["amount_minor"].tolist() == [12, 12500, 1250, 7]
    assert reasons(checked) == {2: "amount_precision", 4: "amount_precision"}


def test_a_default_currency_fills_the_rows_that_state_none():
    rows = HEADER + GOOD.format(1).replace("EUR", "") + GOOD.format(2) + GOOD.format(3).replace("EUR", "XXX")
    assert reasons(invoices_of(rows)) == {1: "missing_currency", 3: "bad_currency"}
    checked = invoices_of(rows, default_currency="usd")
    assert (checked.facts["currency"].tolist(), reasons(checked)) == (["USD", "EUR"], {3: "bad_currency"})
    with pytest.raises(UnknownCurrency):
        invoices_of(rows, default_currency="Euro")


def test_without_a_paid_amount_a_paid_date_means_paid_in_full_and_is_told():
    for header in (HEADER, HEADER.replace(",paid_amount", "")):
        line = GOOD.format(1).strip().removesuffix(",,") + ",2026-01-15" + ("," if header == HEADER else "") + "\n"
        checked = invoices_of(header + line)
        assert drawn(checked.facts, "paid_on", "paid_minor") == [("2026-01-15", 1000)]
        assert dict(checked.warned) == {"paid_amount_assumed_full": 1, "paid_before_issue": 1}


def test_what_deserves_a_remark_is_counted():
    text = HEADER.strip() + ",customer_name\n" + row(amount="0").strip() + ",\n" + row(
        invoice_id="inv-1", due_date="03-Mar-26"
    ).strip() + ",Elm\n"  # fmt: skip
    assert dict(invoices_of(text).warned) == {
        "customer_name_missing": 1, "ids_differ_only_in_case": 2, "two_digit_year": 1, "zero_amount": 1,
    }  # fmt: skip


def test_a_column_of_dates_in_no_known_language_refuses_the_file_with_an_example():
    rows = "".join(f"{n},C-1,{n} janvier 2026,2026-03-03,10.00,EUR,,\n" for n in (1, 2))
    with pytest.raises(
        FileRefused, match='No cell of issue_date looks like a date; the first is "1 janvier'
    ) as refused:
        invoices_of(HEADER + rows)
    assert refused.value.code == "unrecognised_dates"
    assert reasons(invoices_of(HEADER + rows + GOOD.format(3))) == {1: "bad_date", 2: "bad_date"}
    assert reasons(invoices_of(HEADER + "1,C-1,31/02/2026,2026-03-03,1,EUR,,\n")) == {1: "bad_date"}


def test_equal_rows_count_once_and_different_ones_not_at_all():
    rows = GOOD.format(1) + GOOD.format(2) + GOOD.format(1) + GOOD.format(3) + GOOD.format(3).replace("10.00", "11.00")
    checked, more = invoices_of(HEADER + rows), invoices_of(HEADER + GOOD.format(2) + GOOD.format(3) + GOOD.format(4))
    without_duplicates([checked, more])

    assert (checked.facts["item_id"].tolist(), more.facts["item_id"].tolist()) == (["INV-1", "INV-2"], ["INV-4"])
    assert (checked.ignored["exact_duplicate"], more.ignored["exact_duplicate"]) == (1, 1)
    assert reasons(checked) == {4: "conflicting_duplicate", 5: "conflicting_duplicate"}
    assert reasons(more) == {2: "conflicting_duplicate"}
    assert [bad.invoice_id for bad in more.bad] == ["INV-3"]
    assert "in file1.csv line 5, file1.csv line 6;" in more.bad[0].sentence


def test_payments_without_an_id_are_never_the_same_and_those_with_one_may_serve_several_invoices():
    rows = ",INV-1,,1,EUR,2026-03-01,\n" * 2 + "P-1,INV-1,,1,EUR,2026-03-01,\n" * 2
    rows += "P-1,CM-1,,-1,EUR,2026-03-01,\nP-1,INV-1,discount,1,EUR,2026-03-01,\n"
    checked = payments_of(PAYMENTS + rows)
    without_duplicates([checked])
    assert (checked.facts["row"].tolist(), checked.ignored["exact_duplicate"]) == ([1, 2, 3, 5, 6], 1)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("P,INV-9,,1,EUR,2026-03-01,", "orphan_payment"), ("P,8,,1,USD,2026-03-01,", "orphan_payment"),
        ("P,9,,1,EUR,2026-03-01,", "orphan_payment"), ("P,,,1,EUR,2026-03-01,", "missing_required"),
        ("P,INV-1,,1,USD,2026-03-01,", "payment_currency_mismatch"), ("P,INV-1,,1,XYZ,2026-03-01,", "bad_currency"),
        ("P,INV-1,barter,1,EUR,2026-03-01,", "malformed_row"), ("P,INV-1,,,EUR,2026-03-01,", "missing_required"),
        ("P,INV-1,,-2,EUR,2026-03-01,", "payment_sign_mismatch"), ("P,CM-1,,1,EUR,2026-03-01,",
        "payment_sign_mismatch"),
        ("P,INV-1,,1,EUR,,", "missing_required"), ("P,INV-1,,1,EUR,2026-04-01,", "paid_in_future"),
        ("P,INV-1,,1,EUR,2026-03-01,2026-04-01", "paid_in_future"), ("P,JP-1,,1.5,,2026-03-01,", "amount_precision"),
        ("1e+5,INV-1,,1,EUR,2026-03-01,", "id_mangled_by_spreadsheet"),
    ],
)  # fmt: skip
def test_a_payment_that_cannot_be_believed_is_set_aside_with_its_reason(line, reason):
    checked = payments_of(PAYMENTS + "P-0,INV-1,,1,EUR,2026-03-01,\n" + line + "\n")
    assert reasons(checked) == {2: reason}


@pytest.mark.parametrize(("kind", "amount", "day", "aside"), [
    ("", "-1.50", "2026-03-02", False), ("", "-1.50", "2026-02-27", True), ("cash", "-1.50", "2026-03-02", True),
    ("", "-1.49", "2026-03-02", True),
])  # fmt: skip
def test_a_payment_below_zero_is_the_reversal_of_an_equal_one_before_or_nothing(kind, amount, day, aside):
    rows = f"P-1,INV-1,,1.50,EUR,2026-03-01,\nP-2,INV-1,{kind},{amount},EUR,{day},\n"
    checked = payments_of(PAYMENTS + rows)

    assert reasons(checked) == ({2: "payment_sign_mismatch"} if aside else {})
    assert drawn(checked.facts, "kind", "amount_minor")[1:] == ([] if aside else [("reversal", -150)])


def test_payments_find_their_items_and_reversals_raise_what_is_open():
    rows = (
        "P-1,INV-1,,1.50,,2026-03-01,2026-03-02\nP-2,7,Write-off,1,,2026-03-01,\nP-3,CM-1,reversal,2,,2026-03-01,\n"
        "P-4,INV-1,reversal,-3,,2026-03-01,\nP-5,JP-1,,7,,2026-03-01,\n"
    )
    assert drawn(payments_of(PAYMENTS + rows).facts, "item_id", "kind", "amount_minor", "currency", "booked_on") == [
        ("INV-1", "cash", 150, "EUR", "2026-03-02"),
        ("US01/7", "write_off", 100, "USD", ""),
        ("CM-1", "reversal", 200, "EUR", ""),
        ("INV-1", "reversal", -300, "EUR", ""),
        ("JP-1", "cash", 7, "JPY", ""),
    ]


def test_a_payment_names_its_entity_and_its_instalment():
    header = "entity,instalment," + PAYMENTS
    rows = "UK01,,P-1,8,,1,,2026-03-01,\n,2,P-2,9,,1,,2026-03-01,\n,3,P-3,9,,1,,2026-03-01,\n"
    checked = payments_of(header + rows)
    assert checked.facts["item_id"].tolist() == ["UK01/8", "9#2"]
    assert reasons(checked) == {3: "orphan_payment"}


def test_of_two_items_with_one_id_the_later_one_is_paid():
    later = PAYABLE.iloc[[0]].assign(currency="USD")
    rows = PAYMENTS + "P,INV-1,,1,USD,2026-03-01,\n"
    assert reasons(payments_of(rows)) == {1: "payment_currency_mismatch"}
    assert reasons(payments_of(rows, pd.concat([PAYABLE, later]))) == {}
    assert reasons(payments_of(rows, PAYABLE.iloc[:0])) == {1: "orphan_payment"}


def test_cash_without_an_invoice_is_an_open_credit_of_its_customer():
    header = "customer_id," + PAYMENTS
    rows = (
        "C-1,P-1,,,10.00,EUR,2026-03-01,2026-03-02\nC-1,,,,10.00,EUR,2026-03-01,\n,P-3,INV-1,,1.00,EUR,2026-03-01,\n"
        "C-1,P-4,,,10.00,,2026-03-01,\nC-1,P-5,,,-10.00,EUR,2026-03-01,\nC-1,P-6,,discount,10.00,EUR,2026-03-01,\n"
        ",P-7,,,10.00,EUR,2026-03-01,\nC-1,P-1,,,10.00,EUR,2026-03-01,2026-03-02\n"
    )
    checked = payments_of(header + rows)
    without_duplicates([checked])

    assert drawn(
        checked.on_account, "row", "item_id", "customer_id", "kind", "issued_on", "due_on", "amount_minor", "currency",
        "stated_known_on", "paid_on",
    ) == [
        (1, "on-account/P-1", "C-1", "on_account", "2026-03-01", "2026-03-01", -1000, "EUR", "2026-03-02", "")
    ]  # fmt: skip
    assert (checked.facts["row"].tolist(), checked.ignored["exact_duplicate"]) == ([3], 1)
    assert reasons(checked) == {
        2: "missing_required", 4: "missing_currency", 5: "payment_sign_mismatch", 6: "payment_sign_mismatch",
        7: "missing_required",
    }  # fmt: skip
    assert payments_of(header + rows, default_currency="EUR").on_account["row"].tolist() == [1, 4, 8]


SPLIT = "payment_id,invoice_id,customer_id,issue_date,due_date,amount,currency,paid_date,paid_amount,booked_date\n"


def split(*rows):
    checked = invoices_of(SPLIT + "".join(f"{line}\n" for line in rows), layout="one_row_per_payment")
    invoices, payments = split_payments(checked)
    assert_every_row_is_counted_once(invoices)
    return invoices, payments


def test_rows_that_repeat_an_invoice_are_its_payments():
    bill, other = "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR", "INV-2,C-1,2026-02-01,2026-03-03,50.00,EUR"
    invoices, payments = split(
        f"P-1,{bill},2026-02-10,40.00,2026-02-11", f"P-2,{bill},2026-02-20,60.00,", f",{other},,,",
        f"P-2,{bill},2026-02-20,60.00,", f",{other},,,",
    )  # fmt: skip
    assert drawn(invoices.facts, "row", "item_id", "amount_minor", "paid_on", "paid_minor") == [
        (1, "INV-1", 10000, "", 0), (3, "INV-2", 5000, "", 0),
    ]  # fmt: skip
    assert drawn(payments.facts, "row", "payment_id", "item_id", "kind", "amount_minor", "paid_on", "booked_on") == [
        (1, "P-1", "INV-1", "cash", 4000, "2026-02-10", "2026-02-11"),
        (2, "P-2", "INV-1", "cash", 6000, "2026-02-20", ""),
    ]
    assert (invoices.accepted, invoices.ignored["exact_duplicate"]) == (3, 2)


def test_rows_whose_invoice_fields_differ_are_all_set_aside_with_their_payments():
    invoices, payments = split(
        ",INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,2026-02-10,40.00,",
        ",INV-1,C-1,2026-02-01,2026-03-03,90.00,EUR,2026-02-20,50.00,",
        ",INV-2,C-1,2026-02-01,2026-03-03,90.00,EUR,,,",
    )
    assert reasons(invoices) == {1: "conflicting_duplicate", 2: "conflicting_duplicate"}
    assert (invoices.facts["item_id"].tolist(), len(payments.facts)) == (["INV-2"], 0)


def test_customers_state_their_class_and_their_parent():
    text = "customer_id,customer_name,debtor_class,parent_id\nC-1,Elm,B2B,C-0\nC-2,Ann,natural person,\nC-3,X,alien,\n"
    checked = customers_of(text)
    assert drawn(checked.facts, "customer_id", "debtor_class", "parent_id") == [
        ("C-1", "legal_person", "C-0"), ("C-2", "natural_person", ""),
    ]  # fmt: skip
    assert reasons(checked) == {3: "malformed_row"}


def test_rates_are_exact_and_not_of_tomorrow():
    rows = "USD,EUR,2026-03-01,0.92130\nUSD,EUR,2026-04-01,0.9\nUSD,EUR,2026-03-02,-1\n,EUR,2026-03-02,1\nGBP,EUR,,1\n"
    checked = rates_of("currency,base_currency,rate_date,rate\n" + rows)
    assert checked.facts["rate"].tolist() == ["0.9213"]
    assert reasons(checked) == {
        2: "date_out_of_range", 3: "bad_amount", 4: "missing_required", 5: "missing_required",
    }  # fmt: skip


def test_disputes_are_of_known_items_and_of_the_whole_unless_a_part_is_stated():
    header = "dispute_id,invoice_id,amount,currency,reason,opened_date,resolved_date\n"
    rows = (
        "D-1,INV-1,,,too late,2026-03-01,\nD-2,CM-1,10.00,EUR,,2026-03-01,2026-03-05\nD-3,INV-1,100.01,,,2026-03-01,\n"
        "D-4,INV-9,,,,2026-03-01,\nD-5,INV-1,,USD,,2026-03-01,\nD-6,INV-1,,,,2026-03-05,2026-03-01\n"
        "D-7,INV-1,,,,2026-04-05,\n,INV-1,,,,2026-03-05,\nD-9,INV-1,0,,,2026-03-01,\n"
    )
    checked = disputes_of(header + rows)
    assert drawn(checked.facts, "dispute_id", "item_id", "amount_minor", "reason", "opened_on", "resolved_on") == [
        ("D-1", "INV-1", 10000, "too late", "2026-03-01", ""),
        ("D-2", "CM-1", 1000, "", "2026-03-01", "2026-03-05"),
    ]
    assert reasons(checked) == {
        3: "amount_out_of_range", 4: "orphan_payment", 5: "currency_mismatch", 6: "malformed_row",
        7: "date_out_of_range", 8: "missing_required", 9: "amount_out_of_range",
    }  # fmt: skip


def test_invoices_of_unknown_customers_can_be_taken_out_again():
    checked = invoices_of(HEADER + GOOD.format(1) + GOOD.format(2).replace("C-1", "C-2"))
    set_unknown_customers_aside(checked, {"C-2"})
    assert (checked.facts["item_id"].tolist(), reasons(checked)) == (["INV-2"], {1: "unknown_customer"})
    assert (checked.bad[0].invoice_id, checked.bad[0].value) == ("INV-1", "C-1")


def test_the_days_of_a_table_are_those_on_which_something_happened():
    header = "known_date," + HEADER
    columns = columns_of(header + "2026-03-20,1,C,2026-02-01,2026-09-03,1,EUR,2026-03-10,1\n" * 2)
    assert columns.days().tolist() == [20485, 20522, 20532]


def test_a_mapping_may_say_that_rows_are_payments():
    mapping = ColumnMapping.parse({"layout": "one_row_per_payment"}, "ours")
    checked = invoices_of(SPLIT + "P-1,INV-1,C-1,2026-02-01,2026-03-03,1.00,EUR,2026-02-10,1.00,\n", mapping)
    assert checked.columns.table.layout == "one_row_per_payment"
    assert split_payments(checked)[1].facts["payment_id"].tolist() == ["P-1"]


def test_many_plain_rows_are_read_as_each_of_them_alone():
    draw = np.random.default_rng(5)
    cells = [
        f"{sign}{whole:,}{point}" if draw.random() < 0.5 else f"{sign}{whole}{point}"
        for sign, whole, point in zip(
            draw.choice(["", "-"], 300), draw.integers(0, 10**7, 300), draw.choice(["", ".5", ".50", ".05"], 300),
            strict=True
        )
    ]  # fmt: skip
    together = invoices_of(
        HEADER + "".join(row(invoice_id=n, amount=cell) for n, cell in enumerate(cells)), decimal="."
    )
    expected = [int(Decimal(cell.replace(",", "")) * 100) for cell in cells]
    assert together.facts["amount_minor"].tolist() == expected
