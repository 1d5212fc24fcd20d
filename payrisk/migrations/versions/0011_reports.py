"""The reports of published evenings; lists published before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "queue_reports",
        sa.Column("run_id", sa.Text, sa.ForeignKey("queue_runs.run_id", ondelete="CASCADE"), primary_key=True),
        sa.Column("report", sa.Text, primary_key=True),
        sa.Column("body", sa.JSON, nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
