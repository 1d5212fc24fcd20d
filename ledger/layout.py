"""What the columns of a sheet are: its header found, its role recognised, its rows counted one by one.

A role is one of the canonical layouts of `ledger.schema`: invoices, payments, customers, rates or disputes.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ledger.headers import normal, synonym_of
from ledger.mapping import CANONICAL, ColumnMapping
from ledger.notes import without_notes
from ledger.options import ImportOptions, Layout
from ledger.parsing.texts import NumberCell, clean_text
from ledger.reading.sheet import HEAD, Cells, Sheet
from ledger.records import Records, constant_cells, kept_cells
from ledger.refusals import Doubt, FileRefused, MappingDoesNotFit, MissingColumns
from ledger.schema import FILE_LAYOUTS
from ledger.words import shown

__all__ = ["CUSTOMERS", "DISPUTES", "INVOICES", "PAYMENTS", "RATES", "Table", "normal", "recognise"]

INVOICES, PAYMENTS, CUSTOMERS, RATES, DISPUTES = "invoices", "payments", "customers", "rates", "disputes"

_REQUIRED = {
    INVOICES: ("invoice_id", "customer_id", "issue_date", "due_date", "amount", "currency"),
    PAYMENTS: ("invoice_id", "paid_date", "amount"),
    CUSTOMERS: ("customer_id",),
    RATES: ("currency", "base_currency", "rate_date", "rate"),
    DISPUTES: ("dispute_id", "invoice_id", "opened_date"),
}
_INSTEAD = {
    (INVOICES, "due_date"): {"terms"},
    (PAYMENTS, "amount"): {"paid_amount"},
    (PAYMENTS, "invoice_id"): {"customer_id", "payment_id"},
}
"""Columns that may together stand for a required one."""

_DATE_COLUMN = {INVOICES: "issue_date", PAYMENTS: "paid_date", RATES: "rate_date", DISPUTES: "opened_date"}
_FIELDS = {role: frozenset(layout.names) for role, layout in FILE_LAYOUTS.items()}
_FIELDS[PAYMENTS] |= {"paid_amount"}
_OF_EACH_PAYMENT = frozenset({"payment_id", "booked_date"})
"""Columns of invoices whose rows are payments."""

_NO_HEADING = re.compile(r"[-+(€$£ ]*\d[\d.,/:'’ TZ+-]*[)%]?")
"""Amounts, numbers and dates: what stands in data and not in a header."""


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of one sheet that claim to be facts, column by column, all of one length.

    Attributes:
        file, sheet: where they come from.
        role: invoices, payments, customers, rates or disputes.
        columns: canonical column → cells as in the file; constants of the mapping fill theirs.
        parts: header → cells, for columns that only keys and derived dates are made of.
        rows: data row of each, from 1 (lines that are wholly empty are not rows); lines: its line or worksheet row.
        ignored: reason → count of records that are no facts.
        ragged: (row, line, fields found) of rows with another number of fields than the header.
        headers: the header, as it stands; unread: what of it nothing was read from and no mapping calls unused.
        skipped_sheets: worksheets of the file that hold no such table.
        layout: how the rows of invoices are meant, where a person or a mapping says so.
        source: the sheet itself.
    """

    file: str
    sheet: str
    role: str
    columns: dict[str, Cells]
    parts: dict[str, Cells]
    rows: NDArray[np.int64]
    lines: NDArray[np.int64]
    ignored: Counter[str] = field(default_factory=Counter)
    ragged: tuple[tuple[int, int, int], ...] = ()
    headers: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    skipped_sheets: tuple[str, ...] = ()
    layout: Layout | None = None
    source: Sheet | None = None

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def read(self) -> int:
        """All records below the header: facts, ragged ones and ignored ones."""
        return len(self.rows) + len(self.ragged) + self.ignored.total()

    def cells_of(self, line: int) -> list[str]:
        """The cells of one row as they stand in the file, in the order of `headers`, as many as it has.

        A row with fewer fields than the header stays shorter; of one with more, those are left that the sheet kept.
        """
        if self.source is None:
            return []
        at = int(np.searchsorted(self.source.lines, line))
        return [str(cell) for cell in self.source.record(at).cells]


