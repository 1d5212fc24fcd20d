"""For the tests of imports: files of a few rows, imported on one day."""

from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd

from ledger.book import Ledger
from ledger.days import to_date
from ledger.importing import import_files
from ledger.options import ImportOptions
from ledger.report import ImportReport

TODAY = date(2026, 3, 31)
HEADER = "invoice_id,customer_id,issue_date,due_date,amount,currency,paid_date,paid_amount\n"


def take(ledger: Ledger, folder: Path, *contents: str, **how: object) -> ImportReport:
    """Import these texts as files, together, as of today."""
    paths = []
    for number, content in enumerate(contents, 1):
        paths.append(folder / f"file{number}.csv")
        paths[-1].write_text(content, encoding="utf-8")
    given = {field.name for field in fields(ImportOptions)}
    options = ImportOptions(**{"as_of": TODAY, **{name: how.pop(name) for name in given & set(how)}})  # type: ignore[arg-type]
    how = {"today": TODAY, "recorded_at": datetime(2026, 3, 31, 6, tzinfo=UTC), **how}
    return import_files(ledger, paths, options=options, **how)  # type: ignore[arg-type]


def drawn(frame: pd.DataFrame, *columns: str) -> list[tuple[object, ...]]:
    """Rows of a view with their days as text, so that a test can write them down."""
    rows = frame[list(columns)].to_dict("records")
    return [tuple(str(to_date(v)) if str(k).endswith("_on") else v for k, v in row.items()) for row in rows]
