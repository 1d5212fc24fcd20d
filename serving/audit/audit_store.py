"""The audit log in SQL: entries are appended in the transaction of the change that they tell, and never changed.

The database itself refuses to change or remove a row (`payrisk/migrations`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from ledger.database import open_engine, shown, told
from ledger.desk_journal import digests
from serving.audit.chain import Change, Entry, Fault, next_entry

audit_metadata = sa.MetaData()

_TEXTS = ("actor", "role", "at", "action", "object", "before", "after", "request_id")

audit_log = sa.Table(
    "audit_log",
    audit_metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    *(sa.Column(name, sa.Text, nullable=False) for name in (*_TEXTS, "prev_hash", "hash")),
)

ACTIVITIES, MODELS = "activities/", "models/"
"""What the object of an entry about an activity begins with, and of one about a version of the model."""

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


def told_of(connection: sa.Connection, beginning: str) -> set[str]:
    """The digests after each change that entries tell of objects with this beginning."""
    wanted = sa.select(audit_log.c.after).where(audit_log.c.object.startswith(beginning, autoescape=True))
    return set(connection.execute(wanted).scalars())


@dataclass(frozen=True)
class Reader:
    """Who reads the log: everybody what they did, a manager what was done about `accounts`, an administrator
    `everything`."""

    person_id: str
    accounts: bool = False
    everything: bool = False


def newest_entries(connection: sa.Connection, reader: Reader, count: int, before: int | None = None) -> list[Entry]:
    """So many entries that the reader may see, the newest first; with `before` those entered before that one."""
    wanted = sa.select(audit_log).order_by(audit_log.c.seq.desc()).limit(count)
    if before is not None:
        wanted = wanted.where(audit_log.c.seq < before)
    if not reader.everything:
        own = audit_log.c.actor == reader.person_id
        about = audit_log.c.object.startswith(ACTIVITIES, autoescape=True)
        wanted = wanted.where(own | about if reader.accounts else own)
    return [_entry(row) for row in connection.execute(wanted)]


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

    def state(self) -> tuple[tuple[Entry, ...], dict[str, str]]:
        """All entries, and the digest of every activity by the object that entries call it, both of one moment."""
        with told(self.url), self.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            rows = connection.execute(sa.select(audit_log).order_by(audit_log.c.seq))
            entries = tuple(map(_entry, rows))
            return entries, {ACTIVITIES + name: digest for name, digest in digests(connection).items()}

    def last(self) -> Entry | None:
        """The newest entry; None for an empty log."""
        with told(self.url), self.engine.connect() as connection:
            return _last(connection)

    def one(self, seq: int) -> Entry | None:
        """One entry; None where it is not there."""
        with told(self.url), self.engine.connect() as connection:
            row = connection.execute(sa.select(audit_log).where(audit_log.c.seq == seq)).one_or_none()
        return None if row is None else _entry(row)

    def days_after(self, seq: int) -> list[str]:
        """The days (UTC, ISO 8601) of the entries after one, oldest first; none where there is no log yet."""
        day = sa.func.substr(audit_log.c.at, 1, 10)
        with told(self.url), self.engine.connect() as connection:
            if not sa.inspect(connection).has_table(audit_log.name):
                return []
            wanted = sa.select(day).where(audit_log.c.seq > seq).distinct().order_by(day)
            return list(connection.execute(wanted).scalars())

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def first_untrue(entries: Iterable[Entry], stored: Mapping[str, str]) -> Fault | None:
    """The first entry that tells of an activity that is not there, or not as it was told, or that another entry told of
    already; or else the first activity that no entry tells of, as one after the last entry.

    Args:
        entries, stored: as of one moment (`AuditLog.state`).
    """
    told_of: set[str] = set()
    last = 0
    for entry in entries:
        name = entry.change.object
        if not name.startswith(ACTIVITIES):
            continue
        if name in told_of:
            return Fault(entry.seq, entry.seq, f"Entry {entry.seq} tells of {name} once more.")
        if stored.get(name) != entry.change.after:
            return Fault(entry.seq, entry.seq, f"Entry {entry.seq} tells of {name}, which is another now.")
        told_of.add(name)
        last = entry.seq
    if missing := sorted(stored.keys() - told_of):
        return Fault(last + 1, last + 1, f"Entry {last + 1} is missing: nothing tells of {missing[0]}.")
    return None


def _last(connection: sa.Connection) -> Entry | None:
    row = connection.execute(sa.select(audit_log).order_by(audit_log.c.seq.desc()).limit(1)).one_or_none()
    return None if row is None else _entry(row)


def _entry(row: "sa.Row[tuple[object, ...]]") -> Entry:
    said = row._mapping
    return Entry(said["seq"], Change(**{name: said[name] for name in _TEXTS}), said["prev_hash"], said["hash"])
