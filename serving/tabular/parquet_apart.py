"""Parquet without pyarrow in this process: a child of a second's life writes it.

A serving process that had once written Parquet would keep fifty megabytes of it for good.
"""

import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from ledger.reading.network import lean_environment
from serving.errors import CannotWrite
from serving.tabular.table import Table

MOST_AT_ONCE = 2
"""Children; others wait for their turn."""

MOST_SECONDS = 60

_turns = threading.BoundedSemaphore(MOST_AT_ONCE)


def parquet_bytes(table: Table) -> bytes:
    """The table as Parquet. Raises `CannotWrite` where no child could write it."""
    columns = [[column.name, column.kind] for column in table.columns]
    told = json.dumps({"columns": columns, "rows": table.rows}, default=str)
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        with _turns:
            done = subprocess.run(
                [sys.executable, "-P", "-m", "serving.tabular.parquet_file"],
                input=told.encode("utf-8", "replace"),
                capture_output=True, timeout=MOST_SECONDS, env=lean_environment(path, os.environ), cwd="/",
            )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotWrite("the Parquet file", str(error)) from error
    if done.returncode:
        raise CannotWrite("the Parquet file", f"its writer ended with {done.returncode}")
    return done.stdout
