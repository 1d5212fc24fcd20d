"""The tables and columns of the ledger as data: name, type, unit, required, meaning.

Told once, used three times: the SQL tables (`store.py`), the checked frames (`facts.py`) and docs/data-contract.md.
"""

from collections.abc import Sequence

from ledger.activity_codes import CHANNELS, OUTCOMES
from ledger.activity_codes import HOLDS as HOLD_KINDS
from ledger.days import NEVER
from ledger.file_layouts import (
    CUSTOMER_FILE,
    DISPUTE_FILE,
    FILE_LAYOUTS,
    INVOICE_FILE,
    PAYMENT_FILE,
    RATE_FILE,
)
from ledger.tables import Column, Table, Type

__all__ = [
    "ABSENCES", "APPLICATIONS", "CALLBACKS", "CONTACTS", "CUSTOMERS", "CUSTOMER_FILE", "DISPUTES", "DISPUTE_FILE",
    "FACT_TABLES", "FILE_LAYOUTS", "HOLDS", "IMPORTS", "INVOICE_FILE", "ITEMS", "PAYMENT_FILE", "PROMISES",
    "RATES", "RATE_FILE", "TOLD_CALLBACKS", "TOLD_CONTACTS", "TOLD_CUSTOMERS", "TOLD_DISPUTES", "TOLD_HOLDS",
    "TOLD_ITEMS", "TOLD_PAYMENTS", "TOLD_PROMISES", "TOLD_RATES", "TOLD_TABLES", "Column", "Table", "Type",
    "data_contract_markdown",
]  # fmt: skip

_KNOWN_ON = Column("known_on", "day", "day", True, "evening from which the ledger knew it")
_CURRENCY = Column("currency", "text", "ISO 4217", True, "document currency")
_ITEM = Column("item_id", "text", "", True, "one open receivable: an invoice or one instalment of it")
_CUSTOMER = Column("customer_id", "text", "", True, "who owes it")
_ROW = Column("source_row", "whole", "row", False, "data row of the file that told it, from 1; 0: none", 0)

_ITEM_VALUES = (
    _CUSTOMER,
    Column("entity", "text", "", False, "legal entity of ours that issued it"),
    Column("invoice_number", "text", "", False, "number printed on the document"),
    Column("instalment", "whole", "", False, "which instalment of the invoice, from 1; 0: the only one", 0),
    Column("kind", "text", "", False, "invoice, credit_memo or on_account; where it is not stated, the sign tells"),
    Column("issued_on", "day", "day", True, "day of the document"),
    Column("due_on", "day", "day", True, "contractual net due day"),
    Column("amount_minor", "minor", "minor units", True, "original amount; negative for a credit memo"),
    _CURRENCY,
    Column("terms", "text", "", False, "payment terms as stated"),
)
_APPLICATION_VALUES = (
    _ITEM,
    Column("kind", "text", "", True, "cash, credit, discount, write_off or reversal"),
    Column("amount_minor", "minor", "minor units", True, "lowers the open amount; negative for a reversal"),
    Column("happened_on", "day", "day", True, "value day"),
)
_CUSTOMER_VALUES = (
    Column("customer_name", "text", "", False, "name as the ledger has it"),
    Column("country", "text", "ISO 3166-1", False, "two letters"),
    Column("debtor_class", "text", "", False, "legal_person or natural_person (also sole traders); empty: unknown"),
    Column("parent_id", "text", "", False, "customer that this one belongs to"),
    Column("credit_limit_minor", "minor", "minor units", False, "most that it may owe; 0: nothing; -1: not stated", -1),
    Column("credit_limit_currency", "text", "ISO 4217", False, "of the credit limit; empty where none is stated"),
)
_RATE_VALUES = (
    Column("currency", "text", "ISO 4217", True, "the currency told"),
    Column("base", "text", "ISO 4217", True, "the currency it is told in"),
    Column("rate_on", "day", "day", True, "day from which it counts"),
    Column("rate", "decimal", "base per unit", True, "exact, above zero"),
)
_DISPUTE_VALUES = (
    _ITEM,
    Column("amount_minor", "minor", "minor units", True, "the part in dispute, above zero"),
    Column("reason", "text", "", False, "as stated"),
    Column("opened_on", "day", "day", True, "day from which it is disputed"),
    Column("resolved_on", "day", "day", False, "day of its end; 1000000 while it is open", NEVER),
)

