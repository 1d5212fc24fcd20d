"""What people record about accounts, the audit log over it, and what requests that may be sent again were answered.

Rows of the first two are added and never changed: the database itself refuses.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activities",
        sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("activity_id", sa.Text, nullable=False, unique=True),
        _text("customer_id"),
        sa.Column("account_version", sa.Integer, nullable=False),
        _text("kind"),
        sa.Column("said", sa.JSON, nullable=False),
        _text("refers_to"),
        _text("actor"),
        _text("role"),
        _text("recorded_at"),
        sa.Column("known_on", sa.Date, nullable=False),
        _text("told_table"),
        _text("told_key"),
        sa.Column("told", sa.JSON, nullable=False),
        sa.UniqueConstraint("customer_id", "account_version"),
    )
    op.create_table(
        "activities_heard",
        sa.Column("import_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last_sequence", sa.Integer, nullable=False),
    )
    op.create_table(
        "audit_log",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        *map(_text, ("actor", "role", "at", "action", "object", "before", "after", "request_id", "prev_hash", "hash")),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("person_id", sa.Text, primary_key=True),
        sa.Column("route", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        _text("body_sha256"),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("account_version", sa.Integer, nullable=False),
        sa.Column("answer", sa.JSON, nullable=False),
        _text("at"),
    )
    op.create_index("ix_idempotency_keys_at", "idempotency_keys", ["at"])
    for table, keys in (("activities", ("sequence", "activity_id")), ("audit_log", ("seq",))):
        for statement in _refusals(op.get_context().dialect.name, table, keys):
            op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")


def _refusals(engine: str, table: str, keys: tuple[str, ...]) -> tuple[str, ...]:
    said = f"{table} is append-only: what was written is never changed afterwards"
    if engine == "postgresql":
        return (
            # A restore drops the table and leaves the function.
            f"CREATE OR REPLACE FUNCTION {table}_refuses() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN RAISE EXCEPTION '{said}'; END $$",
            f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuses()",
        )
    abort = f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
    same = " OR ".join(f"{key} = NEW.{key}" for key in keys)
    return (
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} {abort}",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} {abort}",
        # INSERT OR REPLACE deletes without asking the trigger above.
        f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
        f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {abort}",
    )


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=False)
