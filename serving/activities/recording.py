"""Recording an activity: in one transaction the row of the journal, the account's next version, the audit entry and the
idempotency key. Either all of it is there afterwards or nothing is, whatever happens in between.
"""

import hashlib
import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from ledger import desk_journal as journal
from ledger.database import BUSY_SECONDS
from ledger.days import NEVER
from ledger.desk_journal import Connection, Recorded
from ledger.errors import DatabaseLocked
from ledger.money import to_minor
from serving.activities.bodies import Json, activity_json, page_of
from serving.activities.errors import AccountChanged, BadKey, CannotUndo, StillRunning, UnknownActivity, VersionMissing
from serving.activities.facts import Fact, fact_of, resolved, undone
from serving.activities.key_store import Answer, Sent, answered, remember
from serving.activities.people import Actor
from serving.activities.said import AccountNow, Contest, Dispute, Resolution, Said, Undo
from serving.activities.worked import worked
from serving.audit.audit_store import ACTIVITIES, append, take_turn
from serving.audit.chain import Change
from serving.desk import Desk

MOST_KEY_CHARACTERS = 200
CREATED = 201


@dataclass(frozen=True)
class Asked:
    """Who asks for a change, and how.

    Attributes:
        if_match: the versions of the account that the change may be made on, as an If-Match header has them.
        key: the idempotency key; None for none. route: what the key belongs to, beside the person.
        request_id: for the audit log; '' outside of the API.
    """

    by: Actor
    if_match: str | None
    key: str | None = None
    route: str = ""
    request_id: str = ""


class Recorder:
    """Writes activities about the accounts of a desk, and reads them.

    Args:
        desk: whose newest list says which accounts there are, and what is open of them.
        today: gives the day on which something is recorded; `now` the instant. Both are the gate's.
    """

    def __init__(self, desk: Desk, *, today: Callable[[], date], now: Callable[[], datetime]) -> None:
        self.desk, self.store = desk, desk.store
        self._today, self._now = today, now
        self._running: set[tuple[str, str, str]] = set()
        self._lock, self._turn = threading.Lock(), threading.Lock()

    def record(self, customer_id: str, said: Said, asked: Asked) -> Answer:
        """Record what was said about an account.

        Raises:
            NothingPublished, UnknownAccount: no such account, or nothing open of it.
            DatabaseLocked: others wrote for too long.
            VersionMissing, AccountChanged: the change names no version of the account, or not the one it is at.
            BadActivity and what `ledger.money` says: it may not be believed.
            NotADispute, BadKey, KeyUsedOtherwise, StillRunning.
        """
        sent = _sent(customer_id, said, asked)
        return self._once(sent, lambda connection: self._record(connection, customer_id, said, asked))

    def undo(self, customer_id: str, undo: Undo, asked: Asked) -> Answer:
        """Take an activity back, as a new one: nothing is removed.

        Raises `UnknownActivity`, `CannotUndo`, and what `record` raises of versions and keys.
        """
        sent = _sent(customer_id, undo, asked)
        return self._once(sent, lambda connection: self._undo(connection, customer_id, undo, asked))

    def version(self, customer_id: str) -> int:
        """How many changes people made to the account."""
        with self.store.reading() as connection:
            newest = journal.newest_of(connection, customer_id)
        return newest.account_version if newest else 0

    def activities(self, customer_id: str, *, below: int | None = None, limit: int = 50) -> Json:
        """A page of what was recorded about an account, newest first; `below` an account version.

        Raises `NothingPublished` or `UnknownAccount` where nothing was recorded and no such account is known.
        """
        with self.store.reading() as connection:
            rows = journal.of_account(connection, customer_id, below=below, limit=limit + 1)
            referring = journal.referring_to(connection, customer_id)
            newest = journal.newest_of(connection, customer_id)
        if newest is None:
            self.desk.account(customer_id)
        return page_of(customer_id, newest.account_version if newest else 0, rows, referring, limit)

    def since(self, customer_id: str, evening: date) -> list[Json]:
        """What was recorded about an account after an evening, newest first: its list does not know it."""
        with self.store.reading() as connection:
            rows = journal.of_account(connection, customer_id, limit=500)
            referring = journal.referring_to(connection, customer_id)
        return [activity_json(row, referring) for row in rows if row.known_on > evening]

    def activity(self, customer_id: str, activity_id: str) -> Json | None:
        """One activity of an account; None where it has none of that id."""
        with self.store.reading() as connection:
            row = journal.one(connection, customer_id, activity_id)
            return activity_json(row, journal.referring_to(connection, customer_id)) if row else None

    def worked(self, evening: date) -> dict[str, Recorded]:
        """Customer → what was recorded last about it since an evening and stands, the last first."""
        with self.store.reading() as connection:
            return worked(journal.known_after(connection, evening))

    def day(self) -> date:
        """The day on which something is recorded now."""
        return self._today()

    def _record(self, connection: Connection, customer_id: str, said: Said, asked: Asked) -> Answer:
        today = self._today()
        before = _require_version(connection, customer_id, asked.if_match, self.desk)
        account = replace(account_now(self.desk, customer_id), disputed=disputed(connection, customer_id))
        said.check(account, today)
        if isinstance(said, Resolution):
            opened = journal.one(connection, customer_id, said.of)
            is_one = opened is not None and opened.kind == Dispute.kind
            thing = journal.of_thing(connection, customer_id, opened.told_key) if opened and is_one else []
            fact = resolved(thing, said.of, today)
            return self._write(connection, before, customer_id, said, fact, today, asked, refers_to=said.of)
        extra = {"run_id": account.run_id, "late_risk": account.late_risk} if isinstance(said, Contest) else {}
        fact = fact_of(said, _id_of(customer_id, before), customer_id, today)
        return self._write(connection, before, customer_id, said, fact, today, asked, extra=extra)

    def _undo(self, connection: Connection, customer_id: str, undo: Undo, asked: Asked) -> Answer:
        today = self._today()
        wanted = journal.one(connection, customer_id, undo.of)
        if wanted is None:
            raise UnknownActivity(undo.of)
        before = _require_version(connection, customer_id, asked.if_match, self.desk)
        undo.check(AccountNow(customer_id, "", None), today)
        referring = journal.referring_to(connection, customer_id)
        if any(row.refers_to == undo.of and row.kind == "undo" for row in referring):
            raise CannotUndo("already_undone", "It was undone before. Nothing was changed.")
        thing = journal.of_thing(connection, customer_id, wanted.told_key) if wanted.told_key else []
        fact = undone(wanted, thing, today)
        return self._write(connection, before, customer_id, undo, fact, today, asked, refers_to=undo.of)

    def _write(
        self, connection: Connection, before: Recorded | None, customer_id: str, said: Said, fact: Fact, today: date,
        asked: Asked, *, refers_to: str = "", extra: Json | None = None,
    ) -> Answer:  # fmt: skip
        now = self._now().astimezone(UTC)
        row = Recorded(
            sequence=journal.newest_sequence(connection) + 1,
            activity_id=_id_of(customer_id, before),
            customer_id=customer_id,
            account_version=before.account_version + 1 if before else 1,
            kind=said.kind,
            said={name: value for name, value in said.as_json().items() if name != "of"} | (extra or {}),
            refers_to=refers_to,
            actor=asked.by.person_id,
            role=asked.by.role,
            recorded_at=now,
            known_on=today,
            told_table=fact.table,
            told_key=fact.key,
            told=fact.row,
        )
        journal.add(connection, row)
        replaced = journal.one(connection, customer_id, refers_to) if refers_to else None
        append(
            connection,
            Change(
                actor=asked.by.person_id, role=asked.by.role, at=now.isoformat(), action=f"activity.{said.kind}",
                object=ACTIVITIES + row.activity_id, before=replaced.digest if replaced else "", after=row.digest,
                request_id=asked.request_id,
            ),
        )  # fmt: skip
        return Answer(CREATED, row.account_version, activity_json(row, []))

    def _once(self, sent: Sent | None, work: Callable[[Connection], Answer]) -> Answer:
        """The work, in one transaction; of a request that was answered before only its answer."""
        with self._alone(sent), self._in_turn(), self.store.writing() as connection:
            take_turn(connection)
            now = self._now().astimezone(UTC)
            if sent is not None and (known := answered(connection, sent, now)) is not None:
                return known
            answer = work(connection)
            if sent is not None:
                remember(connection, sent, answer, now)
            return answer

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """One writer of this process at a time: many that wait, each with a connection of its own, would leave none to
        the one who writes, and who reads the list meanwhile. Raises `DatabaseLocked`."""
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise DatabaseLocked(self.store.url)
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def _alone(self, sent: Sent | None) -> Iterator[None]:
        """That no other request with this key is at work in this process; those of others wait for the transaction."""
        if sent is None:
            yield
            return
        mine = sent.person_id, sent.route, sent.key
        with self._lock:
            if mine in self._running:
                raise StillRunning
            self._running.add(mine)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(mine)


