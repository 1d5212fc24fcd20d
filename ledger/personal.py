"""What can be erased of a person stands here, apart from the facts: texts that somebody wrote about a customer.

Where such a text was said there is only its digest, salted with a secret of that customer. Both the text and the salt
are emptied by an erasure (`erasures`): what was written before stays as it was, digest for digest, and nobody can try
which text a digest was of. Names stand in the told tables of the ledger, from which no digest is made.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from ledger.database import storable

Json = dict[str, Any]

FREE_TEXTS = ("text", "reason")
"""The fields of what is said, and of what it tells the ledger, that hold what somebody wrote."""

ERASED = "(erased)"
"""What is read in the place of an erased text."""

IDS_AT_ONCE = 500

personal_metadata = sa.MetaData()

salts = sa.Table(
    "person_salts",
    personal_metadata,
    sa.Column("customer_id", sa.Text, primary_key=True),
    sa.Column("salt", sa.Text, nullable=False),
)

texts = sa.Table(
    "personal_texts",
    personal_metadata,
    sa.Column("text_id", sa.Text, primary_key=True),  # the digest that stands in its place
    sa.Column("customer_id", sa.Text, nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
)

erasures = sa.Table(
    "erasures",
    personal_metadata,
    sa.Column("customer_id", sa.Text, primary_key=True),
    sa.Column("erased_at", sa.Text, nullable=False),  # UTC, ISO 8601; of the first erasure
    sa.Column("erased_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("swept", sa.Boolean, nullable=False),  # whether nothing is left in files either
    sa.Column("readmitted_at", sa.Text, nullable=False),  # '' while imports leave the name out
)

ERASING = sa.select(sa.func.max(erasures.c.erased_at) + " " + sa.func.max(erasures.c.readmitted_at)).scalar_subquery()
"""A text that is another one after an erasure or a readmission of anybody; NULL while nobody was erased."""

holds = sa.Table(
    "privacy_holds",
    personal_metadata,
    sa.Column("customer_id", sa.Text, primary_key=True),
    sa.Column("held_at", sa.Text, nullable=False),
    sa.Column("held_by", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

pseudonym_keys = sa.Table(
    "pseudonym_keys",
    personal_metadata,
    sa.Column("key_id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text, nullable=False),
)


@dataclass(frozen=True)
class Erasure:
    """That a person was erased; `swept` once nothing is left in files either, `readmitted` when names come in again."""

    customer_id: str
    erased_at: str
    erased_by: str
    reason: str
    swept: bool
    readmitted: bool


def set_apart(connection: sa.Connection, customer_id: str, said: Json) -> Json:
    """What was said with digests in the place of its texts, which are kept apart; in the caller's transaction."""
    told = {name: said[name] for name in FREE_TEXTS if said.get(name)}
    if not told:
        return said
    salt = _salt_of(connection, customer_id)
    found = {name: digest(salt, text) for name, text in told.items()}
    known = _texts(connection, found.values())
    new = {text_id: told[name] for name, text_id in found.items() if text_id not in known}
    if new:
        rows = [{"text_id": one, "customer_id": customer_id, "text": text} for one, text in new.items()]
        connection.execute(sa.insert(texts), rows)
    return {**said, **found}


def put_back(connection: sa.Connection, said: Iterable[Json]) -> list[Json]:
    """What was said with its texts; `ERASED` stands for those that are gone."""
    rows = list(said)
    wanted = {row[name] for row in rows for name in FREE_TEXTS if row.get(name)}
    found = _texts(connection, wanted)
    return [
        {name: found.get(value, ERASED) if name in FREE_TEXTS and value else value for name, value in row.items()}
        for row in rows
    ]


