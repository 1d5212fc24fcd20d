"""Idempotency keys in SQL: what a request was answered, for when it is sent again.

The row is written in the transaction of the effect, so that a crash between work and reply loses neither.
"""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from serving.activities.errors import BadKey, KeyUsedOtherwise, StillRunning

Json = dict[str, Any]

KEPT = timedelta(hours=24)
MOST_KEY_CHARACTERS = 200

keys_metadata = sa.MetaData()

idempotency_keys = sa.Table(
    "idempotency_keys",
    keys_metadata,
    sa.Column("person_id", sa.Text, primary_key=True),
    sa.Column("route", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("body_sha256", sa.Text, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    sa.Column("account_version", sa.Integer, nullable=False),
    sa.Column("answer", sa.JSON, nullable=False),
    sa.Column("at", sa.Text, nullable=False, index=True),  # UTC, ISO 8601
)


@dataclass(frozen=True)
class Sent:
    """A request that may be sent again: by whom, to which route (method and path), with which key and body."""

    person_id: str
    route: str
    key: str
    body_sha256: str


def sent_of(person_id: str, route: str, key: str | None, body: object) -> Sent | None:
    """The request; None for one without a key. Raises `BadKey`.

    Args:
        body: what was asked for, as plain JSON values.
    """
    if key is None:
        return None
    if not (1 <= len(key) <= MOST_KEY_CHARACTERS and key.isprintable()):
        raise BadKey(len(key))
    told = json.dumps(body, sort_keys=True).encode("utf-8", "replace")
    return Sent(person_id, route, key, hashlib.sha256(told).hexdigest())


class InHand:
    """The requests with a key that this process works on."""

    def __init__(self) -> None:
        self._running: set[tuple[str, str, str]] = set()
        self._lock = threading.Lock()

    @contextmanager
    def alone(self, sent: Sent | None) -> Iterator[None]:
        """That no other request with this key is at work in this process. Raises `StillRunning`."""
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


@dataclass(frozen=True)
class Answer:
    """What was answered: status, the account's version then, and the body."""

    status: int
    account_version: int
    body: Json


def answered(connection: sa.Connection, sent: Sent, now: datetime) -> Answer | None:
    """What the request was answered within the last 24 hours; None when it is new. Raises `KeyUsedOtherwise`."""
    keys = idempotency_keys.c
    connection.execute(sa.delete(idempotency_keys).where(keys.at <= (now - KEPT).isoformat()))
    wanted = sa.select(idempotency_keys).where(
        keys.person_id == sent.person_id, keys.route == sent.route, keys.key == sent.key
    )
    row = connection.execute(wanted).one_or_none()
    if row is None:
        return None
    if row.body_sha256 != sent.body_sha256:
        raise KeyUsedOtherwise
    return Answer(row.status, row.account_version, row.answer)


def remember(connection: sa.Connection, sent: Sent, answer: Answer, now: datetime) -> None:
    """Keep what the request was answered, in the caller's transaction."""
    row = {
        "person_id": sent.person_id, "route": sent.route, "key": sent.key, "body_sha256": sent.body_sha256,
        "status": answer.status, "account_version": answer.account_version, "answer": answer.body,
        "at": now.isoformat(),
    }  # fmt: skip
    connection.execute(sa.insert(idempotency_keys).values(row))
