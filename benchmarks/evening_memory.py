"""The features of a morning, all of the ledger at once and a part of it at a time: processor time, memory, equality.

A company of three years (ten invoices a customer; `benchmarks/daily.py`) with so many of a hundred invoices open is
booked by a process of its own, which also derives the columnar cache. Then `features.compute.feature_rows` and
`features.portfolio.evening_rows` make the rows of the evening, each in a process of its own; the rows must be equal to
the last bit. What is compiled is compiled before, on a small company.

Memory is looked at every 10 ms: `own` is what the process holds for itself, `mapped` are pages of files (of the
columnar cache and of programs), which the system takes back when it needs them. Both are told above what the process
held before the rows were made. Linux only.

    python benchmarks/evening_memory.py [--invoices 300000] [--open-percent 8] [--repeat 3] [--small] [--json]
"""

import json
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from daily import INVOICES_PER_CUSTOMER, _booked, with_open
from measure import arguments, show, timed
from train import EVENING, _apart, company, opened

from features.compute import feature_rows
from features.portfolio import evening_rows
from features.table import FeatureTable
from ledger.view import LedgerView

WAYS: dict[str, Callable[[LedgerView], FeatureTable]] = {"at once": feature_rows, "in parts": evening_rows}
MADE = "rows.json"
KINDS = {"RssAnon": "own", "RssFile": "mapped"}


class Looked:
    """The most memory of each kind that is held while one looks, in megabytes (10^6 bytes) above the beginning."""

    def __enter__(self) -> Self:
        self._before = self.most = _held()
        self._done = threading.Event()
        self._looking = threading.Thread(target=self._look)
        self._looking.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._done.set()
        self._looking.join()
        self.most = {kind: most - self._before[kind] for kind, most in self.most.items()}

    def _look(self) -> None:
        while not self._done.wait(0.01):
            now = _held()
            self.most = {kind: max(most, now[kind]) for kind, most in self.most.items()}


def _held() -> dict[str, float]:
    lines = (line.split() for line in Path("/proc/self/status").read_text().splitlines())
    found = {words[0].rstrip(":"): words[1] for words in lines if len(words) > 1}
    return {name: int(found[kind]) * 1024 / 1e6 for kind, name in KINDS.items()}


def set_up(folder: str, invoices: int, open_percent: int) -> None:
    """Book the company, and look once."""
    _booked(Path(folder), with_open(company(invoices, per_customer=INVOICES_PER_CUSTOMER), open_percent))


def rows_made(folder: str, warm_up: str, way: str, repeat: int) -> None:
    """Make the rows one way in this process; what it took as JSON in the folder."""
    make = WAYS[way]
    make(opened(Path(warm_up)).as_of(EVENING))
    ledger = opened(Path(folder))
    ledger.as_of(EVENING)
    with Looked() as looked:
        made = make(ledger.as_of(EVENING))
    found = {"rows": len(made), "digest": made.digest, **looked.most}
    del made
    best = timed(lambda: len(make(ledger.as_of(EVENING))), repeat)
    (Path(folder) / MADE).write_text(json.dumps({**found, "cpu_s": best.cpu_s}))


def main() -> None:
    options = arguments(__doc__ or "", scale=("invoices",), invoices=300_000, open_percent=8)
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as small:
        _apart(set_up, small, 500, options.open_percent)
        _apart(set_up, folder, options.invoices, options.open_percent)
        for way in WAYS:
            _apart(rows_made, folder, small, way, options.repeat)
            found[way] = json.loads((Path(folder) / MADE).read_text())
    whole, parts = found["at once"], found["in parts"]
    assert whole["digest"] == parts["digest"], "the rows differ"
    facts: dict[str, object] = {"benchmark": "evening_memory", "invoices": options.invoices, "rows": whole["rows"]}
    table: list[tuple[object, ...]] = [("features", "CPU s", "own MB", "mapped MB")]
    for way, one in found.items():
        table.append((way, one["cpu_s"], round(one["own"]), round(one["mapped"])))
        facts |= {f"{way.replace(' ', '_')}_{name}": round(one[name], 2) for name in ("cpu_s", "own", "mapped")}
    facts["ratio_vs_at_once"] = round(whole["own"] / max(parts["own"], 1.0), 2)
    title = f"The features of {options.invoices:,} invoices, {whole['rows']:,} of them open; above what was held before"
    show(title, table, facts, options.json)


if __name__ == "__main__":
    main()
