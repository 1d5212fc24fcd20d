"""The rows that an import set aside, as a file that a bookkeeper corrects and imports again.

Each row stands as it was, under its own headers, with the reason beside it. Text that a spreadsheet could run as a
formula gets an apostrophe, which the importer takes away again. Rows that may be about a person who was erased are not
in it.
"""

import csv
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from ledger.neutral import neutral_in_csv
from ledger.notes import NOTE_COLUMNS
from ledger.report import FileReport, ImportReport, QuarantinedRow
from serving.files import write_whole

_NUMBER = re.compile(r"[-+]?[0-9.,]*[0-9][0-9.,]*-?")


def write_quarantine(report: ImportReport, folder: Path) -> list[Path]:
    """One CSV file for each table with rows set aside to correct, named after it; the paths written.

    Raises `CannotWrite`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for file in report.files:
        if rows := [row for row in file.quarantined if not row.left_out]:
            path = folder / f"{_stem(file)}.set-aside.csv"
            write_whole(path, lambda where, file=file, rows=rows: _write(file, rows, where))  # type: ignore[misc]
            written.append(path)
    return written


def _stem(file: FileReport) -> str:
    return "".join(char if char.isalnum() or char in "-_." else "_" for char in file.name) or "rows"


def _write(file: FileReport, rows: Sequence[QuarantinedRow], path: Path) -> None:
    # The mark at the beginning makes a spreadsheet read UTF-8; ours reads it with or without.
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        _write_rows(file.headers, rows, out)


def _write_rows(headers: Sequence[str], rows: Sequence[QuarantinedRow], out: TextIO) -> None:
    writer = csv.writer(out)
    width = max([len(headers), *(len(row.cells) for row in rows)])
    extra = [f"unnamed_{number}" for number in range(1, width - len(headers) + 1)]
    writer.writerow([*NOTE_COLUMNS, *map(_harmless, headers), *extra])
    for row in rows:
        # A row that is too short stays so: filled up, it would look whole.
        notes = [row.reason, row.column, str(row.line), row.sentence]
        writer.writerow([*map(_harmless, notes), *map(_harmless, row.cells)])


def _harmless(cell: str) -> str:
    return cell if _is_number(cell) else neutral_in_csv(cell)


def _is_number(cell: str) -> bool:
    """Whether a spreadsheet takes it for a plain number: those stay as they are."""
    return _NUMBER.fullmatch(cell) is not None
