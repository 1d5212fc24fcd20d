"""What exports told, in place of facts: the facts of every evening follow from it, in whatever order files come.

Facts stored so far say their own days, so each becomes a row told on the evening on which it became known.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NEVER = 1_000_000


def upgrade() -> None:
    _tell_imports_apart()
    _table(
        "told_items", ["item_id"],
        _text("customer_id"), _text("entity"), _text("invoice_number"), _whole("instalment"), _text("kind"),
        _whole("issued_on"), _whole("due_on"), _minor("amount_minor"), _text("currency"), _text("terms"),
        _whole("stated_known_on"), _flag("tells_paid"), _whole("paid_on"), _minor("paid_minor"),
        _text("customer_name"), _whole("source_row"),
    )  # fmt: skip
    _table(
        "told_payments", ["application_id"],
        _text("item_id"), _text("kind"), _minor("amount_minor"), _whole("happened_on"), _whole("booked_on"),
        _flag("known_assumed"),
    )  # fmt: skip
    _table(
        "told_customers", ["customer_id"],
        _text("customer_name"), _text("country"), _text("debtor_class"), _text("parent_id"), _whole("stated_known_on"),
    )  # fmt: skip
    _table("told_rates", ["currency", "base", "rate_on"], _text("rate"), _whole("stated_known_on"))
    _table(
        "told_disputes", ["dispute_id"],
        _text("item_id"), _minor("amount_minor"), _text("reason"), _whole("opened_on"), _whole("resolved_on"),
        _whole("stated_known_on"),
    )  # fmt: skip
    _tell_facts()
    for table in ("sightings", "rates", "customers", "applications", "items"):
        op.drop_table(table)


def downgrade() -> None:
    raise NotImplementedError("migrations go forward only")


def _tell_imports_apart() -> None:
    for name in ("mode", "roles"):
        op.add_column("imports", sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.add_column("imports", sa.Column("posting_lag_days", sa.Integer, nullable=False, server_default="0"))
    op.execute("UPDATE imports SET mode = 'append', roles = '[\"invoices\", \"payments\"]'")
    op.execute(
        'UPDATE imports SET roles = \'["customers", "rates"]\', source = substr(source, 9)'
        " WHERE source LIKE 'masters/%'"
    )


def _tell_facts() -> None:
    op.execute(
        "INSERT INTO told_items SELECT i.import_id, i.item_id, i.known_on, true, i.customer_id, i.entity,"
        " i.invoice_number, 0, CASE WHEN i.amount_minor < 0 THEN 'credit_memo' ELSE 'invoice' END,"
        " i.issued_on, i.due_on, i.amount_minor, i.currency, i.terms, i.known_on, false,"
        f" {_NEVER}, 0, '', coalesce(s.source_row, 0) FROM items i"
        " LEFT JOIN sightings s ON s.import_id = i.import_id AND s.item_id = i.item_id"
    )
    op.execute(
        "INSERT INTO told_payments SELECT import_id, application_id, known_on, true, item_id, kind, amount_minor,"
        " happened_on, known_on, known_assumed FROM applications"
    )
    op.execute(
        "INSERT INTO told_customers SELECT import_id, customer_id, known_on, true, customer_name, country, '', '',"
        " known_on FROM customers"
    )
    op.execute(
        "INSERT INTO told_rates SELECT import_id, currency, base, rate_on, known_on, true, rate, known_on FROM rates"
    )


def _table(name: str, key: list[str], *values: "sa.Column[object]") -> None:
    keys = [_whole(column) if column == "rate_on" else _text(column) for column in key]
    op.create_table(
        name,
        sa.Column("import_id", sa.Integer, sa.ForeignKey("imports.import_id"), nullable=False),
        *keys,
        _whole("said_on"),
        _flag("present"),
        *values,
        sa.PrimaryKeyConstraint("import_id", *key, "said_on"),
        sqlite_with_rowid=False,
    )


def _text(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.Text, nullable=False)


def _whole(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.Integer, nullable=False)


def _minor(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.BigInteger, nullable=False)


def _flag(name: str) -> "sa.Column[object]":
    return sa.Column(name, sa.Boolean, nullable=False)
