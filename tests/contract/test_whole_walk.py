"""Whatever happens in whatever order: news, records, daily runs, kills, copies brought back, clocks that jump.

A walk draws what happens next and keeps a model of what must be there: which news, records and lists. After every step
the house is held against it. A walk that fails is walked again by its seed alone.
"""

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest
import sqlalchemy as sa
from builders import invoice, new_database, payment
from killed import Fatal, child, end_of
from morning_runs import NOW, prepared, published, started

from ledger.book import Ledger
from models.shelf import Shelf
from serving.activities.people import Actor
from serving.activities.recording import Asked, Recorder, etag
from serving.activities.said import Note
from serving.audit.audit_store import AuditLog, first_untrue
from serving.audit.chain import first_fault
from serving.published.desk import Desk
from serving.published.replay import replayed
from serving.published.store import ServingStore

THOROUGH = int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1")) > 1
SEEDS, STEPS = (40, 30) if THOROUGH else (2, 9)
MARIA = Actor("maria", "collector")
MOMENTS = {"news": 60, "record": 60, "run": 260}
"""About how many statements, commits and syncs each has; a kill after the last one comes too late, as in life."""


@dataclass
class Known:
    """What must be there.

    Attributes:
        news: how many loads the ledger took; notes: how many were recorded.
        lists: the rows of every published list, as they were first seen.
    """

    news: int = 0
    notes: int = 0
    lists: dict[str, list[str]] = field(default_factory=dict)


