"""Layout: the header is found, the role told, and each record below counted once."""

import pytest
from checks_kit import GOOD, HEADER, invoices_of, reasons, sheet_of, table_of

from ledger.layout import recognise, require_named_columns
from ledger.mapping import ColumnMapping
from ledger.options import ImportOptions
from ledger.reading.sheet import Record, Sheet
from ledger.refusals import FileRefused

ROW = GOOD.format(1)
INVOICES = "invoice_id,customer_id,issue_date,due_date,amount,currency\n"


def refused(*args, **how):
    with pytest.raises(FileRefused) as refusal:
        recognise(*args, **how)
    return refusal.value


@pytest.mark.parametrize(
    ("text", "role"),
    [
        (HEADER + ROW, "invoices"),
        ("invoice_id,paid_date,amount\n1,2026-03-01,5\n", "payments"),
        ("payment_id,invoice_id,customer_name,paid_date,paid_amount\nP,1,Elm,2026-03-01,5\n", "payments"),
        ("payment_id,customer_id,paid_date,amount,currency\nP,C,2026-03-01,5,EUR\n", "payments"),
        ("customer_id,customer_name,terms\nC,Elm,NET30\n", "customers"),
        ("currency,base_currency,rate_date,rate\nUSD,EUR,2026-03-01,0.9\n", "rates"),
        ("dispute_id,invoice_id,opened_date\nD,1,2026-03-01\n", "disputes"),
        ("payment_id," + HEADER + "P," + ROW, "invoices"),
    ],
)
def test_the_headers_tell_what_a_table_holds(text, role):
    assert table_of(text).role == role


def test_a_stated_role_goes_before_what_the_headers_tell():
    both = "invoice_id,customer_id,paid_date,amount\n1,C,2026-03-01,5\n"
    assert table_of(both, role="customers").role == "customers"
    assert "As invoices, the file lacks" in str(refused([sheet_of(both)], ColumnMapping(), role="invoices"))


def test_totals_blanks_and_repeated_headers_are_counted_and_ragged_rows_set_aside():
    text = (
        "Open items of March,,\n\n" + HEADER + ROW + "\nSubtotal page 1,,,,10.00,EUR,,\n" + HEADER + GOOD.format(2)
        + " ,\u200b,,,,,,\nINV-3,C-1,Elm, Street,2026-02-01,2026-03-03,10.00,EUR,,9\nGrand total,,,,20.00,EUR,,\n"
        "*** end of list ***\nINV-4,C-1\n"
    )  # fmt: skip
    checked = invoices_of(text)

    assert checked.ignored == {"blank": 2, "repeated_header": 1, "total": 3}
    assert [(bad.row, bad.reason) for bad in checked.bad] == [(6, "wrong_field_count"), (9, "wrong_field_count")]
    assert checked.facts["row"].tolist() == [1, 4]
    assert reasons(checked)


@pytest.mark.parametrize(
    "line",
    ["Summe,,,,99.00,EUR,,", "Gesamtsumme:,,,,99.00,EUR,,", "Zwischensumme Mai,,,,99.00,EUR,,",
    "Total général,,,,99,EUR,,",
     "Sous-total,,,,99.00,EUR,,", "Totale,,,,99.00,EUR,,", "Totaal,,,,99.00,EUR,,", ",Total,,,99.00,EUR,,",
     "TOTAL (2 invoices),,,,99.00,EUR,,98.00", "Suma,,,,99.00,EUR,,", "Total,,,2,99.00,EUR,2,98.00",
     "-----,,,,-----,,,",
     "======", "Page 1 of 3,,,,,,,", "2 rows selected.", "(2 rows affected),,,,,,,", "Übertrag,,,,99.00,EUR,,",
     "Carried forward,,,,99.00,EUR,,", "Ende der Liste"],
)  # fmt: skip
def test_totals_and_end_marks_in_several_languages_are_no_invoices(line):
    checked = invoices_of(HEADER + ROW + line + "\n")
    assert (checked.ignored["total"], len(checked.facts), checked.bad) == (1, 1, [])


@pytest.mark.parametrize(
    "line",
    ["SUM-12,C-1,,,99.00,EUR,,", "Total 7,C-1,,,99.00,EUR,,", "Gesamtverband,,2026-02-01,2026-03-03,99.00,EUR,,",
     "INV-7,Total Energies,,,99.00,EUR,,", "Totalo,,,,99.00,EUR,,"],
)  # fmt: skip
def test_an_invoice_that_begins_like_a_total_is_never_dropped_in_silence(line):
    checked = invoices_of(HEADER + ROW + line + "\n")
    assert (checked.ignored.total(), len(checked.bad)) == (0, 1)


