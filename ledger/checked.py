"""Checked facts, and the account of a table: every row is believed or set aside with one reason."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Generic, TypeVar

from ledger.columns import Columns, Day, Money, Text
from ledger.days import to_date
from ledger.parsing.amounts import Amount
from ledger.parsing.bad_cell import BadCell, missing
from ledger.parsing.dates import ReadDate
from ledger.report import QuarantinedRow


@dataclass(slots=True)
class Invoice:
    """A checked row of the invoices. Days are whole days; `paid_minor` is 0 while nothing is paid."""

    row: int
    number: str
    entity: str
    customer_id: str
    customer_name: str
    country: str
    issued_on: int
    due_on: int
    amount_minor: int
    currency: str
    terms: str
    stated_known_on: int | None
    paid_on: int | None
    paid_minor: int

    @property
    def item_id(self) -> str:
        """See `item_id_of`."""
        return item_id_of(self.entity, self.number)

    @property
    def key(self) -> Hashable:
        """What it may be only once."""
        return self.item_id


@dataclass(slots=True)
class Payment:
    """A checked row of the payments, in the currency of its item; negative for a reversal."""

    row: int
    payment_id: str
    item_id: str
    kind: str
    amount_minor: int
    currency: str
    paid_on: int
    booked_on: int | None

    @property
    def key(self) -> Hashable:
        """What it may be only once: one bank payment may serve several invoices, and in several kinds.

        Without an id two equal rows may well be two payments: None.
        """
        return (self.payment_id, self.item_id, self.kind) if self.payment_id else None


@dataclass(slots=True)
class Customer:
    """A checked row of the customers."""

    row: int
    customer_id: str
    customer_name: str
    country: str

    @property
    def key(self) -> Hashable:
        """What it may be only once."""
        return self.customer_id


@dataclass(slots=True)
class Rate:
    """A checked row of the rates: 1 `currency` = `rate` `base` from `rate_on`."""

    row: int
    currency: str
    base: str
    rate: Decimal
    rate_on: int

    @property
    def key(self) -> Hashable:
        """What it may be only once."""
        return self.base, self.currency, self.rate_on


Fact = TypeVar("Fact", Invoice, Payment, Customer, Rate)


@dataclass
class Checked(Generic[Fact]):
    """What came of one table."""

    columns: Columns
    facts: list[Fact] = field(default_factory=list)
    bad: list[QuarantinedRow] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    warned: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class KnownItem:
    """What a payment must fit: the number, currency and sign of its item."""

    number: str
    currency: str
    amount_minor: int


def item_id_of(entity: str, number: str) -> str:
    """The one id of an item: the invoice number, led by the legal entity where the file states one.

    It depends on the row alone, so that it is the same in every import.

    >>> item_id_of("", "INV-1"), item_id_of("US01", "INV-1")
    ('INV-1', 'US01/INV-1')
    """
    return f"{entity}/{number}" if entity else number


class BadRow(Exception):
    """Why a row is set aside; caught where the row is read."""

    def __init__(self, column: str, cell: BadCell) -> None:
        self.column, self.cell = column, cell
        super().__init__(cell.sentence)


def started(columns: Columns) -> Checked[Fact]:
    """A table with its ragged rows set aside and its remarks counted."""
    table = columns.table
    checked: Checked[Fact] = Checked(columns, ignored=Counter(table.ignored))
    checked.warned.update({code: count for code, count in columns.notes.items() if count})
    for row, line, found in table.ragged:
        sentence = f"The row has {found} fields, the header {len(table.headers)}; which value is which is not guessed."
        checked.bad.append(QuarantinedRow(table.file, row, line, "", "", "wrong_field_count", sentence))
    return checked


def set_aside(columns: Columns, at: int, bad: BadRow, invoice_id: Text = None) -> QuarantinedRow:
    """The account of the row at position `at`."""
    table = columns.table
    cells = table.columns.get(bad.column)
    return QuarantinedRow(
        table.file, table.rows[at], table.lines[at], bad.column, cells[at][:200] if cells else "",
        bad.cell.reason, bad.cell.sentence, invoice_id if isinstance(invoice_id, str) else "",
    )  # fmt: skip


def required(column: str, value: Text, reason: str = "missing_required") -> str:
    """The text of a cell that must say something. Raises `BadRow`."""
    if isinstance(value, str) and value:
        return value
    if isinstance(value, BadCell):
        raise BadRow(column, value)
    raise BadRow(column, missing(column)._replace(reason=reason))


def optional(column: str, value: Text) -> str:
    """The text of a cell, '' when it says nothing. Raises `BadRow`."""
    if isinstance(value, BadCell):
        raise BadRow(column, value)
    return value or ""


def amount_of(column: str, value: Money, warned: Counter[str]) -> int:
    """Minor units; a rounded amount is counted."""
    if isinstance(value, Amount):
        warned["amounts_rounded"] += value.rounded
        return value.minor
    raise BadRow(column, value or missing(column))


def day_of(column: str, value: Day) -> int:
    """The day of a cell that must say one, in whole days. Raises `BadRow`."""
    if isinstance(value, ReadDate):
        return value.day
    raise BadRow(column, value or missing(column))


def paid_day_of(value: Day, as_of: int) -> int:
    """The day of a payment, not after the export. Raises `BadRow`."""
    day = day_of("paid_date", value)
    if day > as_of:
        raise BadRow("paid_date", BadCell("paid_in_future", after_export(day, as_of)))
    return day


def after_export(day: int, as_of: int) -> str:
    """The sentence for a day that no export could know."""
    return f"{to_date(day).isoformat()} is after the day of the export, {to_date(as_of).isoformat()}."


def without_duplicates(tables: Sequence[Checked[Fact]]) -> None:
    """Equal rows with one key count once; rows with one key that differ are all set aside, in whichever files."""
    groups: defaultdict[Hashable, list[tuple[Checked[Fact], Fact]]] = defaultdict(list)
    for table in tables:
        for fact in table.facts:
            if (key := fact.key) is not None:
                groups[key].append((table, fact))
    dropped: set[int] = set()
    for versions in groups.values():
        if len(versions) == 1:
            continue
        first = _values(versions[0][1])
        if all(_values(fact) == first for _, fact in versions):
            versions = versions[1:]
            for table, _ in versions:
                table.ignored["exact_duplicate"] += 1
        else:
            _set_all_aside(versions)
        dropped |= {id(fact) for _, fact in versions}
    if dropped:
        for table in tables:
            table.facts[:] = [fact for fact in table.facts if id(fact) not in dropped]
            table.bad.sort(key=lambda bad: bad.row)


def _set_all_aside(versions: Sequence[tuple[Checked[Fact], Fact]]) -> None:
    places = [_place(table, fact) for table, fact in versions]
    for (table, fact), (file, line) in zip(versions, places, strict=True):
        others = [f"{other} line {at}" for other, at in places if (other, at) != (file, line)]
        where = ", ".join(others[:3]) + (f" and {len(others) - 3} more" if len(others) > 3 else "")
        table.bad.append(
            QuarantinedRow(
                file, fact.row, line, "", "", "conflicting_duplicate",
                f"The same id stands with other values in {where}; which one is true is not guessed.",
                fact.number if isinstance(fact, Invoice) else "",
            )
        )  # fmt: skip


def _place(table: Checked[Fact], fact: Fact) -> tuple[str, int]:
    source = table.columns.table
    return source.file, source.lines[bisect_left(source.rows, fact.row)]


def _values(fact: Fact) -> list[object]:
    return [getattr(fact, part.name) for part in fields(fact) if part.name != "row"]
