"""The tables and columns of the ledger as data: name, type, unit, required, meaning.

Told once, used three times: the SQL tables (`store.py`), the checked frames (`facts.py`) and docs/data-contract.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "day", "minor", "whole", "flag", "decimal", "amount"]
"""text; day: whole days since 1970-01-01 in the store, YYYY-MM-DD in a file; minor: whole minor units of the currency;
whole: a whole number; flag: true or false; decimal: exact, kept as text; amount: exact decimal in a file."""


@dataclass(frozen=True)
class Column:
    """One column. `required`: every row has it; an optional text is '' where it is not stated, never null."""

    name: str
    type: Type
    unit: str
    required: bool
    meaning: str


@dataclass(frozen=True)
class Table:
    """One table of facts, or one layout of a file. `key` is unique within one import (within one file)."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(column.name for column in self.columns)


_KNOWN_ON = Column("known_on", "day", "day", True, "evening from which the ledger knew it")
_CURRENCY = Column("currency", "text", "ISO 4217", True, "document currency")
_ITEM = Column("item_id", "text", "", True, "one open receivable: an invoice or one instalment of it")
_CUSTOMER = Column("customer_id", "text", "", True, "who owes it")

ITEMS = Table(
    "items",
    "One row per revision of an item: a correction is a new row with a later `known_on`, nothing is overwritten. "
    "Of two rows with the same `known_on`, the one of the later import counts.",
    (
        _ITEM,
        _CUSTOMER,
        Column("entity", "text", "", False, "legal entity of ours that issued it"),
        Column("invoice_number", "text", "", False, "number printed on the document"),
        Column("issued_on", "day", "day", True, "day of the document"),
        Column("due_on", "day", "day", True, "contractual net due day"),
        Column("amount_minor", "minor", "minor units", True, "original amount; negative for a credit memo"),
        _CURRENCY,
        Column("terms", "text", "", False, "payment terms as stated"),
        _KNOWN_ON,
    ),
    ("item_id", "known_on"),
)

APPLICATIONS = Table(
    "applications",
    "Payments as applications to items, never a status. An id names one fact for good: "
    "seen again in a later export it is the same fact, known since the earliest.",
    (
        Column("application_id", "text", "", True, "one application of money to one item"),
        _ITEM,
        Column("kind", "text", "", True, "cash, credit, discount, write_off or reversal"),
        Column("amount_minor", "minor", "minor units", True, "lowers the open amount; negative for a reversal"),
        Column("happened_on", "day", "day", True, "value day"),
        _KNOWN_ON,
        Column("known_assumed", "flag", "", True, "the file had no booking day, `known_on` follows the rule"),
    ),
    ("application_id",),
)

CUSTOMERS = Table(
    "customers",
    "One row per revision of a customer, as for items.",
    (
        _CUSTOMER,
        Column("customer_name", "text", "", False, "name as the ledger has it"),
        Column("country", "text", "ISO 3166-1", False, "two letters"),
        _KNOWN_ON,
    ),
    ("customer_id", "known_on"),
)

RATES = Table(
    "rates",
    "Dated exchange rates: from `rate_on` until the next one, 1 unit of `currency` is `rate` units of `base`.",
    (
        Column("currency", "text", "ISO 4217", True, "the currency told"),
        Column("base", "text", "ISO 4217", True, "the currency it is told in"),
        Column("rate", "decimal", "base per unit", True, "exact, above zero"),
        Column("rate_on", "day", "day", True, "day from which it counts"),
        _KNOWN_ON,
    ),
    ("base", "currency", "rate_on", "known_on"),
)

SIGHTINGS = Table(
    "sightings",
    "Where an item stood in an imported file; what leaves the engine names the row in the newest file that held it.",
    (
        _ITEM,
        Column("source_row", "whole", "row", True, "data row, from 1"),
    ),
    ("item_id",),
)

FACT_TABLES = (ITEMS, APPLICATIONS, CUSTOMERS, RATES)
STORED_TABLES = (*FACT_TABLES, SIGHTINGS)

IMPORTS = Table(
    "imports",
    "One row per import. Its facts are read by nobody until one last transaction gives it the next `version`.",
    (
        Column("import_id", "whole", "", True, "every stored row carries it"),
        Column(
            "source",
            "text",
            "",
            True,
            "mapping name of the export, or `direct`; led by `masters/` for customers and rates alone",
        ),
        Column("files", "text", "JSON", True, "names of the files"),
        Column("file_sha256", "text", "JSON", True, "their digests, in the same order"),
        Column("as_of", "day", "day", True, "day of the export"),
        Column("recorded_at", "text", "UTC instant", False, "when our store got it"),
        Column("rows", "whole", "rows", False, "facts it brought; empty until accepted"),
        Column("version", "whole", "", False, "1 for the first accepted import, then 2, …; empty until accepted"),
    ),
    ("import_id",),
)

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
    ),
    ("invoice_id",),
)

CUSTOMER_FILE = Table(
    "customers",
    "One row per customer.",
    (
        _CUSTOMER,
        Column("customer_name", "text", "", True, "its name"),
        Column("country", "text", "ISO 3166-1", False, "two letters"),
    ),
    ("customer_id",),
)

PAYMENT_FILE = Table(
    "payments",
    "One row per application of money to an invoice.",
    (
        Column("payment_id", "text", "", False, "when absent it is made of the row's other values"),
        _INVOICE,
        Column("kind", "text", "", True, "cash, credit, discount, write_off or reversal"),
        Column("amount", "amount", "currency", True, "negative for a reversal"),
        _CURRENCY,
        Column("paid_date", "day", "day", True, "value day"),
        Column("booked_date", "day", "day", False, "day it was booked: the evening it became known"),
        Column("entity", "text", "", False, "legal entity of ours that issued the invoice"),
    ),
    ("payment_id",),
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
    layout.name: layout for layout in (INVOICE_FILE, CUSTOMER_FILE, PAYMENT_FILE, RATE_FILE)
}
"""The canonical layouts of files, by the name of what they hold."""


def data_contract_markdown() -> str:
    """The page docs/data-contract.md: what a file may hold, and what the store keeps of it."""
    return "\n".join(
        [
            "# Data contract",
            "",
            "Written by `payrisk docs` from `ledger/schema.py`. Do not edit.",
            "",
            "## Files",
            "",
            "What a file may hold under its canonical headers; others come in through a saved mapping. Dates are",
            "`YYYY-MM-DD`, amounts exact decimals with no more decimals than their currency has.",
            "",
            *_tables(tuple(FILE_LAYOUTS.values())),
            "## Store",
            "",
            "Facts are append-only and carry two clocks: the day something happened, and `known_on`. Days are whole",
            "days since 1970-01-01, money is whole minor units (cents for EUR, yen for JPY, fils for KWD), an optional",
            "text that is not stated is empty. Every row also carries the `import_id` that brought it.",
            "",
            *_tables((*STORED_TABLES, IMPORTS)),
        ]
    )


def _tables(tables: Sequence[Table]) -> list[str]:
    lines: list[str] = []
    for table in tables:
        lines += [
            f"### {table.name}",
            "",
            table.meaning,
            "",
            f"Key: {', '.join(f'`{name}`' for name in table.key)}",
            "",
        ]
        lines += ["| column | type | unit | required | meaning |", "|---|---|---|---|---|"]
        lines += [
            f"| `{c.name}` | {c.type} | {c.unit} | {'yes' if c.required else ''} | {c.meaning} |" for c in table.columns
        ]
        lines.append("")
    return lines
