"""Workbooks (.xlsx, .xlsb, .xls): the stored values of all worksheets, after a look at the container.

No formula is computed.
"""

import io
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import numpy as np
import python_calamine
from numpy.typing import NDArray

from ledger.parsing.texts import NumberCell
from ledger.reading.archive import damaged, inspect_archive, with_macros, with_password
from ledger.reading.ole import inspect_ole
from ledger.reading.sheet import Cells, Limits, Sheet
from ledger.reading.unread_cells import Marks, unread_cells
from ledger.refusals import FileRefused, TooLarge

_MACRO_SHEETS = (python_calamine.SheetTypeEnum.MacroSheet, python_calamine.SheetTypeEnum.Vba)
_ROWS_AT_ONCE = 20_000
_MIDNIGHT, _DAY_ZERO = time(0), "1899-12-30"
"""Day 0 in a cell with the format of a date; it is given as the time of day that it is as well."""


def read_workbook(name: str, file: BinaryIO, limits: Limits) -> tuple[Sheet, ...]:
    """The worksheets of an .xlsx or .xlsb that hold anything, in workbook order; what is hidden is included.

    Error cells of an .xlsx say their error, as "#N/A"; a formula that was never computed is `FORMULA_WITHOUT_VALUE`.
    In an .xlsb both are empty.

    Raises:
        FileRefused: what `inspect_archive` finds, `corrupt_file`, `too_many_rows`, `too_many_columns`.
    """
    inspect_archive(name, file, limits)
    try:
        marks = unread_cells(file, name, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, ParseError, ValueError, LookupError, OSError):
        raise damaged(name) from None
    file.seek(0)
    return _sheets(name, file, marks, limits)


def read_old_workbook(name: str, file: BinaryIO, limits: Limits) -> tuple[Sheet, ...]:
    """The same from an .xls; its error cells are empty.

    Raises:
        FileRefused: what `inspect_ole` finds, `corrupt_file`, `too_many_rows`, `too_many_columns`.
    """
    file.seek(0)
    content = file.read()
    inspect_ole(name, content)
    return _sheets(name, io.BytesIO(content), {}, limits)


def _sheets(name: str, file: Any, marks: dict[str, Marks], limits: Limits) -> tuple[Sheet, ...]:
    try:
        workbook = python_calamine.load_workbook(file)
        if any(sheet.typ in _MACRO_SHEETS for sheet in workbook.sheets_metadata):
            raise with_macros(name)
        sheets = [
            _sheet(name, workbook.get_sheet_by_name(sheet.name), marks.get(sheet.name, {}), limits)
            for sheet in workbook.sheets_metadata
            if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
    except python_calamine.PasswordError:
        raise with_password(name) from None
    except (MemoryError, FileRefused):
        raise
    except (python_calamine.CalamineError, zipfile.BadZipFile, ValueError, OSError, OverflowError) as error:
        raise damaged(name) from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # what Rust throws; no Exception of Python's
            raise damaged(name) from None
        raise
    return tuple(sheet for sheet in sheets if len(sheet))


def _sheet(name: str, sheet: Any, marks: Marks, limits: Limits) -> Sheet:
    start_row, start_column = sheet.start or (0, 0)
    first = min([start_column, *(column for _, column in marks)]) if marks else start_column
    width = max([start_column + sheet.width, *(column + 1 for _, column in marks)]) - first
    height = max([start_row + sheet.height, *(row + 1 for row, _ in marks)])
    if width > limits.max_columns:
        raise TooLarge("too_many_columns", name, "columns", width, limits.max_columns)
    if height > limits.max_rows + 1:
        raise TooLarge("too_many_rows", name, "rows", height, limits.max_rows)
    known: list[dict[Any, int]] = [{} for _ in range(width)]
    codes: list[list[NDArray[np.int32]]] = [[] for _ in range(width)]
    for rows in _chunks(_rows(sheet, start_row, height), start_column - first, width, marks, first):
        for at, values in enumerate(zip(*rows, strict=True)):
            codes[at].append(_codes(values, known[at]))
    columns = tuple(_cells(parts, distinct) for parts, distinct in zip(codes, known, strict=True))
    if not width:
        height = 0
    lines = np.arange(1, height + 1, dtype=np.int64)
    return Sheet(name, sheet.name, columns, lines, np.full(height, width, dtype=np.int32))


def _rows(sheet: Any, start_row: int, height: int) -> Iterator[list[Any]]:
    """All rows from the first of the worksheet on; calamine leads with the empty ones above the data, or leaves them
    out: their count tells."""
    end = start_row + sheet.height
    missing = end - sum(1 for _ in sheet.iter_rows()) if start_row else 0
    yield from ([] for _ in range(missing))
    yield from sheet.iter_rows()
    yield from ([] for _ in range(height - end))


def _chunks(rows: Iterator[list[Any]], before: int, width: int, marks: Marks, first: int) -> Iterator[list[list[Any]]]:
    """Some rows at a time, equally wide, with what the reader left out put in its place."""
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in marks.items():
        by_row.setdefault(row, []).append((column - first, text))
    at = 0
    while chunk := [_fitted(row, before, width) for row in islice(rows, _ROWS_AT_ONCE)]:
        for row in range(at, at + len(chunk)) if by_row else ():
            for column, text in by_row.get(row, ()):
                chunk[row - at][column] = text
        at += len(chunk)
        yield chunk


def _fitted(row: list[Any], before: int, width: int) -> list[Any]:
    if len(row) == width:
        return row
    return [*[""] * before, *row, *[""] * (width - before - len(row))]


def _codes(values: Iterable[Any], known: dict[Any, int]) -> NDArray[np.int32]:
    # True equals 1 for a dict: the texts of truth values are taken at once.
    return np.array(
        [known.setdefault(_text(v) if v is True or v is False else v, len(known)) for v in values], dtype=np.int32
    )


def _cells(parts: list[NDArray[np.int32]], distinct: dict[Any, int]) -> Cells:
    told = Cells.of(_text(value) for value in distinct)
    return Cells(told.codes[np.concatenate(parts)], told.distinct, told.numbers)


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
    if cell == _MIDNIGHT:
        return _DAY_ZERO
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else ""