def account_now(desk: Desk, customer_id: str) -> AccountNow:
    """What the newest list says is open of an account. Raises `NothingPublished` or `UnknownAccount`."""
    body = desk.account(customer_id)
    opened = {
        item["item_id"]: (to_minor(Decimal(item["open"]["amount"]), item["open"]["currency"]), item["open"]["currency"])
        for item in body["items"]
    }
    return AccountNow(customer_id, body["run"]["run_id"], body["late_risk"], opened)


def disputed(connection: Connection, customer_id: str) -> dict[str, int]:
    """Item → minor units that open disputes of the desk claim of it, together."""
    claimed: Counter[str] = Counter()
    for told in journal.standing_of(connection, customer_id, "told_disputes"):
        if told["resolved_on"] == NEVER:
            claimed[told["item_id"]] += told["amount_minor"]
    return dict(claimed)


def etag(version: int) -> str:
    """The ETag of an account at a version.

    >>> etag(3)
    '"3"'
    """
    return f'"{version}"'


def _require_version(connection: Connection, customer_id: str, if_match: str | None, desk: Desk) -> Recorded | None:
    """The newest activity of the account, when the change was made on it (None: on an account without any).

    Raises `VersionMissing` or `AccountChanged`; before, `UnknownAccount` for one that is not there.
    """
    newest = journal.newest_of(connection, customer_id)
    if newest is None:
        desk.account(customer_id)
    named = [tag.strip() for tag in (if_match or "").split(",") if tag.strip()]
    if not named or "*" in named:
        raise VersionMissing
    version = newest.account_version if newest else 0
    if etag(version) not in named:
        raise AccountChanged(version, newest)
    return newest


def _id_of(customer_id: str, before: Recorded | None) -> str:
    """The id of an account's next activity: the same for the same account and version, told by neither."""
    version = before.account_version + 1 if before else 1
    return hashlib.sha256(json.dumps([customer_id, version]).encode()).hexdigest()[:20]


def _sent(customer_id: str, said: Said, asked: Asked) -> Sent | None:
    if asked.key is None:
        return None
    if not (1 <= len(asked.key) <= MOST_KEY_CHARACTERS and asked.key.isprintable()):
        raise BadKey(len(asked.key))
    body = json.dumps([customer_id, said.kind, said.as_json()], sort_keys=True)
    return Sent(asked.by.person_id, asked.route, asked.key, hashlib.sha256(body.encode("utf-8", "replace")).hexdigest())
