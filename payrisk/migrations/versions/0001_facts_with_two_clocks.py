"""The ledger's facts, each with its two clocks, and the imports that brought them."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imports",
        sa.Column("import_id", sa.Integer, primary_key=True, autoincrement=True),
        _text("source"),
        _text("files"),
        _text("file_sha256"),
        _whole("as_of"),
        sa.Column("recorded_at", sa.Text, nullable=True),
        sa.Column("rows", sa.Integer, nullable=True),
        sa.Column("version", sa.Integer, nullable=True, unique=True),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "items",
        _brought_by(),
        _text("item_id"),
        _text("customer_id"),
        _text("entity"),
        _text("invoice_number"),
        _whole("issued_on"),
        _whole("due_on"),
        _minor("amount_minor"),
        _text("currency"),
        _text("terms"),
        _whole("known_on"),
        sa.PrimaryKeyConstraint("import_id", "item_id", "known_on"),
    )
    op.create_table(
        "applications",
        _brought_by(),
        _text("application_id"),
        _text("item_id"),
        _text("kind"),
        _minor("amount_minor"),
        _whole("happened_on"),
        _whole("known_on"),
        sa.Column("known_assumed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("import_id", "application_id"),
    )
    op.create_table(
        "customers",
        _brought_by(),
        _text("customer_id"),
        _text("customer_name"),
        _text("country"),
        _whole("known_on"),
        sa.PrimaryKeyConstraint("import_id", "customer_id", "known_on"),
    )
    op.create_table(
        "rates",
        _brought_by(),
        _text("currency"),
        _text("base"),
        _text("rate"),
        _whole("rate_on"),
        _whole("known_on"),
        sa.PrimaryKeyConstraint("import_id", "base", "currency", "rate_on", "known_on"),
    )
    op.create_table(
        "sightings",
        _brought_by(),
        _text("item_id"),
        _whole("source_row"),
        sa.PrimaryKeyConstraint("import_id", "item_id"),
    )


def downgrade() -> None:
    for table in ("sightings", "rates", "customers", "applications", "items", "imports"):
        op.drop_table(table)


def _brought_by() -> "sa.Column[int]":
    return sa.Column("import_id", sa.Integer, sa.ForeignKey("imports.import_id"), nullable=False)


def _text(name: str) -> "sa.Column[str]":
    return sa.Column(name, sa.Text, nullable=False)


def _whole(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.Integer, nullable=False)


def _minor(name: str) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger, nullable=False)
