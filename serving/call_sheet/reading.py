"""A call sheet that came back, read as an import is: in a process with limits. Columns are found by their headers,
wherever they stand now; rows may be sorted, filtered and gone.

Run as a module it is the child of `reading_apart.py`: the file on standard input, its rows as JSON on standard output.
"""

import json
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ledger.errors import PayriskError
from ledger.headers import normal
from ledger.parsing.texts import NumberCell
from ledger.reading.apart import read_apart
from ledger.reading.sheet import HEAD, Limits, Sheet
from ledger.refusals import FileRefused
from serving.call_sheet.layout import ACCOUNT_HEADER, FILLED, KEY_HEADER
from serving.call_sheet.rows import SheetRow

LIMITS = Limits(
    max_bytes=10 * 2**20, max_rows=20_000, max_columns=200, max_field_chars=40_000, max_uncompressed_bytes=200 * 2**20,
    max_memory_bytes=2 * 2**30, max_cpu_seconds=30, max_wall_seconds=60,
)  # fmt: skip
"""A list is a day's work."""


def read_sheet(path: Path) -> list[SheetRow]:
    """The rows of a call sheet below its headers, in their order, blank ones too.

    Raises `FileRefused`: what reading finds, and `no_call_sheet` where nothing has the column of keys.
    """
    (source,) = read_apart([path], LIMITS)
    for sheet in source.sheets:
        if (at := _header_at(sheet)) is not None:
            return _rows(sheet, at)
    raise FileRefused(
        "no_call_sheet", source.name, f'No sheet of it has the column "{KEY_HEADER}", which says whom a row is about.',
        remedy="Write a new one with payrisk queue --xlsx FILE, and copy what was filled in next to the accounts.",
    )  # fmt: skip


def _header_at(sheet: Sheet) -> int | None:
    key = normal(KEY_HEADER)
    heads = range(min(HEAD, len(sheet)))
    return next((at for at in heads if any(normal(cell) == key for cell in sheet.record(at).cells)), None)


def _rows(sheet: Sheet, head: int) -> list[SheetRow]:
    headers = [normal(cell) for cell in sheet.record(head).cells]
    wanted = {"key": KEY_HEADER, "account": ACCOUNT_HEADER} | {name: header for name, (header, _) in FILLED.items()}
    columns = {name: headers.index(normal(header)) for name, header in wanted.items() if normal(header) in headers}
    return [_row(sheet, at, columns) for at in range(head + 1, len(sheet))]


def _row(sheet: Sheet, at: int, columns: dict[str, int]) -> SheetRow:
    record = sheet.record(at)
    cells = {name: record.cells[place] for name, place in columns.items() if place < len(record.cells)}
    filled = {name: cells[name] for name in FILLED if cells.get(name, "").strip()}
    numbers = tuple(name for name, cell in filled.items() if isinstance(cell, NumberCell))
    return SheetRow(
        record.line, cells.get("key", "").strip(), cells.get("account", "").strip(),
        {name: str(cell).strip() for name, cell in filled.items()}, numbers,
    )  # fmt: skip


def _main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "call-sheet"
        path.write_bytes(sys.stdin.buffer.read())
        json.dump(_told(path), sys.stdout)


def _told(path: Path) -> dict[str, Any]:
    try:
        return {"rows": [asdict(row) for row in read_sheet(path)]}
    except PayriskError as error:
        return {"refused": [error.code, str(error), error.remedy]}


if __name__ == "__main__":
    _main()
