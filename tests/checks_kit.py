"""For the tests of layouts and checks: a text as a sheet, recognised, read and checked as of one day."""

import csv
import io
from datetime import date

import pandas as pd

from ledger.check_disputes import check_disputes
from ledger.check_invoices import check_invoices
from ledger.check_masters import check_customers, check_rates
from ledger.check_payments import check_payments
from ledger.checked import Checked
from ledger.columns import Columns, read_columns
from ledger.days import NEVER, to_date, to_day
from ledger.layout import Table, recognise, require_named_columns
from ledger.mapping import ColumnMapping
from ledger.options import ImportOptions
from ledger.parsing.texts import NumberCell
from ledger.reading.sheet import Record, Sheet

TODAY = date(2026, 3, 31)
HEADER = "invoice_id,customer_id,issue_date,due_date,amount,currency,paid_date,paid_amount\n"
GOOD = "INV-{},C-1,2026-02-01,2026-03-03,10.00,EUR,,\n"
PAYABLE = pd.DataFrame(
    [
        ("INV-1", "INV-1", "EUR", 10000),
        ("CM-1", "CM-1", "EUR", -5000),
        ("US01/7", "7", "USD", 700),
        ("US01/8", "8", "USD", 800),
        ("UK01/8", "8", "GBP", 800),
        ("9#1", "9", "EUR", 900),
        ("9#2", "9", "EUR", 900),
        ("JP-1", "JP-1", "JPY", 1200),
    ],
    columns=["item_id", "number", "currency", "amount_minor"],
)


def sheet_of(text: str, *, name: str = "", numbers: str = "", delimiter: str = ",", file: str = "file1.csv") -> Sheet:
    """The records of a text; cells in the columns named in `numbers` were numbers in their file."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines: list[Record] = []
    header: list[str] = []
    for cells in rows:
        header = header or cells
        typed = [
            NumberCell(cell) if lines and at < len(header) and header[at] in numbers.split() else cell
            for at, cell in enumerate(cells)
        ]
        lines.append(Record(rows.line_num, typed))
    return Sheet.of_records(file, name, lines)


def table_of(text: str, mapping: ColumnMapping | None = None, role: str | None = None, **options: object) -> Table:
    """The one table of a text."""
    (table,) = recognise([sheet_of(text)], mapping or ColumnMapping(), ImportOptions(**options), role)
    return table


def columns_of(
    text: str, mapping: ColumnMapping | None = None, role: str | None = None, numbers: str = "", **options: object
) -> Columns:
    """The read columns of a text."""
    mapping, said = mapping or ColumnMapping(), ImportOptions(**options)
    (table,) = recognise([sheet_of(text, numbers=numbers)], mapping, said, role)
    require_named_columns([table], mapping)
    return read_columns(table, mapping, said, near=TODAY)


def invoices_of(text: str, mapping: ColumnMapping | None = None, numbers: str = "", **options: object) -> Checked:
    """The checked invoices of a text."""
    columns = columns_of(text, mapping, "invoices", numbers, **options)
    return check_invoices(columns, to_day(TODAY), options=ImportOptions(**options))


def payments_of(text: str, payable: pd.DataFrame = PAYABLE, **options: object) -> Checked:
    """The checked payments of a text."""
    columns = columns_of(text, role="payments", **options)
    return check_payments(columns, to_day(TODAY), payable, ImportOptions(**options))


def disputes_of(text: str) -> Checked:
    """The checked disputes of a text."""
    return check_disputes(columns_of(text, role="disputes"), to_day(TODAY), PAYABLE)


def customers_of(text: str) -> Checked:
    """The checked customers of a text."""
    return check_customers(columns_of(text, role="customers"))


def rates_of(text: str, **options: object) -> Checked:
    """The checked rates of a text."""
    return check_rates(columns_of(text, role="rates", **options), to_day(TODAY))


def drawn(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    """Facts with their days as text, '' for none."""
    rows = frame[list(columns)].to_dict("records")
    return [
        tuple(("" if v == NEVER else str(to_date(v))) if str(k).endswith("_on") else v for k, v in row.items())
        for row in rows
    ]


def reasons(checked: Checked) -> dict[int, str]:
    """Row → why it was set aside."""
    assert_every_row_is_counted_once(checked)
    return {bad.row: bad.reason for bad in checked.bad}


def assert_every_row_is_counted_once(checked: Checked) -> None:
    """Read = accepted + set aside + ignored."""
    read = checked.columns.table.read
    assert read == checked.accepted + len(checked.bad) + checked.ignored.total()
