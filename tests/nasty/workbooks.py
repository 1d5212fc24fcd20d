"""Workbooks: typed cells, sheets, formulas, and archives that are none."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal

import xlsxwriter
from nasty.case import Outcome, Step, accepted, case, refused, set_aside
from nasty.clean import COLUMNS, Maker
from nasty.writing import Formula, put, records, typed, workbook


def _book(content: bytes, *outcomes: Outcome, **options: object) -> Step:
    return Step({"ledger.xlsx": content}, outcomes, options)


@case("workbook", "P20")
def real_days_and_numbers(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    return [_book(workbook({"Ledger": typed(bills)}), accepted(bills))]


@case("workbook", "P20")
def texts_alone(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    return [_book(workbook({"Ledger": records(bills)}), accepted(bills))]


@case("workbook", "P03")
def days_counted_from_1904(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    return [_book(workbook({"Ledger": typed(bills)}, date_1904=True), accepted(bills))]


@case("workbook", "P03 P17")
def days_as_dates_texts_and_times_in_one_column(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = typed(bills)
    for row, bill in enumerate(bills, 1):
        spellings = (bill.issue_date, bill.issue_date.isoformat(), datetime.combine(bill.issue_date, time(23, 59, 59)))
        rows[row][3] = spellings[row % 3]
    return [_book(workbook({"Ledger": rows}), accepted(bills))]


@case("workbook", "P01")
def noise_of_binary_floats(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    for at, amount in ((2, "1234.56"), (3, "0.30"), (4, "-1234.50"), (5, "2309.79")):
        bills[at] = bills[at].but(amount=Decimal(amount)).paid(None)
    rows = typed(bills)
    noisy = (1234.5600000000001, 0.1 + 0.2, -1234.4999999999998, 2309.7899999999995)
    for row, number in enumerate(noisy, 3):
        rows[row][5] = number
    rows[7][5], rows[8][5] = 10.005, 99.999
    rows[7][7:9], rows[8][7:9] = [None, None], [None, None]
    good = [*bills[:6], *bills[8:]]
    return [_book(workbook({"Ledger": rows}), set_aside(good, {7: "amount_precision", 8: "amount_precision"}))]


@case("workbook", "P14")
def formulas_with_stored_results(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = typed(bills)
    for row in range(1, len(rows)):
        rows[row][5] = Formula("=1+1", rows[row][5])
    return [_book(workbook({"Ledger": rows}), accepted(bills))]


@case("workbook", "P14")
def formulas_without_a_result(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = typed(bills)
    rows[3][5] = Formula("=SUM(A1:A3)", "")
    good = [*bills[:2], *bills[3:]]
    reasons = {3: "formula_without_value|missing_required|bad_amount"}
    return [_book(workbook({"Ledger": rows}), set_aside(good, reasons))]


@case("workbook", "P14")
def cells_that_hold_errors(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = typed(bills)
    rows[2][5], rows[3][3], rows[4][0] = Formula("=NA()", "#N/A"), Formula("=1/0", "#DIV/0!"), Formula("=A0", "#REF!")
    any_of = "cell_error|bad_amount|bad_date|bad_id|missing_required|formula_without_value"
    good = [bills[0], *bills[4:]]
    return [_book(workbook({"Ledger": rows}), set_aside(good, dict.fromkeys((2, 3, 4), any_of)))]


@case("workbook", "P06")
def ids_that_are_numbers(make: Maker) -> Sequence[Step]:
    bills = [bill.but(invoice_id=str(4711 + at), customer_id=str(10 + at)) for at, bill in enumerate(make.ledger())]
    bills[4] = bills[4].but(invoice_id="999999999999999")
    rows = typed(bills)
    for row, bill in enumerate(bills, 1):
        rows[row][0], rows[row][1] = int(bill.invoice_id), float(bill.customer_id)
    rows[2][0], rows[3][0], rows[4][1] = 1e15, 17.5, 1.5
    good = [bills[0], *bills[4:]]
    reasons = "bad_id|id_mangled_by_spreadsheet"
    return [_book(workbook({"Ledger": rows}), set_aside(good, dict.fromkeys((2, 3, 4), reasons)))]


@case("workbook", "P03")
def days_as_plain_numbers(make: Maker) -> Sequence[Step]:
    """Day numbers in cells without the format of a date, in every row of the column."""
    bills = make.ledger()
    rows = typed(bills)
    for row, bill in enumerate(bills, 1):
        rows[row][3] = (bill.issue_date - date(1899, 12, 30)).days
    return [_book(workbook({"Ledger": rows}), accepted(bills).warning("excel_serial_dates"))]


@case("workbook", "P01")
def amounts_that_are_true_or_false(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = typed(bills)
    rows[2][5] = True
    return [_book(workbook({"Ledger": rows}), set_aside([bills[0], *bills[2:]], {2: "bad_amount"}))]


@case("workbook", "P12")
def titles_blank_rows_and_an_empty_first_column(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = [["", "Open items of Example Ltd"], [], *([None, *row] for row in typed(bills))]
    rows.insert(7, [])
    outcome = accepted(bills)
    return [_book(workbook({"Ledger": rows}), outcome, refused("missing_columns|no_header"))]


@case("workbook", "P13")
def two_sheets_that_look_like_ledgers(make: Maker) -> Sequence[Step]:
    content = workbook({"2024": typed(make.ledger()), "2025": typed(make.ledger())})
    return [_book(content, refused("ambiguous_sheet"))]


@case("workbook", "P13 P20")
def two_ledgers_and_the_option_names_one(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    content = workbook({"2024": typed(make.ledger()), "2025": typed(bills)})
    return [_book(content, accepted(bills), sheet="2025")]


@case("workbook", "P13")
def a_sheet_that_is_not_there(make: Maker) -> Sequence[Step]:
    codes = "ambiguous_sheet|missing_columns|no_header|unknown_sheet|missing_sheet|no_data_rows"
    return [_book(workbook({"Ledger": typed(make.ledger())}), refused(codes), sheet="Tabelle1")]


@case("workbook", "P12")
def a_cover_a_pivot_and_a_ledger(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    pivot = [["customer_id", "total"], ["C100", 1234.5]]
    notes = [["Printed on", date(2025, 6, 30)]]
    return [_book(workbook({"Cover": notes, "Pivot": pivot, "Ledger": typed(bills)}), accepted(bills))]


@case("workbook", "P13")
def no_cell_at_all(make: Maker) -> Sequence[Step]:
    return [_book(workbook({"Ledger": []}), refused("empty_file|no_data_rows|no_header|missing_columns"))]


@case("workbook", "P13")
def an_empty_template_beside_the_ledger(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    return [_book(workbook({"Template": [list(COLUMNS)], "Open items": typed(bills)}), accepted(bills))]


@case("workbook", "P16")
def one_cell_at_the_far_corner(make: Maker) -> Sequence[Step]:
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    sheet = "xl/worksheets/sheet1.xml"
    raw = workbook({"Ledger": typed(make.ledger())})
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[sheet] = parts[sheet].replace(b"</sheetData>", far)
    return [_book(_zip(parts), refused("too_many_columns|too_many_rows"))]


@case("workbook", "P13")
def cut_off(make: Maker) -> Sequence[Step]:
    content = workbook({"Ledger": typed(make.ledger())})
    return [_book(content[: len(content) * 2 // 3], refused("corrupt_file"))]


@case("workbook", "P13")
def an_archive_that_is_no_workbook(make: Maker) -> Sequence[Step]:
    return [_book(_zip({"ledger.csv": b"invoice_id,amount\n1,2\n"}), refused("unsupported_format|corrupt_file"))]


@case("workbook", "P13")
def with_macros(make: Maker) -> Sequence[Step]:
    content = _with(workbook({"Ledger": typed(make.ledger())}), "xl/vbaProject.bin", b"\xd0\xcf\x11\xe0")
    return [_book(content, refused("macro_workbook|unsupported_format"))]


@case("workbook", "P16")
def with_an_entity_of_its_own(make: Maker) -> Sequence[Step]:
    raw = workbook({"Ledger": records(make.ledger())})
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    entity = b'<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/hostname">]>'
    strings = parts["xl/sharedStrings.xml"]
    at = strings.index(b"?>") + 2
    parts["xl/sharedStrings.xml"] = strings[:at] + entity + strings[at:].replace(b"<t>", b"<t>&secret;", 40)
    return [_book(_zip(parts), refused("xml_entity|corrupt_file|missing_columns"))]


@case("workbook", "P12")
def hidden_rows_are_rows(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, row in enumerate(records(bills)):
        sheet.write_row(at, 0, row)
    sheet.set_row(3, options={"hidden": True})
    sheet.set_column(5, 5, options={"hidden": True})
    sheet.autofilter(0, 0, 12, 9)
    book.close()
    return [_book(out.getvalue(), accepted(bills))]


@case("workbook", "P02")
def amounts_as_texts_with_commas_beside_numbers(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = typed(bills)
    for row in range(1, len(rows), 2):
        rows[row][5] = f"{bills[row - 1].amount:,}".replace(",", " ").replace(".", ",")
    return [_book(workbook({"Ledger": rows}), accepted(bills))]


@case("workbook", "P13")
def two_columns_of_one_name(make: Maker) -> Sequence[Step]:
    rows = [[*row, 1.0] for row in typed(make.ledger())]
    rows[0][-1] = "Amount"
    return [_book(workbook({"Ledger": rows}), refused("duplicate_columns|ambiguous_columns"))]


@case("workbook", "P20")
def texts_of_numbers_stay_ids(make: Maker) -> Sequence[Step]:
    bills = [bill.but(invoice_id=f"000{at}") for at, bill in enumerate(make.ledger())]
    rows = typed(bills)
    return [_book(workbook({"Ledger": put(rows, 1)}), accepted(bills))]


def _with(raw: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(raw)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()
