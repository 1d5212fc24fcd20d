"""Parquet: typed columns as text cells; decimals and dates exactly, doubles with all their digits."""

from collections.abc import Callable
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ledger.parsing.texts import NumberCell
from ledger.reading.gathering import encoded_cells
from ledger.reading.sheet import Cells, Limits, Sheet
from ledger.refusals import FileRefused, TooLarge


def read_parquet(name: str, file: BinaryIO, limits: Limits) -> Sheet:
    """One sheet with the column names as its header; what has no text is named in `unreadable` and left empty.

    Raises:
        FileRefused: `corrupt_file`, `too_many_rows`, `too_many_columns`, `too_large`.
    """
    file.seek(0)
    try:
        parquet = pq.ParquetFile(file, pre_buffer=False)
        _check_limits(name, parquet.metadata, limits)
        table = parquet.read(use_threads=False)
        _check_sizes(name, table, limits)
        headers = [str(header) for header in table.column_names]
        read = [_cells(column, headers[at]) for at, column in enumerate(table.columns)]
    except MemoryError:
        raise
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise FileRefused(
            "corrupt_file", name, "The Parquet file is damaged or cut off.", remedy="Write it again and import that."
        ) from error
    rows = len(table)
    unreadable = frozenset(header for header, cells in zip(headers, read, strict=True) if cells is None)
    columns = tuple(cells or _empty(header, rows) for header, cells in zip(headers, read, strict=True))
    widths = np.full(rows + 1, len(columns), dtype=np.int32)
    return Sheet(name, "", columns, np.arange(rows + 1, dtype=np.int64), widths, unreadable)


def _check_limits(name: str, metadata: Any, limits: Limits) -> None:
    if metadata.num_rows > limits.max_rows:
        raise TooLarge("too_many_rows", name, "rows", metadata.num_rows, limits.max_rows)
    if metadata.num_columns > limits.max_columns:
        raise TooLarge("too_many_columns", name, "columns", metadata.num_columns, limits.max_columns)
    unpacked = sum(metadata.row_group(i).total_byte_size for i in range(metadata.num_row_groups))
    if unpacked > limits.max_uncompressed_bytes:
        raise TooLarge("too_large", name, "bytes when unpacked", unpacked, limits.max_uncompressed_bytes)


def _check_sizes(name: str, table: Any, limits: Limits) -> None:
    """What was read, whatever the file said of itself."""
    if len(table) > limits.max_rows:
        raise TooLarge("too_many_rows", name, "rows", len(table), limits.max_rows)
    if table.num_columns > limits.max_columns:
        raise TooLarge("too_many_columns", name, "columns", table.num_columns, limits.max_columns)


def _empty(header: str, rows: int) -> Cells:
    return _headed(header, Cells(np.zeros(rows, dtype=np.int32), pa.array([""], pa.large_string()), np.zeros(1, bool)))


def _cells(column: Any, header: str) -> Cells | None:
    """A column below its header; None when its type has no text, or a value is not of its type (a day that no calendar
    has)."""
    try:
        column.validate(full=True)
        encoded = _encoded(column)
        return None if encoded is None else _headed(header, encoded)
    except MemoryError:
        raise
    except (pa.ArrowException, ValueError, OverflowError, LookupError):
        return None


def _headed(header: str, cells: Cells) -> Cells:
    """The column with its header above."""
    found = np.flatnonzero(np.asarray(pc.equal(cells.distinct, header)) & ~cells.numbers)
    if len(found):
        return Cells(np.concatenate([found[:1], cells.codes]).astype(np.int32), cells.distinct, cells.numbers)
    return Cells(
        np.concatenate([[len(cells.distinct)], cells.codes]).astype(np.int32),
        pa.concat_arrays([cells.distinct, pa.array([header], pa.large_string())]),
        np.append(cells.numbers, False),
    )


def _encoded(column: Any) -> Cells | None:
    kind = column.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
        column = column.cast(kind)
    if pa.types.is_nested(kind) or pa.types.is_duration(kind) or pa.types.is_interval(kind):
        return None
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    if _is_bytes(kind):
        column = column.cast(pa.large_string())
        column.validate(full=True)
    as_text = _writer(kind)
    try:
        encoded = column.dictionary_encode()
    except pa.ArrowNotImplementedError:
        return Cells.of("" if value is None else as_text(value) for value in column.to_pylist())
    values = encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
    return encoded_cells(encoded, ["" if value is None else as_text(value) for value in values])


def _is_bytes(kind: Any) -> bool:
    kinds = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary, pa.types.is_binary_view)
    return any(is_kind(kind) for is_kind in kinds)


def _writer(kind: Any) -> Callable[[Any], str]:
    if pa.types.is_floating(kind):
        return lambda value: NumberCell(int(value) if value.is_integer() and abs(value) < 1e15 else repr(value))
    if pa.types.is_integer(kind):
        return NumberCell
    if pa.types.is_decimal(kind):
        return lambda value: NumberCell(format(value, "f"))
    if pa.types.is_temporal(kind):
        return lambda value: str(value.isoformat())
    return str
