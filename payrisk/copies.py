"""Copies of a database in a backup, and databases made of such copies.

SQLite is copied as it lies, by its online backup; PostgreSQL as one text file per table, read in one transaction that
sees one state. No table is named here: what is there is asked of the database.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ledger.database import address_of, open_engine, require_there, shown, told, writing
from ledger.errors import NotOurDatabase, PayriskError
from ledger.words import count_text
from payrisk.archive import Archive, ArchiveWriter, BackupDamaged, BackupNewer
from payrisk.database_state import REVISIONS, State, our_tables, state_of
from payrisk.migrations.run import known_revisions, migrate

SQLITE_MEMBER = "database/payrisk.db"
TABLE_FOLDER = "database/tables"


class DatabaseHoldsData(PayriskError):
    """A restore would have overwritten what is there."""

    code = "database_holds_data"

    def __init__(self, url: str, what: str) -> None:
        super().__init__(
            f"The database {url} is not empty ({what}), and a restore never overwrites. Nothing was changed. Restore "
            "into a home and a database of its own (PAYRISK_HOME, PAYRISK_DATABASE_URL), or move this one away first."
        )


def engine_of(url: str) -> str:
    """`sqlite` or `postgresql`."""
    return address_of(url).get_backend_name()


def database_file(url: str) -> Path:
    """The file of an SQLite database."""
    return Path(address_of(url).database or "").absolute()


def state_of_file(path: Path) -> State:
    """The state of an SQLite file. Raises `NotOurDatabase` when SQLite finds it damaged."""
    url = f"sqlite:///{path}"
    with told(shown(url)), _reading(url) as connection:
        _require_sound(connection, shown(url))
        return state_of(connection, shown(url))


def copy_database(url: str, archive: ArchiveWriter) -> tuple[State, dict[str, Any]]:
    """Put a copy of the database into a backup, while others may write.

    Returns the state that was copied, and what a manifest must say to make it a database again. Raises
    `DatabaseNotMigrated` where there is nothing yet, `DatabaseNewer`, and what the database says.
    """
    with told(shown(url)), _reading(url) as connection:
        state = state_of(connection, shown(url))
        if state.engine == "sqlite":
            _copy_sqlite(connection, archive)
            return state, {}
        return state, _copy_tables(connection, state, archive)


def table_rows(archive: Archive) -> dict[str, int]:
    """Rows by table as they lie in a PostgreSQL backup: text format, one line per row."""
    counts = {}
    for name in archive.below(TABLE_FOLDER):
        with archive.reading(name) as file:
            counts[Path(name).stem] = sum(part.count(b"\n") for part in iter(lambda: file.read(1 << 20), b""))
    return counts


def require_known(state: State, archive: Archive) -> None:
    """That the migrations know the revision of a backup. Raises `BackupNewer`."""
    if state.revision not in known_revisions():
        raise BackupNewer(archive.path, f"revision {state.revision}")


def require_empty_file(path: Path) -> None:
    """That an SQLite file is absent or holds nothing, and is in nobody's use; an empty one is folded up.

    Raises `DatabaseHoldsData`, `NotOurDatabase`, `DatabaseLocked`.
    """
    url = f"sqlite:///{path}"
    for side in (path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-journal")):
        if side.exists() and side.stat().st_size and not path.exists():
            raise DatabaseHoldsData(shown(url), f"{side.name} holds what was written last")
    if not path.exists():
        return
    with told(shown(url)), closing_engine(url) as engine, engine.connect() as connection:
        _require_empty(connection, shown(url))
        connection.rollback()
        _fold(connection)


def fill_database(url: str, state: State, archive: Archive) -> None:
    """Make the tables of a PostgreSQL backup in an empty database, fill and compare them, in one transaction.

    Raises `DatabaseHoldsData`, `NotOurDatabase`, `BackupDamaged`.
    """
    with told(shown(url)), closing_engine(url) as engine, writing(engine) as connection:
        _make_room(connection, shown(url))
        migrate(connection, state.revision)
        _fill_tables(connection, archive)
        _set_sequences(connection, archive)
        if differs := state.difference(state_of(connection, shown(url))):
            raise BackupDamaged(archive.path, "manifest.json", f"does not fit its tables: {differs}")


@contextmanager
def closing_engine(url: str) -> Iterator[sa.Engine]:
    """An engine that is gone at the end of the block."""
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _reading(url: str) -> Iterator[sa.Connection]:
    """One read-only transaction that sees one state, however long it lasts."""
    with closing_engine(url) as engine:
        require_there(engine)
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            with connection.begin():
                yield connection


def _copy_sqlite(connection: sa.Connection, archive: ArchiveWriter) -> None:
    copy = archive.folder / "payrisk.db"
    driver = connection.dialect.loaded_dbapi
    try:
        with closing(driver.connect(copy)) as target:  # without our settings: its pages are to be those of the original
            # In one step, within the transaction that was counted: a writer neither waits nor is seen.
            connection.connection.driver_connection.backup(target)  # type: ignore[union-attr]
    except driver.OperationalError as error:
        raise OSError(str(error)) from error  # of the copy: no space, as a rule
    with told(shown(f"sqlite:///{copy}")), closing_engine(f"sqlite:///{copy}") as engine, engine.connect() as copied:
        _require_sound(copied, shown(f"sqlite:///{copy}"))
        copied.rollback()
        _fold(copied)
    archive.add(SQLITE_MEMBER, copy)
    copy.unlink()


def _fold(connection: sa.Connection) -> None:
    """Make an SQLite database one file, without a log beside it. Refused while another process has it open."""
    with _driver_errors(connection):
        connection.connection.cursor().execute("PRAGMA journal_mode=DELETE")


@contextmanager
def _driver_errors(connection: sa.Connection) -> Iterator[None]:
    """What the driver says where SQLAlchemy is not asked, as SQLAlchemy would say it."""
    base = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except base as error:
        raise sa.exc.DBAPIError.instance(None, None, error, base) from error


def _require_sound(connection: sa.Connection, shown_url: str) -> None:
    if connection.exec_driver_sql("PRAGMA integrity_check").scalars().all() != ["ok"]:
        raise NotOurDatabase(shown_url)


def _copy_tables(connection: sa.Connection, state: State, archive: ArchiveWriter) -> dict[str, Any]:
    inspector, quote = sa.inspect(connection), connection.dialect.identifier_preparer.quote
    columns = {name: [column["name"] for column in inspector.get_columns(name)] for name in state.rows}
    for name in state.rows:
        listed = ", ".join(quote(column) for column in columns[name])
        with (
            archive.member(_member_of(name)) as member,
            _copying(connection, f"COPY {quote(name)} ({listed}) TO STDOUT") as rows,
        ):
            for row in rows:
                member.write(row)
    counters = {sequence: _counter(connection, sequence) for sequence in _sequences(connection, columns)}
    return {"tables": columns, "sequences": counters}


@contextmanager
def _copying(connection: sa.Connection, statement: str) -> Iterator[Any]:
    with (
        _driver_errors(connection),
        closing(connection.connection.cursor()) as cursor,
        cursor.copy(statement) as copy,
    ):
        yield copy


def _sequences(connection: sa.Connection, columns: Mapping[str, Iterable[str]]) -> list[str]:
    """The names of the sequences that number rows of these tables."""
    quote = connection.dialect.identifier_preparer.quote
    owned = sa.select(sa.func.pg_get_serial_sequence(sa.bindparam("table"), sa.bindparam("column")))
    named = [
        connection.execute(owned, {"table": quote(table), "column": column}).scalar_one()
        for table, names in columns.items()
        for column in names
    ]
    return [str(name) for name in named if name is not None]


def _counter(connection: sa.Connection, sequence: str) -> list[Any]:
    """The last number given out, and whether it was."""
    return list(connection.exec_driver_sql(f"SELECT last_value, is_called FROM {sequence}").one())


def _member_of(table: str) -> str:
    return f"{TABLE_FOLDER}/{table}.txt"


def _make_room(connection: sa.Connection, shown_url: str) -> None:
    """Remove our tables while they are empty: the backup's revision may have others."""
    there = sa.MetaData()
    there.reflect(connection)
    if there.tables:
        quote = connection.dialect.identifier_preparer.quote
        names = ", ".join(quote(name) for name in there.tables)
        connection.exec_driver_sql(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
    _require_empty(connection, shown_url)
    there.drop_all(connection)


def _require_empty(connection: sa.Connection, shown_url: str) -> None:
    names = set(sa.inspect(connection).get_table_names())
    if not names:
        return
    for name in our_tables(connection, shown_url):
        if name != REVISIONS and (count := _count(connection, name)):
            raise DatabaseHoldsData(shown_url, f"{count_text(count, 'row')} in {name}")
    if strange := names - set(our_tables(connection, shown_url)):
        raise DatabaseHoldsData(shown_url, f"a table {min(strange)} that is not ours")


def _count(connection: sa.Connection, name: str) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one())


