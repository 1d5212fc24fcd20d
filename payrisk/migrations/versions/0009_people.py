"""People, their roles and what they sign in with; and whose each line of a list is.

Of lists published before, the lines learn their collector from their bodies.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people",
        sa.Column("person_id", sa.Text, primary_key=True),
        _text("name"),
        sa.Column("collector", sa.Text, nullable=True),
        sa.Column("password_hash", sa.Text, nullable=True),
        _text("created_at"),
        sa.Column("disabled_at", sa.Text, nullable=True),
    )
    op.create_table(
        "people_roles",
        sa.Column("person_id", sa.Text, sa.ForeignKey("people.person_id"), primary_key=True),
        sa.Column("role", sa.Text, primary_key=True),
    )
    op.create_table("people_sessions", _digest(), _whose(), _text("via"), _text("created_at"), _text("seen_at"))
    op.create_index("people_sessions_by_person", "people_sessions", ["person_id"])
    op.create_table("people_links", _digest(), _whose(), _text("created_at"), _text("expires_at"))
    op.create_table(
        "people_tokens",
        _digest(),
        sa.Column("token_id", sa.Text, nullable=False, unique=True),
        _whose(),
        _text("scopes"),
        _text("created_at"),
        _text("expires_at"),
    )
    op.create_index("people_tokens_by_person", "people_tokens", ["person_id"])
    op.create_table(
        "people_failed_sign_ins",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        _text("last_at"),
    )
    op.add_column("queue_lines", sa.Column("collector", sa.Text, nullable=True))
    told = {"sqlite": "json_extract(body, '$.collector')", "postgresql": "body ->> 'collector'"}
    op.execute(f"UPDATE queue_lines SET collector = COALESCE({told[op.get_context().dialect.name]}, '')")


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")


def _digest() -> "sa.Column[str]":
    return sa.Column("digest", sa.Text, primary_key=True)


def _whose() -> "sa.Column[str]":
    return sa.Column("person_id", sa.Text, sa.ForeignKey("people.person_id"), nullable=False)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=False)
