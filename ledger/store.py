"""Where all that was told lies: append-only tables in SQL, SQLite by default, PostgreSQL in production.

An import is written in short batches under an id that nobody reads; one last small transaction accepts it and gives it
the next version. What was never accepted is swept. Nothing accepted is ever changed or removed, but for the names and
texts of a person who is erased (`ledger.erasing`).
"""

import json
import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from ledger.batches import batches, put
from ledger.database import open_engine, require_there, shown, told, writing
from ledger.days import to_date, to_day
from ledger.derivation import StoredFacts, derive
from ledger.desk_journal import DESK
from ledger.errors import (
    DatabaseNewer,
    DatabaseNotMigrated,
    ImportSwept,
    LedgerMoved,
    NotOurDatabase,
    SumTooLarge,
)
from ledger.exports import Exports, ImportRecord
from ledger.facts import typed_frame
from ledger.personal import erased_by_now, names_left_out
from ledger.schema import IMPORTS, TOLD_TABLES, Column, Table, Type
from ledger.told import BY_KIND, Told

_CHUNK = 50_000
"""Rows read at once: what the driver holds beside the columns that they become."""

LARGEST_SUM = 2.0**62
"""Half of what fits 64 bits: the sum of all amounts of one table, signs aside, stays below it."""

_SQL_TYPES: dict[Type, Any] = {
    "text": sa.Text, "decimal": sa.Text, "amount": sa.Text, "flag": sa.Boolean,
    "day": sa.Integer, "minor": sa.BigInteger, "whole": sa.Integer,
}  # fmt: skip

metadata = sa.MetaData()


def _column(column: Column) -> "sa.Column[Any]":
    return sa.Column(column.name, _SQL_TYPES[column.type](), nullable=False)


imports = sa.Table(
    IMPORTS.name,
    metadata,
    sa.Column("import_id", sa.Integer, primary_key=True, autoincrement=True),
    *(
        sa.Column(c.name, _SQL_TYPES[c.type](), nullable=not c.required, unique=c.name == "version" or None)
        for c in IMPORTS.columns[1:]
    ),
    sqlite_autoincrement=True,  # a swept id is never used again
)


def _told_table(table: Table) -> sa.Table:
    return sa.Table(
        table.name,
        metadata,
        sa.Column("import_id", sa.Integer, sa.ForeignKey(imports.c.import_id), nullable=False),
        *(_column(column) for column in table.columns),
        sa.PrimaryKeyConstraint("import_id", *table.key),
        sqlite_with_rowid=False,  # one tree, in the order of the key
    )


tables: dict[str, sa.Table] = {table.name: _told_table(table) for table in TOLD_TABLES}


