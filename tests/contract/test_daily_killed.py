"""A daily run that is killed at any moment is finished by the next start, as if nothing had happened.

Killed before and within every step, at every statement and commit, and at random moments; on SQLite and PostgreSQL.
`make test` takes each boundary of a step and a sample of the moments, `make test-all` every one.
"""

import contextlib
import os
import random
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from builders import new_database
from contract_databases import temporary_database
from killed import Fatal, child, end_of
from morning_runs import BEFORE, EVENING, LATER, NOW, prepared, published, started

from ledger.errors import DatabaseUnreachable
from payrisk.migrations.run import upgrade
from serving.morning.outputs import Outputs
from serving.morning.run_log import RunLog
from serving.published.desk import Desk
from serving.published.store import ServingStore

THOROUGH = int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1")) > 1
AT_RANDOM = {"sqlite": 200 if THOROUGH else 2, "postgresql": 200 if THOROUGH else 1}
AT_STATEMENTS = {"sqlite": 3, "postgresql": 1}
BOUNDARIES = 3 if THOROUGH else 1
"""How often each boundary is tried on SQLite; on PostgreSQL `make test` takes four of them."""


@dataclass(frozen=True)
class Place:
    """A company whose list of the evening is to be made, as often as one likes.

    Attributes:
        before: what is published there; after: what is when a run planned at NOW, or at LATER, was not disturbed.
    """

    fresh: Callable[[], tuple[str, Path]]
    before: dict[str, list[str]]
    after: dict[str, dict[str, list[str]]]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def place(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("daily")
    with template(engine, folder) as (url, make):
        prepared(url, folder / "home")
        number = iter(range(100_000))

        def fresh() -> tuple[str, Path]:
            home = folder / f"home-{next(number)}"
            shutil.copytree(folder / "home", home)
            return make(), home

        before, after = published(url), {}
        for name, now in (("NOW", NOW), ("LATER", LATER)):
            there, home = fresh()
            assert started(there, home, now).state == "published"
            after[name] = published(there)
        assert before != after["NOW"] != after["LATER"]
        yield Place(fresh, before, after)


@contextmanager
def template(engine: str, folder: Path) -> Iterator[tuple[str, Callable[[], str]]]:
    """The URL of an empty database, and what makes a copy of it as it is by then; the copy before it is gone then."""
    if engine == "sqlite":
        folder.joinpath("template").mkdir()
        url, copy = new_database(folder / "template"), folder / "copy.db"

        def copied() -> str:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{copy}{suffix}").unlink(missing_ok=True)
            shutil.copyfile(folder / "template" / "ledger.db", copy)
            return f"sqlite:///{copy}"

        yield url, copied
        return
    with temporary_database() as url:
        upgrade(url)
        copies: list[tuple[object, str]] = []

        def created() -> str:
            while copies:
                copies.pop()[0].__exit__(None, None, None)  # type: ignore[attr-defined]
            one = temporary_database(f"TEMPLATE {sa.make_url(url).database}")
            copies.append((one, one.__enter__()))
            return copies[-1][1]

        yield url, created
        while copies:
            copies.pop()[0].__exit__(None, None, None)  # type: ignore[attr-defined]


def at_boundary(number: int | None, home: tuple[str, Path]) -> Callable[[], int]:
    """The work of a child: a run that dies before the n-th step of the runner; its answer is how many there are."""

    def work() -> int:
        fatal = Fatal(number)
        for owner, name in ((RunLog, "begin"), (Outputs, "write_lines"), (RunLog, "record"), (RunLog, "finish"),
                            (ServingStore, "publish")):  # fmt: skip
            fatal.watch(owner, name)
        started(*home)
        return fatal.passed

    return work


def at_statement(number: int | None, home: tuple[str, Path]) -> Callable[[], int]:
    """The same at the n-th statement, commit, sync or rename."""

    def work() -> int:
        fatal = Fatal(number)
        fatal.watch_statements()
        for name in ("fsync", "replace"):
            fatal.watch(os, name)
        started(*home)
        home[1].with_suffix(".moments").write_text(str(fatal.passed))  # an exit code ends at 255
        return 0

    return work


def moments_of(home: tuple[str, Path]) -> int:
    """At how many statements, commits, syncs and renames a run could be killed."""
    assert end_of(child(at_statement(None, home))) == 0
    return int(home[1].with_suffix(".moments").read_text())


def assert_finished_by_the_next_start(place: Place, url: str, home: Path) -> str:
    """That the old list stood, or the new one, and that the next start ends as if nothing had happened."""
    left = published(url)
    assert left in (place.before, place.after["NOW"])
    assert_readable(url, BEFORE if left == place.before else EVENING)
    planned_then = planned(url)

    assert started(url, home, LATER).state in ("published", "stands")

    assert published(url) == place.after["NOW" if planned_then else "LATER"]
    assert_readable(url, EVENING)
    assert started(url, home, LATER).state == "stands"
    assert not list(home.glob("runs/*/.*.unfinished"))
    return "old" if left == place.before else "new"


def assert_readable(url: str, evening: object) -> None:
    store = ServingStore(url)
    body = Desk(store).queue()
    store.close()
    assert (body["as_of"], body["mode"]) == (str(evening), "habit")
    assert len(body["items"]) == body["summary"]["listed"] > 0


def planned(url: str) -> bool:
    """Whether a run of the evening was planned there."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT as_of FROM daily_runs")).scalars().all()
    engine.dispose()
    return str(EVENING) in {str(day) for day in rows}


def test_a_run_killed_at_any_boundary_of_its_steps_is_finished_by_the_next_start(place, engine):
    count = end_of(child(at_boundary(None, place.fresh())))
    assert count == 10  # begin, a file and a record for each of three steps, publish, the report and its record
    every = list(range(count)) * BOUNDARIES
    seen = []
    for number in every if engine == "sqlite" or THOROUGH else random.Random(5).sample(every, 4):
        url, home = place.fresh()
        assert end_of(child(at_boundary(number, (url, home)))) == -signal.SIGKILL
        seen.append(assert_finished_by_the_next_start(place, url, home))
    assert "old" in seen


def test_a_run_killed_at_any_statement_or_sync_is_finished_by_the_next_start(place, engine):
    count = moments_of(place.fresh())
    assert 30 < count < 500, count
    moments = range(count)
    for number in moments if THOROUGH else random.Random(11).sample(moments, AT_STATEMENTS[engine]):
        url, home = place.fresh()
        assert end_of(child(at_statement(number, (url, home)))) == -signal.SIGKILL
        assert_finished_by_the_next_start(place, url, home)


def test_a_run_killed_at_a_random_moment_is_finished_by_the_next_start(place, engine):
    luck, began = random.Random(7), time.monotonic()
    assert end_of(child(at_boundary(None, place.fresh()))) == 10
    whole = time.monotonic() - began
    for _ in range(AT_RANDOM[engine]):
        url, home = place.fresh()
        process = child(at_boundary(None, (url, home)))
        time.sleep(luck.uniform(0, whole))
        os.kill(process, signal.SIGKILL)
        end_of(process)
        assert_finished_by_the_next_start(place, url, home)


def test_a_run_killed_again_and_again_comes_to_its_end(place):
    url, home = place.fresh()
    deaths = 0
    while (end := end_of(child(at_boundary(2, (url, home))))) == -signal.SIGKILL:
        deaths += 1

    assert (deaths, end) == (5, 2)  # each but the last gets one step further: its record, or its file and its record
    assert published(url) == place.after["NOW"]


def test_of_many_that_start_at_once_one_makes_the_list(place):
    url, home = place.fresh()

    def work() -> int:
        return {"published": 1, "stands": 2, "under_way": 3}[started(url, home).state]

    ends = [end_of(process) for process in [child(work) for _ in range(10)]]

    assert ends.count(1) == 1
    assert set(ends) <= {1, 2, 3}
    assert published(url) == place.after["NOW"]


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
@pytest.mark.parametrize("step", ["ingested", "staged", "published", "reported"])
def test_a_database_that_goes_away_in_the_middle_leaves_the_old_list_or_the_new_and_the_next_start_ends_it(
    place, engine, step
):
    url, home = place.fresh()

    def cut_off(what: str) -> None:
        if what == step:
            server = sa.create_engine(url)
            others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            with server.connect() as connection:
                connection.execute(sa.text(f"{others} AND datname = current_database()"))
            server.dispose()

    with contextlib.suppress(DatabaseUnreachable):
        started(url, home, progress=cut_off)
    left = published(url)
    assert left in (place.before, place.after["NOW"])

    assert started(url, home, NOW).state in ("published", "stands")

    assert published(url) == place.after["NOW"]


def test_a_reader_sees_the_old_list_or_the_new_one_while_a_run_publishes(place):
    url, home = place.fresh()
    process, seen = child(lambda: int(started(url, home).state != "published")), set()
    store = ServingStore(url)
    while not (ended := os.waitpid(process, os.WNOHANG))[0]:
        body = Desk(store).queue()
        assert len(body["items"]) == body["summary"]["listed"]
        assert {line["rank"] for line in body["items"]} == set(range(1, len(body["items"]) + 1))
        seen.add((body["as_of"], body["run_id"]))
    seen.add((body["as_of"], Desk(store).queue()["run_id"]))
    store.close()

    assert os.waitstatus_to_exitcode(ended[1]) == 0
    assert len(seen) <= 3
