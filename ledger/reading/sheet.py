"""A `Sheet`: the records of a file as text cells, each with the line it came from."""

from dataclasses import dataclass
from typing import NamedTuple


class Record(NamedTuple):
    """One record: `line` is the line of a text file or the row of a workbook, from 1; quoted line feeds make gaps."""

    line: int
    cells: list[str]


@dataclass(frozen=True)
class Sheet:
    """All records of one text file, one worksheet or one Parquet file, the header among them.

    Attributes:
        file: the file's name, for messages.
        name: the worksheet's name, '' elsewhere.
        records: in file order. Dates of typed files are ISO text; their numbers are `NumberCell`s.
        unreadable: columns whose values have no text (lists, structs, days that no calendar has), by header; they
            matter only when needed.
        garbled: lines that hold typical pairs of UTF-8 letters read as Western ones.
    """

    file: str
    name: str
    records: list[Record]
    unreadable: frozenset[str] = frozenset()
    garbled: int = 0


@dataclass(frozen=True)
class Limits:
    """What one file may cost at most; enforced before or while it is read."""

    max_bytes: int = 64 * 2**20
    max_rows: int = 1_000_000
    max_columns: int = 512
    max_uncompressed_bytes: int = 256 * 2**20
    max_compression_ratio: int = 200
