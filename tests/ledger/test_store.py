"""The store on SQLite: its settings, what it says when it cannot work, and that a killed import leaves no trace."""

import sqlite3
import subprocess
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa
from builders import invoice, new_database, random_facts

from ledger.book import Ledger
from ledger.database import open_engine, shown
from ledger.errors import (
    BadDatabaseUrl,
    DatabaseLocked,
    DatabaseNotMigrated,
    DatabaseNotWritable,
    DatabaseUnreachable,
    NotOurDatabase,
    PayriskError,
)
from ledger.store import LedgerStore
from ledger.told import Told

INV = invoice("INV-1", due_on="2026-03-14", amount=100)


def test_sqlite_is_opened_with_the_settings_that_keep_what_was_committed(ledger):
    with ledger.store.engine.connect() as connection:
        told = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "page_size")
        }

    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20_000, "page_size": 32_768}
    assert told == expected


def test_a_file_that_is_there_keeps_the_pages_it_has_and_what_is_in_it(tmp_path):
    with sqlite3.connect(tmp_path / "old.db") as old:
        old.execute("PRAGMA page_size=4096")
        old.execute("CREATE TABLE kept (word TEXT)")
        old.execute("INSERT INTO kept VALUES ('there')")
    old.close()

    with open_engine(f"sqlite:///{tmp_path / 'old.db'}").connect() as connection:
        assert connection.exec_driver_sql("PRAGMA page_size").scalar_one() == 4096
        assert connection.exec_driver_sql("SELECT word FROM kept").scalar_one() == "there"


def test_facts_of_an_import_that_does_not_exist_are_refused_by_the_database(ledger):
    with (
        pytest.raises(sa.exc.IntegrityError, match="FOREIGN KEY"),
        ledger.store.engine.begin() as connection,
    ):
        connection.execute(sa.text("INSERT INTO told_rates VALUES (77, 'USD', 'EUR', 1, 1, 1, '1', 1)"))


def test_a_reader_is_not_locked_out_while_an_import_writes(ledger):
    ledger.load(INV)
    with ledger.store.engine.connect().execution_options(payrisk_writes=True) as writer, writer.begin():
        assert len(Ledger.open(str(ledger.store.engine.url)).as_of(date(2026, 3, 31)).items) == 1


def test_a_writer_that_waited_too_long_is_told_that_another_writes(tmp_path, monkeypatch):
    monkeypatch.setattr("ledger.database.BUSY_SECONDS", 0.05)
    url = new_database(tmp_path)
    ledger = Ledger.open(url)
    other = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(DatabaseLocked, match="Wait until it is done"):
        ledger.load(INV)

    other.execute("ROLLBACK")
    assert ledger.load(INV) == 1


def test_a_database_that_may_only_be_read_says_so_when_it_should_be_written(tmp_path):
    new_database(tmp_path)
    ledger = Ledger.open(f"sqlite:///file:{tmp_path}/ledger.db?mode=ro&uri=true")

    with pytest.raises(DatabaseNotWritable, match="write permission"):
        ledger.load(INV)


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    text = "invoice_id;amount\n" * 100
    (tmp_path / "ledger.db").write_text(text)

    with pytest.raises(NotOurDatabase, match="not a payrisk ledger"):
        Ledger.open(f"sqlite:///{tmp_path}/ledger.db")

    assert (tmp_path / "ledger.db").read_text() == text


@pytest.mark.parametrize("name", ["ledger.db", "nowhere/ledger.db"])
def test_a_database_that_is_not_there_asks_for_the_command_that_makes_it_and_leaves_nothing_behind(tmp_path, name):
    with pytest.raises(DatabaseNotMigrated, match=r"has no file yet: .* payrisk import FILE"):
        Ledger.open(f"sqlite:///{tmp_path}/{name}")

    assert list(tmp_path.iterdir()) == []


def test_an_empty_database_asks_for_the_command_that_makes_its_tables(tmp_path):
    (tmp_path / "ledger.db").touch()

    with pytest.raises(DatabaseNotMigrated, match="payrisk import FILE"):
        Ledger.open(f"sqlite:///{tmp_path}/ledger.db")


@pytest.mark.parametrize("url", ["nonsense", "mysql+nodriver://me:secret@host/db", "/data/payrisk.db"])
def test_what_is_no_address_is_refused_with_an_example_and_without_its_password(url):
    with pytest.raises(BadDatabaseUrl, match="sqlite:///FILE") as refusal:
        LedgerStore(url)

    assert refusal.value.exit_code == 2
    assert "secret" not in str(refusal.value)


def test_a_server_that_does_not_answer_is_named_without_its_password():
    pytest.importorskip("psycopg")

    with pytest.raises(DatabaseUnreachable) as refusal:
        LedgerStore("postgresql://me:secret@127.0.0.1:1/payrisk").check()

    assert "127.0.0.1:1/payrisk" in str(refusal.value)
    assert "secret" not in str(refusal.value)
    assert shown("postgresql://me:secret@host/db") == "postgresql://me:***@host/db"


def test_every_refusal_is_a_payrisk_error_for_the_gate():
    for refusal in (BadDatabaseUrl, DatabaseLocked, DatabaseNotWritable, DatabaseUnreachable, NotOurDatabase):
        assert issubclass(refusal, PayriskError)


def test_a_store_that_is_only_opened_does_not_connect():
    assert open_engine("sqlite:////nowhere/at/all.db").dialect.name == "sqlite"


def test_rows_are_written_in_short_transactions(ledger, monkeypatch):
    monkeypatch.setattr("ledger.batches.BATCH_ROWS", 5)
    commits = []
    sa.event.listen(ledger.store.engine, "commit", lambda _connection: commits.append(1))

    import_id = ledger.store.begin_import("csv", [], [], date(2026, 3, 31), None)
    ledger.store.write(import_id, Told.of_facts(random_facts(1)))

    assert len(commits) > 5


KILLED = """
import os, signal, sys
import sqlalchemy as sa
from ledger.book import Ledger
import ledger.store
sys.path.insert(0, sys.argv[3])
from builders import random_facts

ledger.batches.BATCH_ROWS = 5
book = Ledger.open(sys.argv[1])
seen = [0]

def die(*_):
    seen[0] += 1
    if seen[0] == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

sa.event.listen(book.store.engine, sys.argv[4], die)
book.load(random_facts(2))
"""


@pytest.mark.parametrize(
    ("event", "at"),
    [("commit", 4), ("after_cursor_execute", 21)],
    ids=["before a commit", "between two statements"],
)
def test_an_import_killed_in_the_middle_leaves_the_ledger_as_it_was(tmp_path, event, at):
    url = new_database(tmp_path)
    ledger = Ledger.open(url)
    ledger.load(INV)
    before = ledger.store.read()

    command = [sys.executable, "-c", KILLED, url, str(at), str(Path(__file__).parents[1]), event]
    died = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=60)

    assert died.returncode == -9, died.stderr
    after = Ledger.open(url).store.read()
    assert after.version == before.version
    for name in ("items", "applications", "customers", "rates"):
        pd.testing.assert_frame_equal(getattr(after, name), getattr(before, name))
    assert ledger.store.sweep() == 1
    assert ledger.load(invoice("NEW", due_on="2026-03-14", amount=1)) == 2
