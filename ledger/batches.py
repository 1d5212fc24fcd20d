"""Rows on their way into SQL, in short batches: columns until the driver takes them, many rows in one statement.

What all rows of a table have in common stands in the statement itself, as a number or an empty text, and is neither
copied nor bound a million times.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from ledger.database import faults_of_driver
from ledger.ordering import as_arrow
from ledger.told import BY_KIND, Told

BATCH_ROWS = 5_000
"""Rows written in one transaction: long enough to be fast, short enough that a collector's note never waits for it."""

_AT_ONCE = 10
"""Rows of one statement on SQLite: more gain nothing, and its parameters are limited."""

_Statement = tuple[str, list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Batch:
    """At most `BATCH_ROWS` rows for one table: what they have in common, and the columns in which they differ.

    Attributes:
        utf8: the columns whose texts come in UTF-8: SQLite takes them as they are.
    """

    table: str
    common: Mapping[str, int | str]
    columns: Mapping[str, list[Any]]
    utf8: frozenset[str] = frozenset()

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def statements(self) -> list[_Statement]:
        """For SQLite: each statement, and the values of its runs."""
        length = len(self)
        whole = length - length % _AT_ONCE
        parts = ((_AT_ONCE, 0, whole), (1, whole, length))
        return [(self._insert(rows), self._values(rows, start, end)) for rows, start, end in parts if start < end]

    def copy(self, cursor: Any) -> None:
        """For PostgreSQL: the rows into an open cursor."""
        common = tuple(self.common.values())
        with cursor.copy(f'COPY "{self.table}" ({self._names}) FROM STDIN') as copy:
            told = (map(bytes.decode, values) if name in self.utf8 else values for name, values in self.columns.items())
            for row in zip(*told, strict=True):
                copy.write_row((*common, *row))

    @property
    def _names(self) -> str:
        return ", ".join(f'"{name}"' for name in (*self.common, *self.columns))

    def _insert(self, rows: int) -> str:
        common = ["''" if value == "" else str(int(value)) for value in self.common.values()]
        bound = ["CAST(? AS TEXT)" if name in self.utf8 else "?" for name in self.columns]
        row = f"({', '.join([*common, *bound])})"
        return f'INSERT INTO "{self.table}" ({self._names}) VALUES {", ".join([row] * rows)}'

    def _values(self, rows: int, start: int, end: int) -> list[tuple[Any, ...]]:
        columns = self.columns.values()
        return list(zip(*(column[at:end:rows] for at in range(start, start + rows) for column in columns), strict=True))


def batches(said: Told, import_id: int) -> Iterator[Batch]:
    """All rows of an import, in parts of one table each."""
    for kind, frame in said.frames().items():
        if len(frame):
            yield from _batches(BY_KIND[kind].name, {"import_id": import_id}, frame[list(BY_KIND[kind].names)])


def put(connection: sa.Connection, batch: Batch, statements: Sequence[_Statement]) -> None:
    """Write one batch; `statements` are its own where the driver takes them, made before the transaction."""
    if connection.dialect.name == "postgresql":
        with faults_of_driver(connection.dialect):
            batch.copy(connection.connection.cursor())
        return
    for statement, values in statements:
        connection.exec_driver_sql(statement, values)


def _batches(table: str, ids: Mapping[str, int], frame: pd.DataFrame) -> Iterator[Batch]:
    common: dict[str, int | str] = dict(ids)
    varied: dict[str, Any] = {}
    for name, column in frame.items():
        text = pd.api.types.is_string_dtype(column.dtype)
        first = column.iloc[0]
        if (not text or first == "") and bool((column == first).all()) and varied:
            common[str(name)] = "" if text else first.item()
        else:
            varied[str(name)] = as_arrow(column) if text else column.to_numpy()
    for start in range(0, len(frame), BATCH_ROWS):
        end = start + BATCH_ROWS
        yield Batch(table, common, {name: _plain(values, start, end) for name, values in varied.items()})


def _plain(values: Any, start: int, end: int) -> list[Any]:
    """A part of a column as values of Python."""
    part = values[start:end]
    plain: list[Any] = part.tolist() if isinstance(part, np.ndarray) else part.to_pylist()
    return plain
