"""Tables as Parquet, exact: amounts are decimals, texts are as they are. Run as a module it is the child of
`parquet_apart.py`: a table as JSON on standard input, the file on standard output."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from serving.tabular.table import Cell, Column, Kind, Table

ARROW: Mapping[Kind, pa.DataType] = {
    "text": pa.string(),
    "whole": pa.int64(),
    "amount": pa.decimal128(38, 4),  # no currency has more than four decimals
    "rate": pa.decimal128(38, 18),
    "number": pa.float64(),
    "day": pa.date32(),
    "instant": pa.timestamp("us", tz="UTC"),
    "flag": pa.bool_(),
}


def schema_of(columns: Sequence[Column]) -> pa.Schema:
    """The columns as Arrow has them; what they mean is their metadata."""
    return pa.schema(
        [
            pa.field(one.name, ARROW[one.kind], metadata={"meaning": one.meaning} if one.meaning else None)
            for one in columns
        ]
    )


def arrow_table(table: Table) -> pa.Table:
    """The table as Arrow has it."""
    arrays = [
        pa.array([_value(row[at], column.kind) for row in table.rows], ARROW[column.kind])
        for at, column in enumerate(table.columns)
    ]
    return pa.Table.from_arrays(arrays, schema=schema_of(table.columns))


def write_parquet(table: pa.Table, out: "BinaryIO | str") -> None:
    """Write an Arrow table; the same table gives the same bytes."""
    pq.write_table(table, out, compression="zstd")


def _value(cell: Cell, kind: Kind) -> object:
    if cell is None:
        return None
    if kind in ("amount", "rate"):
        return Decimal(str(cell))
    if kind == "number":
        return float(cell)
    if kind == "day":
        return date.fromisoformat(str(cell))
    if kind == "instant":
        return datetime.fromisoformat(str(cell))
    return cell.encode("utf-8", "replace").decode() if isinstance(cell, str) else cell


def _main() -> None:
    told: dict[str, Any] = json.load(sys.stdin.buffer)
    table = Table(tuple(Column(*column) for column in told["columns"]), tuple(map(tuple, told["rows"])))
    write_parquet(arrow_table(table), sys.stdout.buffer)


if __name__ == "__main__":
    _main()
