"""Holds and callbacks; whatever was stored before knows of none."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _table(
        "told_holds", "hold_id", _text("customer_id"), _text("kind"), _text("reason"), _day("from_on"), _day("until_on")
    )
    _table("told_callbacks", "callback_id", _text("customer_id"), _day("due_on"), _text("at"), _day("cancelled_on"))


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")


def _table(name: str, key: str, *values: "sa.Column[object]") -> None:
    op.create_table(
        name,
        sa.Column("import_id", sa.Integer, sa.ForeignKey("imports.import_id"), nullable=False),
        _text(key),
        _day("said_on"),
        sa.Column("present", sa.Boolean, nullable=False),
        *values,
        _day("stated_known_on"),
        sa.PrimaryKeyConstraint("import_id", key, "said_on"),
        sqlite_with_rowid=False,
    )


def _text(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.Text, nullable=False)


def _day(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.Integer, nullable=False)
