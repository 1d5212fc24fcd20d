"""The ledger by the million: importing, looking, importing again, and whether a collector's note has to wait meanwhile.

One CSV of invoices with paid columns, in the order of their numbers, goes into SQLite: read apart, checked, compared,
written durably, accepted. The pandas side does the least that a notebook does with the same file: `read_csv` with dates
and floats, and `to_sql`, no checks, no clocks. Each step runs in a process of its own, so that its peak is its own.

CPU seconds are those of the process and, apart, those of the processes that read the file for it, with their start.
Peak memory counts everything resident, libraries and mapped files too; "bytes per invoice" is what a step adds.

    python benchmarks/ledger_scale.py [--invoices 1000000] [--more 3000000] [--small] [--json]
"""

import argparse
import atexit
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from measure import megabytes, show

EVENING = date(2026, 3, 31)
DATES = ("issue_date", "due_date", "paid_date")
NOTE_EVERY_S = 0.05

Figures = dict[str, Any]


def make(folder: Path, invoices: int) -> Figures:
    """The export of one evening, and that of the next: one invoice in a hundred was paid."""
    import numpy as np
    import pandas as pd

    random = np.random.default_rng(1)
    customers = random.integers(0, max(1, invoices // 50), invoices)
    issued = np.datetime64("2023-01-01") + random.integers(0, 1100, invoices)
    due = issued + random.choice([14, 30, 45, 60], invoices)
    paid = due + random.integers(-10, 60, invoices)
    is_paid = (paid <= np.datetime64(EVENING)) & (random.random(invoices) < 0.95)
    amounts = [f"{amount:.2f}" for amount in random.lognormal(6, 1.2, invoices)]
    frame = pd.DataFrame(
        {
            "invoice_id": [f"INV-{number:08d}" for number in range(invoices)],
            "customer_id": [f"C{number:06d}" for number in customers],
            "customer_name": [f"Customer Number {number} Ltd" for number in customers],
            "issue_date": issued.astype(str),
            "due_date": due.astype(str),
            "amount": amounts,
            "currency": random.choice(["EUR", "USD", "GBP"], invoices, p=[0.8, 0.15, 0.05]),
            "paid_date": np.where(is_paid, paid.astype(str), ""),
            "paid_amount": np.where(is_paid, amounts, ""),
            "terms": "",
        }
    )
    frame.to_csv(folder / "evening.csv", index=False)
    news = random.permutation(np.flatnonzero(~is_paid))[: invoices // 100]
    frame.loc[news, "paid_date"] = str(EVENING + timedelta(days=1))
    frame.loc[news, "paid_amount"] = frame.loc[news, "amount"]
    frame.to_csv(folder / "next.csv", index=False)
    return {"file_mb": round((folder / "evening.csv").stat().st_size / 1e6, 1), "changed": len(news)}


def imported(folder: Path, file: str, day: date) -> Figures:
    """One import, with what the report says of it."""
    from ledger.book import Ledger
    from ledger.importing import import_files
    from ledger.options import ImportOptions
    from payrisk.migrations.run import upgrade

    upgrade(_url(folder))
    ledger = Ledger.open(_url(folder), folder / "cache")
    options, now = ImportOptions(as_of=day), datetime(2026, 4, 2, tzinfo=UTC)
    with _Clock() as clock:
        report = import_files(ledger, [folder / file], options=options, today=day, recorded_at=now)
    assert not report.quarantined
    told = ledger.store.imports()[-1].rows if report.loaded else 0
    return {**clock.figures, "rows": report.accepted, "rows_told": told}


def with_pandas(folder: Path) -> Figures:
    """The file into a table, unchecked."""
    import sqlite3

    import pandas as pd

    with _Clock() as clock, sqlite3.connect(folder / "pandas.db") as connection:
        frame = pd.read_csv(folder / "evening.csv", parse_dates=list(DATES))
        rows = frame.to_sql("invoices", connection, index=False)
    return {**clock.figures, "rows": rows}


def looked(folder: Path, cache: str, back: int) -> Figures:
    """The view of one evening as columns, `back` days before the export."""
    from ledger.book import Ledger

    ledger = Ledger.open(_url(folder), folder / cache)
    with _Clock() as clock:
        view = ledger.as_of(EVENING - timedelta(days=back))
    return {**clock.figures, "rows": len(view.items)}


def worked(folder: Path, what: str) -> Figures:
    """What is done with the view of the evening, the view itself not counted."""
    from ledger.book import Ledger
    from ledger.scorecard.card import scorecard

    ledger = Ledger.open(_url(folder), folder / "cache")
    view = ledger.as_of(EVENING + timedelta(days=1))
    before = ledger.as_of(EVENING, version=1)
    with _Clock() as clock:
        rows = len(view.open_items()) if what == "open_items" else len(scorecard(view, before).findings)
    return {**clock.figures, "rows": rows}


def noted(folder: Path) -> Figures:
    """How long small writes of another process wait, one every 50 ms until the import ends (our stdin closes)."""
    import select

    import numpy as np
    import sqlalchemy as sa

    from ledger.database import open_engine, writing

    engine, waits = open_engine(_url(folder)), list[float]()
    while not select.select([sys.stdin], [], [], NOTE_EVERY_S)[0]:
        begun = time.perf_counter()
        with writing(engine) as connection:
            connection.execute(sa.text("INSERT INTO benchmark_notes VALUES (:text)"), {"text": "Promised for Friday."})
        waits.append(time.perf_counter() - begun)
    median, late, longest = (1000 * float(np.quantile(waits, share)) for share in (0.5, 0.99, 1.0))
    return {"notes": len(waits), "median_ms": median, "p99_ms": late, "longest_ms": longest}


def prepared(folder: Path) -> Figures:
    """The database, with a table for the notes."""
    import sqlalchemy as sa

    from ledger.database import open_engine, writing
    from payrisk.migrations.run import upgrade

    upgrade(_url(folder))
    with writing(open_engine(_url(folder))) as connection:
        connection.execute(sa.text("CREATE TABLE benchmark_notes (text TEXT NOT NULL)"))
    return {}


STEPS: dict[str, Callable[[Path, int], Figures]] = {
    "make": make,
    "import": lambda folder, _: imported(folder, "evening.csv", EVENING),
    "pandas": lambda folder, _: with_pandas(folder),
    "first look": lambda folder, _: looked(folder, "cache", 0),
    "second look": lambda folder, _: looked(folder, "cache", 0),
    "look without a cache": lambda folder, _: looked(folder, "no-cache", 0),
    "a past evening": lambda folder, _: looked(folder, "cache", 365),
    "next export": lambda folder, _: imported(folder, "next.csv", EVENING + timedelta(days=1)),
    "the same file again": lambda folder, _: imported(folder, "next.csv", EVENING + timedelta(days=1)),
    "open items": lambda folder, _: worked(folder, "open_items"),
    "scorecard": lambda folder, _: worked(folder, "scorecard"),
    "prepare": lambda folder, _: prepared(folder),
    "notes": lambda folder, _: noted(folder),
}


class _Clock:
    """Seconds of a block of this process, and by how much it raised the process's peak."""

    def __enter__(self) -> "_Clock":
        self.figures: Figures = {}
        self._peak = _peak_mb(resource.RUSAGE_SELF)
        self._wall, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.figures["wall_s"] = time.perf_counter() - self._wall
        self.figures["cpu_s"] = time.process_time() - self._cpu
        self.figures["added_mb"] = _peak_mb(resource.RUSAGE_SELF) - self._peak


def _step(name: str, folder: Path, invoices: int) -> None:
    """Run one step here, and print its figures when everything else of this process has ended, its children too."""
    figures: Figures = {}

    def told() -> None:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        figures["reader_cpu_s"] = children.ru_utime + children.ru_stime
        figures["reader_mb"] = megabytes(children.ru_maxrss) if children.ru_utime else 0.0
        figures["peak_mb"] = _peak_mb(resource.RUSAGE_SELF)
        print(json.dumps(figures), flush=True)

    atexit.register(told)  # first registered, last run: by then the readers of files have ended
    figures.update(STEPS[name](folder, invoices))


def _start(name: str, folder: Path, invoices: int) -> "subprocess.Popen[str]":
    command = [sys.executable, __file__, "--step", name, "--folder", str(folder), "--invoices", str(invoices)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _end(step: "subprocess.Popen[str]") -> Figures:
    out, _ = step.communicate()
    if step.returncode:
        raise SystemExit(f"A step failed: {step.args!r}")
    figures: Figures = json.loads(out.splitlines()[-1])
    return figures


def run(name: str, folder: Path, invoices: int) -> Figures:
    """One step in a process of its own."""
    return _end(_start(name, folder, invoices))


def grown(invoices: int, steps: Sequence[str]) -> dict[str, Figures]:
    """The steps, one after the other, on files of that many invoices."""
    with tempfile.TemporaryDirectory() as name:
        return {step: run(step, Path(name), invoices) for step in ("make", *steps)}


def while_importing(invoices: int) -> Figures:
    """How long notes wait while an import runs."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run("make", folder, invoices)
        run("prepare", folder, invoices)
        notes = _start("notes", folder, invoices)
        run("import", folder, invoices)
        return _end(notes)


def _peak_mb(who: int) -> float:
    return megabytes(resource.getrusage(who).ru_maxrss)


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'ledger.db'}"


def _line(invoices: int, step: str, said: Figures) -> tuple[object, ...]:
    cpu = said["cpu_s"] + said["reader_cpu_s"]
    return (
        f"{invoices:,}: {step}", round(said["wall_s"], 2), round(cpu, 2), round(said["reader_cpu_s"], 2),
        round(said["peak_mb"]), round(said["reader_mb"]), round(said["added_mb"] * 1e6 / invoices),
        f"{said['rows']:,}" + (f", {said['rows_told']:,} told" if "rows_told" in said else ""),
    )  # fmt: skip


def main(options: argparse.Namespace) -> None:
    """Measure, and print."""
    invoices, sizes = options.invoices, [options.invoices // 10, options.invoices * 3 // 10]
    all_steps = [name for name in STEPS if name not in ("make", "prepare", "notes")]
    told = {size: grown(size, ["import"]) for size in sizes}
    told[invoices] = grown(invoices, all_steps)
    if options.more:
        told[options.more] = grown(options.more, ["import", "first look"])
    notes = while_importing(invoices)
    head = ("what", "wall s", "CPU s", "of it reading", "peak MB", "reader's", "bytes per invoice", "rows")
    lines = [_line(size, step, said) for size, steps in told.items() for step, said in steps.items() if step != "make"]
    waits = f"{notes['median_ms']:.1f} / {notes['p99_ms']:.1f} / {notes['longest_ms']:.1f} ms"
    lines.append((f"{notes['notes']} notes meanwhile wait {waits} (median, p99, longest)", *[""] * 7))
    here = told[invoices]
    mine, peer = (here[side]["cpu_s"] + here[side]["reader_cpu_s"] for side in ("import", "pandas"))
    facts = {
        "benchmark": "ledger_scale",
        "invoices": invoices,
        "ratio_vs_pandas": round(peer / mine, 3),
        **{
            f"{step.replace(' ', '_')}_{name}": round(said[name], 3)
            for step, said in here.items()
            for name in ("wall_s", "cpu_s", "reader_cpu_s", "peak_mb", "rows", "rows_told")
            if name in said and step != "make"
        },
        **{f"note_{name}": round(notes[name], 1) for name in ("median_ms", "p99_ms", "longest_ms")},
    }
    show(
        f"The ledger with {invoices:,} invoices; ratio_vs_pandas {peer / mine:.2f}", [head, *lines], facts, options.json
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one flat JSON object instead of the table")
    parser.add_argument("--small", action="store_true", help="20,000 invoices: does it work?")
    parser.add_argument("--invoices", type=int, default=1_000_000)
    parser.add_argument("--more", type=int, default=0, help="also import so many, to see how it grows")
    parser.add_argument("--step", choices=sorted(STEPS), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.small:
        options.invoices = 20_000
    return options


if __name__ == "__main__":
    said = _options()
    if said.step:
        _step(said.step, said.folder, said.invoices)
    else:
        main(said)
