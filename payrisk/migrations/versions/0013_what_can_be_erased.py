"""Texts about persons stand apart, salted digests in their place; who was erased, and who is kept from it.

Of what was recorded before, the texts are moved apart too. The audit log has the digest of such a row with its texts in
it, which is kept beside the row: it is worked out again for as long as the texts are there.
"""

import hashlib
import hmac
import json
import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_FREE_TEXTS = ("text", "reason")


_activities = sa.table(
    "activities", sa.column("sequence"), sa.column("customer_id"), sa.column("said", sa.JSON),
    sa.column("told", sa.JSON), sa.column("digest_with_texts"),
    *map(sa.column, ("activity_id", "account_version", "kind", "refers_to", "actor", "role", "recorded_at", "known_on",
                     "told_table", "told_key")),
)  # fmt: skip


def upgrade() -> None:
    op.create_table("person_salts", _who(), _text("salt"))
    op.create_table(
        "personal_texts", sa.Column("text_id", sa.Text, primary_key=True), _text("customer_id"), _text("text")
    )
    op.create_index("ix_personal_texts_customer_id", "personal_texts", ["customer_id"])
    op.create_table(
        "erasures", _who(), _text("erased_at"), _text("erased_by"), _text("reason"),
        sa.Column("swept", sa.Boolean, nullable=False), _text("readmitted_at"),
    )  # fmt: skip
    op.create_table("privacy_holds", _who(), _text("held_at"), _text("held_by"), _text("reason"))
    op.create_table(
        "pseudonym_keys", sa.Column("key_id", sa.Integer, primary_key=True, autoincrement=False), _text("key")
    )
    op.add_column("activities", sa.Column("digest_with_texts", sa.Text, nullable=False, server_default=""))
    _move_texts(op.get_bind())


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")


def _who() -> "sa.Column[str]":
    return sa.Column("customer_id", sa.Text, primary_key=True)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=False)


def _move_texts(connection: sa.Connection) -> None:
    rows = connection.execute(sa.select(_activities).order_by(_activities.c.sequence)).mappings().all()
    texts = [row for row in rows if any(row[part].get(name) for part in ("said", "told") for name in _FREE_TEXTS)]
    if not texts:
        return
    refuse_again = _lift_refusal(connection)
    salts = {row["customer_id"]: secrets.token_hex(32) for row in texts}
    for row in texts:
        who = row["customer_id"]
        parts = {part: _apart(connection, who, salts[who], row[part]) for part in ("said", "told")}
        changed = sa.update(_activities).where(_activities.c.sequence == row["sequence"])
        connection.execute(changed.values(**parts, digest_with_texts=_digest(row)))
    for who, salt in salts.items():
        connection.execute(sa.text("INSERT INTO person_salts VALUES (:who, :salt)"), {"who": who, "salt": salt})
    connection.execute(sa.text(refuse_again))


def _apart(connection: sa.Connection, who: str, salt: str, part: "dict[str, Any]") -> "dict[str, Any]":
    found = dict(part)
    for name, text in part.items():
        if name not in _FREE_TEXTS or not text:
            continue
        digest = hmac.new(bytes.fromhex(salt), text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
        there = connection.execute(sa.text("SELECT 1 FROM personal_texts WHERE text_id = :id"), {"id": digest}).first()
        if there is None:
            values = {"id": digest, "who": who, "text": text}
            connection.execute(sa.text("INSERT INTO personal_texts VALUES (:id, :who, :text)"), values)
        found[name] = digest
    return found


def _digest(row: "sa.RowMapping") -> str:
    """As `ledger.desk_journal` made it: of everything in the row, in its order."""
    names = (
        "sequence", "activity_id", "customer_id", "account_version", "kind", "refers_to", "actor", "role",
        "recorded_at", "known_on", "told_table", "told_key",
    )  # fmt: skip
    at = str(datetime.fromisoformat(row["recorded_at"]))
    values = [at if name == "recorded_at" else str(row[name]) for name in names]
    return hashlib.sha256(json.dumps([values, row["said"], row["told"]], sort_keys=True).encode()).hexdigest()


def _lift_refusal(connection: sa.Connection) -> str:
    """Let rows of the journal be changed in this transaction; returns the statement that refuses it again."""
    said = "activities is append-only: what was written is never changed afterwards"
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("DROP TRIGGER activities_no_change ON activities"))
        return (
            "CREATE TRIGGER activities_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON activities"
            " FOR EACH STATEMENT EXECUTE FUNCTION activities_refuses()"
        )
    connection.execute(sa.text("DROP TRIGGER activities_no_update"))
    return f"CREATE TRIGGER activities_no_update BEFORE UPDATE ON activities BEGIN SELECT RAISE(ABORT, '{said}'); END"