def digest(salt: str, text: str) -> str:
    """A text's digest for the person whose salt this is: 64 hexadecimal digits."""
    return hmac.new(bytes.fromhex(salt), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def false_texts(connection: sa.Connection) -> set[str]:
    """The digests whose text is another one now."""
    kept = dict(tuple(row) for row in connection.execute(sa.select(salts.c.customer_id, salts.c.salt)))
    rows = connection.execute(sa.select(texts)).all()
    return {row.text_id for row in rows if digest(kept.get(row.customer_id, ""), row.text) != row.text_id}


def all_texts(connection: sa.Connection) -> dict[str, str]:
    """Every text by its digest."""
    return {row.text_id: row.text for row in connection.execute(sa.select(texts.c.text_id, texts.c.text))}


def texts_of(connection: sa.Connection, customer_id: str) -> list[str]:
    """The texts that are kept of a person."""
    wanted = sa.select(texts.c.text).where(texts.c.customer_id == storable(customer_id)).order_by(texts.c.text_id)
    return list(connection.execute(wanted).scalars())


def empty_texts(connection: sa.Connection, customer_id: str) -> int:
    """Empty the texts of a person and forget their salt, in the caller's transaction; how many texts there were."""
    gone = connection.execute(sa.delete(texts).where(texts.c.customer_id == customer_id)).rowcount
    connection.execute(sa.delete(salts).where(salts.c.customer_id == customer_id))
    return int(gone)


def erased(connection: sa.Connection) -> dict[str, Erasure]:
    """Who was erased, by customer, in the order of erasing."""
    rows = connection.execute(sa.select(erasures).order_by(erasures.c.erased_at, erasures.c.customer_id))
    return {
        row.customer_id: Erasure(
            row.customer_id, row.erased_at, row.erased_by, row.reason, row.swept, row.readmitted_at != ""
        )
        for row in rows
    }


def names_left_out(connection: sa.Connection) -> frozenset[str]:
    """The customers whose names no import brings back."""
    wanted = sa.select(erasures.c.customer_id).where(erasures.c.readmitted_at == "")
    return frozenset(connection.execute(wanted).scalars())


def erased_by_now(connection: sa.Connection) -> str:
    """A digest of who was erased and who was readmitted: another one after each of these; '' while nobody was."""
    wanted = sa.select(erasures.c.customer_id, erasures.c.readmitted_at)
    rows = sorted([row.customer_id, row.readmitted_at] for row in connection.execute(wanted))
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest() if rows else ""


def remember_erased(connection: sa.Connection, who: Mapping[str, Any]) -> None:
    """That a person is erased now; of one who was before, that files have to be swept again."""
    again = sa.update(erasures).where(erasures.c.customer_id == who["customer_id"])
    if not connection.execute(again.values(swept=False, readmitted_at="")).rowcount:
        connection.execute(sa.insert(erasures).values({**who, "swept": False, "readmitted_at": ""}))


def remember_swept(connection: sa.Connection, customers: Collection[str]) -> None:
    """That nothing of these is left in files either."""
    connection.execute(sa.update(erasures).where(erasures.c.customer_id.in_(customers)).values(swept=True))


def readmit(connection: sa.Connection, customer_id: str, at: str) -> bool:
    """Let imports bring a name again; False for one who was not erased, or is readmitted already."""
    wanted = sa.update(erasures).where(erasures.c.customer_id == customer_id, erasures.c.readmitted_at == "")
    return bool(connection.execute(wanted.values(readmitted_at=at)).rowcount)


def hold(connection: sa.Connection, customer_id: str, by: str, reason: str, at: str) -> bool:
    """Keep a person from being erased; False where somebody does already."""
    if customer_id in held(connection):
        return False
    row = {"customer_id": customer_id, "held_at": at, "held_by": by, "reason": reason}
    connection.execute(sa.insert(holds).values(row))
    return True


def release(connection: sa.Connection, customer_id: str) -> bool:
    """Let a person be erased again; False where nobody kept them from it."""
    return bool(connection.execute(sa.delete(holds).where(holds.c.customer_id == customer_id)).rowcount)


def held(connection: sa.Connection) -> dict[str, Json]:
    """Who is kept from being erased: customer → `held_at`, `held_by`, `reason`."""
    rows = connection.execute(sa.select(holds).order_by(holds.c.customer_id)).mappings()
    return {row["customer_id"]: {name: row[name] for name in ("held_at", "held_by", "reason")} for row in rows}


def kept_pseudonym_key(connection: sa.Connection) -> bytes | None:
    """The secret that pseudonyms are made with; None where there is none yet."""
    kept = connection.execute(sa.select(pseudonym_keys.c.key).where(pseudonym_keys.c.key_id == 1)).scalar_one_or_none()
    return None if kept is None else bytes.fromhex(kept)


def make_pseudonym_key(connection: sa.Connection) -> bytes:
    """Make the secret in the caller's transaction, which must be the only one that does."""
    key = secrets.token_hex(32)
    connection.execute(sa.insert(pseudonym_keys).values(key_id=1, key=key))
    return bytes.fromhex(key)


def _salt_of(connection: sa.Connection, customer_id: str) -> str:
    wanted = sa.select(salts.c.salt).where(salts.c.customer_id == customer_id)
    kept: str | None = connection.execute(wanted).scalar_one_or_none()
    if kept is None:
        kept = secrets.token_hex(32)
        connection.execute(sa.insert(salts).values(customer_id=customer_id, salt=kept))
    return kept


def _texts(connection: sa.Connection, text_ids: Iterable[str]) -> dict[str, str]:
    wanted, found = sorted(set(text_ids)), dict[str, str]()
    for start in range(0, len(wanted), IDS_AT_ONCE):
        part = texts.c.text_id.in_(wanted[start : start + IDS_AT_ONCE])
        found |= {row.text_id: row.text for row in connection.execute(sa.select(texts).where(part))}
    return found
