"""The demo: a believable company from the files its ERP exports to today's queue, each step reused when it is done.

The company's ledger ends yesterday by the gate's clock. Asked again on a later day, the invented company is made anew; files of
a real ledger are never touched.
"""

import json
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ledger.errors import PayriskError
from payrisk.gate import DEMO_MARK, Gate

SEED = 7
FILES = ("customers.csv", "invoices.csv", "payments.csv", "rates.csv")


class NotADemoHome(PayriskError):
    """The home holds a real ledger."""

    code = "not_a_demo_home"

    def __init__(self, home: Path) -> None:
        super().__init__(
            f"{home} holds a ledger of yours; the demo company needs a home of its own: PAYRISK_HOME=demo-data payrisk demo"
        )


class DemoElsewhere(PayriskError):
    """An outdated demo in a database server, which the demo will not clear."""

    code = "demo_elsewhere"

    def __init__(self) -> None:
        super().__init__(
            "The demo company in this database ends on an earlier day, and the demo clears only its own SQLite file. "
            "Give it an empty database, or leave PAYRISK_DATABASE_URL unset."
        )


def run_demo(gate: Gate) -> dict[str, Any]:
    """Company, import, training, queue; returns the body of today's queue. What is done already is not done again."""
    ends_on = gate.today - timedelta(days=1)
    gate = _home_for(gate, ends_on)
    steps = Steps(4)
    company = gate.settings.home / "company"
    with steps.step("the company's files", reuse=_written(company)) as say:
        if not _written(company):
            say(_make_company(company, ends_on))
    with steps.step("import", reuse=gate.ledger.version > 0) as say:
        if gate.ledger.version == 0:
            report = gate.read_in([company / name for name in FILES], as_of=ends_on)
            say(f"{report.accepted:,} of {report.read:,} rows accepted")
    trained = gate.shelf.pick(ends_on) is not None
    with steps.step("training", reuse=trained) as say:
        if not trained:
            result = gate.train(ends_on, progress=say)
            say(f"{result['version']} ({result['kind']})")
    with steps.step("queue", reuse=False) as say:
        body = gate.queue(ends_on)
        say(f"{len(body['items'])} accounts, mode {body['mode']}")
    return body


class Steps:
    """Numbered steps told on standard error: begun, then done with what came of it and the seconds it took."""

    def __init__(self, count: int) -> None:
        self.count, self.at = count, 0

    @contextmanager
    def step(self, name: str, *, reuse: bool) -> Iterator[Callable[[str], None]]:
        self.at += 1
        said: list[str] = []
        live = sys.stderr.isatty()
        started = time.monotonic()

        def say(what: str) -> None:
            said[:] = [what]
            if live:
                print(f"\r\x1b[K{self.at}/{self.count}  {name}: {what} …", end="", file=sys.stderr, flush=True)

        if live and not reuse:
            print(f"{self.at}/{self.count}  {name} …", end="", file=sys.stderr, flush=True)
        yield say
        told = "as it was" if reuse else " ".join(said)
        print(
            f"{chr(13) + chr(27) + '[K' if live else ''}{self.at}/{self.count}  {name}: {told} "
            f"({time.monotonic() - started:.1f} s)",
            file=sys.stderr,
            flush=True,
        )


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
    """Remove what an earlier demo made; only ever called in a home that carries the demo's mark."""
    for name in ("company", "models", "mlflow"):
        shutil.rmtree(home / name, ignore_errors=True)
    for path in home.glob("payrisk.db*"):
        path.unlink()


def _written(company: Path) -> bool:
    """The folder is renamed into place once all files are in it."""
    return (company / FILES[-1]).is_file()


def _make_company(folder: Path, ends_on: date) -> str:
    from simulation.company import generate
    from simulation.export import write_export

    company = generate(SEED, ends_on)
    half_made = folder.with_name("company.part")
    shutil.rmtree(half_made, ignore_errors=True)
    write_export(company, half_made)
    shutil.rmtree(folder, ignore_errors=True)
    half_made.rename(folder)
    return f"{len(company.customers):,} customers, {len(company.invoices):,} invoices to {ends_on.isoformat()}"
