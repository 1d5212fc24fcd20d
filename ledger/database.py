"""The connection to a database, as every store of ours needs it: settings, transactions, and what its driver says.

SQLite by default (`sqlite:///FILE`), PostgreSQL in production (`postgresql://…`, which means psycopg 3).
"""

import json
import os
import re
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ledger.errors import (
    BadDatabaseUrl,
    DatabaseBusy,
    DatabaseFull,
    DatabaseLocked,
    DatabaseNotMigrated,
    DatabaseNotWritable,
    DatabaseUnreachable,
    NotOurDatabase,
    PayriskError,
)

BUSY_SECONDS = 20
"""How long a writer waits for another one before it gives up with `DatabaseLocked`."""

PAGE_BYTES = 32 * 1024
"""Of a page of a new SQLite file, so that several accounts of a list, some 8 KB each, lie in one; in half a page
many would lie alone. A note of the desk takes 0.05 ms longer to write. A file that is there keeps its own."""

_ASK_AGAIN_SECONDS = 0.002
"""SQLite itself would ask ever more rarely, and miss the moments between the batches of an import."""


def open_engine(url: str) -> sa.Engine:
    """An engine with the settings that every store of ours needs; it connects at the first use.

    Raises `BadDatabaseUrl`.
    """
    try:
        wait = {"timeout": BUSY_SECONDS} if url.startswith("sqlite") else {}
        # A fault of the database is told without the values that were sent: they are people's names and notes.
        engine = sa.create_engine(url, connect_args=wait, json_serializer=_json, hide_parameters=True)
    except (sa.exc.ArgumentError, ModuleNotFoundError) as error:
        raise BadDatabaseUrl(_without_password(url)) from error
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _set_up_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


class JsonText(str):
    """Text that is JSON already: a column of JSON stores it as it is."""


def _json(value: object) -> str:
    return value if isinstance(value, JsonText) else json.dumps(value)


Written = tuple[int, int, bytes]
"""How far a database is written: equal, and nothing was committed between."""

_INDEX_HEAD = 48
"""Bytes of the head of SQLite's index of its journal; it stands there twice."""


def written(engine: sa.Engine) -> Written | None:
    """How far a database is written, told in some microseconds and without asking it; None where that cannot be told.

    It is what SQLite's own connections look at to see whether another one has committed: the head of the index beside
    the journal (https://sqlite.org/walformat.html, section 2.1), and of the file itself, into which the journal is
    written back, its number and its time. Of another database, and of one in memory, nobody knows.
    """
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    if not name or name == ":memory:" or name.startswith("file:"):
        return None
    try:
        file, index = os.stat(name), os.open(f"{name}-shm", os.O_RDONLY | os.O_CLOEXEC)
        try:
            head = os.read(index, 2 * _INDEX_HEAD)
        finally:
            os.close(index)
    except OSError:  # nobody has it open
        return None
    once, again = head[:_INDEX_HEAD], head[_INDEX_HEAD:]
    return (file.st_ino, file.st_mtime_ns, once) if once == again and any(once) else None  # else just being written


def require_there(engine: sa.Engine) -> None:
    """That the file of a SQLite database exists: connecting would make an empty one. Raises `DatabaseNotMigrated`."""
    name = engine.url.database if engine.dialect.name == "sqlite" else None
    if name and name != ":memory:" and not name.startswith("file:") and not Path(name).exists():
        raise DatabaseNotMigrated(shown(str(engine.url)), "file")


@contextmanager
def writing(engine: sa.Engine, wait_seconds: float | None = None) -> Iterator[sa.Connection]:
    """One transaction that writes: committed at the end of the block, rolled back by any error.

    Args:
        wait_seconds: how long another writer of an SQLite database is waited for; 0: not at all; None: `BUSY_SECONDS`.
    """
    options: dict[str, Any] = {"payrisk_writes": True}
    if wait_seconds is not None:
        options["payrisk_waits"] = wait_seconds
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


@contextmanager
def pages_at_hand(connection: sa.Connection, kilobytes: int) -> Iterator[None]:
    """Memory for the pages of a SQLite database: what goes into an index in no order changes the same ones over and
    over, and with the usual 2 MB each of them is written and read again and again."""
    if connection.dialect.name != "sqlite":
        yield
        return
    usual = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size={-kilobytes}")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA cache_size={usual}")


