"""`PersonalStore`: what is kept of persons, and its end: each change in one transaction, with its audit entry.

An entry names the customer's id and what was done; `after` is a digest of what is kept of the change itself.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from ledger import personal
from ledger.database import storable
from ledger.desk_journal import activities
from ledger.erasing import erase_told, is_known, names_of, reasons_of
from ledger.store import tables
from serving.audit.audit_store import append, take_turn
from serving.audit.chain import Change
from serving.imports.import_store import forget_rows
from serving.privacy.errors import HeldAlready, MustBeKept, NamesThePerson, NobodyKnown, NotErased, NotHeld
from serving.published.erased_lists import erase_published, forget_answers
from serving.published.store import ServingStore, accounts, runs
from serving.trials.decision_log import decision_log

Json = dict[str, Any]
T = TypeVar("T")

ADMIN = "admin"
PERSONS = "persons/"
"""What the object of an entry about a person begins with."""


@dataclass(frozen=True)
class Asked:
    """Who asks for it, and why."""

    by: str
    reason: str
    now: datetime

    @property
    def at(self) -> str:
        """The instant, UTC, ISO 8601."""
        return self.now.astimezone(UTC).isoformat()


class PersonalStore:
    """What is kept of persons, behind the connections of a serving store."""

    def __init__(self, store: ServingStore) -> None:
        self.store = store

    def words_of(self, customer_id: str) -> list[str]:
        """Every name and text that is kept of a person, as they were told and written."""
        with self.store.reading() as connection:
            told = names_of(connection, customer_id), reasons_of(connection, customer_id)
            return [*told[0], *told[1], *personal.texts_of(connection, customer_id)]

    def erased(self) -> dict[str, personal.Erasure]:
        """Who was erased."""
        with self.store.reading() as connection:
            return personal.erased(connection)

    def holds(self) -> dict[str, Json]:
        """Who is kept from being erased: customer → `held_at`, `held_by`, `reason`."""
        with self.store.reading() as connection:
            return personal.held(connection)

    def last_recorded(self) -> dict[str, str]:
        """Customer → the day on which something was recorded last, ISO 8601."""
        wanted = sa.select(activities.c.customer_id, sa.func.max(activities.c.known_on)).group_by(
            activities.c.customer_id
        )
        with self.store.reading() as connection:
            return {customer: str(day) for customer, day in connection.execute(wanted)}

    def require_known(self, customer_id: str) -> None:
        """That anything was ever told of a customer. Raises `NobodyKnown`."""
        with self.store.reading() as connection:
            _require_known(connection, customer_id)

    def erase(self, customer_id: str, asked: Asked) -> int:
        """Empty the names and texts of a person wherever they are stored; in how many published lists they stood.

        Done already and nothing told since, it changes nothing. Raises `NobodyKnown`, `MustBeKept` for a hold, and
        `NamesThePerson`.
        """

        def work(connection: sa.Connection) -> int:
            _require_known(connection, customer_id)
            if hold := personal.held(connection).get(customer_id):
                raise MustBeKept(customer_id, [f"a legal hold by {hold['held_by']} since {hold['held_at'][:10]}"])
            names, before = names_of(connection, customer_id), personal.erased(connection).get(customer_id)
            if any(len(name) > 2 and name.casefold() in asked.reason.casefold() for name in names):
                raise NamesThePerson
            forget_rows(connection)
            told = names or reasons_of(connection, customer_id) or personal.texts_of(connection, customer_id)
            if before and not before.readmitted and not told:
                return erase_published(connection, customer_id, names)
            row = {"customer_id": customer_id, "erased_at": asked.at, "erased_by": asked.by, "reason": asked.reason}
            personal.remember_erased(connection, row)
            erase_told(connection, customer_id)
            forget_answers(connection, customer_id)
            lists = erase_published(connection, customer_id, names)
            _enter(connection, "privacy.erase", customer_id, asked, row)
            return lists

        return self._changed(work)

    def readmit(self, customer_id: str, asked: Asked) -> None:
        """Let imports tell a person's name again. Raises `NotErased`."""

        def work(connection: sa.Connection) -> None:
            if not personal.readmit(connection, customer_id, asked.at):
                raise NotErased(customer_id)
            _enter(connection, "privacy.readmit", customer_id, asked, {"reason": asked.reason})

        self._changed(work)

    def hold(self, customer_id: str, asked: Asked) -> None:
        """Keep a person from being erased. Raises `NobodyKnown`, `HeldAlready`."""

        def work(connection: sa.Connection) -> None:
            _require_known(connection, customer_id)
            if not personal.hold(connection, customer_id, asked.by, asked.reason, asked.at):
                kept = personal.held(connection)[customer_id]
                raise HeldAlready(customer_id, kept["held_by"], kept["held_at"])
            _enter(connection, "privacy.hold", customer_id, asked, {"at": asked.at})

        self._changed(work)

    def release(self, customer_id: str, asked: Asked) -> None:
        """Let a person be erased again. Raises `NotHeld`."""

        def work(connection: sa.Connection) -> None:
            if not personal.release(connection, customer_id):
                raise NotHeld(customer_id)
            _enter(connection, "privacy.release", customer_id, asked, {"at": asked.at})

        self._changed(work)

    def copied(self, customer_id: str, asked: Asked) -> Json:
        """The rows that are stored of a person, by table, and the published lists that name them; entered as given out.

        Raises `NobodyKnown`.
        """

        def work(connection: sa.Connection) -> Json:
            _require_known(connection, customer_id)
            found = _rows_of(connection, customer_id)
            _enter(connection, "privacy.export", customer_id, asked, {name: len(rows) for name, rows in found.items()})
            return found

        return self._changed(work)

    def remember_swept(self) -> None:
        """That no file of the home holds anything of those who were erased."""
        with self.store.writing() as connection:
            gone = [one.customer_id for one in personal.erased(connection).values() if not one.swept]
            if gone:
                personal.remember_swept(connection, gone)

    def compact(self) -> bool:
        """Give up the places in the database's own files where erased words stood; False while others keep them."""
        try:
            return _compacted(self.store.engine)
        except DBAPIError:
            return False

    def _changed(self, work: Callable[[sa.Connection], T]) -> T:
        with self.store.writing() as connection:
            take_turn(connection)
            return work(connection)


