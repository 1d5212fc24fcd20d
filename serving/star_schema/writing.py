"""A star schema as a folder of files: there whole or not at all, and never over another one."""

import json
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from ledger.disk import sync
from ledger.neutral import neutral_in_csv
from serving.errors import CannotWrite
from serving.tabular.parquet_file import write_parquet

Json = dict[str, Any]
Format = Literal["parquet", "csv"]

ABOUT = "export.json"
"""The file that says what the folder is: written last, so that a folder with it is whole."""


def require_free(folder: Path) -> None:
    """That nothing is in the folder's place. Raises `CannotWrite`."""
    if folder.exists() or folder.is_symlink():
        raise CannotWrite(str(folder), "something is there already; an export makes a folder of its own")


def write_folder(folder: Path, tables: Mapping[str, pa.Table], about: Json, kind: Format) -> None:
    """Write a file for each table, and `ABOUT`, beside the folder's place; then put all of it there in one step.

    Parquet is exact. In CSV a text that could run as a formula has apostrophes, which `payrisk import` takes away.

    Raises `CannotWrite`: something is there already, or the place cannot be written to; nothing is left behind then.
    """
    require_free(folder)
    unfinished = folder.with_name(f".{folder.name[:40]}.{secrets.token_hex(4)}.unfinished")
    try:
        try:
            unfinished.mkdir()
            for name, table in tables.items():
                _write(unfinished / f"{name}.{kind}", table, kind)
            (unfinished / ABOUT).write_text(json.dumps(about, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
            for path in (*unfinished.iterdir(), unfinished):
                sync(path)
            # A folder in the place of another one is refused, but for an empty one.
            unfinished.rename(folder)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    except OSError as error:
        raise CannotWrite(str(folder), error.strerror or str(error)) from error


def _write(path: Path, table: pa.Table, kind: Format) -> None:
    if kind == "parquet":
        write_parquet(table, str(path))
        return
    columns = [_csv_column(column) for column in table.columns]
    options = pa_csv.WriteOptions(quoting_style="needed")
    pa_csv.write_csv(pa.Table.from_arrays(columns, names=table.column_names), path, options)


def _csv_column(column: pa.ChunkedArray) -> pa.ChunkedArray | pa.Array:
    if pa.types.is_decimal(column.type):
        return _shortest(column)
    if pa.types.is_timestamp(column.type):
        return pc.strftime(column, format="%Y-%m-%dT%H:%M:%SZ")
    if pa.types.is_string(column.type):
        coded = column.combine_chunks().dictionary_encode()
        harmless = pa.array([neutral_in_csv(text) for text in coded.dictionary.to_pylist()], pa.string())
        return harmless.take(coded.indices)
    return column


def _shortest(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The decimals with as few places as all of them need, but never three: `1.234` is a thousand to some readers."""
    for scale in (2, 4, 6, 9):
        with suppress(pa.ArrowInvalid):
            return column.cast(pa.decimal128(38, scale))
    return column
