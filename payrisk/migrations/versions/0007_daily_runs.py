"""What is recorded of daily runs, and of each of their steps."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daily_runs",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False, unique=True),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("plan", sa.JSON, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=True),
        sa.Column("queue_sequence", sa.Integer, nullable=True),
    )
    op.create_table(
        "daily_steps",
        sa.Column("key", sa.Text, sa.ForeignKey("daily_runs.key", ondelete="CASCADE"), primary_key=True),
        sa.Column("step", sa.Text, primary_key=True),
        sa.Column("output_hash", sa.Text, nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
