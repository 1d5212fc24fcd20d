"""Importing against pandas: the demo company's files, from the folder to a queryable store.

Our side reads every cell as text, checks it (exact decimals, dates, currencies, ids, duplicates, terms), compares it
with what the ledger knows, and writes it durably in one accepted import. The pandas side does the least that a
notebook does with the same files: `read_csv` with dates and floats, and `to_sql` into SQLite, no checks, no clocks.
It is a floor to compare with, not a rival: expect a ratio below 1.

    python benchmarks/import_ledger.py [--invoices 30000] [--json]
"""

import sqlite3
import tempfile
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import pandas as pd
from measure import arguments, peak_mb, show, timed

from ledger.book import Ledger
from ledger.importing import import_files
from payrisk.migrations.run import upgrade
from simulation.company import generate
from simulation.export import write_export

EVENING = date(2026, 3, 31)
DATES = ("issue_date", "due_date", "known_date", "paid_date", "booked_date", "rate_date")


def ours(files: list[Path], folder: Path, run: int) -> int:
    """A whole import into a fresh ledger; rows accepted."""
    url = f"sqlite:///{folder / f'ours-{run}.db'}"
    upgrade(url)
    ledger = Ledger.open(url)
    now = datetime(2026, 4, 1, tzinfo=UTC)
    report = import_files(ledger, files, as_of=EVENING, today=EVENING, recorded_at=now)
    assert not report.quarantined
    ledger.close()
    return report.accepted


def with_pandas(files: list[Path], folder: Path, run: int) -> int:
    """The same files into tables of the same size; rows written."""
    rows = 0
    with sqlite3.connect(folder / f"pandas-{run}.db") as connection:
        for path in files:
            head = pd.read_csv(path, nrows=0).columns
            frame = pd.read_csv(path, parse_dates=[name for name in DATES if name in head])
            rows += frame.to_sql(path.stem, connection, index=False) or 0
    return rows


def main() -> None:
    options = arguments(__doc__ or "", invoices=30_000)
    with tempfile.TemporaryDirectory() as name:
        folder, runs = Path(name), count()
        company = generate(7, EVENING, customers=max(30, options.invoices // 50), invoices=options.invoices)
        files = write_export(company, folder / "export")
        mine = timed(lambda: ours(files, folder, next(runs)), options.repeat)
        peer = timed(lambda: with_pandas(files, folder, next(runs)), options.repeat)
    assert mine.result == peer.result, "both sides must read the same rows"
    ratio = peer.cpu_s / mine.cpu_s
    show(
        f"Import of {mine.result:,} rows ({options.invoices:,} invoices)",
        [
            ("side", "CPU s", "wall s", "rows per CPU s"),
            ("payrisk import", mine.cpu_s, mine.wall_s, round(mine.result / mine.cpu_s)),
            ("pandas, unchecked", peer.cpu_s, peer.wall_s, round(peer.result / peer.cpu_s)),
            ("ratio", ratio, peer.wall_s / mine.wall_s, ""),
        ],
        {
            "benchmark": "import_ledger",
            "rows": mine.result,
            "ratio_vs_pandas": round(ratio, 3),
            "cpu_s": round(mine.cpu_s, 3),
            "wall_s": round(mine.wall_s, 3),
            "cpu_s_pandas": round(peer.cpu_s, 3),
            "peak_mb": round(peak_mb(), 1),
        },
        options.json,
    )


if __name__ == "__main__":
    main()