@dataclass(frozen=True)
class _Header:
    """The header of a sheet: its place, and where the canonical and the other needed columns stand."""

    at: int
    cells: list[str]
    columns: dict[str, int]
    parts: dict[str, int]
    role: str
    fields: frozenset[str]
    missing: tuple[str, ...]


def recognise(
    sheets: Sequence[Sheet],
    mapping: ColumnMapping,
    options: ImportOptions | None = None,
    role: str | None = None,
) -> list[Table]:
    """The tables of one file: one, or one of each role from a workbook.

    Args:
        role: what the file holds, where a person says so; otherwise its headers tell.

    Raises:
        FileRefused: `no_header`, `missing_columns`, `duplicate_columns`, `ambiguous_columns`, `ambiguous_sheet`,
            `unsupported_column_type`, `no_data_rows`.
    """
    options = options or ImportOptions()
    layout = options.layout or mapping.layout
    sheets = [without_notes(sheet) for sheet in _chosen(sheets, options.sheet)]
    headers = [(sheet, _header(sheet, mapping, options, role)) for sheet in sheets]
    fitting = [(sheet, header) for sheet, header in headers if not header.missing]
    if not fitting:
        sheet, header = max(headers, key=lambda pair: len(pair[1].columns))
        raise _missing(sheet, header, mapping)
    fitting = _filled(fitting)
    for found, count in Counter(header.role for _, header in fitting).items():
        if count > 1:
            names = ", ".join(f'"{sheet.name}"' for sheet, header in fitting if header.role == found)
            raise FileRefused(
                "ambiguous_sheet", fitting[0][0].file, f"The worksheets {names} all look like {found}.",
                remedy="Name the one to import, or save it as a workbook of its own.",
                doubt=Doubt("sheet", tuple(sheet.name for sheet, header in fitting if header.role == found)),
            )  # fmt: skip
    skipped = tuple(sheet.name for sheet, header in headers if header.missing)
    return [_table(sheet, header, mapping, skipped, layout) for sheet, header in fitting]


def _filled(fitting: Sequence[tuple[Sheet, _Header]]) -> list[tuple[Sheet, _Header]]:
    """Without templates: worksheets that have a header alone, beside one of the same role that has rows."""
    if len(fitting) < 2:
        return list(fitting)
    has_rows = [not Records(sheet, header.at, header.cells).blank().all() for sheet, header in fitting]
    roles = {header.role for (_, header), has in zip(fitting, has_rows, strict=True) if has}
    return [pair for pair, has in zip(fitting, has_rows, strict=True) if has or pair[1].role not in roles]


def require_named_columns(tables: Sequence[Table], mapping: ColumnMapping) -> None:
    """Every header that the mapping names is in one of the files: without it a paid invoice could look open.

    Raises:
        FileRefused: `missing_columns`, naming the headers.
    """
    found = {name for table in tables for name in table.columns}
    absent = [header for name, header in mapping.columns.items() if name not in found]
    if absent:
        raise MappingDoesNotFit(tables[0].file, mapping.name, absent, (), tables[0].headers)


def _chosen(sheets: Sequence[Sheet], name: str | None) -> Sequence[Sheet]:
    """The worksheet that a person names; a file without worksheets has but one."""
    if name is None or not any(sheet.name for sheet in sheets):
        return sheets
    chosen = [sheet for sheet in sheets if sheet.name == name]
    chosen = chosen or [sheet for sheet in sheets if normal(sheet.name) == normal(name)]
    if len(chosen) == 1:
        return chosen
    names = ", ".join(f'"{shown(sheet.name)}"' for sheet in sheets)
    raise FileRefused(
        "ambiguous_sheet", sheets[0].file, f'There is no worksheet "{shown(name)}"; there are {names}.',
        remedy="Name one of them.", field="sheet", doubt=Doubt("sheet", tuple(sheet.name for sheet in sheets)),
    )  # fmt: skip


def _missing(sheet: Sheet, header: _Header, mapping: ColumnMapping) -> FileRefused:
    """Without a mapping the way out is to save one; with one, it is the mapping that does not fit."""
    file = sheet.file
    if len(header.columns) < 2 and not any(_is_heading(sheet.record(at).cells) for at in range(min(HEAD, len(sheet)))):
        return FileRefused(
            "no_header", file, f"None of the first {HEAD} lines looks like a header.",
            remedy="Export it with the names of its columns in the first line.",
        )  # fmt: skip
    if mapping.name == CANONICAL:
        return MissingColumns(file, header.missing, header.cells, header.role)
    there = {normal(cell) for cell in header.cells}
    named = {*mapping.columns.values(), *_part_headers(mapping)}
    absent = [name for name in header.missing if name in named and normal(name) not in there]
    unsaid = [name for name in header.missing if name not in absent]
    return MappingDoesNotFit(file, mapping.name, absent, unsaid, header.cells)


