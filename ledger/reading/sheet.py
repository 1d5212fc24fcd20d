"""A `Sheet`: the records of a file as text cells, column by column, each distinct cell kept once.

A million invoices have few distinct dates, currencies and names, so what is parsed once per distinct cell costs little.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ledger.parsing.texts import NumberCell

HEAD = 30
"""How many records may stand above the data: titles and the header are looked for in the first so many."""

FORMULA_WITHOUT_VALUE = "="
"""What stands in a cell of a workbook whose formula was never computed: its value is not in the file."""


class Record(NamedTuple):
    """One record: `line` is the line of a text file or the row of a workbook, from 1; quoted line feeds make gaps."""

    line: int
    cells: list[str]


@dataclass(frozen=True, eq=False)
class Cells:
    """One column of a sheet.

    Attributes:
        codes: which distinct cell each record has, shape (records,).
        distinct: the distinct cells as text, in no promised order; `numbers` tells which were numbers in their file
            (a text "12" and a number 12 are two distinct cells), shape (len(distinct),).
    """

    codes: NDArray[np.int32]
    distinct: pa.Array
    numbers: NDArray[np.bool_]

    @classmethod
    def of(cls, cells: Iterable[str]) -> "Cells":
        """From the cells of a column; a `NumberCell` counts as a number."""
        known: dict[tuple[str, bool], int] = {}
        codes = [known.setdefault((str(cell), isinstance(cell, NumberCell)), len(known)) for cell in cells]
        return cls(
            np.array(codes, dtype=np.int32),
            pa.array([text for text, _ in known], pa.large_string()),
            np.array([number for _, number in known], dtype=np.bool_),
        )

    def texts(self) -> list[str]:
        """The distinct cells as parsers take them: plain texts and `NumberCell`s."""
        texts: list[str] = self.distinct.to_pylist()
        return [NumberCell(text) if number else text for text, number in zip(texts, self.numbers.tolist(), strict=True)]

    def __getitem__(self, at: int) -> str:
        """The cell of one record."""
        code = int(self.codes[at])
        text = str(self.distinct[code])
        return NumberCell(text) if self.numbers[code] else text


@dataclass(frozen=True, eq=False)
class Sheet:
    """All records of one text file, one worksheet or one Parquet file, the header among them.

    Attributes:
        file: the file's name, for messages.
        name: the worksheet's name, '' elsewhere.
        columns: the cells, as many columns as the widest of the first `HEAD` records has; a record that is shorter
            has '' there. Dates of typed files are ISO text; their numbers are numbers.
        lines: line of each record (row of a worksheet), from 1; 0 for the header of a Parquet file.
        widths: fields of each record; beyond the columns they count only up to the last that is not blank, so that
            `widths > len(columns)` says that something stands where no column is. An empty line has 0.
        unreadable: columns whose values have no text (lists, structs, days that no calendar has), by header; they
            matter only when needed.
        garbled: lines that hold typical pairs of UTF-8 letters read as Western ones.
    """

    file: str
    name: str
    columns: tuple[Cells, ...]
    lines: NDArray[np.int64]
    widths: NDArray[np.int32]
    unreadable: frozenset[str] = frozenset()
    garbled: int = 0

    @classmethod
    def of_records(
        cls,
        file: str,
        name: str,
        records: Sequence[Record],
        unreadable: frozenset[str] = frozenset(),
        garbled: int = 0,
    ) -> "Sheet":
        """From whole records: small files and tests."""
        width = max((len(record.cells) for record in records[:HEAD]), default=0)
        columns = tuple(
            Cells.of(record.cells[at] if at < len(record.cells) else "" for record in records) for at in range(width)
        )
        return cls(
            file, name, columns,
            np.array([record.line for record in records], dtype=np.int64),
            np.array([used_width(record.cells, width) for record in records], dtype=np.int32),
            unreadable, garbled,
        )  # fmt: skip

    def __len__(self) -> int:
        return len(self.lines)

    def record(self, at: int) -> Record:
        """One record, as wide as it is, but not beyond the columns."""
        width = min(int(self.widths[at]), len(self.columns))
        return Record(int(self.lines[at]), [column[at] for column in self.columns[:width]])


def used_width(cells: Sequence[str], columns: int) -> int:
    """The fields of a record; beyond `columns` only up to the last that is not blank.

    >>> used_width(["a", "b"], 3), used_width(["a", "b", "c", " ", "e", ""], 3), used_width(["a", "b", "", ""], 2)
    (2, 5, 2)
    """
    if len(cells) <= columns:
        return len(cells)
    return next((at + 1 for at in range(len(cells) - 1, columns - 1, -1) if cells[at].strip()), columns)


@dataclass(frozen=True)
class Limits:
    """What one import may cost at most; enforced before or while its files are read.

    Attributes:
        max_bytes, max_rows, max_columns, max_field_chars: of one file, its rows, its columns, one cell.
        max_uncompressed_bytes, max_compression_ratio: of what an archive (.xlsx) or a Parquet file unpacks to.
        max_memory_bytes, max_cpu_seconds, max_wall_seconds: of the process that reads the files of one import.
    """

    max_bytes: int = 2**30
    max_rows: int = 5_000_000
    max_columns: int = 512
    max_field_chars: int = 10_000
    max_uncompressed_bytes: int = 2**30
    max_compression_ratio: int = 200
    max_memory_bytes: int = 4 * 2**30
    max_cpu_seconds: int = 300
    max_wall_seconds: int = 600