_CONTACT_VALUES = (
    Column("customer_id", "text", "", True, "who was to be reached"),
    Column("channel", "text", "", True, f"{', '.join(CHANNELS[:-1])} or {CHANNELS[-1]}"),
    Column("outcome", "text", "", True, f"{', '.join(OUTCOMES[:-1])} or {OUTCOMES[-1]}"),
    Column("happened_on", "day", "day", True, "day of the contact"),
)
_PROMISE_VALUES = (
    Column("customer_id", "text", "", True, "who promised"),
    Column("currency", "text", "ISO 4217", True, "currency of the promise, and of the items that it covers"),
    Column("amount_minor", "minor", "minor units", True, "promised, above zero"),
    Column("made_on", "day", "day", True, "day on which it was given"),
    Column("promised_on", "day", "day", True, "day by which the money is to come, not before `made_on`"),
    Column("cancelled_on", "day", "day", False, "day on which it was withdrawn; 1000000: it was not", NEVER),
    Column(
        "item_ids", "text", "", False, "items that it covers, one per line; empty: all of its customer and currency"
    ),
)

_HOLD_VALUES = (
    Column("customer_id", "text", "", True, "who is not to be called"),
    Column("kind", "text", "", True, f"{', '.join(HOLD_KINDS[:-1])} or {HOLD_KINDS[-1]}"),
    Column("reason", "text", "", False, "as stated"),
    Column("from_on", "day", "day", True, "day from which it holds"),
    Column(
        "until_on", "day", "day", False, "first day on which it holds no more, not before `from_on`; 1000000: open",
        NEVER,
    ),
)  # fmt: skip
_CALLBACK_VALUES = (
    Column("customer_id", "text", "", True, "who is to be called"),
    Column("due_on", "day", "day", True, "day of the appointment"),
    Column("at", "text", "HH:MM", False, "its time, where the customer is; empty where none was agreed"),
    Column("cancelled_on", "day", "day", False, "day on which it was withdrawn; 1000000: it was not", NEVER),
)

ITEMS = Table(
    "items",
    "One row per revision of an item: a correction is a new row with a later `known_on`, nothing is overwritten. "
    "Of two rows with the same `known_on`, the one of the later import counts.",
    (_ITEM, *_ITEM_VALUES, _KNOWN_ON, _ROW),
    ("item_id", "known_on"),
)

APPLICATIONS = Table(
    "applications",
    "Payments as applications to items, never a status. An id names one fact for good: "
    "seen again in a later export it is the same fact, known since the earliest.",
    (
        Column("application_id", "text", "", True, "one application of money to one item"),
        *_APPLICATION_VALUES,
        _KNOWN_ON,
        Column("known_assumed", "flag", "", True, "the file had no booking day, `known_on` follows the rule"),
    ),
    ("application_id",),
)

CUSTOMERS = Table(
    "customers",
    "One row per revision of a customer, as for items.",
    (_CUSTOMER, *_CUSTOMER_VALUES, _KNOWN_ON),
    ("customer_id", "known_on"),
)

RATES = Table(
    "rates",
    "Dated exchange rates: from `rate_on` until the next one, 1 unit of `currency` is `rate` units of `base`.",
    (*_RATE_VALUES, _KNOWN_ON),
    ("base", "currency", "rate_on", "known_on"),
)

DISPUTES = Table(
    "disputes",
    "One row per revision of a dispute over an item or a part of it, as for items.",
    (Column("dispute_id", "text", "", True, "one dispute"), *_DISPUTE_VALUES, _KNOWN_ON),
    ("dispute_id", "known_on"),
)

CONTACTS = Table(
    "contacts",
    "Attempts to reach a customer, and what came of them. An id names one contact for good, and it never changes.",
    (Column("contact_id", "text", "", True, "one contact"), *_CONTACT_VALUES, _KNOWN_ON),
    ("contact_id",),
)

PROMISES = Table(
    "promises",
    "One row per revision of a promise, as for items. What became of it follows from cash (`ledger.promise_history`).",
    (Column("promise_id", "text", "", True, "one promise"), *_PROMISE_VALUES, _KNOWN_ON),
    ("promise_id", "known_on"),
)

HOLDS = Table(
    "holds",
    "One row per revision of a hold, as for items; it is lifted by telling it again with an end. "
    "What is in force on a day follows (`ledger.standing_orders`).",
    (Column("hold_id", "text", "", True, "one hold"), *_HOLD_VALUES, _KNOWN_ON),
    ("hold_id", "known_on"),
)

CALLBACKS = Table(
    "callbacks",
    "One row per revision of an appointment to call, as for items; it is moved by telling it again with another day. "
    "Whether it was kept follows from contacts (`ledger.standing_orders`).",
    (Column("callback_id", "text", "", True, "one appointment"), *_CALLBACK_VALUES, _KNOWN_ON),
    ("callback_id", "known_on"),
)

ABSENCES = Table(
    "absences",
    "Spans in which an item that its source had exported was missing from that source's snapshots: it vanished.",
    (
        _ITEM,
        _KNOWN_ON,
        Column("ended_on", "day", "day", True, "evening from which it was there again; 1000000: not yet"),
    ),
    ("item_id", "known_on"),
)

