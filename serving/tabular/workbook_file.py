"""Tables as a workbook: a sheet each. Numbers and days are numbers and days; no text can run or become a link."""

import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import xlsxwriter

from ledger.neutral import neutral
from serving.tabular.table import Cell, Kind, Table

MOST_CHARACTERS = 32_767
"""Of a cell."""

_FORMATS: Mapping[Kind, str] = {
    "whole": "0",
    "amount": "#,##0.00##",
    "number": "#,##0.00##",
    "day": "yyyy-mm-dd",
    "instant": "yyyy-mm-dd hh:mm:ss",
}
NO_INSTANT = datetime(1980, 1, 1, tzinfo=UTC)
"""The instant of a workbook that says none: the first that an archive can name."""

_WIDEST, _NARROWEST, _MEASURED = 60, 12, 50
_EPOCH = date(1900, 1, 1)
"""Spreadsheets have no earlier day."""


def workbook_bytes(sheets: Mapping[str, Table], *, title: str, made_at: datetime = NO_INSTANT) -> bytes:
    """The workbook of these sheets; the same tables give the same bytes.

    Args:
        title, made_at: its properties; an instant with its zone.
    """
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": title, "created": made_at.astimezone(UTC).replace(tzinfo=None)})
        for name, table in sheets.items():
            _sheet(book, name, table)
    return out.getvalue()


def _sheet(book: Any, name: str, table: Table) -> None:
    sheet, head = book.add_worksheet(name), book.add_format({"bold": True, "bottom": 1})
    formats = {kind: book.add_format({"num_format": code}) for kind, code in _FORMATS.items()}
    for at, column in enumerate(table.columns):
        cells = [row[at] for row in table.rows]
        widest = max([_NARROWEST, len(column.name), *(len(str(cell)) for cell in cells[:_MEASURED])])
        sheet.set_column(at, at, min(_WIDEST, widest))
        sheet.write_string(0, at, neutral(column.name.replace("_", " ").capitalize()), head)
        for row, cell in enumerate(cells, start=1):
            _write(sheet, row, at, cell, column.kind, formats.get(column.kind))
    sheet.freeze_panes(1, 0)


def _write(sheet: Any, row: int, at: int, cell: Cell, kind: Kind, form: Any) -> None:
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, at, cell)
    elif kind == "text":
        sheet.write_string(row, at, neutral(str(cell))[:MOST_CHARACTERS])
    elif kind == "day" and (day := date.fromisoformat(str(cell))) >= _EPOCH:
        sheet.write_datetime(row, at, datetime(day.year, day.month, day.day), form)  # noqa: DTZ001 - a day
    elif kind == "instant":
        sheet.write_datetime(row, at, datetime.fromisoformat(str(cell)).astimezone(UTC).replace(tzinfo=None), form)
    elif isinstance(cell, str):
        sheet.write_string(row, at, neutral(cell))
    else:
        sheet.write_number(row, at, float(cell), form)
