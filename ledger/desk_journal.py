"""The journal of the desk: what people recorded about accounts, one row each, added once and never changed.

A row holds what was said, who said it, and the row of a told table (`ledger.schema`) that it makes true, if any; texts
stand apart (`ledger.personal`), and the row has their salted digests. The
ledger hears the journal when it is opened (`Ledger.hear_desk`), so that recording needs no pandas, costs one small
transaction, and leaves the versions of the ledger alone.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from ledger.database import storable
from ledger.personal import FREE_TEXTS, all_texts, erased, false_texts, put_back, set_apart
from ledger.schema import TOLD_CALLBACKS, TOLD_CONTACTS, TOLD_DISPUTES, TOLD_HOLDS, TOLD_PROMISES, Table, Type

Json = dict[str, Any]
Connection = sa.Connection
"""In whose transaction something is read or added."""

DESK = "desk"
"""The source of what people recorded, among those of the imports."""

TELLABLE: Mapping[str, Table] = {
    table.name: table for table in (TOLD_CONTACTS, TOLD_PROMISES, TOLD_DISPUTES, TOLD_CALLBACKS, TOLD_HOLDS)
}
"""The tables that the desk tells rows of."""

ROWS_AT_ONCE = 500

journal_metadata = sa.MetaData()

activities = sa.Table(
    "activities",
    journal_metadata,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("activity_id", sa.Text, nullable=False, unique=True),
    sa.Column("customer_id", sa.Text, nullable=False),
    sa.Column("account_version", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("said", sa.JSON, nullable=False),
    sa.Column("refers_to", sa.Text, nullable=False),  # the activity that it undoes or resolves; '' for none
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("recorded_at", sa.Text, nullable=False),  # UTC, ISO 8601
    sa.Column("known_on", sa.Date, nullable=False),
    sa.Column("told_table", sa.Text, nullable=False),  # '' where the ledger's facts do not change
    sa.Column("told_key", sa.Text, nullable=False),
    sa.Column("told", sa.JSON, nullable=False),
    sa.Column("digest_with_texts", sa.Text, nullable=False),  # of rows of before texts stood apart; else ''
    sa.UniqueConstraint("customer_id", "account_version"),
)

heard = sa.Table(
    "activities_heard",
    journal_metadata,
    sa.Column("import_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("last_sequence", sa.Integer, nullable=False),
)

_imports = sa.table("imports", sa.column("import_id"), sa.column("version"))


@dataclass(frozen=True)
class Recorded:
    """One row of the journal.

    Attributes:
        sequence: from 1, the order in which everything was recorded.
        account_version: from 1, the how-manieth of its account.
        said: what was recorded, as the API answers it; kind: what it is (`serving.activities.said`).
        refers_to: the activity that it undoes or resolves; '' for none.
        known_on: the day on which it was recorded, from whose evening on the ledger knows it.
        told_table, told_key, told: the row of a told table that it makes true, and the id in it; '' and {} for none.
        digest: SHA-256 of everything in the row as it is stored; '' of one that is not stored yet.
    """

    sequence: int
    activity_id: str
    customer_id: str
    account_version: int
    kind: str
    said: Json
    refers_to: str
    actor: str
    role: str
    recorded_at: datetime
    known_on: date
    told_table: str
    told_key: str
    told: Json
    digest: str = ""


_COLUMNS = tuple(field.name for field in fields(Recorded) if field.name != "digest")


def add(connection: sa.Connection, row: Recorded) -> str:
    """Add a row in the caller's transaction, which must be the only one that adds; returns its digest.

    Raises `ValueError` for a told row that its table could not hold: such a row would keep the ledger from opening.
    """
    if row.told_table:
        _require_fits(row.told, TELLABLE[row.told_table])
    said, told = (set_apart(connection, row.customer_id, part) for part in (row.said, row.told))
    stored = replace(row, said=said, told=told)
    values = {name: getattr(stored, name) for name in _COLUMNS}
    written = {"recorded_at": row.recorded_at.isoformat(), "digest_with_texts": ""}
    connection.execute(sa.insert(activities).values(values | written))
    return _digest(stored)


def digests(connection: sa.Connection) -> dict[str, str]:
    """The digest of every row by its activity; '' where a text is another one now, or gone though nobody erased it."""
    rows = [(_stored(row), row["digest_with_texts"]) for row in connection.execute(sa.select(activities)).mappings()]
    texts, false, gone = all_texts(connection), false_texts(connection), erased(connection).keys()
    found = {}
    for row, with_texts in rows:
        ids = {part[name] for part in (row.said, row.told) for name in FREE_TEXTS if part.get(name)}
        missing = ids - texts.keys()
        if ids & false or (missing and row.customer_id not in gone):
            found[row.activity_id] = ""
        elif with_texts:
            found[row.activity_id] = with_texts if missing else _digest(_with_texts(connection, [row])[0])
        else:
            found[row.activity_id] = _digest(row)
    return found


def newest_sequence(connection: sa.Connection) -> int:
    """The sequence of the newest row; 0 for an empty journal."""
    return int(connection.execute(sa.select(sa.func.coalesce(sa.func.max(activities.c.sequence), 0))).scalar_one())


def newest_of(connection: sa.Connection, customer_id: str) -> Recorded | None:
    """The newest row of an account; None where nothing was recorded of it."""
    rows = of_account(connection, customer_id, limit=1)
    return rows[0] if rows else None


def versions(connection: sa.Connection) -> dict[str, int]:
    """The newest version of every account of which something was recorded."""
    newest = sa.func.max(activities.c.account_version)
    rows = connection.execute(sa.select(activities.c.customer_id, newest).group_by(activities.c.customer_id))
    return {str(customer_id): int(version) for customer_id, version in rows}


def of_account(
    connection: sa.Connection,
    customer_id: str,
    *,
    below: int | None = None,
    limit: int | None = None,
    until: date | None = None,
) -> list[Recorded]:
    """The rows of an account, newest first; `below` an account version, at most `limit`, those known on `until`."""
    wanted = sa.select(activities).where(_of(customer_id))
    if until is not None:
        wanted = wanted.where(activities.c.known_on <= until)
    if below is not None:
        wanted = wanted.where(activities.c.account_version < below)
    return _read(connection, wanted.order_by(activities.c.account_version.desc()).limit(limit))


def referring_to(connection: sa.Connection, customer_id: str) -> list[Recorded]:
    """The rows of an account that undo or resolve another one, oldest first."""
    wanted = sa.select(activities).where(_of(customer_id), activities.c.refers_to != "")
    return _read(connection, wanted.order_by(activities.c.sequence))


def of_thing(connection: sa.Connection, customer_id: str, told_key: str) -> list[Recorded]:
    """Every row of an account about one thing told (a promise, a dispute, …), oldest first."""
    wanted = sa.select(activities).where(_of(customer_id), activities.c.told_key == told_key)
    return _read(connection, wanted.order_by(activities.c.sequence))


def standing_of(connection: sa.Connection, customer_id: str, told_table: str) -> list[Json]:
    """The rows told of an account's things in one table (its disputes, …) as they are now: of each the newest, without
    those that were taken back."""
    wanted = sa.select(activities).where(_of(customer_id), activities.c.told_table == told_table)
    newest = {row.told_key: row.told for row in _read(connection, wanted.order_by(activities.c.sequence))}
    return [told for told in newest.values() if told["present"]]


def one(connection: sa.Connection, customer_id: str, activity_id: str) -> Recorded | None:
    """One activity of an account; None where it has none of that id."""
    wanted = sa.select(activities).where(_of(customer_id), activities.c.activity_id == storable(activity_id))
    return next(iter(_read(connection, wanted)), None)


def of_kind(connection: sa.Connection, kind: str) -> list[Recorded]:
    """The rows of a kind that nobody undid, oldest first."""
    undone = sa.select(activities.c.refers_to).where(activities.c.kind == "undo")
    wanted = sa.select(activities).where(activities.c.kind == kind, activities.c.activity_id.not_in(undone))
    return _read(connection, wanted.order_by(activities.c.sequence))


def after(connection: sa.Connection, sequence: int) -> list[Recorded]:
    """The rows after one, oldest first."""
    return _read(
        connection, sa.select(activities).where(activities.c.sequence > sequence).order_by(activities.c.sequence)
    )


def known_after(connection: sa.Connection, evening: date) -> list[Recorded]:
    """The rows that became known after an evening, newest first.

    Read backwards in parts, so that it costs what was recorded since, however long the journal is.
    """
    found: list[Recorded] = []
    while True:
        wanted = sa.select(activities).order_by(activities.c.sequence.desc()).limit(ROWS_AT_ONCE)
        if found:
            wanted = wanted.where(activities.c.sequence < found[-1].sequence)
        part = _read(connection, wanted)
        found += [row for row in part if row.known_on > evening]
        if len(part) < ROWS_AT_ONCE or part[-1].known_on <= evening:
            return found


def known_between(connection: sa.Connection, first: date, last: date) -> list[Recorded]:
    """The rows that became known from one day to another, both included, oldest first."""
    wanted = sa.select(activities).where(activities.c.known_on >= first, activities.c.known_on <= last)
    return _read(connection, wanted.order_by(activities.c.sequence))


def of_kinds(
    connection: sa.Connection, kinds: Collection[str], *, until: date | None = None, since: date | None = None
) -> list[Recorded]:
    """The rows of some kinds and every undo, newest first; those alone that were known on the evening `until`, and not
    yet on the evening `since`, when given."""
    wanted = sa.select(activities).where(activities.c.kind.in_([*kinds, "undo"]))
    if until is not None:
        wanted = wanted.where(activities.c.known_on <= until)
    if since is not None:
        wanted = wanted.where(activities.c.known_on > since)
    return _read(connection, wanted.order_by(activities.c.sequence.desc()))


def last_heard(connection: sa.Connection) -> int:
    """The sequence up to which accepted imports have heard the journal; 0 where none has."""
    wanted = sa.select(sa.func.coalesce(sa.func.max(heard.c.last_sequence), 0)).where(
        heard.c.import_id.in_(sa.select(_imports.c.import_id).where(_imports.c.version.is_not(None)))
    )
    return int(connection.execute(wanted).scalar_one())


def remember_heard(connection: sa.Connection, import_id: int, last_sequence: int) -> None:
    """That an import brings the journal up to a sequence; it counts once the import is accepted."""
    connection.execute(sa.insert(heard).values(import_id=import_id, last_sequence=last_sequence))


def _of(customer_id: str) -> "sa.ColumnElement[bool]":
    return activities.c.customer_id == storable(customer_id)


def _read(connection: sa.Connection, wanted: "sa.Select[Any]") -> list[Recorded]:
    rows = [
        replace(stored := _stored(row), digest=row["digest_with_texts"] or _digest(stored))
        for row in connection.execute(wanted).mappings()
    ]
    return _with_texts(connection, rows)


def _with_texts(connection: sa.Connection, rows: list[Recorded]) -> list[Recorded]:
    said, told = (put_back(connection, parts) for parts in ([row.said for row in rows], [row.told for row in rows]))
    return [
        row if (one, other) == (row.said, row.told) else replace(row, said=one, told=other)
        for row, one, other in zip(rows, said, told, strict=True)
    ]


def _stored(row: Mapping[Any, Any]) -> Recorded:
    values = {name: row[name] for name in _COLUMNS}
    return Recorded(**{**values, "recorded_at": datetime.fromisoformat(row["recorded_at"])})


def _digest(stored: Recorded) -> str:
    """SHA-256 of everything in the row."""
    row = [str(getattr(stored, name)) for name in _COLUMNS if name not in ("said", "told")]
    return hashlib.sha256(json.dumps([row, stored.said, stored.told], sort_keys=True).encode()).hexdigest()


def _require_fits(told: Json, table: Table) -> None:
    types = {column.name: _PYTHON.get(column.type, int) for column in table.columns}
    wrong = [name for name in {*types, *told} if type(told.get(name)) is not types.get(name)]
    empty = [column.name for column in table.columns if column.required and told.get(column.name) == ""]
    if wrong or empty:
        raise ValueError(f"A row for {table.name} does not fit it: {min(wrong or empty)}.")


_PYTHON: Mapping[Type, type] = {"text": str, "flag": bool}
