"""A migration that is killed leaves the old database or the new one, never a mix; repeated, it is as if undisturbed.

For every revision there is: from each one to the newest, on an empty store and on a filled one, killed before and after
each statement, at the commit, and at random moments. Rows are made from the tables as they are found.
`make test` takes a sample of the moments, `make test-all` all of them, and a store of 100,000 rows.
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from contract_databases import temporary_database
from killed import Fatal, child, end_of

from ledger.database import open_engine, writing
from payrisk.migrations.run import head, known_revisions, migrate, upgrade

THOROUGH = int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1")) > 1
REVISIONS = sorted(known_revisions())
SMALL, LARGE = 7, 100_000 if THOROUGH else 400
STORES = [(None, 0), *((start, rows) for start in REVISIONS[:-1] for rows in ((0, SMALL) if THOROUGH else (SMALL,)))]
"""Revision and rows in each table of the stores that are brought to the newest revision; None is nothing at all."""
KILLED = STORES if THOROUGH else [STORES[0], *STORES[1:-2:4], *STORES[-2:]]
"""Those whose migration is killed: in `make test` nothing at all, every fourth revision, and the last two."""
SAMPLE = {"sqlite": 6, "postgresql": 2}
"""Moments at which a migration is killed in `make test`; `make test-all` takes every one."""


@dataclass(frozen=True)
class Found:
    """A database as it is: its schema, its revision and every row."""

    schema: dict[str, Any]
    rows: dict[str, list[str]]

    @classmethod
    def at(cls, url: str) -> "Found":
        engine = open_engine(url)
        with closing_engine(engine), engine.connect() as connection:
            inspector = sa.inspect(connection)
            schema = {name: described(inspector, name) for name in sorted(inspector.get_table_names())}
            there = sa.MetaData()
            there.reflect(connection)
            rows = {
                name: sorted(repr(tuple(row)) for row in connection.execute(sa.select(table)))
                for name, table in sorted(there.tables.items())
            }
        return cls(schema, rows)


def described(inspector: sa.Inspector, table: str) -> list[str]:
    """Columns, keys and indexes of one table, as text."""
    columns = [(c["name"], str(c["type"]), c["nullable"], str(c["default"])) for c in inspector.get_columns(table)]
    keys = [inspector.get_pk_constraint(table)["constrained_columns"]]
    others = (inspector.get_foreign_keys, inspector.get_unique_constraints, inspector.get_indexes)
    return [repr(columns), repr(keys), *(repr(sorted(map(repr, other(table)))) for other in others)]


@contextmanager
def closing_engine(engine: sa.Engine) -> Iterator[None]:
    try:
        yield
    finally:
        engine.dispose()


def made_at(url: str, revision: str | None, rows: int) -> None:
    """A database of that revision, with so many rows in each table; None: nothing at all."""
    engine = open_engine(url)
    with closing_engine(engine):
        if revision is not None:
            with writing(engine) as connection:
                migrate(connection, revision)
            with writing(engine) as connection:
                fill(connection, rows)
        else:
            engine.connect().close()


def fill(connection: sa.Connection, rows: int) -> None:
    """Rows that fit the columns and keys of whatever tables there are."""
    there = sa.MetaData()
    there.reflect(connection)
    for table in there.sorted_tables:
        if table.name == "alembic_version":
            continue
        numbered = [{column.name: value_of(column, number) for column in table.c} for number in range(1, rows + 1)]
        for start in range(0, rows, 5_000):
            connection.execute(sa.insert(table), numbered[start : start + 5_000])


_LISTS = {"files", "file_sha256"}


def value_of(column: "sa.Column[Any]", number: int) -> object:
    """The same number gives the same value, so that a key fits the row it refers to."""
    if column.nullable and number % 3 == 0:
        return None
    if isinstance(column.type, sa.JSON):
        return {"number": number}
    if isinstance(column.type, sa.Date):
        return date(2026, 3, 31)
    if isinstance(column.type, sa.Boolean):
        return number % 2 == 0
    if isinstance(column.type, sa.Integer | sa.Numeric | sa.Float):
        return number
    if column.foreign_keys:
        return value_of(next(iter(column.foreign_keys)).column, number)
    return "[]" if column.name in _LISTS else f"{column.name} {number}"


# ---- Databases that are made anew for every attempt


@dataclass(frozen=True)
class Kept:
    """A database before and after the migrations, and how to have it as it was before."""

    before: Found
    after: Found
    fresh: Callable[[], str]


@contextmanager
def kept(engine: str, folder: Path, revision: str | None, rows: int) -> Iterator[Kept]:
    with place(engine, folder / "store.db") as url:

        def fresh() -> str:
            cleared(url)
            made_at(url, revision, rows)
            return url

        before = Found.at(fresh())
        upgrade(url)
        yield Kept(before, Found.at(url), fresh)


@contextmanager
def place(engine: str, path: Path) -> Iterator[str]:
    """The URL of an empty database."""
    if engine == "postgresql":
        with temporary_database() as url:
            yield url
    else:
        yield f"sqlite:///{path}"


def cleared(url: str) -> None:
    """Nothing is left in the database, nor of the processes that used it."""
    address = sa.make_url(url)
    if address.get_backend_name() == "sqlite":
        for suffix in ("", "-wal", "-shm", "-journal"):
            Path(f"{address.database}{suffix}").unlink(missing_ok=True)
        return
    engine = open_engine(url)
    with closing_engine(engine), writing(engine) as connection:
        connection.execute(sa.text("DROP SCHEMA public CASCADE"))
        connection.execute(sa.text("CREATE SCHEMA public"))


# ---- A child that migrates, and dies


def upgraded(url: str, fatal: int | None = None) -> Callable[[], int]:
    """The work of a child: migrate, and die at the fatal moment."""

    def work() -> int:
        Fatal(fatal).watch_statements()
        upgrade(url)
        return 0

    return work


def counted(url: str) -> Callable[[], int]:
    """The work of a child: migrate, and answer how many moments that had."""

    def work() -> int:
        moments = Fatal(None)
        moments.watch_statements()
        upgrade(url)
        return moments.passed

    return work


def moments_of(kept: Kept) -> range:
    """How many moments the migration has."""
    count = end_of(child(counted(kept.fresh())))
    assert 5 < count < 250, count
    return range(count)


def assert_old_or_new_and_mendable(kept: Kept, url: str) -> str:
    found = Found.at(url)
    assert found in (kept.before, kept.after)
    upgrade(url)
    assert Found.at(url) == kept.after
    return "old" if found == kept.before else "new"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def store(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> Iterator[Kept]:
    start, rows = request.param
    with kept(engine, tmp_path, start, rows) as found:
        yield found


killed = pytest.mark.parametrize("store", KILLED, ids=str, indirect=True)


@killed
def test_a_migration_killed_at_a_statement_leaves_the_old_or_the_new(store, engine):
    moments = list(moments_of(store))
    chosen = moments if THOROUGH else sorted({*random.Random(1).sample(moments, SAMPLE[engine]), moments[-1]})
    left = []
    for fatal in chosen:
        url = store.fresh()
        assert end_of(child(upgraded(url, fatal))) == -signal.SIGKILL
        left.append(assert_old_or_new_and_mendable(store, url))
    assert left[0] == "old"  # so much had to be killed


@killed
def test_a_migration_killed_at_a_random_moment_leaves_the_old_or_the_new(store):
    luck = random.Random(7)
    url = store.fresh()
    began = time.monotonic()
    assert end_of(child(upgraded(url))) == 0
    whole = time.monotonic() - began
    for _ in range(40 if THOROUGH else 2):
        url = store.fresh()
        process = child(upgraded(url))
        time.sleep(luck.uniform(0, whole))
        os.kill(process, signal.SIGKILL)
        end_of(process)
        assert_old_or_new_and_mendable(store, url)


@pytest.mark.parametrize("start", REVISIONS[:-1] if THOROUGH else REVISIONS[-2:-1])
def test_a_large_store_killed_on_the_way_loses_nothing(engine, tmp_path, start):
    with kept(engine, tmp_path, start, LARGE) as large:
        moments = moments_of(large)
        for fatal in random.Random(3).sample(list(moments), 6 if THOROUGH else 1):
            url = large.fresh()
            assert end_of(child(upgraded(url, fatal))) == -signal.SIGKILL
            assert_old_or_new_and_mendable(large, url)


MOVED = {
    "items": "told_items", "applications": "told_payments", "customers": "told_customers", "rates": "told_rates",
}  # fmt: skip


@killed
def test_processes_that_migrate_at_once_wait_for_each_other(store):
    for _ in range(10 if THOROUGH else 1):
        url = store.fresh()
        processes = [child(upgraded(url)) for _ in range(3)]
        assert [end_of(process) for process in processes] == [0, 0, 0]
        assert Found.at(url) == store.after


@pytest.mark.parametrize("store", STORES, ids=str, indirect=True)
def test_rows_of_an_older_store_are_all_there_after_the_migrations(store):
    """What an older payrisk wrote stays, in the table that holds it today; sightings became a column of their items."""
    for name, rows in store.before.rows.items():
        if name not in ("alembic_version", "sightings"):
            today = MOVED.get(name, name) if name not in store.after.rows else name
            assert len(store.after.rows[today]) == len(rows), name
    assert store.after.rows["alembic_version"] == [repr((head(),))]
