"""Every table of the star schema, declared: what one row is, its key, and its columns.

The tables of the ledger have the canonical headers of `ledger.file_layouts`, so that they can be imported again; what
they hold beyond is not read then. `payrisk_as_of` tells the importer that the file is one of ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ledger.notes import EXPORT_COLUMN
from serving.tabular.lists import ACTIVITIES as ACTIVITY_COLUMNS
from serving.tabular.lists import QUEUE as QUEUE_COLUMNS
from serving.tabular.table import Column

Shape = Literal["fact", "dimension"]


@dataclass(frozen=True)
class StarTable:
    """One table.

    Attributes:
        row: what one row of it is.
        key: the columns that name a row.
        joins: column → the table and column that it leads to.
        imports: whether `payrisk import` reads it.
    """

    name: str
    shape: Shape
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    joins: Mapping[str, str]
    imports: bool = False


_EVENING = Column(EXPORT_COLUMN, "day", "the evening of the export")
_ITEM = Column("item_id", "text", "one open receivable: an invoice or one instalment of it")
_CUSTOMER = Column("customer_id", "text", "the account")
_CURRENCY = Column("currency", "text", "ISO 4217, of the amounts of the row")
_TOLD_IN = Column("reporting_currency", "text", "ISO 4217, of the columns that end in `_reporting`")
_INVOICE = (
    Column("invoice_id", "text", "number of the invoice; the item's own id where it was made of something else"),
    Column("instalment", "whole", "number of the instalment; empty where there is only one"),
    Column("entity", "text", "legal entity that issued it"),
)
_BUCKET = Column("aging_bucket", "text", "bucket of `days_past_due`; `unapplied` for a credit that nobody has used")

INVOICES = StarTable(
    "invoices",
    "fact",
    "an item (invoice, instalment, credit memo, money on account) as the evening knows it, open or settled",
    (
        _ITEM, _EVENING, *_INVOICE, _CUSTOMER,
        Column("document_type", "text", "invoice, credit memo or on account"),
        Column("issue_date", "day", "day of the document"),
        Column("due_date", "day", "contractual due day"),
        Column("amount", "amount", "original amount; negative for a credit"),
        _CURRENCY,
        Column("terms", "text", "payment terms as stated"),
        Column("known_date", "day", "evening from which the ledger knew it"),
        Column("open_amount", "amount", "what is open on the evening, to the cent; negative for an unused credit"),
        Column("disputed_amount", "amount", "of it, disputed"),
        Column("days_past_due", "whole", "days after the due day; zero or negative: not past due"),
        Column("aging_bucket", "text", "bucket of `days_past_due` where something is open; `unapplied` for a credit"),
        Column("open_reporting", "amount", "`open_amount` at the rate of the evening; empty without a rate"),
        _TOLD_IN,
    ),
    ("item_id",),
    {"customer_id": "customers", "issue_date": "calendar.day", "due_date": "calendar.day", "aging_bucket": "buckets"},
    imports=True,
)  # fmt: skip

PAYMENTS = StarTable(
    "payments",
    "fact",
    "an application of money to an item that stands on the evening",
    (
        Column("application_id", "text", "one application of money to one item"),
        _EVENING, _ITEM,
        Column("payment_id", "text", "number of the payment; empty where its source gave none"),
        *_INVOICE, _CUSTOMER,
        Column("kind", "text", "cash, credit, discount, write_off or reversal"),
        Column("amount", "amount", "lowers what is open; negative for a reversal"),
        _CURRENCY,
        Column("paid_date", "day", "value day"),
        Column("booked_date", "day", "evening from which the ledger knew it"),
    ),
    ("application_id",),
    {"item_id": "invoices", "customer_id": "customers", "paid_date": "calendar.day"},
    imports=True,
)  # fmt: skip

DISPUTES = StarTable(
    "disputes",
    "fact",
    "a dispute over an item or a part of it, as the evening knows it",
    (
        Column("dispute_id", "text", "one dispute"),
        _EVENING, _ITEM, *_INVOICE, _CUSTOMER,
        Column("amount", "amount", "the part in dispute"),
        _CURRENCY,
        Column("reason", "text", "as stated"),
        Column("opened_date", "day", "day from which it is disputed"),
        Column("resolved_date", "day", "day of its end; empty while it is open"),
    ),
    ("dispute_id",),
    {"item_id": "invoices", "customer_id": "customers", "opened_date": "calendar.day"},
    imports=True,
)  # fmt: skip

CUSTOMERS = StarTable(
    "customers",
    "dimension",
    "an account",
    (
        _CUSTOMER, _EVENING,
        Column("customer_name", "text", "its name"),
        Column("country", "text", "ISO 3166-1, two letters"),
        Column("debtor_class", "text", "legal_person or natural_person; empty: unknown"),
        Column("parent_id", "text", "account whose group it belongs to"),
        Column("credit_limit", "amount", "most that it may owe; empty: not stated"),
        Column("credit_limit_currency", "text", "ISO 4217, of the limit"),
    ),
    ("customer_id",),
    {"parent_id": "customers.customer_id"},
    imports=True,
)  # fmt: skip

RATES = StarTable(
    "rates",
    "dimension",
    "an exchange rate from a day on",
    (
        _CURRENCY, _EVENING,
        Column("base_currency", "text", "ISO 4217, the currency it is told in"),
        Column("rate_date", "day", "day from which it counts"),
        Column("rate", "rate", "units of `base_currency` for one of `currency`"),
    ),
    ("base_currency", "currency", "rate_date"),
    {"rate_date": "calendar.day"},
    imports=True,
)  # fmt: skip

BALANCES = StarTable(
    "balances",
    "fact",
    "an open item on a month end of the past year or on the evening, as it was known then; without a rate it is not "
    "here",
    (
        Column("as_of", "day", "the month end, or the evening"),
        Column("is_month_end", "flag", "false only for an evening that is none"),
        _ITEM, _CUSTOMER,
        Column("issue_date", "day", "day of the document"),
        Column("days_past_due", "whole", "on that day"),
        _BUCKET,
        _CURRENCY,
        Column("open_amount", "amount", "what was open; negative for an unused credit"),
        Column("open_reporting", "amount", "`open_amount` at the rate of that day"),
        Column("receivable_reporting", "amount", "the same of receivables, nothing for credits: what AR measures add"),
        _TOLD_IN,
    ),
    ("as_of", "item_id"),
    {"as_of": "calendar.day", "item_id": "invoices", "customer_id": "customers", "aging_bucket": "buckets"},
)  # fmt: skip

SALES = StarTable(
    "sales",
    "fact",
    "what was invoiced in a month, nothing too, as it was known on a month end of the past year or on the evening",
    (
        Column("as_of", "day", "the day of knowledge: `balances` has it too"),
        Column("month", "day", "first day of the month of issue"),
        Column("months_before", "whole", "0: the month of `as_of`, 1: the one before, …"),
        Column("days", "whole", "days of the month"),
        Column("sales_reporting", "amount", "invoices with tax, before credit memos, at the rate of its last day"),
        _TOLD_IN,
    ),
    ("as_of", "month"),
    {"as_of": "calendar.day", "month": "calendar.day"},
)  # fmt: skip

ACTIVITIES = StarTable(
    "activities",
    "fact",
    "what somebody recorded about an account, by the evening; what was undone too",
    ACTIVITY_COLUMNS,
    ("activity_id",),
    {"customer_id": "customers", "known_on": "calendar.day", "by": "collectors.collector"},
)

QUEUE_LINES = StarTable(
    "queue_lines",
    "fact",
    "an account on the list of an evening, as it was published last",
    (*QUEUE_COLUMNS[1:2], *QUEUE_COLUMNS[2:3], *QUEUE_COLUMNS[:1], *QUEUE_COLUMNS[3:]),
    ("as_of", "customer_id"),
    {
        "as_of": "calendar.day", "customer_id": "customers", "collector": "collectors",
        "main_reason_code": "reasons.code",
    },
)  # fmt: skip

ACCOUNT_RISK = StarTable(
    "account_risk",
    "fact",
    "an account with something open on the evening, on its list or not, as it was published last",
    (
        Column("as_of", "day", "the evening"),
        _CUSTOMER,
        Column("standing", "text", "listed, below_the_cut, held, routed_to_…, not_overdue"),
        Column("collector", "text", "who is to call; empty for nobody"),
        Column("open", "amount", "open of all items"),
        Column("overdue", "amount", "past due"),
        Column("expected_late", "amount", "still unpaid in 30 days, as expected; empty in mode rule"),
        _CURRENCY,
        Column("late_risk", "number", "chance, 0 to 1, to be still unpaid on `late_risk_on`; empty in mode rule"),
        Column("late_risk_on", "day", "the day that `late_risk` looks at"),
        Column("expected_on", "day", "half of the money is expected by then"),
        Column("oldest_dpd", "whole", "days past due of the oldest item"),
        Column("run_id", "text", "the published run"),
    ),
    ("as_of", "customer_id"),
    {"as_of": "calendar.day", "customer_id": "customers", "collector": "collectors"},
)

DECISIONS = StarTable(
    "decisions",
    "fact",
    "what was decided about an account on the evening: everybody considered, also whom nobody calls",
    (
        Column("as_of", "day", "the evening"),
        _CUSTOMER,
        Column("standing", "text", "listed, below_the_cut, held, routed_to_…, not_overdue"),
        Column("listed", "flag", "whether it was on the list"),
        Column("rank", "whole", "place among all that could be called; empty: it had none"),
        Column("rank_value", "number", "what it was ranked by"),
        Column("chance", "number", "its chance to be listed before anything was drawn, 0 to 1"),
        Column("design", "text", "what gave it its chance: core, explore or quota"),
        Column("eligible", "flag", "whether it could be listed at all"),
        Column("exclusion_reason", "text", "why not"),
        Column("rule", "text", "the rule of the strategy that decided"),
        Column("collector", "text", "who was to call; empty for nobody"),
        Column("action_planned", "text", "code of the advised step"),
        Column(
            "callable_amount",
            "amount",
            "overdue money to call about; empty without a rate",
        ),
        _CURRENCY,
        Column("model_version", "text", "that estimated it; empty where none did"),
        Column("run_id", "text", "the published run"),
    ),
    ("as_of", "customer_id"),
    {"as_of": "calendar.day", "customer_id": "customers", "collector": "collectors"},
)

CALENDAR = StarTable(
    "calendar",
    "dimension",
    "a day, from the first year to the last that any day of the tables is in",
    (
        Column("day", "day", "the day"),
        Column("year", "whole"),
        Column("quarter", "whole", "1 to 4"),
        Column("month", "whole", "1 to 12"),
        Column("month_start", "day", "first day of its month"),
        Column("is_month_end", "flag", "whether it is the last of its month"),
        Column("weekday", "whole", "1 Monday to 7 Sunday"),
        Column("iso_week", "whole", "week by ISO 8601"),
    ),
    ("day",),
    {},
)

COLLECTORS = StarTable(
    "collectors",
    "dimension",
    "who is to call, or who recorded something",
    (Column("collector", "text", "the id"), Column("collector_name", "text", "the name in the team; empty: in none")),
    ("collector",),
    {},
)

REASONS = StarTable(
    "reasons",
    "dimension",
    "what a reason can be (docs/reasons.md)",
    (Column("code", "text", "stable"), Column("reason", "text", "what it is about, in a few words")),
    ("code",),
    {},
)

BUCKETS = StarTable(
    "buckets",
    "dimension",
    "an aging bucket",
    (
        Column("aging_bucket", "text", "its name"),
        Column("position", "whole", "its place, from 1"),
        Column("is_past_due", "flag", "whether what is in it is past due"),
    ),
    ("aging_bucket",),
    {},
)

TABLES = (
    INVOICES, PAYMENTS, DISPUTES, BALANCES, SALES, ACTIVITIES, ACCOUNT_RISK, QUEUE_LINES, DECISIONS, CUSTOMERS,
    CALENDAR, COLLECTORS, REASONS, BUCKETS, RATES,
)  # fmt: skip
