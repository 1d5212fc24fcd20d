"""The records below a header: which are facts, and which are blanks, repeated headers, totals or ragged rows."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ledger.parsing.texts import clean_text
from ledger.reading.sheet import Cells, Sheet

_END_MARK = r"\*{2,}|-{3,}|={3,}|_{3,}|end of|ende der|fin de|fine |einde |fim d"
_TOTAL = re.compile(
    r"(?:(?:grand|sub|page|report|running)?[\s-]*totals?|(?:sub|sous)?[\s-]*tota(?:le|al|ux)|sous[\s-]*total"
    r"|(?:zwischen|end|gesamt)?summe|gesamt(?:betrag)?|sum|suma|somma|soma|som|übertrag|brought forward|carried forward"
    r"|à reporter|report à nouveau)(?=$|[\s:.(])"
    r"|\(?\d+ (?:rows?|records?|zeilen|datensätze|lignes|filas|righe|rijen|linhas)\b"
    r"|(?:page|seite|página|pagina)\s+\d+|" + _END_MARK,
    re.IGNORECASE,
)
_END = re.compile(_END_MARK, re.IGNORECASE)
_VISIBLE = r"[^\s\pZ\p{Cc}\p{Cf}]"


class Records:
    """The records below a header, looked at column by column."""

    def __init__(self, sheet: Sheet, header_at: int, header: Sequence[str]) -> None:
        start = header_at + 1
        self.header = header
        self.lines = sheet.lines[start:]
        self.widths = sheet.widths[start:]
        self.columns = [(column, column.codes[start:]) for column in sheet.columns]
        self.count = len(self.lines)

    def says(self, at: int, records: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether the cell in column `at` shows anything, for some of the records."""
        column, codes = self.columns[at]
        if len(records) < len(column.distinct) // 4:
            some, back = np.unique(codes[records], return_inverse=True)
            return _visible(column.distinct.take(pa.array(some)))[back]
        return _visible(column.distinct)[codes[records]]

    def blank(self) -> NDArray[np.bool_]:
        blank = np.zeros(self.count, dtype=np.bool_)
        left = np.arange(self.count)
        for at in range(len(self.columns)):
            left = left[~self.says(at, left)]
            if not len(left):
                break
        # What stands beyond the columns is not blank.
        blank[left] = self.widths[left] <= len(self.columns)
        return blank

    def repeated_header(self) -> NDArray[np.bool_]:
        repeated = np.zeros(self.count, dtype=np.bool_)
        cells = self.header
        order = sorted(range(len(cells)), key=lambda at: len(self.columns[at][0].distinct))
        left = np.flatnonzero(self.widths == len(cells))
        for at in order:
            column, codes = self.columns[at]
            # A file behind another in one file begins with its own byte-order mark.
            bare = pc.utf8_ltrim(pc.utf8_trim_whitespace(column.distinct), "\ufeff")
            same = pc.equal(bare, cells[at]).to_numpy(zero_copy_only=False)
            left = left[same[codes[left]]]
            if not len(left):
                break
        repeated[left] = True
        return repeated

    def totals(self, date_at: int | None, columns: Mapping[str, int]) -> NDArray[np.bool_]:
        """Sub-totals, totals and end marks: no date, few cells, and the first says so.

        Args:
            date_at: the column in which every fact has a date; in tables without one only end marks are looked for.
            columns: canonical column → where it stands. What names both an invoice and a customer is no total.
        """
        total = np.zeros(self.count, dtype=np.bool_)
        left = np.arange(self.count)
        if date_at is not None:
            left = left[~self.says(date_at, left)]
        first = np.full(len(left), -1)
        said = np.zeros(len(left), dtype=np.int64)
        for at in range(len(self.columns)):
            says = self.says(at, left)
            first[says & (first < 0)] = at
            said += says
        named = [self.says(columns[name], left) for name in ("invoice_id", "customer_id") if name in columns]
        both = np.logical_and.reduce(named) if len(named) == 2 else np.zeros(len(left), dtype=np.bool_)
        few = (said == 1) if date_at is None else ~both & ((said <= 4) | (first == columns.get("invoice_id", -2)))
        for at in range(len(self.columns)):
            here = left[few & (first == at)]
            if len(here):
                total[here] = self.match(at, here, _END if date_at is None else _TOTAL)
        return total

    def match(self, at: int, records: NDArray[np.int64], pattern: "re.Pattern[str]") -> NDArray[np.bool_]:
        """Whether the cell in column `at` begins so, for some of the records."""
        column, codes = self.columns[at]
        some, back = np.unique(codes[records], return_inverse=True)
        texts = column.distinct.take(pa.array(some)).to_pylist()
        return np.array([bool(pattern.match(clean_text(text))) for text in texts], dtype=np.bool_)[back]

    def ragged(self) -> NDArray[np.bool_]:
        """Rows that lack fields of the header, or have something beyond it."""
        width = len(self.header)
        named = max((at + 1 for at, cell in enumerate(self.header) if cell), default=0)
        ragged: NDArray[np.bool_] = self.widths < named
        wider = np.flatnonzero(self.widths > width)
        if len(wider):
            beyond = self.widths[wider] > max(len(self.columns), width)
            for at in range(width, len(self.columns)):
                beyond |= self.says(at, wider)
            ragged[wider] = beyond
        return ragged


def _visible(cells: pa.Array) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pc.match_substring_regex(cells, _VISIBLE).to_numpy(zero_copy_only=False)
    return found


def constant_cells(value: str, count: int) -> Cells:
    """A column that says the same in every row."""
    return Cells(np.zeros(count, dtype=np.int32), pa.array([value], pa.large_string()), np.zeros(1, dtype=np.bool_))


def kept_cells(cells: Cells, records: NDArray[np.int64] | None) -> Cells:
    """The cells of these records, with no distinct cell that only other records have."""
    codes = cells.codes if records is None else cells.codes[records]
    used = np.zeros(len(cells.distinct), dtype=np.bool_)
    used[codes] = True
    if used.all():
        return Cells(codes, cells.distinct, cells.numbers)
    renumbered = (np.cumsum(used) - 1).astype(np.int32)
    return Cells(renumbered[codes], cells.distinct.filter(pa.array(used)), cells.numbers[used])
