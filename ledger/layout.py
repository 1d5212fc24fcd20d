"""What the columns of a sheet are: its header found, its role recognised, its rows counted one by one.

A role is one of the canonical layouts of `ledger.schema`: invoices, payments, customers or rates.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ledger.mapping import CANONICAL, ColumnMapping
from ledger.parsing.texts import clean_text
from ledger.reading.sheet import Sheet
from ledger.refusals import FileRefused, MappingDoesNotFit, MissingColumns
from ledger.schema import FILE_LAYOUTS
from ledger.words import shown

INVOICES, PAYMENTS, CUSTOMERS, RATES = "invoices", "payments", "customers", "rates"

_REQUIRED = {
    INVOICES: ("invoice_id", "customer_id", "issue_date", "due_date", "amount", "currency"),
    PAYMENTS: ("invoice_id", "paid_date", "amount"),
    CUSTOMERS: ("customer_id",),
    RATES: ("currency", "base_currency", "rate_date", "rate"),
}
_INSTEAD = {(INVOICES, "due_date"): "terms", (PAYMENTS, "amount"): "paid_amount"}
"""A column that may stand for a required one."""

_DATE_COLUMN = {INVOICES: "issue_date", PAYMENTS: "paid_date"}
_FIELDS = {role: frozenset(layout.names) for role, layout in FILE_LAYOUTS.items()}
_FIELDS[PAYMENTS] |= {"paid_amount"}
_HEADER_WITHIN = 30
_TOTAL = re.compile(
    r"(?:grand|sub|page)?[\s-]*total|zwischensumme|gesamt|summe\b|sum\b|übertrag|carried forward|end of"
    r"|\*{2,}|-{3,}|={3,}",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Table:
    """The rows of one sheet that claim to be facts, column by column, all of one length.

    Attributes:
        file, sheet: where they come from.
        role: invoices, payments, customers or rates.
        columns: canonical column → cells as in the file; constants of the mapping fill theirs.
        parts: header → cells, for columns that only keys and derived dates are made of.
        rows: data row of each, from 1 (lines that are wholly empty are not rows); lines: its line or worksheet row.
        ignored: reason → count of records that are no facts.
        ragged: (row, line, fields found) of rows with another number of fields than the header.
        headers: the header, as it stands; unread: what of it nothing was read from and no mapping calls unused.
        skipped_sheets: worksheets of the file that hold no such table.
    """

    file: str
    sheet: str
    role: str
    columns: dict[str, list[str]]
    parts: dict[str, list[str]]
    rows: list[int]
    lines: list[int]
    ignored: Counter[str] = field(default_factory=Counter)
    ragged: tuple[tuple[int, int, int], ...] = ()
    headers: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    skipped_sheets: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def read(self) -> int:
        """All records below the header: facts, ragged ones and ignored ones."""
        return len(self.rows) + len(self.ragged) + self.ignored.total()


@dataclass(frozen=True)
class _Header:
    """The header of a sheet: its place, and where the canonical and the other needed columns stand."""

    at: int
    cells: list[str]
    columns: dict[str, int]
    parts: dict[str, int]
    role: str
    missing: tuple[str, ...]


def recognise(sheets: Sequence[Sheet], mapping: ColumnMapping) -> list[Table]:
    """The tables of one file: one, or one of each role from a workbook.

    Raises:
        FileRefused: `missing_columns`, `duplicate_columns`, `ambiguous_sheet`, `unsupported_column_type`,
            `no_data_rows`.
    """
    headers = [(sheet, _header(sheet, mapping)) for sheet in sheets]
    fitting = [(sheet, header) for sheet, header in headers if not header.missing]
    if not fitting:
        sheet, header = max(headers, key=lambda pair: len(pair[1].columns))
        raise _missing(sheet.file, header, mapping)
    for role, count in Counter(header.role for _, header in fitting).items():
        if count > 1:
            names = ", ".join(f'"{sheet.name}"' for sheet, header in fitting if header.role == role)
            raise FileRefused(
                "ambiguous_sheet", fitting[0][0].file, f"The worksheets {names} all look like {role}.",
                remedy="Save the one to import as a workbook of its own.",
            )  # fmt: skip
    skipped = tuple(sheet.name for sheet, header in headers if header.missing)
    return [_table(sheet, header, mapping, skipped) for sheet, header in fitting]


def require_named_columns(tables: Sequence[Table], mapping: ColumnMapping) -> None:
    """Every header that the mapping names is in one of the files: without it a paid invoice could look open.

    Raises:
        FileRefused: `missing_columns`, naming the headers.
    """
    found = {name for table in tables for name in table.columns}
    absent = [header for name, header in mapping.columns.items() if name not in found]
    if absent:
        raise MappingDoesNotFit(tables[0].file, mapping.name, absent, (), tables[0].headers)


def normal(header: str) -> str:
    """A header without case, blanks, underscores, hyphens, quotes and marks.

    >>> normal(' "Invoice-ID" '), normal("Währung")
    ('invoiceid', 'währung')
    """
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFC", header).casefold())


def _missing(file: str, header: _Header, mapping: ColumnMapping) -> FileRefused:
    """Without a mapping the way out is to save one; with one, it is the mapping that does not fit."""
    if mapping.name == CANONICAL:
        return MissingColumns(file, header.missing, header.cells, header.role)
    there = {normal(cell) for cell in header.cells}
    named = {*mapping.columns.values(), *_part_headers(mapping)}
    absent = [name for name in header.missing if name in named and normal(name) not in there]
    unsaid = [name for name in header.missing if name not in absent]
    return MappingDoesNotFit(file, mapping.name, absent, unsaid, header.cells)


def _header(sheet: Sheet, mapping: ColumnMapping) -> _Header:
    """The record among the first that names most columns; titles above it are skipped."""
    wanted = _wanted(mapping)
    parts = {normal(header): header for header in _part_headers(mapping)}
    best, best_count = -1, 0
    for at, record in enumerate(sheet.records[:_HEADER_WITHIN]):
        count = sum(name in wanted or name in parts for name in {normal(cell) for cell in record.cells})
        if count > best_count:
            best, best_count = at, count
    if best_count < 2:
        best = next((at for at, record in enumerate(sheet.records) if any(cell.strip() for cell in record.cells)), 0)
    cells = [cell.strip() for cell in sheet.records[best].cells] if sheet.records else []
    found = _places(sheet, cells, wanted.keys() | parts.keys())
    columns = {name: found[header] for header, names in wanted.items() if header in found for name in names}
    have = {*columns, *mapping.keys, *mapping.derived}
    role = _role(have)
    stated = {*have, *mapping.constants}
    missing = [
        mapping.columns.get(name, name)
        for name in _REQUIRED[role]
        if name not in stated and _INSTEAD.get((role, name)) not in stated
    ]
    missing += [header for name, header in parts.items() if name not in found and role == INVOICES]
    return _Header(
        best, cells, columns, {parts[name]: at for name, at in found.items() if name in parts}, role,
        tuple(dict.fromkeys(missing)),
    )  # fmt: skip


def _wanted(mapping: ColumnMapping) -> dict[str, list[str]]:
    """Normal header → the canonical columns that it is."""
    headers: dict[str, list[str]] = {}
    if mapping.is_canonical:
        for name in sorted({name for names in _FIELDS.values() for name in names}):
            headers.setdefault(normal(name), []).append(name)
    for name, header in mapping.columns.items():
        headers.setdefault(normal(header), []).append(name)
    return headers


def _part_headers(mapping: ColumnMapping) -> Iterable[str]:
    for key in mapping.keys.values():
        yield from key.join
    for rule in mapping.derived.values():
        yield rule.plus_days


def _places(sheet: Sheet, cells: list[str], needed: Iterable[str]) -> dict[str, int]:
    """Where each needed header stands. Raises when one stands twice, or has a type without text."""
    needed = set(needed)
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        name = normal(cell)
        if name not in needed:
            continue
        if name in found:
            raise FileRefused(
                "duplicate_columns", sheet.file, f'Two columns are called "{shown(cell)}".',
                remedy="Rename or remove one; which of them is meant is not guessed.", field=cell,
            )  # fmt: skip
        if cell in sheet.unreadable:
            raise FileRefused(
                "unsupported_column_type", sheet.file,
                f'The column "{shown(cell)}" holds lists, durations, or values beyond its type.', field=cell,
            )  # fmt: skip
        found[name] = at
    return found


def _role(have: set[str]) -> str:
    if {"rate", "rate_date"} <= have:
        return RATES
    if {"invoice_id", "paid_date"} <= have and not have & {"issue_date", "due_date", "customer_name"}:
        return PAYMENTS
    if "customer_id" in have and not have & {"invoice_id", "amount", "issue_date", "due_date"}:
        return CUSTOMERS
    return INVOICES


def _table(sheet: Sheet, header: _Header, mapping: ColumnMapping, skipped: tuple[str, ...]) -> Table:
    """The facts below the header; blanks, repeated headers and totals counted, ragged rows set aside."""
    width = len(header.cells)
    date_at = header.columns.get(_DATE_COLUMN.get(header.role, ""))
    ignored: Counter[str] = Counter()
    ragged: list[tuple[int, int, int]] = []
    kept: list[list[str]] = []
    rows: list[int] = []
    lines: list[int] = []
    row = 0
    for line, cells in sheet.records[header.at + 1 :]:
        row += bool(cells)
        if not any(cells) or not any(clean_text(cell) for cell in cells):
            ignored["blank"] += 1
        elif cells[0].strip() == header.cells[0] and [cell.strip() for cell in cells] == header.cells:
            ignored["repeated_header"] += 1
        elif date_at is not None and (len(cells) <= date_at or not cells[date_at].strip()) and _is_total(cells):
            ignored["total"] += 1
        elif len(cells) != width and (len(cells) < width or any(cell.strip() for cell in cells[width:])):
            ragged.append((row, line, len(cells)))
        else:
            kept.append(cells)
            rows.append(row)
            lines.append(line)
    if not rows and not ragged and header.role == INVOICES:
        raise FileRefused(
            "no_data_rows", sheet.file, "There is a header, but no row below it.", remedy="Export it again."
        )
    names = _FIELDS[header.role]
    columns = {name: [cells[at] for cells in kept] for name, at in header.columns.items() if name in names}
    # A constant goes before what the file says; but that all invoices are in euro says nothing of the rates.
    said = columns.keys() if header.role == RATES else ()
    constants = {name: value for name, value in mapping.constants.items() if name in names and name not in said}
    columns |= {name: [value] * len(kept) for name, value in constants.items()}
    parts = {name: [cells[at] for cells in kept] for name, at in header.parts.items()}
    return Table(
        sheet.file, sheet.name, header.role, columns, parts, rows, lines, ignored, tuple(ragged), tuple(header.cells),
        _unread(header, names, mapping), skipped,
    )  # fmt: skip


def _unread(header: _Header, names: frozenset[str], mapping: ColumnMapping) -> tuple[str, ...]:
    read = {at for name, at in header.columns.items() if name in names} | {*header.parts.values()}
    unused = {normal(name) for name in mapping.unused}
    return tuple(cell for at, cell in enumerate(header.cells) if cell and at not in read and normal(cell) not in unused)


def _is_total(cells: Sequence[str]) -> bool:
    said = [cell.strip() for cell in cells if cell.strip()]
    return len(said) <= 4 and bool(_TOTAL.match(said[0]))
