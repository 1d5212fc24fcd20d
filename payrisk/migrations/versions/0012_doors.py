"""Browsers that somebody signed in with, who is whom at the company's sign-in, and the sign-ins under way there."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "people_devices",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("person_id", sa.Text, sa.ForeignKey("people.person_id"), primary_key=True),
        _text("seen_at"),
    )
    op.create_index("people_devices_by_person", "people_devices", ["person_id"])
    op.create_table(
        "people_identities",
        sa.Column("issuer", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, primary_key=True),
        sa.Column("person_id", sa.Text, sa.ForeignKey("people.person_id"), nullable=False),
        sa.Column("roles_follow", sa.Boolean, nullable=False),
        _text("created_at"),
    )
    op.create_table(
        "people_sign_ins_under_way",
        sa.Column("digest", sa.Text, primary_key=True),
        _text("browser"),
        _text("goes_to"),
        _text("expires_at"),
    )


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=False)