def _require_known(connection: sa.Connection, customer_id: str) -> None:
    if not is_known(connection, storable(customer_id)):
        raise NobodyKnown(customer_id)


def _enter(connection: sa.Connection, action: str, customer_id: str, asked: Asked, kept: Mapping[str, Any]) -> None:
    after = hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()
    append(
        connection,
        Change(
            actor=asked.by, role=ADMIN, at=asked.at, action=action, object=PERSONS + customer_id, before="",
            after=after, request_id="",
        ),
    )  # fmt: skip


def _rows_of(connection: sa.Connection, customer_id: str) -> Json:
    """Of every told table the rows about a customer, of the journal and the decision log too."""
    items = sa.select(tables["told_items"].c.item_id).where(tables["told_items"].c.customer_id == customer_id)
    found: Json = {}
    for name, table in tables.items():
        if "customer_id" in table.c:
            of = table.c.customer_id == customer_id
        elif "item_id" in table.c:
            of = table.c.item_id.in_(items)
        else:
            continue
        found[name] = [dict(row) for row in connection.execute(sa.select(table).where(of)).mappings()]
    wanted = sa.select(decision_log).where(decision_log.c.account_id == customer_id).order_by(decision_log.c.as_of)
    found["decisions"] = [dict(row) for row in connection.execute(wanted).mappings()]
    lists = sa.select(runs.c.run_id, runs.c.as_of, accounts.c.body).join(accounts, accounts.c.run_id == runs.c.run_id)
    lists = lists.where(accounts.c.customer_id == customer_id).order_by(runs.c.sequence)
    found["lists"] = [dict(row) for row in connection.execute(lists).mappings()]
    return found


_HOLDING_WORDS = (
    "told_customers", "told_items", "told_disputes", "told_holds", "personal_texts", "person_salts", "activities",
    "idempotency_keys", "queue_runs", "queue_lines", "queue_accounts", "queue_reports",
)  # fmt: skip


def _compacted(engine: sa.Engine) -> bool:
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("SET lock_timeout = '5s'"))
            for name in _HOLDING_WORDS:  # a whole new file, and new samples of what its columns hold
                connection.execute(sa.text(f"VACUUM (FULL, ANALYZE) {name}"))
        return True
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        busy = (cursor.fetchone() or (1,))[0]
        cursor.close()
        return not busy
    finally:
        raw.close()
