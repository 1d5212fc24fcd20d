"""Recording an activity: in one transaction the row of the journal, the account's next version, the audit entry and the
idempotency key. Either all of it is there afterwards or nothing is, whatever happens in between.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from ledger import desk_journal as journal
from ledger.database import BUSY_SECONDS
from ledger.desk_journal import Connection, Recorded
from ledger.errors import DatabaseLocked
from ledger.money import to_minor
from serving.activities.bodies import Json, activity_json
from serving.activities.claims import disputed
from serving.activities.errors import AccountChanged, CannotUndo, UnknownActivity, VersionMissing
from serving.activities.facts import Fact, fact_of, resolved, undone
from serving.activities.key_store import Answer, InHand, Sent, answered, remember, sent_of
from serving.activities.people import Actor
from serving.activities.reading import Activities
from serving.activities.said import AccountNow, Assignment, Contest, Dispute, Resolution, Said, Undo
from serving.audit.audit_store import ACTIVITIES, append, take_turn
from serving.audit.chain import Change
from serving.etags import etag, named_in
from serving.published.desk import Desk

CREATED = 201

MAY_REASSIGN = frozenset({"manager", "console"})
"""The roles in which somebody says who looks after an account: managers, and whoever runs payrisk on its machine."""


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


class Recorder(Activities):
    """Writes activities about the accounts of a desk, and reads them.

    Args:
        desk: whose newest list says which accounts there are, and what is open of them.
        today: gives the day on which something is recorded; `now` the instant. Both are the gate's.
    """

    def __init__(self, desk: Desk, *, today: Callable[[], date], now: Callable[[], datetime]) -> None:
        super().__init__(desk)
        self._today, self._now = today, now
        self._in_hand, self._turn = InHand(), threading.Lock()

    def record(self, customer_id: str, said: Said, asked: Asked) -> Answer:
        """Record what was said about an account.

        Raises:
            NothingPublished, UnknownAccount: no such account, or nothing open of it.
            DatabaseLocked: others wrote for too long.
            VersionMissing, AccountChanged: the change names no version of the account, or not the one it is at.
            BadActivity and what `ledger.money` says: it may not be believed.
            NotADispute, BadKey, KeyUsedOtherwise, StillRunning.
        """
        sent = _sent(customer_id, [said], asked)
        return self._once(sent, lambda connection: self._record(connection, customer_id, said, asked))

    def record_all(self, customer_id: str, said: Sequence[Said], asked: Asked) -> list[Json]:
        """Record several things of one account, in their order, all of them or none; the activities.

        Each is made on the version that the one before it left. Raises what `record` raises.
        """

        def work(connection: Connection) -> Answer:
            made: list[Answer] = []
            for one in said:
                on = etag(made[-1].account_version) if made else asked.if_match
                made.append(self._record(connection, customer_id, one, replace(asked, if_match=on)))
            return Answer(CREATED, made[-1].account_version, {"items": [answer.body for answer in made]})

        items: list[Json] = self._once(_sent(customer_id, said, asked), work).body["items"]
        return items

    def undo(self, customer_id: str, undo: Undo, asked: Asked) -> Answer:
        """Take an activity back, as a new one: nothing is removed.

        Raises `UnknownActivity`, `CannotUndo`, and what `record` raises of versions and keys.
        """
        sent = _sent(customer_id, [undo], asked)
        return self._once(sent, lambda connection: self._undo(connection, customer_id, undo, asked))

    def day(self) -> date:
        """The day on which something is recorded now."""
        return self._today()

    def instant(self) -> datetime:
        """This instant, at which what is recorded now is recorded."""
        return self._now()

    def _record(self, connection: Connection, customer_id: str, said: Said, asked: Asked) -> Answer:
        today = self._today()
        before = _require_version(connection, customer_id, asked.if_match, self.desk)
        account = account_now(self.desk, customer_id)
        if isinstance(said, Dispute):
            claims = disputed(connection, customer_id, said.item_id, today)
            account = replace(account, disputed={said.item_id: claims})
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
        if wanted.kind == Assignment.kind and not MAY_REASSIGN & {*asked.by.role.split("+")}:
            raise CannotUndo("not_yours_to_undo", "Who looks after an account is said by a manager.")
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
        digest = journal.add(connection, row)
        replaced = journal.one(connection, customer_id, refers_to) if refers_to else None
        append(
            connection,
            Change(
                actor=asked.by.person_id, role=asked.by.role, at=now.isoformat(), action=f"activity.{said.kind}",
                object=ACTIVITIES + row.activity_id, before=replaced.digest if replaced else "", after=digest,
                request_id=asked.request_id,
            ),
        )  # fmt: skip
        return Answer(CREATED, row.account_version, activity_json(row, []))

    def _once(self, sent: Sent | None, work: Callable[[Connection], Answer]) -> Answer:
        """The work, in one transaction; of a request that was answered before only its answer."""
        with self._in_hand.alone(sent), self._in_turn(), self.store.writing() as connection:
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


def account_now(desk: Desk, customer_id: str) -> AccountNow:
    """What the newest list says is open of an account. Raises `NothingPublished` or `UnknownAccount`."""
    return open_of(desk.account(customer_id))


def open_of(body: Json) -> AccountNow:
    """What is open of an account of the API."""
    opened = {
        item["item_id"]: (to_minor(Decimal(item["open"]["amount"]), item["open"]["currency"]), item["open"]["currency"])
        for item in body["items"]
    }
    return AccountNow(body["customer_id"], body["run"]["run_id"], body["late_risk"], opened)


def _require_version(connection: Connection, customer_id: str, if_match: str | None, desk: Desk) -> Recorded | None:
    """The newest activity of the account, when the change was made on it (None: on an account without any).

    Raises `VersionMissing` or `AccountChanged`; before, `UnknownAccount` for one that is not there.
    """
    newest = journal.newest_of(connection, customer_id)
    if newest is None:
        desk.account(customer_id)
    if not (named := named_in(if_match)):
        raise VersionMissing
    version = newest.account_version if newest else 0
    if etag(version) not in named:
        raise AccountChanged(version, newest)
    return newest


def _id_of(customer_id: str, before: Recorded | None) -> str:
    """The id of an account's next activity: the same for the same account and version, told by neither."""
    version = before.account_version + 1 if before else 1
    return hashlib.sha256(json.dumps([customer_id, version]).encode()).hexdigest()[:20]


def _sent(customer_id: str, said: Sequence[Said], asked: Asked) -> Sent | None:
    body = [customer_id, *(part for one in said for part in (one.kind, one.as_json()))]
    return sent_of(asked.by.person_id, asked.route, asked.key, body)
