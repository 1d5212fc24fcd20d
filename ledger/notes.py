"""Files that payrisk wrote itself, read as they were meant.

Rows that were set aside come back corrected (`serving/imports/quarantine.py` writes them): the notes beside them are
taken off, and the apostrophes in their texts. What was not corrected is as wrong as it was before. An export of ours
(`serving/star_schema/`) has such apostrophes too, where it is text.
"""

import re
from dataclasses import replace

import numpy as np
import pyarrow.compute as pc

from ledger.headers import normal
from ledger.neutral import without_apostrophes
from ledger.parsing.texts import NumberCell
from ledger.reading.sheet import HEAD, Cells, Sheet

NOTE_COLUMNS = ("payrisk_reason", "payrisk_column", "payrisk_line", "payrisk_sentence")
"""What stands before the headers in a file of rows that were set aside."""

EXPORT_COLUMN = "payrisk_as_of"
"""The column of every file that `payrisk export` writes, with the evening: in a text file our apostrophes stand."""

_MARK, _EXPORTED = normal(NOTE_COLUMNS[0]), normal(EXPORT_COLUMN)
_OURS = frozenset(map(normal, (*NOTE_COLUMNS, EXPORT_COLUMN)))
_BESIDE_EXPORTED = frozenset(map(normal, ("customer_id", "currency")))
"""Headers of every exported file that can be imported: beside them the mark is a header, and no name."""
_BEYOND = re.compile(r"unnamed_\d+")
"""Headers of fields that a row had beyond those of its file."""


def without_notes(sheet: Sheet) -> Sheet:
    """The sheet as it was before its rows were set aside, or exported; the sheet itself where it is none of ours.

    Fields beyond the headers of the first file stand beyond them again.
    """
    head = _header_at(sheet)
    if head is None:
        return sheet
    header = sheet.record(head).cells
    kept = [at for at, cell in enumerate(header) if normal(cell) not in _OURS]
    beyond: list[int] = []
    while kept and _BEYOND.fullmatch(header[kept[-1]]):
        beyond.insert(0, kept.pop())
    widths = sum((sheet.widths > at).astype(np.int32) for at in kept)
    widths = np.asarray(widths, dtype=np.int32)
    for place, at in enumerate(beyond, len(kept) + 1):
        cells = sheet.columns[at]
        says = pc.match_substring_regex(cells.distinct, r"[^\s\pZ]").to_numpy(zero_copy_only=False)[cells.codes]
        says[: head + 1] = False
        widths[says] = place
    widths[head] = len(kept)
    # The header of a Parquet file has no line, and its texts no apostrophes of ours.
    is_text = sheet.lines[head] > 0
    columns = (sheet.columns[at] for at in kept)
    return replace(sheet, columns=tuple(map(_bare, columns)) if is_text else tuple(columns), widths=widths)


def _header_at(sheet: Sheet) -> int | None:
    """Where the header of a file of ours stands; None in any other."""
    for at in range(min(HEAD, len(sheet))):
        headers = set(map(normal, sheet.record(at).cells))
        if _MARK in headers or (_EXPORTED in headers and headers & _BESIDE_EXPORTED):
            return at
    return None


def _bare(cells: Cells) -> Cells:
    texts = cells.distinct.to_pylist()
    if not any("'" in text for text in texts):
        return cells
    told = Cells.of(
        NumberCell(text) if number else without_apostrophes(text)
        for text, number in zip(texts, cells.numbers.tolist(), strict=True)
    )
    return Cells(told.codes[cells.codes], told.distinct, told.numbers)
