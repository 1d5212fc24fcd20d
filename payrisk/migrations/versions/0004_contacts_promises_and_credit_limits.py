"""Contacts and promises, and the credit limit of a customer; whatever was stored before states none."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("told_customers", sa.Column("credit_limit_minor", sa.BigInteger, nullable=False, server_default="-1"))
    op.add_column("told_customers", sa.Column("credit_limit_currency", sa.Text, nullable=False, server_default=""))
    _table("told_contacts", "contact_id", _text("customer_id"), _text("channel"), _text("outcome"), _day("happened_on"))
    _table(
        "told_promises", "promise_id",
        _text("customer_id"), _text("currency"), sa.Column("amount_minor", sa.BigInteger, nullable=False),
        _day("made_on"), _day("promised_on"), _day("cancelled_on"), _text("item_ids"),
    )  # fmt: skip


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