class LedgerStore:
    """The ledger's tables behind a database URL (`sqlite:///…` or `postgresql://…`, which means psycopg 3)."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self.url = shown(url)

    def check(self) -> None:
        """That the tables are there and ours. Raises `DatabaseNotMigrated`, `DatabaseNewer` or `NotOurDatabase`."""
        require_there(self.engine)
        with self.reading() as connection:
            found = sa.inspect(connection).get_multi_columns()
        there = {str(name): {column["name"] for column in columns} for (_, name), columns in found.items()}
        if there and not set(metadata.tables) & set(there):
            raise NotOurDatabase(self.url)
        for table in metadata.tables.values():
            expected, present = set(table.columns.keys()), there.get(table.name, set())
            if expected - present:
                raise DatabaseNotMigrated(self.url, f"{table.name}.{min(expected - present)}")
            if present - expected:
                raise DatabaseNewer(self.url, f"{table.name}.{min(present - expected)}")

    def begin_import(
        self,
        source: str,
        file_names: Sequence[str],
        file_sha256: Sequence[str],
        as_of: date,
        recorded_at: datetime | None,
        *,
        mode: str = "append",
        roles: Collection[str] = (),
        posting_lag_days: int = 0,
    ) -> int:
        """A new import that nobody reads until it is accepted; returns its id. `recorded_at` must know its zone."""
        row = {
            "source": source,
            "files": json.dumps(list(file_names)),
            "file_sha256": json.dumps(list(file_sha256)),
            "as_of": to_day(as_of),
            "recorded_at": recorded_at.astimezone(UTC).isoformat() if recorded_at else None,
            "mode": mode,
            "roles": json.dumps(sorted(roles)),
            "posting_lag_days": posting_lag_days,
        }
        with self.writing() as connection:
            made = connection.execute(sa.insert(imports).values(row).returning(imports.c.import_id))
            return int(made.scalar_one())

    def write(self, import_id: int, said: Told, wrote: Callable[[int], None] = lambda _: None) -> None:
        """Add rows to an import under way, in batches of `BATCH_ROWS`; may be called several times.

        A row may be in one call only. `wrote` is told how many are there, between the transactions.
        Raises `ImportSwept` when another import gave this one up.
        """
        rows = 0
        for batch in batches(said, import_id):
            wrote(rows)
            rows += len(batch)
            statements = batch.statements() if self.engine.dialect.name == "sqlite" else []
            with self.writing() as connection:
                self._require_under_way(connection, import_id)
                put(connection, batch, statements)

    def accept(
        self,
        import_id: int,
        computed_on: int | None = None,
        also: Callable[[sa.Connection, int], None] = lambda *_: None,
    ) -> int:
        """Make the import part of the ledger, whole and at once; returns its version.

        Args:
            computed_on: the version that its rows were compared with; None when they hold whatever is known.
            also: what is to be written with it, given the version; when it fails, nothing is accepted.

        Raises `ImportSwept`; `LedgerMoved` when another import was accepted since `computed_on`, but for what people
        recorded at the desk, which no export is compared with; or `SumTooLarge` when sums over the ledger could leave
        64 bits.
        """
        with self.reading() as connection:  # what takes long comes first: other writers do not wait for it
            seen = int(connection.execute(_NEWEST_VERSION).scalar_one())
            self._require_all_summable(connection, import_id)
            rows = _count(connection, import_id)
        with self.writing() as connection:
            _one_at_a_time(connection)
            self._require_under_way(connection, import_id)
            newest = int(connection.execute(_NEWEST_VERSION).scalar_one())
            if computed_on is not None and connection.execute(_moved_since(computed_on)).first():
                raise LedgerMoved(computed_on, newest)
            if newest != seen:
                self._require_all_summable(connection, import_id)
            _leave_names_out(connection, import_id)
            version = newest + 1
            connection.execute(
                sa.update(imports).where(imports.c.import_id == import_id).values(version=version, rows=rows)
            )
            also(connection, version)
            return version

    def sweep(self) -> int:
        """Remove what imports that were never accepted left behind; returns how many there were.

        Call it before an import, when no other is under way: one that still runs is refused at its next step
        (`ImportSwept`), changes nothing, and can be run again.
        """
        with self.reading() as connection:
            dead = connection.execute(sa.select(imports.c.import_id).where(imports.c.version.is_(None))).scalars().all()
        for import_id in dead:
            with self.writing() as connection:
                _one_at_a_time(connection)
                now = sa.select(imports.c.version).where(imports.c.import_id == import_id)
                if connection.execute(now).scalar_one_or_none() is not None:
                    continue  # accepted since we looked
                for table in tables.values():
                    connection.execute(sa.delete(table).where(table.c.import_id == import_id))
                connection.execute(sa.delete(imports).where(imports.c.import_id == import_id))
        return len(dead)

    def newest_version(self) -> int:
        """The version of the newest accepted import; 0 for an empty ledger."""
        with self.reading() as connection:
            return int(connection.execute(_NEWEST_VERSION).scalar_one())

    def erased(self) -> tuple[str, frozenset[str]]:
        """A digest of who was erased by now, and the customers whose names no import brings back."""
        with self.reading() as connection:
            return erased_by_now(connection), names_left_out(connection)

    def imports(self) -> list[ImportRecord]:
        """The accepted imports, oldest version first."""
        accepted = sa.select(imports).where(imports.c.version.is_not(None)).order_by(imports.c.version)
        with self.reading() as connection:
            return [_record(row) for row in connection.execute(accepted).mappings()]

    def told(self, version: int | None = None) -> Told:
        """All rows of the imports accepted up to `version` (default: the newest), with the `version` of each."""
        version = self.newest_version() if version is None else version
        # Accepted rows never change, so several queries see one state.
        with self.reading() as connection:
            return Told(**{kind: _rows(connection, table, version) for kind, table in BY_KIND.items()})

    def exports(self, version: int | None = None) -> Exports:
        """The imports accepted up to `version` (default: the newest)."""
        return Exports([record for record in self.imports() if version is None or record.version <= version])

    def read(self, version: int | None = None) -> StoredFacts:
        """The facts of the imports accepted up to `version` (default: the newest)."""
        version = self.newest_version() if version is None else version
        return derive(self.told(version), self.exports(version), version)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def _require_under_way(self, connection: sa.Connection, import_id: int) -> None:
        # Locked on PostgreSQL, so that a sweep waits; SQLite has one writer anyway.
        under_way = sa.select(imports.c.import_id).where(imports.c.import_id == import_id, imports.c.version.is_(None))
        if connection.execute(under_way.with_for_update()).scalar_one_or_none() is None:
            raise ImportSwept(import_id)

    def _require_all_summable(self, connection: sa.Connection, import_id: int) -> None:
        for name in ("told_items", "told_payments", "told_promises"):
            self._require_summable(connection, tables[name], import_id)

    def _require_summable(self, connection: sa.Connection, table: sa.Table, import_id: int) -> None:
        accepted = sa.select(imports.c.import_id).where(
            imports.c.version.is_not(None) | (imports.c.import_id == import_id)
        )
        size = sa.func.sum(sa.cast(sa.func.abs(table.c.amount_minor), sa.Float))
        total = connection.execute(sa.select(size).where(table.c.import_id.in_(accepted))).scalar_one()
        if total is not None and float(total) > LARGEST_SUM:
            raise SumTooLarge(table.name)

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A connection to read from."""
        with told(self.url), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """One transaction that writes."""
        with told(self.url), writing(self.engine) as connection:
            yield connection


