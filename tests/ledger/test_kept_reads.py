"""What was read is kept until anybody, in this process or another, commits to the database; and no longer."""

import sqlite3
import subprocess
import sys

import pytest
import sqlalchemy as sa
from contract_databases import temporary_database

from ledger.database import open_engine, writing, written
from ledger.kept_reads import KeptReads

COUNT, ADD = sa.text("SELECT count(*) FROM notes"), sa.text("INSERT INTO notes VALUES ('a')")


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "notes.db"
    engine = open_engine(f"sqlite:///{file}")
    with writing(engine) as connection:
        connection.execute(sa.text("CREATE TABLE notes (told TEXT)"))
    engine.dispose()
    return file


def _count(engine):
    with engine.connect() as connection:
        return connection.execute(COUNT).scalar_one()


def _add(engine):
    with writing(engine) as connection:
        connection.execute(ADD)


def test_every_commit_is_another_state_whoever_makes_it_and_reading_is_none(file):
    mine, other = open_engine(f"sqlite:///{file}"), open_engine(f"sqlite:///{file}")
    _count(mine)
    seen = {written(mine)}
    for round_ in range(300):  # often enough for the journal to be written back, and begun anew, several times
        _add(other if round_ % 2 else mine)
        if round_ % 50 == 49:
            with sqlite3.connect(file) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
        state = written(mine)
        assert state not in seen, round_
        seen.add(state)
        assert _count(mine) == round_ + 1
        assert written(mine) == state, round_
    assert None not in seen


def test_what_another_process_commits_is_seen_by_the_next_question(file):
    engine = open_engine(f"sqlite:///{file}")
    reads: KeptReads[str] = KeptReads(lambda: written(engine))
    _count(engine)  # from then on it is open
    assert reads.get("notes", lambda: f"{_count(engine)} notes") == "0 notes"
    assert reads.known("notes") == "0 notes"

    other = (
        "import sqlite3, sys; db = sqlite3.connect(sys.argv[1]); "
        "db.execute(\"INSERT INTO notes VALUES ('a')\"); db.commit()"
    )
    subprocess.run([sys.executable, "-c", other, str(file)], check=True, timeout=60)

    assert reads.known("notes") is None
    assert reads.get("notes", lambda: f"{_count(engine)} notes") == "1 notes"


def test_what_is_committed_while_it_is_read_is_not_missed(file):
    engine = open_engine(f"sqlite:///{file}")
    reads: KeptReads[str] = KeptReads(lambda: written(engine))

    def read():
        told = f"{_count(engine)} notes"
        _add(engine)
        return told

    _count(engine)
    assert reads.get("notes", read) == "0 notes"
    assert reads.known("notes") is None
    assert reads.get("notes", lambda: f"{_count(engine)} notes") == "1 notes"


def test_no_more_is_kept_than_asked_for_and_nothing_that_is_not_there(file):
    engine = open_engine(f"sqlite:///{file}")
    reads: KeptReads[str] = KeptReads(lambda: written(engine), most=2)
    _count(engine)

    told = [reads.get(key, lambda key=key: key) for key in "abc"]

    assert told == ["a", "b", "c"]
    assert [reads.known(key) for key in "abc"] == [None, "b", "c"]
    assert reads.get("nobody", lambda: None) is None
    assert reads.get("nobody", lambda: "somebody") == "somebody"


def test_where_nobody_can_tell_nothing_is_kept(tmp_path):
    engine = open_engine("sqlite://")
    reads: KeptReads[str] = KeptReads(lambda: written(engine))

    assert [written(open_engine(f"sqlite:///{tmp_path / 'none.db'}")), written(engine)] == [None, None]
    assert reads.get("a", lambda: "a") == "a"
    assert reads.known("a") is None


@pytest.mark.postgres
def test_of_postgresql_nobody_can_tell():
    with temporary_database() as url:
        engine = open_engine(url)
        with engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
        assert written(engine) is None
        engine.dispose()
