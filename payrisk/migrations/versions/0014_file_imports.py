"""Imports over the desk: who brought which files, and what became of them."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "file_imports",
        sa.Column("import_id", sa.Text, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False, unique=True),
        *map(_text, ("state", "stage", "person_id", "person_name", "role", "via", "request_id")),
        sa.Column("asked", sa.JSON, nullable=False),
        sa.Column("files", sa.JSON, nullable=False),
        _text("created_at"),
        sa.Column("started_at", sa.Text, nullable=True),
        sa.Column("ended_at", sa.Text, nullable=True),
        *(sa.Column(name, sa.JSON, nullable=True) for name in ("question", "problem", "preview", "report")),
        sa.Column("ledger_version", sa.Integer, nullable=True),
    )
    op.create_index("ix_file_imports_state", "file_imports", ["state"])


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=False)