def _is_heading(cells: Sequence[str]) -> bool:
    said = [clean_text(cell) for cell in cells if cell.strip()]
    numbers = any(isinstance(cell, NumberCell) for cell in cells)
    return bool(said) and not numbers and not any(map(_NO_HEADING.fullmatch, said))


def _header(sheet: Sheet, mapping: ColumnMapping, options: ImportOptions, role: str | None) -> _Header:
    best, cells, places, columns = heading(sheet, mapping)
    parts = {normal(header): header for header in _part_headers(mapping)}
    have = {*columns, *mapping.keys, *mapping.derived}
    role = role or _role(have)
    fields = _FIELDS[role]
    if role == INVOICES and (options.layout or mapping.layout) == "one_row_per_payment":
        fields |= _OF_EACH_PAYMENT
    needed_parts = {name: places[name] for name in parts if name in places}
    _require_one_each(sheet, cells, {name: at for name, at in columns.items() if name in fields} | needed_parts)
    missing = _missing_names(role, {*have, *mapping.constants}, mapping, options)
    missing += [header for name, header in parts.items() if name not in places and role == INVOICES]
    return _Header(
        best, cells, {name: at[0] for name, at in columns.items()},
        {parts[name]: at[0] for name, at in needed_parts.items()}, role, fields, tuple(dict.fromkeys(missing)),
    )  # fmt: skip


def heading(sheet: Sheet, mapping: ColumnMapping) -> tuple[int, list[str], dict[str, list[int]], dict[str, list[int]]]:
    """The record among the first that names most columns; titles above it are skipped.

    Returns:
        Its place; its cells; normal header → where it stands; canonical column → where headers stand that mean it.
    """
    wanted = _wanted(mapping)
    parts = {normal(header) for header in _part_headers(mapping)}
    heads = [sheet.record(at).cells for at in range(min(HEAD, len(sheet)))]

    def means(cell: str) -> str | None:
        name = normal(cell)
        if name in wanted or name in parts:
            return name
        return synonym_of(cell) if mapping.is_canonical else None

    best, best_count = -1, 0
    for at, record in enumerate(heads):
        count = len({meaning for cell in record if (meaning := means(cell))})
        if count > best_count:
            best, best_count = at, count
    if best_count < 2:
        best = next((at for at, record in enumerate(heads) if any(cell.strip() for cell in record)), 0)
    cells = [cell.strip() for cell in heads[best]] if heads else []

    places: dict[str, list[int]] = {}
    for at, cell in enumerate(cells):
        places.setdefault(normal(cell), []).append(at)
    columns = {name: places[header] for header, names in wanted.items() if header in places for name in names}
    if mapping.is_canonical:
        for at, cell in enumerate(cells):
            name = synonym_of(cell)
            if name and not (name in mapping.constants or normal(name) in places or at in columns.get(name, [])):
                columns.setdefault(name, []).append(at)
    return best, cells, places, columns


def _missing_names(role: str, stated: set[str], mapping: ColumnMapping, options: ImportOptions) -> list[str]:
    if role == INVOICES and options.default_currency:
        stated = stated | {"currency"}
    return [
        mapping.columns.get(name, name)
        for name in _REQUIRED[role]
        if name not in stated and not (_INSTEAD.get((role, name)) or {""}) <= stated
    ]


def _wanted(mapping: ColumnMapping) -> dict[str, list[str]]:
    """Normal header → the canonical columns that it is. A header that is named for one column is not also another."""
    headers: dict[str, list[str]] = {}
    for name, header in mapping.columns.items():
        headers.setdefault(normal(header), []).append(name)
    if mapping.is_canonical or not mapping.whole:
        for name in sorted({name for names in _FIELDS.values() for name in names} - mapping.columns.keys()):
            headers.setdefault(normal(name), [name])
    return headers


def _part_headers(mapping: ColumnMapping) -> Iterable[str]:
    for key in mapping.keys.values():
        yield from key.join
    for rule in mapping.derived.values():
        yield rule.plus_days


