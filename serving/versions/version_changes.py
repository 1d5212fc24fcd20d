"""Putting a version to use and going back, asked for by a person at the desk: one path with the commands.

The shelf is the truth. It remembers what asked for each change, so that a request which is asked again, after whatever
crash, changes nothing more; audit log and idempotency key follow in one transaction, and where that was cut off, the
next change or the daily run enters what the log lacks.
"""

import hashlib
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models.errors import ShelfChanged
from models.pointer import Change
from models.shelf import Shelf
from serving.activities.errors import KeyUsedOtherwise
from serving.activities.key_store import KEPT, Answer, InHand, Sent, answered, remember, sent_of
from serving.audit.shelf_audit import enter_shelf_changes
from serving.etags import etag, named_in
from serving.people.person import Person
from serving.published.store import ServingStore
from serving.side import Asks, Refused
from serving.versions.errors import ShelfStateMissing
from serving.versions.version_shelf import change_json

Json = dict[str, Any]

CREATED = 201
SECONDS = 30.0
"""For a change, with the start of the process that makes it."""


@dataclass(frozen=True)
class Wanted:
    """A change that is asked for.

    Attributes:
        what: `promote` or `rollback`; version: the one to promote, None for a rollback.
        why: the reason.
        by: who asks. if_match: the states of the shelf that it may be made on, as an If-Match header has them.
        key: the idempotency key, None for none. request_id: for the audit log.
    """

    what: str
    version: str | None
    why: str
    by: Person
    if_match: str | None
    key: str | None = None
    request_id: str = ""

    @property
    def role(self) -> str:
        """As what they ask."""
        return "+".join(sorted(self.by.roles))


class VersionChanges:
    """Changes of the version in use.

    Args:
        side: makes them, for it takes a version's trees to see whether it is whole.
        now: gives the instant.
    """

    def __init__(self, store: ServingStore, shelf: Shelf, side: Asks, now: Callable[[], datetime]) -> None:
        self.store, self.shelf, self._side, self._now = store, shelf, side, now
        self._in_hand = InHand()

    def make(self, wanted: Wanted) -> Answer:
        """Make a change; of a request that was answered before, only its answer.

        Raises:
            Refused: what `Shelf.promote` and `Shelf.rollback` raise, such as `same_person` and `declined_version`.
            Busy: it could not be made in time.
            ShelfStateMissing, ShelfChanged: it names no state, or none that the shelf is in.
            BadKey, KeyUsedOtherwise, StillRunning: of the idempotency key.
        """
        sent = sent_of(
            wanted.by.person_id, f"POST {wanted.what}", wanted.key, [wanted.what, wanted.version, wanted.why]
        )
        with self._in_hand.alone(sent):
            if sent is not None and (known := self._answered(sent)) is not None:
                return known
            request, change = self._made_before(sent, wanted)
            if change is None:
                self._ask(wanted, request)
                change = self.shelf.change_of(request)
                assert change is not None, "a change that was made is remembered"
            return self._enter(sent, Answer(CREATED, 0, change_json(change)), request, wanted)

    def get_ready(self) -> None:
        """A change is likely to come soon."""
        self._side.get_ready()

    def _answered(self, sent: Sent) -> Answer | None:
        with self.store.writing() as connection:
            return answered(connection, sent, self._at())

    def _made_before(self, sent: Sent | None, wanted: Wanted) -> tuple[str, Change | None]:
        """What the request is called on the shelf, and the change that it made before its answer was lost."""
        if sent is None:
            return secrets.token_hex(16), None
        told = json.dumps([sent.person_id, sent.route, sent.key])
        request = hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]
        change = self.shelf.change_of(request)
        if change is None or self._at() - datetime.fromisoformat(change.at) >= KEPT:
            return request if change is None else secrets.token_hex(16), None
        if (change.what, change.why) != (wanted.what, wanted.why) or wanted.version not in (None, change.version):
            raise KeyUsedOtherwise
        return request, change

    def _ask(self, wanted: Wanted, request: str) -> None:
        on = self._state_named(wanted.if_match)
        body: Json = {"by": wanted.by.person_id, "why": wanted.why, "request": request, "on": on}
        if wanted.what == "promote":
            body |= {"version": wanted.version, "also_called": [wanted.by.name]}
        try:
            self._side.ask(wanted.what, body, seconds=SECONDS)
        except Refused as refusal:
            raise self.shelf.conflict() if refusal.code == ShelfChanged.code else refusal from None

    def _state_named(self, if_match: str | None) -> str:
        """The state of the shelf, which a change was made on."""
        if not (named := named_in(if_match)):
            raise ShelfStateMissing
        state = self.shelf.state()
        if etag(state) not in named:
            raise self.shelf.conflict()
        return state

    def _enter(self, sent: Sent | None, answer: Answer, request: str, wanted: Wanted) -> Answer:
        with self.store.writing() as connection:
            history = self.shelf.history()
            enter_shelf_changes(connection, history, {request: wanted.role}, {request: wanted.request_id})
            if sent is not None:
                remember(connection, sent, answer, self._at())
        return answer

    def _at(self) -> datetime:
        return self._now().astimezone(UTC)
