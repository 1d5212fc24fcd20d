"""The language that a person reads the pages in; '' for what their browser asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("people", sa.Column("language", sa.Text, nullable=False, server_default=""))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")