class Walk:
    """One company, its clock, and the model of it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.drawn, self.folder, self.now = Random(seed), folder, NOW
        (folder / "db").mkdir()
        self.url, self.home = new_database(folder / "db"), folder / "home"
        prepared(self.url, self.home)
        self.known = Known(lists=published(self.url))
        self.kept: tuple[Known, datetime] | None = None
        self.happened: list[str] = []

    def step(self) -> None:
        """Something happens, and then all of it holds."""
        what = self.drawn.choice(["news", "news", "record", "record", "run", "run", "run", "clock", "keep", "restore"])
        self.happened.append(what)
        getattr(self, what)()
        self.holds()

    def news(self) -> None:
        number, day = self.known.news, self.now.date()
        who = f"C-{self.drawn.randrange(12):02d}"
        facts = self.drawn.choice(
            [
                invoice(f"NEWS-{number}", customer=who, due_on=day - timedelta(9), amount=500, known_on=day),
                payment(f"INV-{who[2:]}-3", paid_on=day, amount=1 + number % 7, payment_id=f"P-{number}",
                        currency="USD" if int(who[2:]) % 5 == 4 else "EUR"),
            ]
        )  # fmt: skip

        def load() -> None:
            ledger = Ledger.open(self.url)
            ledger.load(facts, source=f"news {number}")
            ledger.close()

        before = self.versions()
        whole = self.perhaps_killed("news", load)
        now = self.versions()
        assert now - before == 1 if whole else now - before in (0, 1)
        self.known.news += now - before

    def record(self) -> None:
        who = self.drawn.choice(self.told_of())

        def note() -> None:
            with self.recorder() as recorder:
                recorder.record(who, Note(f"note {self.known.notes}"), Asked(MARIA, etag(recorder.version(who))))

        before = self.notes()
        whole = self.perhaps_killed("record", note)
        now = self.notes()
        assert now - before == 1 if whole else now - before in (0, 1)
        self.known.notes += now - before

    def run(self) -> None:
        evening = self.now.date() - timedelta(1)
        whole = self.perhaps_killed("run", lambda: started(self.url, self.home, self.now, evening))
        if not whole and self.drawn.random() < 0.7:
            assert started(self.url, self.home, self.now, evening).state in ("published", "stands")
            whole = True
        if whole:
            assert started(self.url, self.home, self.now, evening).state == "stands"
            self.is_made_again(evening)

    def clock(self) -> None:
        self.now += self.drawn.choice([timedelta(1), timedelta(1), timedelta(hours=-1), timedelta(hours=1)])

    def keep(self) -> None:
        """A copy of database and home, with nobody at work."""
        shutil.rmtree(self.folder / "kept", ignore_errors=True)
        shutil.copytree(self.folder / "db", self.folder / "kept" / "db")
        shutil.copytree(self.home, self.folder / "kept" / "home")
        told = Known(self.known.news, self.known.notes, {name: list(rows) for name, rows in self.known.lists.items()})
        self.kept = told, self.now

    def restore(self) -> None:
        if self.kept is None:
            return
        for name, place in (("db", self.folder / "db"), ("home", self.home)):
            shutil.rmtree(place)
            shutil.copytree(self.folder / "kept" / name, place)
        told, _ = self.kept  # the clock goes on
        self.known = Known(told.news, told.notes, {name: list(rows) for name, rows in told.lists.items()})

    def perhaps_killed(self, what: str, work: Callable[[], object]) -> bool:
        """Do it, or have a child do it that is killed at some moment; whether it came to its end for certain."""
        if self.drawn.random() < 0.5:
            work()
            return True
        moment = self.drawn.randrange(MOMENTS[what])

        def mortal() -> int:
            fatal = Fatal(moment)
            fatal.watch_statements()
            for name in ("fsync", "replace"):
                fatal.watch(os, name)
            work()
            return 0

        end = end_of(child(mortal))
        assert end in (0, -signal.SIGKILL), end
        self.happened[-1] += f" killed at {moment}" if end else " lived"
        return end == 0

    def holds(self) -> None:
        """All that must hold after any step."""
        assert self.versions() == 1 + self.known.news  # the company itself was the first load
        assert self.notes() == self.known.notes
        now = published(self.url)
        for name, rows in self.known.lists.items():
            assert set(rows) <= set(now[name]), name  # what was published once is never changed, nor lost
            assert len(set(now[name])) == len(now[name]), name
        self.known.lists = now
        self.is_readable()
        audit = AuditLog(self.url)
        entries, stored = audit.state()
        audit.close()
        assert first_fault(entries) is None
        assert first_untrue(entries, stored) is None
        assert len(entries) >= self.known.notes
        with sa.create_engine(self.url).connect() as connection:
            assert connection.execute(sa.text("PRAGMA integrity_check")).scalar() == "ok"

    def is_readable(self) -> None:
        store = ServingStore(self.url)
        body = Desk(store).queue()
        run = store.newest_run()
        decided = sum(run.run_id in row for row in self.known.lists["decision_log"])
        assert len(body["items"]) == body["summary"]["listed"]
        assert decided == len(list(store.accounts(run.run_id)))
        store.close()

    def is_made_again(self, evening: object) -> None:
        ledger, store = Ledger.open(self.url), ServingStore(self.url)
        assert replayed(ledger, Shelf(self.home / "models"), store, store.newest_run(evening), "").same
        ledger.close()
        store.close()

    def versions(self) -> int:
        ledger = Ledger.open(self.url)
        version = ledger.version
        ledger.close()
        return version

    def notes(self) -> int:
        with sa.create_engine(self.url).connect() as connection:
            return int(connection.execute(sa.text("SELECT count(*) FROM activities")).scalar() or 0)

    def told_of(self) -> list[str]:
        """The accounts of the newest list, held ones too: on a holiday nobody is on it."""
        store = ServingStore(self.url)
        found = [str(body["customer_id"]) for body in store.accounts(store.newest_run().run_id)]
        store.close()
        return found

    def recorder(self) -> "OpenRecorder":
        return OpenRecorder(self.url, self.now)


class OpenRecorder:
    """A recorder on a day, its connections given back."""

    def __init__(self, url: str, now: datetime) -> None:
        self.store, self.now = ServingStore(url), now

    def __enter__(self) -> Recorder:
        return Recorder(Desk(self.store), today=self.now.date, now=lambda: self.now)

    def __exit__(self, *_: object) -> None:
        self.store.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)  # homes of many walks


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_happens_in_whatever_order_nothing_is_lost_doubled_or_changed(seed, folder):
    walk = Walk(folder, seed)
    for _ in range(STEPS):
        try:
            walk.step()
        except BaseException:
            print(f"seed {seed}: {walk.happened}")
            raise
    assert walk.happened
