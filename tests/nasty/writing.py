"""How files are written: as text in any dialect, as a workbook, as Parquet."""

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from nasty.clean import COLUMNS, Invoice

Record = list[str]


def iso(day: date) -> str:
    """2025-03-07"""
    return day.isoformat()


def day_month(mark: str, short: bool = False) -> Callable[[date], str]:
    """07/03/2025, or 07/03/25."""
    return lambda day: day.strftime(f"%d{mark}%m{mark}%{'y' if short else 'Y'}")


def month_day(mark: str) -> Callable[[date], str]:
    """03/07/2025"""
    return lambda day: day.strftime(f"%m{mark}%d{mark}%Y")


def plain(amount: Decimal) -> str:
    """1234.50"""
    return format(amount, "f")


def grouped(thousands: str, decimal: str) -> Callable[[Decimal], str]:
    """1.234,50 in any convention."""
    return lambda amount: f"{amount:,f}".replace(",", "\0").replace(".", decimal).replace("\0", thousands)


def records(
    bills: Iterable[Invoice],
    columns: Sequence[str] = COLUMNS,
    date_text: Callable[[date], str] = iso,
    amount_text: Callable[[Decimal], str] = plain,
) -> list[Record]:
    """A header and one record per invoice, as text."""

    def text(value: object) -> str:
        if isinstance(value, date):
            return date_text(value)
        if isinstance(value, Decimal):
            return amount_text(value)
        return "" if value is None else str(value)

    return [list(columns)] + [[text(getattr(bill, name)) for name in columns] for bill in bills]


def put(rows: list[Record], row: int, **cells: str) -> list[Record]:
    """Other cells in one data row (from 1), by column."""
    for name, cell in cells.items():
        rows[row][rows[0].index(name)] = cell
    return rows


def without(rows: list[Record], column: str) -> list[Record]:
    """The same without a column."""
    at = rows[0].index(column)
    return [row[:at] + row[at + 1 :] for row in rows]


def text(rows: Iterable[Sequence[str]], delimiter: str = ",", eol: str = "\n", quote_all: bool = False) -> str:
    """Delimited text; quoted where a cell needs it, or everywhere."""

    def cell(value: str) -> str:
        needs = quote_all or any(mark in value for mark in (delimiter, '"', "\n", "\r"))
        return '"' + value.replace('"', '""') + '"' if needs else value

    return eol.join([*(delimiter.join(cell(value) for value in row) for row in rows), ""])


def typed(bills: Iterable[Invoice]) -> list[list[Any]]:
    """Header and rows with real days and numbers, as a spreadsheet holds them."""
    rows = [[getattr(bill, name) for name in COLUMNS] for bill in bills]
    return [list(COLUMNS)] + [[float(v) if isinstance(v, Decimal) else v for v in row] for row in rows]


class Formula(str):
    """A cell that is computed; `stored` is the result that the file keeps."""

    stored: object

    def __new__(cls, formula: str, stored: object) -> "Formula":
        made = super().__new__(cls, formula)
        made.stored = stored
        return made


def workbook(sheets: Mapping[str, Sequence[Sequence[Any]]], **options: Any) -> bytes:
    """An .xlsx of these worksheets; dates become real dates, `Formula`s formulas with their stored result."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "yyyy-mm-dd", **options})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, Formula):
                    sheet.write_formula(at, column, value, None, value.stored)
                elif isinstance(value, str):
                    sheet.write_string(at, column, value)
                elif isinstance(value, date):
                    sheet.write_datetime(at, column, value)
                elif value is not None:
                    sheet.write(at, column, value)
    book.close()
    return out.getvalue()


def parquet_table(bills: Sequence[Invoice], **other: pa.Array) -> pa.Table:
    """decimal128 amounts and date32 days; `other` columns go before or are added."""
    types = {"issue_date": pa.date32(), "due_date": pa.date32(), "paid_date": pa.date32()}
    types |= {"amount": pa.decimal128(20, 3), "paid_amount": pa.decimal128(20, 3)}
    columns = {
        name: pa.array([getattr(bill, name) for bill in bills], types.get(name, pa.string())) for name in COLUMNS
    }
    return pa.table({**columns, **other})


def parquet(table: pa.Table, **options: Any) -> bytes:
    """The bytes of a Parquet file."""
    out = io.BytesIO()
    pq.write_table(table, out, **options)
    return out.getvalue()