def _require_one_each(sheet: Sheet, cells: Sequence[str], needed: Mapping[str, Sequence[int]]) -> None:
    """That each needed column stands once, with a type that has text. Raises `FileRefused`."""
    for name, places in needed.items():
        first, *more = [cells[at] for at in places]
        if more and normal(more[0]) == normal(first):
            raise FileRefused(
                "duplicate_columns", sheet.file, f'Two columns are called "{shown(more[0])}".',
                remedy="Rename or remove one; which of them is meant is not guessed.", field=more[0],
            )  # fmt: skip
        if more:
            raise FileRefused(
                "ambiguous_columns", sheet.file,
                f'The columns "{shown(first)}" and "{shown(more[0])}" could both be {name}.',
                remedy=f"Rename the right one to {name}, or name it in a mapping; nothing is guessed.", field=first,
                doubt=Doubt("columns", (first, more[0]), name),
            )  # fmt: skip
        if first in sheet.unreadable:
            raise FileRefused(
                "unsupported_column_type", sheet.file,
                f'The column "{shown(first)}" holds lists, durations, or values beyond its type.', field=first,
            )  # fmt: skip


def _role(have: set[str]) -> str:
    of_invoices = have & {"issue_date", "due_date"}
    if {"rate", "rate_date"} <= have:
        return RATES
    if "dispute_id" in have and not of_invoices:
        return DISPUTES
    of_payments = "payment_id" in have or ("invoice_id" in have and "customer_name" not in have)
    if of_payments and "paid_date" in have and not of_invoices and "terms" not in have:
        return PAYMENTS
    if "customer_id" in have and not have & {"invoice_id", "amount", "issue_date", "due_date"}:
        return CUSTOMERS
    return INVOICES


def _table(
    sheet: Sheet, header: _Header, mapping: ColumnMapping, skipped: tuple[str, ...], layout: Layout | None
) -> Table:
    """The facts below the header; blanks, repeated headers and totals counted, ragged rows set aside."""
    records = Records(sheet, header.at, header.cells)
    blank = records.blank()
    rows = np.cumsum(records.widths > 0)
    repeated = records.repeated_header() & ~blank
    total = records.totals(header.columns.get(_DATE_COLUMN.get(header.role, "")), header.columns) & ~blank & ~repeated
    ragged = records.ragged() & ~(blank | repeated | total)
    kept = np.flatnonzero(~(blank | repeated | total | ragged))
    ignored = Counter({
        reason: count
        for reason, mask in (("blank", blank), ("repeated_header", repeated), ("total", total))
        if (count := int(mask.sum()))
    })  # fmt: skip
    if not len(kept) and not ragged.any() and header.role == INVOICES:
        raise FileRefused(
            "no_data_rows", sheet.file, "There is a header, but no row below it.", remedy="Export it again."
        )
    at_record = None if len(kept) == len(sheet) else kept + header.at + 1
    named = {name: at for name, at in header.columns.items() if name in header.fields}
    columns = {name: kept_cells(sheet.columns[at], at_record) for name, at in named.items()}
    # A constant goes before what the file says; but that all invoices are in euro says nothing of the rates.
    said = columns.keys() if header.role == RATES else ()
    constants = {name: value for name, value in mapping.constants.items() if name in header.fields and name not in said}
    columns |= {name: constant_cells(value, len(kept)) for name, value in constants.items()}
    parts = {name: kept_cells(sheet.columns[at], at_record) for name, at in header.parts.items()}
    uneven = np.flatnonzero(ragged)
    return Table(
        sheet.file, sheet.name, header.role, columns, parts, rows[kept].astype(np.int64), records.lines[kept], ignored,
        tuple(zip(rows[uneven].tolist(), records.lines[uneven].tolist(), records.widths[uneven].tolist(), strict=True)),
        tuple(header.cells), _unread(header, mapping), skipped, layout, sheet,
    )  # fmt: skip


def _unread(header: _Header, mapping: ColumnMapping) -> tuple[str, ...]:
    read = {at for name, at in header.columns.items() if name in header.fields} | {*header.parts.values()}
    unused = {normal(name) for name in mapping.unused}
    return tuple(cell for at, cell in enumerate(header.cells) if cell and at not in read and normal(cell) not in unused)
