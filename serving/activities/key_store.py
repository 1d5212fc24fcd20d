"""Idempotency keys in SQL: what a request was answered, for when it is sent again.

The row is written in the transaction of the effect, so that a crash between work and reply loses neither.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from serving.activities.errors import KeyUsedOtherwise

Json = dict[str, Any]

KEPT = timedelta(hours=24)

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
