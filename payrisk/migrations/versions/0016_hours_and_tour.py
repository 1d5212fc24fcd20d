"""The hours of collectors that are recorded at the desk, and who went through the tour of the pages."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "team_hours",
        sa.Column("collector_id", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("minutes_a_day", sa.Float, nullable=True),
        sa.Column("absent", sa.Text, nullable=False),
        sa.Column("known_on", sa.Text, nullable=False),
        sa.Column("recorded_at", sa.Text, nullable=False),
        sa.Column("recorded_by", sa.Text, nullable=False),
    )
    op.add_column("people", sa.Column("tour", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
