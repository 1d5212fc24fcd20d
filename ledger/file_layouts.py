"""The canonical layouts of files as data: what a file may hold under its canonical headers."""

from ledger.tables import Column, Table

_CURRENCY = Column("currency", "text", "ISO 4217", True, "document currency")
_CUSTOMER = Column("customer_id", "text", "", True, "who owes it")
_INVOICE = Column("invoice_id", "text", "", True, "number of the invoice")

INVOICE_FILE = Table(
    "invoices",
    "One row per invoice.",
    (
        _INVOICE,
        _CUSTOMER,
        Column("customer_name", "text", "", False, "its name"),
        Column("issue_date", "day", "day", True, "day of the document"),
        Column("due_date", "day", "day", False, "when absent it is derived from `terms`"),
        Column("amount", "amount", "currency", True, "negative for a credit memo"),
        _CURRENCY,
        Column("paid_date", "day", "day", False, "value day of the payment"),
        Column("paid_amount", "amount", "currency", False, "what was paid by then"),
        Column("terms", "text", "", False, "as printed: `NET30`, `2/10 net 30`, `EOM`"),
        Column("country", "text", "ISO 3166-1", False, "of the customer, two letters"),
        Column("entity", "text", "", False, "legal entity of ours that issued it"),
        Column("known_date", "day", "day", False, "day the invoice was recorded"),
        Column("instalment", "whole", "", False, "number of the instalment; empty or 0 where there is only one"),
        Column("document_type", "text", "", False, "invoice, credit memo or on account; else the sign tells"),
    ),
    ("invoice_id", "instalment"),
)

CUSTOMER_FILE = Table(
    "customers",
    "One row per customer.",
    (
        _CUSTOMER,
        Column("customer_name", "text", "", True, "its name"),
        Column("country", "text", "ISO 3166-1", False, "two letters"),
        Column("debtor_class", "text", "", False, "legal_person or natural_person"),
        Column("parent_id", "text", "", False, "customer whose group it belongs to"),
        Column("credit_limit", "amount", "currency", False, "most that it may owe; 0: nothing; empty: not stated"),
        Column(
            "credit_limit_currency", "text", "ISO 4217", False, "of the limit; when absent it is that of the import"
        ),
    ),
    ("customer_id",),
)

PAYMENT_FILE = Table(
    "payments",
    "One row per application of money to an invoice.",
    (
        Column("payment_id", "text", "", False, "when absent it is made of the row's other values"),
        Column("invoice_id", "text", "", False, "number of the invoice; without it the payment is on account"),
        Column("kind", "text", "", True, "cash, credit, discount, write_off or reversal"),
        Column("amount", "amount", "currency", True, "negative for a reversal"),
        _CURRENCY,
        Column("paid_date", "day", "day", True, "value day"),
        Column("booked_date", "day", "day", False, "day it was booked: the evening it became known"),
        Column("entity", "text", "", False, "legal entity of ours that issued the invoice"),
        Column("instalment", "whole", "", False, "number of the instalment that it is for"),
        Column("customer_id", "text", "", False, "who paid; needed for payments on account alone"),
    ),
    ("payment_id",),
)

DISPUTE_FILE = Table(
    "disputes",
    "One row per dispute of an invoice.",
    (
        Column("dispute_id", "text", "", True, "number of the dispute"),
        _INVOICE,
        Column("amount", "amount", "currency", False, "part in dispute, above zero; empty: the whole invoice"),
        Column("currency", "text", "ISO 4217", False, "when absent it is that of the invoice"),
        Column("reason", "text", "", False, "what the customer objects to"),
        Column("opened_date", "day", "day", True, "day it was raised"),
        Column("resolved_date", "day", "day", False, "day it ended"),
        Column("entity", "text", "", False, "legal entity of ours that issued the invoice"),
        Column("instalment", "whole", "", False, "number of the instalment in dispute"),
    ),
    ("dispute_id",),
)

RATE_FILE = Table(
    "rates",
    "One row per currency and day.",
    (
        Column("currency", "text", "ISO 4217", True, "the currency told"),
        Column("base_currency", "text", "ISO 4217", True, "the currency it is told in"),
        Column("rate_date", "day", "day", True, "day from which it counts"),
        Column("rate", "decimal", "base per unit", True, "exact, above zero"),
    ),
    ("base_currency", "currency", "rate_date"),
)

FILE_LAYOUTS: dict[str, Table] = {
    layout.name: layout for layout in (INVOICE_FILE, CUSTOMER_FILE, PAYMENT_FILE, RATE_FILE, DISPUTE_FILE)
}
"""The canonical layouts of files, by the name of what they hold."""
