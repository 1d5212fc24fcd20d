"""The demo: a believable company from the files its ERP exports to today's queue, each step reused when it is done.

The company's ledger ends yesterday by the gate's clock. Asked again on a later day, the invented company is made anew;
a real ledger is never touched.
"""

import json
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ledger.errors import PayriskError
from payrisk import evening_work, import_work, model_work
from payrisk.gate import DEMO_MARK, Gate
from payrisk.progress import live_line
from serving.progress import Progress

SEED = 7
DEMO_FOLDS = 2
"""Months that the demo walks forward over; a real run takes more, and tunes."""

TEAM = (("carla", "Carla Collector", 120), ("ben", "Ben Ashworth", 110), ("dilek", "Dilek Arslan", 90))
"""Who calls in the demo, and for how many minutes a day: together they make 40 calls. Jonas Petersen is away."""

FILES = ("customers.csv", "invoices.csv", "payments.csv", "rates.csv")


class NotADemoHome(PayriskError):
    """The home holds a real ledger."""

    code = "not_a_demo_home"

    def __init__(self, home: Path) -> None:
        super().__init__(
            f"{home} holds a ledger of yours; the demo company needs a home of its own: "
            "PAYRISK_HOME=demo-data payrisk demo"
        )


class DemoElsewhere(PayriskError):
    """An outdated demo in a database server, which the demo will not clear."""

    code = "demo_elsewhere"

    def __init__(self) -> None:
        super().__init__(
            "The demo company in this database ends on an earlier day, and the demo clears only its own SQLite file. "
            "Give it an empty database, or leave PAYRISK_DATABASE_URL unset."
        )


def run_demo(gate: Gate, *, customers: int = 600, invoices: int = 30_000) -> dict[str, Any]:
    """Company, import, training, queue; returns the body of today's queue. What is done already is not done again.

    Raises `NotADemoHome` in a home that holds a real ledger, before anything is touched.
    """
    ends_on = gate.today - timedelta(days=1)
    gate = _home_for(gate, ends_on)
    steps = Steps(4)
    company = gate.settings.home / "company"
    with steps.step("the company's files", reuse=_written(company)) as say:
        if not _written(company):
            say(_make_company(company, ends_on, customers, invoices))
    with steps.step("import", reuse=gate.ledger.version > 0) as say:
        if gate.ledger.version == 0:
            from ledger.options import ImportOptions

            report = import_work.read_in(gate, [company / name for name in FILES], options=ImportOptions(as_of=ends_on))
            say(f"{report.accepted:,} rows accepted, {len(report.quarantined):,} set aside")
    trained = gate.shelf.choose(ends_on) is not None
    with steps.step("training", reuse=trained) as say:
        if not trained:
            result = model_work.train(gate, ends_on, None, say, folds=DEMO_FOLDS, trials=0)
            say(f"{result['version']} ({result['kind']})")
    if not gate.settings.team_file.exists():
        gate.settings.team_file.write_text(team_text(ends_on), encoding="utf-8")
    with steps.step("queue", reuse=False) as say:
        body = evening_work.queue(gate, ends_on)
        say(f"{len(body['items'])} accounts, mode {body['mode']}")
    return body


def team_text(ends_on: date) -> str:
    """The demo's team file: three who call, and one who is away for the fortnight around the list."""
    first, last = ends_on - timedelta(days=4), ends_on + timedelta(days=10)
    away = f"\nabsent = [{{ first = {first.isoformat()}, last = {last.isoformat()} }}]"
    entries = [*((*one, "") for one in TEAM), ("jonas", "Jonas Petersen", 100, away)]
    return "\n".join(
        f'[[collector]]\nid = "{key}"\nname = "{name}"\nminutes_a_day = {minutes}{more}\n'
        for key, name, minutes, more in entries
    )


class Steps:
    """Numbered steps told on standard error: begun, then done with what came of it and the seconds it took."""

    def __init__(self, count: int) -> None:
        self.count, self.at = count, 0

    @contextmanager
    def step(self, name: str, *, reuse: bool) -> Iterator[Progress]:
        """One step; what is said last stands in its line."""
        self.at += 1
        head, said, started = f"{self.at}/{self.count}  {name}: ", ["as it was"], time.monotonic()
        with live_line(head) as live:

            def say(what: str) -> None:
                said[0] = what
                live(what)

            if not reuse:
                live("")
            yield say
        print(f"{head}{said[0]} ({time.monotonic() - started:.1f} s)", file=sys.stderr, flush=True)


def _home_for(gate: Gate, ends_on: date) -> Gate:
    """A home that holds this demo or nothing. Raises `NotADemoHome` before anything of a real ledger is touched."""
    home, mark = gate.settings.home, gate.settings.home / DEMO_MARK
    if not gate.is_demo:
        if gate.ledger.version > 0:
            raise NotADemoHome(home)
    elif json.loads(mark.read_text(encoding="utf-8"))["ends_on"] != ends_on.isoformat():
        if gate.settings.database_url:
            raise DemoElsewhere
        gate.close()
        _clear(home)
        gate = Gate.open()
    mark.write_text(json.dumps({"ends_on": ends_on.isoformat(), "seed": SEED}), encoding="utf-8")
    return gate


def _clear(home: Path) -> None:
    """Remove what an earlier demo made, but for its MLflow runs; only called in a home with the demo's mark."""
    for name in ("company", "models"):
        shutil.rmtree(home / name, ignore_errors=True)
    for path in (*home.glob("payrisk.db*"), *home.glob("team.toml")):
        path.unlink()


def _written(company: Path) -> bool:
    """The folder is renamed into place once all files are in it."""
    return (company / FILES[-1]).is_file()


def _make_company(folder: Path, ends_on: date, customers: int, invoices: int) -> str:
    from simulation.company import generate
    from simulation.export import write_export

    company = generate(SEED, ends_on, customers, invoices)
    half_made = folder.with_name("company.part")
    shutil.rmtree(half_made, ignore_errors=True)
    write_export(company, half_made)
    shutil.rmtree(folder, ignore_errors=True)
    half_made.rename(folder)
    return f"{len(company.customers):,} customers, {len(company.invoices):,} invoices to {ends_on.isoformat()}"
