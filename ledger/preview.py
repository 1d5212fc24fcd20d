"""How files would be understood: every header, the column that it is read as, and its first rows as they would be read.

The first rows go through the very reading of an import (`ledger.columns`); dots, commas, days and months mean what all
rows show. What is not settled is said to be open, and read as nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from ledger.column_values import DayColumn, TextColumn
from ledger.columns import Columns, in_default_currency, order_of, read_columns
from ledger.conventions import decimal_mark
from ledger.days import NEVER, to_date
from ledger.layout import INVOICES, Table, heading, recognise
from ledger.mapping import ColumnMapping
from ledger.money import to_decimal
from ledger.options import ImportOptions
from ledger.parsing.dates import SERIALS
from ledger.reading.files import SourceFile
from ledger.reading.sheet import Sheet
from ledger.records import kept_cells
from ledger.refusals import FileRefused
from ledger.schema import FILE_LAYOUTS

ROWS = 3
"""Rows that are shown as they would be understood."""

_AMOUNTS = ("amount", "paid_amount", "credit_limit")


@dataclass(frozen=True)
class PreviewCell:
    """One cell: as it stands in the file, and what it is read as: text, YYYY-MM-DD, a decimal; None for nothing.

    `problem` is the sentence of a cell that is not believed.
    """

    cell: str
    value: str | None = None
    problem: str = ""


@dataclass(frozen=True)
class PreviewColumn:
    """One header of the file; `read_as` is the canonical column, '' where nothing is read from it.

    `is_open`: the file does not settle what its cells mean.
    """

    header: str
    read_as: str
    cells: tuple[PreviewCell, ...]
    is_open: bool = False


@dataclass(frozen=True)
class PreviewTable:
    """One table of a file; `role` is '' where its headers do not tell what it holds, and nothing is understood then."""

    file: str
    sheet: str
    role: str
    rows: int
    columns: tuple[PreviewColumn, ...]


def preview(
    files: Sequence[SourceFile], mapping: ColumnMapping, options: ImportOptions, *, near: date
) -> list[PreviewTable]:
    """What is to be shown of files before they are imported; of one that is not understood, its headers.

    Args:
        near: the day of the export, or that of the import; see `read_columns`.
    """
    return [shown for file in files if file.sheets for shown in _of_file(file.sheets, mapping, options, near)]


def _of_file(sheets: Sequence[Sheet], mapping: ColumnMapping, options: ImportOptions, near: date) -> list[PreviewTable]:
    try:
        tables = recognise(sheets, mapping, options)
    except FileRefused:
        return [_not_understood(max(sheets, key=len), mapping)]
    return [_of_table(table, mapping, options, near) for table in tables]


def _not_understood(sheet: Sheet, mapping: ColumnMapping) -> PreviewTable:
    at, headers, _, places = heading(sheet, mapping)
    names = {stands[0]: name for name, stands in places.items() if len(stands) == 1}
    rows = [sheet.record(row).cells for row in range(at + 1, min(at + 1 + ROWS, len(sheet)))]
    columns = tuple(
        PreviewColumn(
            header, names.get(place, ""), tuple(PreviewCell(row[place] if place < len(row) else "") for row in rows)
        )
        for place, header in enumerate(headers)
        if header
    )
    return PreviewTable(sheet.file, sheet.name, "", max(len(sheet) - at - 1, 0), columns)


def _of_table(table: Table, mapping: ColumnMapping, options: ImportOptions, near: date) -> PreviewTable:
    """A table whose columns were recognised, its first rows read as the import would read them."""
    sheet = table.source
    if sheet is None:  # every table that was read has its sheet
        return PreviewTable(table.file, table.sheet, table.role, len(table), ())
    orders, decimal, unsettled = _conventions(table, mapping, options, near)
    head = _first_rows(table)
    settled = replace(mapping, date_order=orders, decimal=decimal)
    try:
        read = read_columns(head, settled, replace(options, date_order=None, decimal=None), near=near)
    except FileRefused:  # of these few rows alone: whether the file is refused, its import says
        return replace(_not_understood(sheet, mapping), role=table.role, rows=table.read)
    currencies = _currencies(read, options)
    _, headers, _, places = heading(sheet, mapping)
    names = {stands[0]: name for name, stands in places.items() if name in table.columns}
    columns = [
        _column(head, read, currencies, header, names.get(place, ""), place, names.get(place, "") in unsettled)
        for place, header in enumerate(headers)
        if header
    ]
    if options.default_currency and "currency" not in table.columns:
        said = tuple(PreviewCell("", options.default_currency.upper()) for _ in range(len(head)))
        columns.append(PreviewColumn("", "currency", said))
    return PreviewTable(table.file, table.sheet, table.role, table.read, tuple(columns))


def _conventions(
    table: Table, mapping: ColumnMapping, options: ImportOptions, near: date
) -> tuple[dict[str, str], str | None, frozenset[str]]:
    """The order of each date column, the decimal mark, and the columns of which the file settles neither."""
    fields = {column.name: column.type for column in FILE_LAYOUTS[table.role].columns}
    orders: dict[str, str] = {}
    unsettled: set[str] = set()
    for name in (name for name in table.columns if fields.get(name) == "day"):
        try:
            orders[name] = order_of(table, name, mapping, options, near)
        except FileRefused:
            unsettled.add(name)
    amounts = [name for name in _AMOUNTS if name in table.columns]
    decimal = options.decimal or mapping.decimal
    if decimal is None and amounts:
        try:
            decimal = decimal_mark(table, amounts)
        except FileRefused:
            unsettled.update(amounts)
    # Of a column that is not settled nothing is shown, but it has to be read somehow.
    orders |= dict.fromkeys(unsettled - set(amounts), "dmy")
    return {name: order for name, order in orders.items() if order != SERIALS}, decimal or ".", frozenset(unsettled)


def _first_rows(table: Table) -> Table:
    rows = np.arange(min(ROWS, len(table)), dtype=np.int64)
    return replace(
        table,
        columns={name: kept_cells(cells, rows) for name, cells in table.columns.items()},
        parts={header: kept_cells(cells, rows) for header, cells in table.parts.items()},
        rows=table.rows[: len(rows)],
        lines=table.lines[: len(rows)],
    )


def _currencies(read: Columns, options: ImportOptions) -> TextColumn:
    """Of the amounts; payments have those of their invoices, which only the ledger knows: any with cents does here."""
    stated = read.texts["currency"]
    return stated if read.table.role == INVOICES else in_default_currency(stated, options.default_currency or "EUR")


def _column(
    head: Table, read: Columns, currencies: TextColumn, header: str, name: str, place: int, is_open: bool
) -> PreviewColumn:
    cells = [_as_it_stands(head, int(line), place) for line in head.lines]
    if not name or is_open:
        return PreviewColumn(header, name, tuple(map(PreviewCell, cells)), is_open)
    values = _values(read, currencies, name)
    shown = [PreviewCell(cell, *value) for cell, value in zip(cells, values, strict=True)]
    return PreviewColumn(header, name, tuple(shown))


def _as_it_stands(head: Table, line: int, place: int) -> str:
    cells = head.cells_of(line)
    return cells[place] if place < len(cells) else ""


def _values(read: Columns, currencies: TextColumn, name: str) -> list[tuple[str | None, str]]:
    if name in read.dates:
        return _days(read.dates[name])
    if name in read.amounts:
        return _amounts(read, currencies, name)
    return _texts(read.rates if name == "rate" else read.texts[name])


def _days(column: DayColumn) -> list[tuple[str | None, str]]:
    said = []
    for at, day in enumerate(column.days.tolist()):
        bad = column.bad_at(at)
        said.append((None if bad or day == NEVER else to_date(day).isoformat(), bad.sentence if bad else ""))
    return said


def _texts(column: TextColumn) -> list[tuple[str | None, str]]:
    said: list[tuple[str | None, str]] = []
    for at in range(len(column.codes)):
        bad = column.bad_at(at)
        said.append((None if bad else column[at] or None, bad.sentence if bad else ""))
    return said


def _amounts(read: Columns, currencies: TextColumn, name: str) -> list[tuple[str | None, str]]:
    money = read.amounts[name].read(currencies)
    said: list[tuple[str | None, str]] = []
    for at in range(len(currencies.codes)):
        currency = currencies[at]
        bad = money.bad_at(at) if money.is_bad[at] else None
        amount: Decimal | None = None
        if currency and not bad and not money.is_none[at]:
            amount = to_decimal(int(money.minor[at]), currency)
        said.append((None if amount is None else str(amount), bad.sentence if bad else ""))
    return said
