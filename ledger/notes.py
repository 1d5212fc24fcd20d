"""Rows that were set aside, come back corrected: the notes beside them are taken off, and the apostrophes before texts.

`serving/quarantine.py` writes such files. What was not corrected is as wrong as it was before.
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

_NOTES = frozenset(map(normal, NOTE_COLUMNS))
_MARK = normal(NOTE_COLUMNS[0])
_BEYOND = re.compile(r"unnamed_\d+")
"""Headers of fields that a row had beyond those of its file."""


def without_notes(sheet: Sheet) -> Sheet:
    """The sheet as it was before its rows were set aside; the sheet itself where it holds no notes.

    Fields beyond the headers of the first file stand beyond them again.
    """
    heads = (sheet.record(at).cells for at in range(min(HEAD, len(sheet))))
    header = next((cells for cells in heads if any(normal(cell) == _MARK for cell in cells)), None)
    if header is None:
        return sheet
    kept = [at for at, cell in enumerate(header) if normal(cell) not in _NOTES]
    beyond: list[int] = []
    while kept and _BEYOND.fullmatch(header[kept[-1]]):
        beyond.insert(0, kept.pop())
    widths = sum((sheet.widths > at).astype(np.int32) for at in kept)
    widths = np.asarray(widths, dtype=np.int32)
    for place, at in enumerate(beyond, len(kept) + 1):
        cells = sheet.columns[at]
        says = pc.match_substring_regex(cells.distinct, r"[^\s\pZ]").to_numpy(zero_copy_only=False)[cells.codes]
        says[: _header_at(sheet)] = False
        widths[says] = place
    widths[_header_at(sheet) - 1] = len(kept)
    return replace(sheet, columns=tuple(_bare(sheet.columns[at]) for at in kept), widths=widths)


def _header_at(sheet: Sheet) -> int:
    """How many records stand up to the header, itself included."""
    return 1 + next(
        at for at in range(min(HEAD, len(sheet))) if any(normal(cell) == _MARK for cell in sheet.record(at).cells)
    )


def _bare(cells: Cells) -> Cells:
    texts = cells.distinct.to_pylist()
    if not any("'" in text for text in texts):
        return cells
    told = Cells.of(
        NumberCell(text) if number else without_apostrophes(text)
        for text, number in zip(texts, cells.numbers.tolist(), strict=True)
    )
    return Cells(told.codes[cells.codes], told.distinct, told.numbers)