FACT_TABLES = (
    ITEMS, APPLICATIONS, CUSTOMERS, RATES, DISPUTES, CONTACTS, PROMISES, HOLDS, CALLBACKS, ABSENCES,
)  # fmt: skip
"""What is known, evening by evening: derived from what was told (`ledger.derivation`), never stored."""

_SAID_ON = Column("said_on", "day", "day", True, "day of the export that said it")
_PRESENT = Column("present", "flag", "", True, "false: missing in that export, though it was in the one before")
_STATED = Column("stated_known_on", "day", "day", False, "evening from which it was known, where stated", NEVER)


def _told(name: str, what: str, key: tuple[Column, ...], *values: Column) -> Table:
    meaning = f"What exports said of {what}: a row where an export said something else than was known of that day."
    return Table(name, meaning, (*key, _SAID_ON, _PRESENT, *values), (*(c.name for c in key), "said_on"))


TOLD_ITEMS = _told(
    "told_items", "items", (_ITEM,), *_ITEM_VALUES, _STATED,
    Column("tells_paid", "flag", "", True, "whether the row says what was paid so far"),
    Column("paid_on", "day", "day", False, "day of the newest payment; 1000000: none", NEVER),
    Column("paid_minor", "minor", "minor units", False, "what was paid by then", 0),
    Column("customer_name", "text", "", False, "as the document has it"),
    _ROW,
)  # fmt: skip
TOLD_PAYMENTS = _told(
    "told_payments", "payments", (Column("application_id", "text", "", True, "one application of money to one item"),),
    *_APPLICATION_VALUES,
    Column("booked_on", "day", "day", False, "evening from which it was known, where stated", NEVER),
    Column("known_assumed", "flag", "", True, "no booking day was stated"),
)  # fmt: skip
TOLD_CUSTOMERS = _told("told_customers", "customers", (_CUSTOMER,), *_CUSTOMER_VALUES, _STATED)
TOLD_RATES = _told("told_rates", "exchange rates", _RATE_VALUES[:3], _RATE_VALUES[3], _STATED)
TOLD_DISPUTES = _told("told_disputes", "disputes", DISPUTES.columns[:1], *_DISPUTE_VALUES, _STATED)
TOLD_CONTACTS = _told("told_contacts", "contacts", CONTACTS.columns[:1], *_CONTACT_VALUES, _STATED)
TOLD_PROMISES = _told("told_promises", "promises", PROMISES.columns[:1], *_PROMISE_VALUES, _STATED)
TOLD_HOLDS = _told("told_holds", "holds", HOLDS.columns[:1], *_HOLD_VALUES, _STATED)
TOLD_CALLBACKS = _told("told_callbacks", "callbacks", CALLBACKS.columns[:1], *_CALLBACK_VALUES, _STATED)

TOLD_TABLES = (
    TOLD_ITEMS, TOLD_PAYMENTS, TOLD_CUSTOMERS, TOLD_RATES, TOLD_DISPUTES, TOLD_CONTACTS, TOLD_PROMISES, TOLD_HOLDS,
    TOLD_CALLBACKS,
)  # fmt: skip
"""What is stored."""

IMPORTS = Table(
    "imports",
    "One row per import. Its facts are read by nobody until one last transaction gives it the next `version`.",
    (
        Column("import_id", "whole", "", True, "every stored row carries it"),
        Column("source", "text", "", True, "mapping name of the export, or `direct`"),
        Column("files", "text", "JSON", True, "names of the files"),
        Column("file_sha256", "text", "JSON", True, "their digests, in the same order"),
        Column("as_of", "day", "day", True, "day of the export"),
        Column("recorded_at", "text", "UTC instant", False, "when our store got it"),
        Column("rows", "whole", "rows", False, "facts it brought; empty until accepted"),
        Column("version", "whole", "", False, "1 for the first accepted import, then 2, …; empty until accepted"),
        Column("mode", "text", "", True, "snapshot: what it does not hold is gone; append: it only adds"),
        Column(
            "roles",
            "text",
            "JSON",
            True,
            "what it held: invoices, payments, customers, rates, disputes, contacts, promises, holds, callbacks",
        ),
        Column(
            "posting_lag_days", "whole", "days", True, "from an event to its booking, where no booking day is stated"
        ),
    ),
    ("import_id",),
)


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
            "What exports said is append-only; a file that says what was known of its day adds nothing. Days are whole",
            "days since 1970-01-01, money is whole minor units (cents for EUR, yen for JPY, fils for KWD), an optional",
            "text that is not stated is empty. Every row also carries the `import_id` that brought it.",
            "",
            *_tables((*TOLD_TABLES, IMPORTS)),
            "## Facts",
            "",
            "What follows from it, evening by evening, whatever the order of the imports. Facts carry two clocks: the",
            "day something happened, and `known_on`.",
            "",
            *_tables(FACT_TABLES),
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
