"""What a database says at one instant, so that it can be compared with its copy."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from ledger.errors import DatabaseNewer, DatabaseNotMigrated, NotOurDatabase
from ledger.store import imports
from payrisk.migrations.run import known_revisions
from payrisk.migrations.tables import METADATA
from serving.published.store import accounts, lines, runs

REVISIONS = "alembic_version"
"""The table in which the migrations write where they are."""


@dataclass(frozen=True)
class State:
    """What a database says at one instant, for comparing it with its copy.

    Attributes:
        engine: `sqlite` or `postgresql`.
        revision: of its tables.
        rows: how many by table.
        ledger_version: of the newest accepted import, 0 for none.
        newest_queue: run id of the newest evening's newest run; None when there is none.
        queue_sha256: over that run's head, lines and accounts; '' when there is none.
    """

    engine: str
    revision: str
    rows: Mapping[str, int]
    ledger_version: int
    newest_queue: str | None
    queue_sha256: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of_dict(cls, told: Mapping[str, Any]) -> "State":
        """Raises `KeyError`, `TypeError` or `ValueError` for what is no state."""
        queue = told["newest_queue"]
        rows = {str(name): int(count) for name, count in told["rows"].items()}
        return cls(
            str(told["engine"]),
            str(told["revision"]),
            rows,
            int(told["ledger_version"]),
            None if queue is None else str(queue),
            str(told["queue_sha256"]),
        )

    def difference(self, other: "State") -> str | None:
        """What is not equal, in words; None when all is."""
        for name in sorted({*self.rows, *other.rows}):
            if self.rows.get(name) != other.rows.get(name):
                return f"{name} has {other.rows.get(name, 'no')} rows instead of {self.rows.get(name, 'no')}"
        for name in ("revision", "ledger_version", "newest_queue", "queue_sha256"):
            if getattr(self, name) != getattr(other, name):
                return f"{name} is {getattr(other, name)} instead of {getattr(self, name)}"
        return None


def state_of(connection: sa.Connection, shown_url: str) -> State:
    """The state as this connection sees it. Raises `NotOurDatabase`, `DatabaseNotMigrated`, `DatabaseNewer`."""
    names = our_tables(connection, shown_url)
    revision = connection.execute(sa.text(f"SELECT version_num FROM {REVISIONS}")).scalar_one()
    if revision not in known_revisions():
        raise DatabaseNewer(shown_url, f"revision {revision}")
    counts = {name: connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))) for name in names}
    version = connection.execute(sa.select(sa.func.coalesce(sa.func.max(imports.c.version), 0))).scalar_one()
    queue, digest = _newest_queue(connection) if runs.name in names else (None, "")
    rows = {name: int(count.scalar_one()) for name, count in counts.items()}
    return State(connection.dialect.name, str(revision), rows, int(version), queue, digest)


def our_tables(connection: sa.Connection, shown_url: str) -> list[str]:
    """The tables of ours that are there, the ones referred to first."""
    there = [name for name, _ in sa.inspect(connection).get_sorted_table_and_fkc_names() if name]
    if REVISIONS not in there:
        raise NotOurDatabase(shown_url) if there else DatabaseNotMigrated(shown_url, "tables of ours")
    ours = {name for metadata in METADATA for name in metadata.tables} | {REVISIONS}
    return [name for name in there if name in ours]


def _newest_queue(connection: sa.Connection) -> tuple[str | None, str]:
    newest = sa.select(runs.c.run_id, runs.c.head).order_by(runs.c.as_of.desc(), runs.c.sequence.desc()).limit(1)
    run = connection.execute(newest).one_or_none()
    if run is None:
        return None, ""
    found = hashlib.sha256(_spelled(run.head))
    for table, order in ((lines, lines.c.rank), (accounts, accounts.c.customer_id)):
        bodies = connection.execute(sa.select(table.c.body).where(table.c.run_id == run.run_id).order_by(order))
        # Hashed one by one and sorted: the order of texts is the database's own affair.
        for digest in sorted(hashlib.sha256(_spelled(body)).digest() for (body,) in bodies):
            found.update(digest)
    return str(run.run_id), found.hexdigest()


def _spelled(body: Any) -> bytes:
    return json.dumps(body, sort_keys=True, ensure_ascii=True).encode()
