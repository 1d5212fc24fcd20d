"""Parquet for the serving process, which has no pyarrow."""

import json

from serving.apart import run_apart
from serving.tabular.table import Table


def parquet_bytes(table: Table) -> bytes:
    """The table as Parquet. Raises `ChildFailed`."""
    columns = [[column.name, column.kind] for column in table.columns]
    told = json.dumps({"columns": columns, "rows": table.rows}, default=str)
    return run_apart("serving.tabular.parquet_file", told.encode("utf-8", "replace"))