@contextmanager
def told(url: str) -> Iterator[None]:
    """Turn what a database driver says into our sentences; `url` must be safe to show (`shown`)."""
    try:
        yield
    except DBAPIError as error:
        sentence = _sentence(url, error)
        if sentence is None:
            raise
        raise sentence from error
    except sa.exc.TimeoutError as error:  # no connection became free
        raise DatabaseBusy(url) from error


def rows_as_given(result: "sa.CursorResult[Any]", engine: sa.Engine) -> Sequence[Any]:
    """All rows of a result as the driver gives them: to make each of some hundred anew takes as long as to send them.

    Raises `sqlalchemy.exc.DBAPIError` as a query does, for what the driver finds out when it comes to a row.
    """
    with faults_of_driver(engine.dialect):
        return () if result.cursor is None else result.cursor.fetchall()


@contextmanager
def faults_of_driver(dialect: sa.Dialect) -> Iterator[None]:
    """Raises `sqlalchemy.exc.DBAPIError` for what the driver itself says of a fault."""
    base = dialect.loaded_dbapi.Error
    try:
        yield
    except base as error:
        raise DBAPIError.instance(None, None, error, base, dialect=dialect) from error


def address_of(url: str) -> sa.URL:
    """The parts of a database URL. Raises `BadDatabaseUrl`."""
    try:
        return sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise BadDatabaseUrl(_without_password(url)) from error


def shown(url: str) -> str:
    """The address without its password. Raises `BadDatabaseUrl`."""
    return address_of(url).render_as_string(hide_password=True)


def storable(text: str) -> str:
    """What a database can be asked for, and any text sent: NUL and lone surrogates are in no stored id, and drivers
    refuse them."""
    return text.encode("utf-8", "replace").decode().replace("\0", "�")


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: see _begin_sqlite
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA synchronous=FULL")
    # Asked first: setting it again would need the file to be writable.
    if cursor.execute("PRAGMA journal_mode").fetchone()[0] not in ("wal", "memory"):
        cursor.execute(f"PRAGMA page_size={PAGE_BYTES}")
        cursor.execute("PRAGMA journal_mode=WAL")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("payrisk_writes", False):
        cursor = connection.connection.cursor()  # the driver itself: a read is told so often that the rest would show
        cursor.execute("BEGIN")
        cursor.close()
        return
    # A writer takes its place at once: one that read first and wrote later could be refused without waiting.
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA busy_timeout=0")
    try:
        if not _begun(cursor, options.get("payrisk_waits", BUSY_SECONDS)):
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # it fails again, in the driver's own words
    finally:
        cursor.execute(f"PRAGMA busy_timeout={round(1000 * BUSY_SECONDS)}")
        cursor.close()


def _begun(cursor: Any, wait_seconds: float) -> bool:
    """Whether a writing transaction could begin before the time was over."""
    until = time.monotonic() + wait_seconds
    while True:
        try:
            cursor.execute("BEGIN IMMEDIATE")
            return True
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                return False
        time.sleep(_ASK_AGAIN_SECONDS)


def _without_password(url: str) -> str:
    return re.sub(r"//[^/@]*@", "//***@", url)


_SENTENCES: tuple[tuple[type[PayriskError], tuple[str, ...]], ...] = (
    (DatabaseNotWritable, ("readonly database", "unable to open database file", "read-only", "permission denied")),
    (DatabaseLocked, ("is locked", "is busy", "deadlock")),
    (DatabaseFull, ("is full", "no space left")),
    (NotOurDatabase, ("not a database", "malformed")),
)


def _sentence(url: str, error: DBAPIError) -> PayriskError | None:
    said = str(error.orig).lower()
    for sentence, signs in _SENTENCES:
        if any(sign in said for sign in signs):
            return sentence(url)
    if "no such table" in said or ("does not exist" in said and "relation" in said):
        return DatabaseNotMigrated(url, "tables of ours")
    if error.connection_invalidated or isinstance(error, sa.exc.OperationalError):
        return DatabaseUnreachable(url, str(error.orig).strip().splitlines()[0])
    return None
