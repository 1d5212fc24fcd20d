"""Parquet: typed columns as text cells; decimals and dates exactly, doubles with all their digits."""

import io
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from ledger.parsing.texts import NumberCell
from ledger.reading.sheet import Limits, Record, Sheet
from ledger.refusals import FileRefused, TooLarge


def read_parquet(name: str, content: bytes, limits: Limits) -> Sheet:
    """One sheet with the column names as its header; what has no text is named in `unreadable` and left empty.

    Raises:
        FileRefused: `corrupt_file`, `too_many_rows`, `too_many_columns`, `too_large`.
    """
    try:
        file = pq.ParquetFile(io.BytesIO(content))
        _check_limits(name, file.metadata, limits)
        table = file.read()
        names = list(table.column_names)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise FileRefused(
            "corrupt_file", name, "The Parquet file is damaged or cut off.", remedy="Write it again and import that."
        ) from error
    read = [_texts(column, field.type) for field, column in zip(table.schema, table.columns, strict=True)]
    unreadable = frozenset(name for name, texts in zip(names, read, strict=True) if texts is None)
    columns = [[""] * len(table) if texts is None else texts for texts in read]
    rows = zip(*columns, strict=True) if columns else ()
    records = [Record(line, list(row)) for line, row in enumerate(rows, 1)]
    return Sheet(name, "", [Record(0, names), *records], unreadable)


def _check_limits(name: str, metadata: Any, limits: Limits) -> None:
    if metadata.num_rows > limits.max_rows:
        raise TooLarge("too_many_rows", name, "rows", metadata.num_rows, limits.max_rows)
    if metadata.num_columns > limits.max_columns:
        raise TooLarge("too_many_columns", name, "columns", metadata.num_columns, limits.max_columns)
    unpacked = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    if unpacked > limits.max_uncompressed_bytes:
        raise TooLarge("too_large", name, "bytes when unpacked", unpacked, limits.max_uncompressed_bytes)


def _texts(column: Any, kind: Any) -> list[str] | None:
    """The cells as text; None when the type has none, or a value is not of its type (a day that no calendar has)."""
    if pa.types.is_nested(kind) or pa.types.is_duration(kind):
        return None
    as_text = _writer(kind)
    try:
        return ["" if value is None else as_text(value) for value in column.to_pylist()]
    except (pa.ArrowException, ValueError, OverflowError, LookupError):
        return None


def _writer(kind: Any) -> Callable[[Any], str]:
    if pa.types.is_floating(kind):
        return lambda value: NumberCell(int(value) if value.is_integer() and abs(value) < 1e15 else repr(value))
    if pa.types.is_integer(kind):
        return NumberCell
    if pa.types.is_decimal(kind):
        return lambda value: NumberCell(format(value, "f"))
    if pa.types.is_temporal(kind):
        return lambda value: str(value.isoformat())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return lambda value: str(value.decode("utf-8"))
    return str