def _fill_tables(connection: sa.Connection, archive: Archive) -> None:
    inspector, quote = sa.inspect(connection), connection.dialect.identifier_preparer.quote
    told_of: Mapping[str, list[str]] = archive.told["tables"]
    for name in our_tables(connection, ""):
        if name == REVISIONS:
            continue  # the migrations wrote it
        member, columns = _member_of(name), told_of.get(name, [])
        if member not in archive.members or set(columns) != {c["name"] for c in inspector.get_columns(name)}:
            raise BackupDamaged(archive.path, member, f"is not the table {name} of its revision")
        listed = ", ".join(quote(column) for column in columns)
        try:
            with (
                archive.reading(member) as file,
                _copying(connection, f"COPY {quote(name)} ({listed}) FROM STDIN") as rows,
            ):
                while part := file.read(1 << 20):
                    rows.write(part)
        except (sa.exc.DataError, sa.exc.IntegrityError) as error:
            raise BackupDamaged(archive.path, member, f"holds rows that the table refuses ({error.orig})") from error


def _set_sequences(connection: sa.Connection, archive: Archive) -> None:
    """Numbers that were given out, also to what was swept since, are never given out again."""
    columns = {name: [c["name"] for c in sa.inspect(connection).get_columns(name)] for name in archive.told["tables"]}
    for sequence in _sequences(connection, columns):
        last, was_given = archive.told["sequences"][sequence]
        connection.execute(sa.select(sa.func.setval(sequence, int(last), bool(was_given))))
