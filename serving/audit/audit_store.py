"""The audit log in SQL: entries are appended in the transaction of the change that they tell, and never changed.

The database itself refuses to change or remove a row (`payrisk/migrations`).
"""

from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from ledger.database import open_engine, shown, told
from ledger.desk_journal import after
from serving.audit.chain import Change, Entry, Fault, next_entry

audit_metadata = sa.MetaData()

_TEXTS = ("actor", "role", "at", "action", "object", "before", "after", "request_id")

audit_log = sa.Table(
    "audit_log",
    audit_metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in (*_TEXTS, "prev_hash", "hash")),
)

ACTIVITIES = "activities/"
"""What the object of an entry about an activity begins with."""

_ROWS_AT_ONCE = 5_000


def take_turn(connection: sa.Connection) -> None:
    """Wait until nobody else appends, until the end of the caller's transaction; first of all in it.

    Readers are not stopped. On SQLite a writing transaction is alone anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("LOCK TABLE audit_log IN EXCLUSIVE MODE"))


def append(connection: sa.Connection, change: Change) -> Entry:
    """Enter a change in the caller's transaction, after `take_turn`; returns the entry."""
    entry = next_entry(_last(connection), change)
    values = {name: getattr(change, name) for name in _TEXTS}
    row = values | {"seq": entry.seq, "prev_hash": entry.prev_hash, "hash": entry.hash}
    connection.execute(sa.insert(audit_log).values(row))
    return entry


class AuditLog:
    """The log behind a database URL, for reading."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self.url = shown(url)

    def entries(self) -> Iterator[Entry]:
        """All entries, by `seq`."""
        wanted = sa.select(audit_log).order_by(audit_log.c.seq)
        with told(self.url), self.engine.connect() as connection:
            for row in connection.execution_options(yield_per=_ROWS_AT_ONCE).execute(wanted):
                yield _entry(row)

    def first_untrue(self, entries: Iterable[Entry]) -> Fault | None:
        """The first entry that tells of an activity that is not there, or not as it was told; or else the first
        activity that no entry tells of, as one after the last entry."""
        told_of = {one.change.object: one for one in entries if one.change.object.startswith(ACTIVITIES)}
        last = max((one.seq for one in told_of.values()), default=0)
        with told(self.url), self.engine.connect() as connection:
            stored = {ACTIVITIES + row.activity_id: row.digest for row in after(connection, 0)}
        untrue = [one for name, one in told_of.items() if stored.get(name) != one.change.after]
        if untrue:
            first = min(untrue, key=lambda one: one.seq)
            return Fault(
                first.seq, first.seq, f"Entry {first.seq} tells of {first.change.object}, which is another now."
            )
        if missing := sorted(stored.keys() - told_of.keys()):
            return Fault(last + 1, last + 1, f"Entry {last + 1} is missing: nothing tells of {missing[0]}.")
        return None

    def last(self) -> Entry | None:
        """The newest entry; None for an empty log."""
        with told(self.url), self.engine.connect() as connection:
            return _last(connection)

    def one(self, seq: int) -> Entry | None:
        """One entry; None where it is not there."""
        with told(self.url), self.engine.connect() as connection:
            row = connection.execute(sa.select(audit_log).where(audit_log.c.seq == seq)).one_or_none()
        return None if row is None else _entry(row)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def _last(connection: sa.Connection) -> Entry | None:
    row = connection.execute(sa.select(audit_log).order_by(audit_log.c.seq.desc()).limit(1)).one_or_none()
    return None if row is None else _entry(row)


def _entry(row: "sa.Row[tuple[object, ...]]") -> Entry:
    said = row._mapping
    return Entry(said["seq"], Change(**{name: said[name] for name in _TEXTS}), said["prev_hash"], said["hash"])
