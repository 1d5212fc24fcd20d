"""Workbooks (.xlsx): the stored values of all worksheets, after a look at the archive. No formula is computed."""

import io
import zipfile
import zlib
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any

import python_calamine

from ledger.parsing.texts import NumberCell
from ledger.reading.sheet import Limits, Record, Sheet
from ledger.refusals import FileRefused, TooLarge

_MAX_MEMBERS = 10_000


def read_workbook(name: str, content: bytes, limits: Limits) -> tuple[Sheet, ...]:
    """The worksheets that hold anything, in workbook order, hidden rows and columns included.

    Raises:
        FileRefused: `corrupt_file`, `unsupported_format`, `macro_workbook`, `unsafe_archive`, `xml_entity`, `zip_bomb`,
            `too_many_members`, `too_many_rows`, `too_many_columns`.
    """
    _inspect(name, content, limits)
    try:
        workbook = python_calamine.load_workbook(io.BytesIO(content))
        sheets = tuple(_sheet(name, workbook, sheet, limits) for sheet in workbook.sheet_names)
    except (python_calamine.CalamineError, zipfile.BadZipFile, ValueError) as error:
        raise _corrupt(name) from error
    return tuple(sheet for sheet in sheets if sheet.records)


def _inspect(name: str, content: bytes, limits: Limits) -> None:
    """Refuse what an archive can do to its reader, before anything in it is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _inspect_members(name, members, limits)
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as part:
                        head = part.read(4096)
                    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
                        raise FileRefused("xml_entity", name, "The workbook defines XML entities, as attacks do.")
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError):
        raise _corrupt(name) from None


def _inspect_members(name: str, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(members) > _MAX_MEMBERS:
        raise TooLarge("too_many_members", name, "members", len(members), _MAX_MEMBERS)
    names = {member.filename for member in members}
    if any(part.startswith("/") or ".." in part.split("/") for part in names):
        raise FileRefused("unsafe_archive", name, "The archive holds paths that lead out of it.")
    if any(part.endswith("vbaProject.bin") for part in names):
        raise FileRefused(
            "macro_workbook", name, "The workbook holds macros.", remedy="Save it as .xlsx and import that."
        )
    unpacked, packed = sum(m.file_size for m in members), max(1, sum(m.compress_size for m in members))
    if unpacked > limits.max_uncompressed_bytes or (
        unpacked > 2**20 and unpacked > packed * limits.max_compression_ratio
    ):
        raise FileRefused("zip_bomb", name, f"Unpacked, the workbook has {unpacked:,} bytes; that is not believed.")
    if "xl/workbook.xml" not in names:
        raise FileRefused(
            "unsupported_format", name, "This is an archive, but not an .xlsx workbook.",
            remedy="Unpack it, or save as .xlsx, and import that.",
        )  # fmt: skip


def _sheet(name: str, workbook: Any, sheet_name: str, limits: Limits) -> Sheet:
    sheet = workbook.get_sheet_by_name(sheet_name)
    if sheet.width > limits.max_columns:
        raise TooLarge("too_many_columns", name, "columns", sheet.width, limits.max_columns)
    if sheet.height > limits.max_rows + 1:
        raise TooLarge("too_many_rows", name, "rows", sheet.height, limits.max_rows)
    first = sheet.start[0] + 1 if sheet.start else 1
    rows = islice(sheet.iter_rows(), limits.max_rows + 1)
    # calamine leads with the empty rows above the data, or leaves them out; what it yields decides.
    records = [Record(line, [_text(cell) for cell in row]) for line, row in enumerate(rows, 1)]
    if records and len(records) == sheet.height - first + 1 and first > 1:
        records = [Record(record.line + first - 1, record.cells) for record in records]
    return Sheet(name, sheet_name, records)


def _text(cell: Any) -> str:
    """A cell's stored value as text: dates in ISO, numbers as `NumberCell`."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, int):
        return NumberCell(cell)
    if isinstance(cell, float):
        return NumberCell(int(cell) if cell.is_integer() and abs(cell) < 1e15 else repr(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else ""


def _corrupt(name: str) -> FileRefused:
    return FileRefused(
        "corrupt_file", name, "The workbook is damaged or cut off.", remedy="Save it again and import that."
    )
