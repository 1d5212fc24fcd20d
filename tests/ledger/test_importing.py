"""Importing: rows become facts with their day of knowledge, whole or not at all."""

from datetime import UTC, date, datetime, timedelta

import pytest
import xlsxwriter
from builders import ledger_of
from importing_kit import HEADER, TODAY, drawn, take

from ledger.errors import EmptyLedger
from ledger.importing import import_files
from ledger.mapping import ColumnMapping
from ledger.options import ImportOptions
from ledger.refusals import AsOfAfterToday, FileRefused, UnknownMapping

INVOICES = "invoice_id,customer_id,issue_date,due_date,amount,currency\n"
YESTERDAY = TODAY - timedelta(days=1)
PAYMENTS = "payment_id,invoice_id,kind,amount,currency,paid_date,booked_date\n"


def refusal(ledger, folder, *contents, **how):
    before = ledger.version
    with pytest.raises(FileRefused) as refused:
        take(ledger, folder, *contents, **how)
    assert ledger.version == before, "a refused file changes nothing"
    return refused.value


def test_one_row_per_invoice_becomes_an_item_and_its_payment(ledger, tmp_path):
    report = take(ledger, tmp_path, HEADER + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,2026-03-10,40.00\n")

    view = ledger.as_of(TODAY)
    assert drawn(view.items, "item_id", "issued_on", "due_on", "amount_minor", "known_on", "source_row") == [
        ("INV-1", "2026-02-01", "2026-03-03", 10000, "2026-02-01", 1)
    ]
    assert drawn(view.applications, "kind", "amount_minor", "happened_on", "known_on", "known_assumed") == [
        ("cash", 4000, "2026-03-10", "2026-03-10", True)
    ]
    assert view.invoice("INV-1").open_minor == 10000 - 4000
    assert (report.verdict, report.accepted, report.loaded) == ("accept", 1, True)


def test_headers_are_found_in_any_case_and_spelling_below_a_title(ledger, tmp_path):
    take(
        ledger, tmp_path,
        "Open items of March,,,,,\n,,,,,\nInvoice-ID,CUSTOMER ID,Issue_Date,Due Date,'Amount',currency\n"
        "1,C-1,2026-02-01,2026-03-03,5.00,EUR\n",
    )  # fmt: skip
    assert ledger.as_of(TODAY).invoice("1").amount_minor == 500


def test_three_tables_and_rates_are_one_import(ledger, tmp_path):
    report = take(
        ledger, tmp_path,
        "customer_id,customer_name,country\nC-1,Elm Street,GB\n",
        INVOICES + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR\n",
        PAYMENTS + "P-1,INV-1,cash,60.00,EUR,2026-03-10,2026-03-12\nP-2,INV-1,discount,2.00,EUR,2026-03-10,\n",
        "currency,base_currency,rate_date,rate\nUSD,EUR,2026-03-01,0.9213\n",
    )  # fmt: skip

    view = ledger.as_of(TODAY)
    assert [file.role for file in report.files] == ["invoices", "payments", "customers", "rates"]
    assert drawn(view.applications, "kind", "amount_minor", "known_on", "known_assumed") == [
        ("discount", 200, "2026-03-10", True),
        ("cash", 6000, "2026-03-12", False),
    ]
    assert drawn(view.customers, "customer_name", "country", "known_on") == [("Elm Street", "GB", "2026-02-01")]
    assert drawn(view.rates, "currency", "base", "rate", "rate_on", "known_on") == [
        ("USD", "EUR", "0.9213", "2026-03-01", "2026-03-01")
    ]
    assert ledger.version == 1


def test_a_payment_booked_next_week_is_not_known_this_week(ledger, tmp_path):
    payments = PAYMENTS + "P-1,INV-1,cash,100.00,EUR,2026-03-06,2026-03-12\n"
    take(ledger, tmp_path, INVOICES + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR\n", payments)

    assert ledger.as_of(date(2026, 3, 11)).invoice("INV-1").open_minor == 10000
    assert ledger.as_of(date(2026, 3, 12)).invoice("INV-1").open_minor == 0


def test_the_posting_lag_delays_knowledge_where_no_booking_day_is_stated_but_never_beyond_the_export(ledger, tmp_path):
    rows = "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,2026-03-10,40.00\nINV-2,C-1,2026-03-30,2026-04-30,1.00,EUR,,\n"
    take(ledger, tmp_path, HEADER + rows, posting_lag_days=3)

    view = ledger.as_of(TODAY)
    assert drawn(view.items, "item_id", "known_on") == [("INV-1", "2026-02-04"), ("INV-2", "2026-03-31")]
    assert drawn(view.applications, "known_on") == [("2026-03-13",)]


def test_what_a_later_export_brings_was_unknown_on_the_day_of_the_earlier_one(ledger, tmp_path):
    first = date(2026, 3, 10)
    take(ledger, tmp_path, HEADER + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,,\n", as_of=first)
    take(
        ledger, tmp_path,
        HEADER + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,2026-03-05,100.00\n"
        "INV-2,C-1,2026-02-20,2026-03-20,50.00,EUR,,\n",
    )  # fmt: skip

    assert len(ledger.as_of(first).items) == 1
    assert ledger.as_of(first).invoice("INV-1").open_minor == 10000
    after = ledger.as_of(first + timedelta(days=1))
    assert drawn(after.items, "item_id", "known_on") == [("INV-1", "2026-02-01"), ("INV-2", "2026-03-11")]
    assert after.invoice("INV-1").open_minor == 0


def test_the_same_file_twice_changes_nothing_and_says_so(ledger, tmp_path):
    content = HEADER + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,2026-03-10,40.00\n"
    take(ledger, tmp_path, content)
    again = take(ledger, tmp_path, content)

    assert (ledger.version, again.loaded, again.nothing_new) == (1, False, True)
    assert "Nothing new" in again.text()


def test_three_tables_twice_change_nothing(ledger, tmp_path):
    tables = (
        INVOICES + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR\n",
        # Two equal payments without an id are two payments.
        "invoice_id,paid_date,paid_amount\nINV-1,2026-03-10,20.00\nINV-1,2026-03-10,20.00\n",
    )
    take(ledger, tmp_path, *tables)
    again = take(ledger, tmp_path, *tables)

    assert again.nothing_new
    assert ledger.as_of(TODAY).invoice("INV-1").open_minor == 10000 - 2 * 2000


def test_a_corrected_amount_is_a_new_revision_and_the_old_one_stays_readable(ledger, tmp_path):
    first = date(2026, 3, 10)
    take(ledger, tmp_path, HEADER + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,,\n", as_of=first)
    report = take(ledger, tmp_path, HEADER + "INV-1,C-1,2026-02-01,2026-03-03,80.00,EUR,,\n")

    assert report.learned["changed_invoices"] == 1
    assert ledger.as_of(first).invoice("INV-1").amount_minor == 10000
    assert ledger.as_of(TODAY).invoice("INV-1").amount_minor == 8000


def test_a_higher_paid_total_is_one_more_payment_of_the_difference(ledger, tmp_path):
    row = "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,"
    take(ledger, tmp_path, HEADER + row + "2026-03-05,40.00\n", as_of=date(2026, 3, 10))
    take(ledger, tmp_path, HEADER + row + "2026-03-20,70.00\n")

    assert drawn(ledger.as_of(TODAY).applications, "kind", "amount_minor", "happened_on") == [
        ("cash", 4000, "2026-03-05"),
        ("cash", 7000 - 4000, "2026-03-20"),
    ]


def test_a_lower_paid_total_is_a_reversal_known_from_the_export_that_tells_it(ledger, tmp_path):
    row = "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,"
    take(ledger, tmp_path, HEADER + row + "2026-03-05,100.00\n", as_of=date(2026, 3, 10))
    take(ledger, tmp_path, HEADER + row + ",\n")

    assert ledger.as_of(YESTERDAY).invoice("INV-1").open_minor == 0
    assert ledger.as_of(TODAY).invoice("INV-1").open_minor == 10000
    assert drawn(ledger.as_of(TODAY).applications, "kind", "amount_minor", "happened_on", "known_on")[1] == (
        "reversal", -10000, "2026-03-31", "2026-03-31",
    )  # fmt: skip


@pytest.mark.parametrize("changed", ["INV-1,C-1,2026-02-01,2026-03-03,80.00", "INV-1,C-1,2026-02-01,2026-03-09,100.00"])
def test_a_correction_without_a_booking_day_is_known_from_the_export_that_tells_it(ledger, tmp_path, changed):
    first, names = date(2026, 3, 10), "customer_id,customer_name\n"
    payment = PAYMENTS + "P-1,INV-1,cash,{},EUR,2026-03-05,2026-03-06\n"
    before = INVOICES + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR\n"
    take(ledger, tmp_path, before, payment.format("20.00"), names + "C-1,Elm Street\n", as_of=first)
    told = ledger.as_of(first)

    take(ledger, tmp_path, INVOICES + changed + ",EUR\n", payment.format("30.00"), names + "C-1,Elm Road\n")

    before, after = ledger.as_of(YESTERDAY), ledger.as_of(TODAY)
    for name in ("items", "applications", "customers"):
        assert getattr(before, name).equals(getattr(told, name)), name
        assert len(getattr(after, name)) > len(getattr(told, name)), name


def test_a_payment_taken_back_with_a_booking_day_of_its_own_is_known_that_day(ledger, tmp_path):
    invoices = INVOICES + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR\n"
    paid = PAYMENTS + "P-1,INV-1,cash,100.00,EUR,2026-03-05,2026-03-06\n"
    take(ledger, tmp_path, invoices, paid, as_of=date(2026, 3, 10))
    take(ledger, tmp_path, invoices, paid + "P-2,INV-1,reversal,100.00,EUR,2026-03-12,2026-03-13\n")

    opened = [ledger.as_of(date(2026, 3, day)).invoice("INV-1").open_minor for day in (12, 13)]
    assert opened == [0, 10000]


def test_a_paid_day_told_otherwise_takes_the_payment_back_and_tells_it_again(ledger, tmp_path):
    row = "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,"
    take(ledger, tmp_path, HEADER + row + "2026-03-05,100.00\n", as_of=date(2026, 3, 10))
    for _ in range(2):
        take(ledger, tmp_path, HEADER + row + "2026-03-08,100.00\n")

    view = ledger.as_of(TODAY)
    assert sorted(drawn(view.applications, "kind", "amount_minor", "happened_on")) == [
        ("cash", 10000, "2026-03-05"),
        ("cash", 10000, "2026-03-08"),
        ("reversal", -10000, "2026-03-05"),
    ]
    assert view.invoice("INV-1").open_minor == 0


def test_a_payment_row_told_otherwise_is_taken_back_and_told_again(ledger, tmp_path):
    invoices = INVOICES + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR\n"
    for amount in ("40.00", "45.00", "45.00", "50.00"):
        take(ledger, tmp_path, invoices, PAYMENTS + f"P-1,INV-1,cash,{amount},EUR,2026-03-10,\n")

    assert ledger.as_of(TODAY).invoice("INV-1").open_minor == 10000 - 5000
    assert ledger.version == 3


def test_an_older_export_fills_in_older_knowledge_and_leaves_the_newest_day_as_it_is(ledger, tmp_path):
    older, newer = (HEADER + f"INV-1,C-1,2026-02-01,2026-03-03,{amount}.00,EUR,,\n" for amount in (90, 100))
    take(ledger, tmp_path, newer)
    report = take(ledger, tmp_path, older, as_of=date(2026, 3, 1))

    amounts = [ledger.as_of(day).invoice("INV-1").amount_minor for day in (date(2026, 3, 30), TODAY)]
    assert (report.loaded, report.learned["new_invoices"], amounts) == (True, 1, [90_00, 100_00])
    assert ledger.newest_day() == TODAY


def test_without_a_day_the_export_is_of_the_newest_date_in_the_file_but_never_after_today(ledger, tmp_path):
    rows = "INV-1,C-1,2026-02-01,2026-09-03,100.00,EUR,2026-03-10,40.00\nINV-2,C-1,2026-02-01,2026-09-03,1.00,EUR,,\n"
    late = "INV-3,C-1,2026-05-01,2026-06-03,1.00,EUR,,\n"
    report = take(ledger, tmp_path, HEADER + rows + late, as_of=None)

    assert (report.as_of, report.as_of_derived) == (date(2026, 3, 10), True)
    assert report.reasons == {"issue_in_future": 1}
    assert "the newest day in the files; name another with --as-of" in report.text()


def test_an_export_of_tomorrow_is_wrong_use(ledger, tmp_path):
    with pytest.raises(AsOfAfterToday) as wrong:
        take(ledger, tmp_path, HEADER, as_of=TODAY + timedelta(days=1))
    assert wrong.value.exit_code == 2


def test_a_dry_run_does_everything_but_the_loading(ledger, tmp_path):
    report = take(ledger, tmp_path, HEADER + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,,\n", dry_run=True)

    assert (report.learned["new_invoices"], report.loaded, ledger.version) == (1, False, 0)
    with pytest.raises(EmptyLedger):
        ledger.as_of(TODAY)


def test_one_bad_file_keeps_all_files_of_the_import_out(ledger, tmp_path):
    good = INVOICES + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR\n"
    bad = PAYMENTS + "P-1,INV-9,cash,1.00,EUR,2026-03-10,\n"
    assert refusal(ledger, tmp_path, good, bad).code == "too_many_bad_rows"


def test_the_same_invoice_number_of_two_entities_is_two_items(ledger, tmp_path):
    header = "entity," + INVOICES
    rows = "US01,7,C-1,2026-02-01,2026-03-03,100.00,USD\nUK01,7,C-1,2026-02-01,2026-03-03,50.00,GBP\n"
    take(ledger, tmp_path, header + rows)
    assert list(ledger.as_of(TODAY).items["item_id"]) == ["UK01/7", "US01/7"]


def test_a_payment_finds_its_item_without_the_entity_when_only_one_has_the_number(ledger, tmp_path):
    header = "entity," + INVOICES
    rows = "US01,7,C-1,2026-02-01,2026-03-03,100.00,USD\nUS01,8,C-1,2026-02-01,2026-03-03,9.00,USD\n"
    twice = "UK01,8,C-1,2026-02-01,2026-03-03,50.00,GBP\n"
    payments = PAYMENTS + "P-1,7,cash,100.00,USD,2026-03-10,\nP-2,8,cash,9.00,USD,2026-03-10,\n"
    report = take(ledger, tmp_path, header + rows + twice, payments)

    assert ledger.as_of(TODAY).invoice("US01/7").open_minor == 0
    assert [(row.line, row.reason) for row in report.quarantined] == [(3, "orphan_payment")]


def test_a_payment_of_a_later_import_finds_the_item_of_an_earlier_one(ledger, tmp_path):
    take(ledger, tmp_path, INVOICES + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR\n", as_of=date(2026, 3, 10))
    take(ledger, tmp_path, PAYMENTS + "P-1,INV-1,cash,100.00,EUR,2026-03-12,\n")
    assert ledger.as_of(TODAY).invoice("INV-1").open_minor == 0


def test_payments_without_a_currency_are_in_that_of_their_invoice(ledger, tmp_path):
    take(
        ledger, tmp_path,
        INVOICES + "INV-1,C-1,2026-02-01,2026-03-03,1200,JPY\n",
        "invoice_id,paid_date,paid_amount\nINV-1,2026-03-10,1000\n",
    )  # fmt: skip
    assert ledger.as_of(TODAY).invoice("INV-1").open_minor == 1200 - 1000


def test_a_payment_is_never_known_before_its_item(ledger, tmp_path):
    header = "known_date," + HEADER
    take(ledger, tmp_path, header + "2026-03-20,INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,2026-03-10,100.00\n")
    view = ledger.as_of(TODAY)
    assert drawn(view.items, "known_on") == drawn(view.applications, "known_on") == [("2026-03-20",)]


def test_a_currency_that_the_file_lacks_is_used_only_when_a_mapping_states_it(ledger, tmp_path):
    content = HEADER.replace("currency,", "") + "INV-1,C-1,2026-02-01,2026-03-03,100.00,,\n"
    assert refusal(ledger, tmp_path, content).code == "missing_columns"
    take(ledger, tmp_path, content, mapping=ColumnMapping.parse({"constants": {"currency": "EUR"}}, "ours"))
    assert ledger.as_of(TODAY).invoice("INV-1").currency == "EUR"


def test_an_unknown_mapping_is_wrong_use(ledger, tmp_path):
    with pytest.raises(UnknownMapping):
        take(ledger, tmp_path, HEADER, mapping="sap")


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (INVOICES.replace("amount", "Amount,AMOUNT"), "duplicate_columns", "AMOUNT"),
        (HEADER, "no_data_rows", "no row below"),
        ("a,b\n1,2\n", "missing_columns", "invoice_id, customer_id, issue_date, due_date, amount, currency"),
        (HEADER.replace("due_date", "net_due") + "1,C,2026-02-01,2026-03-03,1,EUR,,\n", "missing_columns", '"net_due"'),
        (HEADER + "1,C,02/03/2026,04/03/2026,1,EUR,,\n", "ambiguous_date_order", "--date-order"),
        (HEADER + "1,C,2026-02-01,2026-03-03,1.234,EUR,,\n", "ambiguous_number_format", "--decimal"),
        (HEADER + "1,C,31/02/2026,2026-03-03,1,EUR,,\n", "too_many_bad_rows", '"31/02/2026" is not a date'),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_believed_is_refused_whole(ledger, tmp_path, content, code, says):
    refused = refusal(ledger, tmp_path, content)
    assert refused.code == code
    assert says in str(refused)


def test_a_header_that_a_mapping_names_must_be_there(ledger, tmp_path):
    names = ("invoice_id", "customer_id", "issue_date", "due_date", "amount", "currency")
    columns = {**{name: name for name in names}, "paid_date": "Settled on"}
    mapping = ColumnMapping.parse({"columns": columns}, "ours")
    refused = refusal(ledger, tmp_path, INVOICES + "1,C,2026-02-01,2026-03-03,1,EUR\n", mapping=mapping)
    assert (refused.code, "Settled on" in str(refused)) == ("missing_columns", True)


def test_a_ledger_is_the_same_whether_its_tables_come_together_or_one_after_the_other(tmp_path):
    invoices = INVOICES + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR\n"
    payments = PAYMENTS + "P-1,INV-1,cash,60.00,EUR,2026-03-10,2026-03-12\n"
    together, apart = ledger_of(), ledger_of()
    take(together, tmp_path, invoices, payments)
    take(apart, tmp_path, invoices)
    take(apart, tmp_path, payments)

    one, other = together.as_of(TODAY), apart.as_of(TODAY)
    assert one.items.equals(other.items)
    assert one.applications.equals(other.applications)


def test_one_number_of_two_customers_without_an_entity_is_two_contents_of_one_number(ledger, tmp_path):
    rows = "".join(f"OK-{n},C-1,2026-02-01,2026-03-03,1.00,EUR\n" for n in range(2))
    twice = "7,C-1,2026-02-01,2026-03-03,5.00,EUR\n7,C-2,2026-02-01,2026-03-03,5.00,EUR\n"
    report = take(ledger, tmp_path, INVOICES + rows + twice)

    assert [(row.line, row.invoice_id, row.reason) for row in report.quarantined] == [
        (4, "7", "conflicting_duplicate"),
        (5, "7", "conflicting_duplicate"),
    ]
    assert list(ledger.as_of(TODAY).items["item_id"]) == ["OK-0", "OK-1"]


@pytest.mark.parametrize(
    ("payment", "column", "reason"),
    [
        ("P-9,INV-1,cash,10.00,USD,2026-03-10,", "currency", "payment_currency_mismatch"),
        ("P-9,INV-1,cash,-10.00,EUR,2026-03-10,", "amount", "payment_sign_mismatch"),
        ("P-9,INV-1,,-40.01,EUR,2026-03-10,", "amount", "payment_sign_mismatch"),
        ("P-9,INV-1,gift,10.00,EUR,2026-03-10,", "kind", "malformed_row"),
        ("P-9,INV-2,cash,10.00,EUR,2026-03-10,", "invoice_id", "orphan_payment"),
        ("P-9,INV-1,cash,10.00,EUR,2026-04-01,", "paid_date", "paid_in_future"),
        ("P-9,INV-1,cash,10.00,EUR,2026-03-10,2026-04-01", "booked_date", "paid_in_future"),
    ],
)
def test_a_payment_that_does_not_fit_its_invoice_is_set_aside(ledger, tmp_path, payment, column, reason):
    invoices = INVOICES + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR\n"
    report = take(ledger, tmp_path, invoices, PAYMENTS + "P-1,INV-1,cash,40.00,EUR,2026-03-10,\n" + payment)

    assert [(row.line, row.column, row.reason) for row in report.quarantined] == [(3, column, reason)]
    assert ledger.as_of(TODAY).invoice("INV-1").open_minor == 10000 - 4000


def test_money_of_the_other_sign_without_a_kind_is_a_reversal_of_what_the_table_paid(ledger, tmp_path):
    invoices = INVOICES + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR\n"
    payments = "P-1,INV-1,,40.00,EUR,2026-03-10,\nP-9,INV-1,,-40.00,EUR,2026-03-12,\n"
    report = take(ledger, tmp_path, invoices, PAYMENTS + payments)

    assert (report.learned["new_payments"], report.learned["new_reversals"]) == (1, 1)
    assert ledger.as_of(TODAY).invoice("INV-1").open_minor == 10000


def test_a_reversal_raises_what_is_open_with_either_sign(ledger, tmp_path):
    invoices = INVOICES + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR\n"
    payments = "P-1,INV-1,cash,70.00,EUR,2026-03-10,\nP-2,INV-1,reversal,-20.00,EUR,2026-03-12,\n"
    take(ledger, tmp_path, invoices, PAYMENTS + payments + "P-3,INV-1,reversal,30.00,EUR,2026-03-13,\n")

    assert ledger.as_of(TODAY).invoice("INV-1").open_minor == 10000 - 7000 + 2000 + 3000


def test_numbers_and_days_of_a_workbook_are_read_exactly_or_set_aside(ledger, tmp_path):
    path = tmp_path / "ledger.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, HEADER.strip().split(","))
        amounts = [1234.5, sum([0.1] * 10), 7, 10.005]  # the second is 0.9999999999999999
        for at, (number, amount) in enumerate(zip([10023, "00042", 7, 8], amounts, strict=True), 1):
            sheet.write_row(at, 0, [number, 500])
            sheet.write_datetime(at, 2, date(2026, 2, 1), day)
            sheet.write_datetime(at, 3, date(2026, 3, 3), day)
            sheet.write_row(at, 4, [amount, "EUR"])
    recorded_at = datetime(2026, 3, 31, 6, tzinfo=UTC)
    report = import_files(ledger, [path], options=ImportOptions(as_of=TODAY), today=TODAY, recorded_at=recorded_at)

    assert drawn(ledger.as_of(TODAY).items, "item_id", "customer_id", "issued_on", "amount_minor") == [
        ("00042", "500", "2026-02-01", 1_00), ("10023", "500", "2026-02-01", 1234_50), ("7", "500", "2026-02-01", 7_00),
    ]  # fmt: skip
    assert [(row.line, row.column, row.reason) for row in report.quarantined] == [(5, "amount", "amount_precision")]


def test_a_mapping_may_say_that_the_rows_are_payments(ledger, tmp_path):
    mapping = ColumnMapping.parse({"layout": "one_row_per_payment"}, "ours")
    rows = "A-1,C-1,2026-01-05,2026-02-04,100.00,EUR,{},{}\n"
    report = take(
        ledger, tmp_path, HEADER + rows.format("2026-02-10", "60.00") + rows.format("2026-02-20", "20.00"),
        mapping=mapping,
    )  # fmt: skip

    assert report.learned["new_invoices"] == 1
    assert report.learned["new_payments"] == 2
