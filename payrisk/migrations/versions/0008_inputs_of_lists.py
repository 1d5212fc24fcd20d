"""What a published list was made of, so that it can be made again; lists published before keep nothing of it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("queue_runs", sa.Column("inputs", sa.JSON, nullable=True))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