def test_blank_fields_beyond_the_header_do_no_harm():
    checked = invoices_of(HEADER + ROW.strip() + ",,\n" + GOOD.format(2))
    assert len(checked.facts) == 2


def test_a_header_that_ends_with_a_delimiter_still_fits_its_rows():
    checked = invoices_of(HEADER.strip() + ",\n" + ROW + GOOD.format(2).strip() + ",\n")
    assert (len(checked.facts), checked.bad) == (2, [])


def test_a_distinct_cell_of_a_title_or_a_total_is_no_evidence():
    rows = HEADER + 'INV-1,C-1,2026-02-01,2026-03-03,"1,50",EUR,,\nTotal,,,,1.50,EUR,,\n'
    assert invoices_of(rows).facts["amount_minor"].tolist() == [150]


@pytest.mark.parametrize(
    "text",
    ["INV-1,C-1,2026-02-01,2026-03-03,10.00,EUR\nINV-2,C-1,2026-02-01,2026-03-03,11.00,EUR\n", "1,2\n3,4\n"],
)
def test_data_without_a_header_is_said_to_have_none(text):
    assert refused([sheet_of(text)], ColumnMapping()).code == "no_header"


def test_a_header_of_other_words_is_one():
    assert refused([sheet_of("a,b\n1,2\n")], ColumnMapping()).code == "missing_columns"


@pytest.mark.parametrize("header", [HEADER.replace("due_date", "net_due"), HEADER.replace("currency,", "")])
def test_a_renamed_column_is_missed_by_its_name(header):
    refusal = refused([sheet_of(header + "1,C,2026-02-01,2026-03-03,1,EUR,,\n")], ColumnMapping())
    assert refusal.code == "missing_columns"
    assert refusal.field in ("due_date", "currency")


def test_a_default_currency_stands_for_the_column():
    text = HEADER.replace("currency,", "") + "1,C,2026-02-01,2026-03-03,1.00,,\n"
    assert invoices_of(text, default_currency="chf").facts["currency"].tolist() == ["CHF"]


def test_two_worksheets_of_one_role_are_not_chosen_between_unless_one_is_named():
    sheets = [sheet_of(HEADER + ROW, name="2025"), sheet_of(HEADER + ROW + GOOD.format(2), name="2026")]
    assert refused(sheets, ColumnMapping()).code == "ambiguous_sheet"

    (table,) = recognise(sheets, ColumnMapping(), ImportOptions(sheet="2026"))
    assert (table.sheet, len(table)) == ("2026", 2)
    assert 'no worksheet "2024"; there are "2025", "2026"' in str(
        refused(sheets, ColumnMapping(), ImportOptions(sheet="2024"))
    )


def test_worksheets_of_different_roles_are_one_import_and_the_others_are_named():
    sheets = [
        sheet_of(HEADER + ROW, name="AR"),
        sheet_of("customer_id\nC-1\n", name="C"),
        sheet_of("x\n", name="Notes"),
    ]
    tables = recognise(sheets, ColumnMapping())
    assert [(table.role, table.skipped_sheets) for table in tables] == [
        ("invoices", ("Notes",)), ("customers", ("Notes",)),
    ]  # fmt: skip


def test_a_header_without_rows_holds_nothing():
    assert refused([sheet_of(HEADER)], ColumnMapping()).code == "no_data_rows"
    assert len(table_of("customer_id,customer_name\n")) == 0


def test_a_column_without_text_matters_only_where_it_is_needed():
    def sheet(unreadable):
        records = [Record(0, HEADER.strip().split(",")), Record(1, ROW.strip().split(","))]
        return Sheet.of_records("a.parquet", "", records, frozenset({unreadable}))

    assert len(recognise([sheet("tags")], ColumnMapping())) == 1
    assert refused([sheet("amount")], ColumnMapping()).code == "unsupported_column_type"


def test_the_cells_of_a_row_can_be_written_out_again():
    table = table_of(HEADER + ROW + "INV-2,C-1,Elm, Street,2026-02-01,2026-03-03,1,EUR,,\nINV-3\n")
    assert table.headers == tuple(HEADER.strip().split(","))
    assert table.cells_of(2) == ROW.strip().split(",")
    assert table.cells_of(3)[:5] == ["INV-2", "C-1", "Elm", " Street", "2026-02-01"]
    assert table.cells_of(4) == ["INV-3"]


def test_every_header_that_a_mapping_names_must_be_there():
    mapping = ColumnMapping.of_columns({"paid_date": "Cleared on"})
    tables = recognise([sheet_of(INVOICES + "1,C,2026-02-01,2026-03-03,1,EUR\n")], mapping)
    with pytest.raises(FileRefused, match='names "Cleared on"'):
        require_named_columns(tables, mapping)
