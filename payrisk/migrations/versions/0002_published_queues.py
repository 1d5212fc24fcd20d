"""Serving's own tables: published runs, their lines and their accounts, as the JSON that was validated once."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "queue_runs",
        sa.Column("run_id", sa.Text, primary_key=True),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("mode", sa.Text, nullable=False),
        sa.Column("model_version", sa.Text, nullable=True),
        sa.Column("ledger_version", sa.Integer, nullable=False),
        sa.Column("published_at", sa.Text, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False, unique=True),
        sa.Column("head", sa.JSON, nullable=False),
    )
    op.create_index("queue_runs_by_day", "queue_runs", ["as_of", "sequence"])
    op.create_table(
        "queue_lines",
        _run_id(),
        sa.Column("rank", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("customer_id", sa.Text, nullable=False),
        sa.Column("overdue_minor", sa.BigInteger, nullable=True),
        sa.Column("body", sa.JSON, nullable=False),
    )
    op.create_table(
        "queue_accounts",
        _run_id(),
        sa.Column("customer_id", sa.Text, primary_key=True),
        sa.Column("body", sa.JSON, nullable=False),
    )


def _run_id() -> sa.Column[str]:
    return sa.Column("run_id", sa.Text, sa.ForeignKey("queue_runs.run_id", ondelete="CASCADE"), primary_key=True)