_NEWEST_VERSION = sa.select(sa.func.coalesce(sa.func.max(imports.c.version), 0))


def _moved_since(version: int) -> "sa.Select[Any]":
    return sa.select(imports.c.version).where(imports.c.version > version, imports.c.source != DESK)


def _leave_names_out(connection: sa.Connection, import_id: int) -> None:
    """That an import which was under way while a person was erased does not bring the name back."""
    gone = names_left_out(connection)
    for name in ("told_customers", "told_items") if gone else ():
        of = tables[name].c
        theirs = sa.update(tables[name]).where(of.import_id == import_id, of.customer_id.in_(gone))
        connection.execute(theirs.values(customer_name=""))


def _count(connection: sa.Connection, import_id: int) -> int:
    """How many rows an import wrote; nobody else writes under its id."""
    counts = [
        sa.select(sa.func.count()).select_from(table).where(table.c.import_id == import_id) for table in tables.values()
    ]
    return sum(int(connection.execute(count).scalar_one()) for count in counts)


def _one_at_a_time(connection: sa.Connection) -> None:
    """Accepting and sweeping wait for each other. On SQLite every writer does."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE imports IN SHARE ROW EXCLUSIVE MODE"))


def _rows(connection: sa.Connection, table: Table, version: int) -> pd.DataFrame:
    """The accepted rows of one table up to a version, with the version that brought them, in no promised order."""
    stored = tables[table.name]
    query = (
        sa.select(*(stored.c[name] for name in table.names), imports.c.version)
        .join_from(stored, imports, stored.c.import_id == imports.c.import_id)
        .where(imports.c.version <= version)
        .order_by(imports.c.import_id)
    )
    names = (*table.names, "version")
    parts = [
        typed_frame(dict(zip(names, zip(*rows, strict=True), strict=True)), table)
        for rows in _fetched(connection, query)
    ]
    return pd.concat(parts, ignore_index=True) if parts else typed_frame(dict.fromkeys(names, ()), table)


def _fetched(connection: sa.Connection, query: "sa.Select[Any]") -> Iterator[Sequence[Any]]:
    """The rows of a query, `_CHUNK` at a time, each as plain values: on SQLite just as its driver gives them."""
    if connection.dialect.name == "postgresql":
        result = connection.execution_options(stream_results=True, max_row_buffer=_CHUNK).execute(query)
        yield from iter(lambda: result.fetchmany(_CHUNK), [])
        return
    cursor = connection.execute(query).cursor
    try:
        yield from iter(lambda: cursor.fetchmany(_CHUNK), [])
    except sqlite3.Error as error:
        raise sa.exc.DatabaseError(str(query), None, error) from error


def _record(row: Any) -> ImportRecord:
    return ImportRecord(
        import_id=row["import_id"],
        source=row["source"],
        files=tuple(json.loads(row["files"])),
        file_sha256=tuple(json.loads(row["file_sha256"])),
        as_of=to_date(row["as_of"]),
        version=row["version"],
        recorded_at=datetime.fromisoformat(row["recorded_at"]) if row["recorded_at"] else None,
        rows=row["rows"],
        mode=row["mode"],
        roles=tuple(json.loads(row["roles"])),
        posting_lag_days=row["posting_lag_days"],
    )
