"""Rows that may be believed: every row of a table becomes a checked fact, or is set aside with one reason."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Generic, TypeVar

from ledger.columns import Columns, Day, Money, Text
from ledger.days import to_date, to_day
from ledger.parsing.amounts import Amount
from ledger.parsing.bad_cell import BadCell, missing
from ledger.parsing.dates import ReadDate
from ledger.report import QuarantinedRow
from ledger.terms import UnparseableTerms, due_on
from ledger.view import APPLICATION_KINDS

_ISSUE_DAYS_AHEAD = 1
"""An invoice may be dated one day after its export: night runs do that."""


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


@dataclass(slots=True)
class Payment:
    """A checked row of the payments; negative for a reversal."""

    row: int
    payment_id: str
    item_id: str
    kind: str
    amount_minor: int
    paid_on: int
    booked_on: int | None


@dataclass(slots=True)
class Customer:
    """A checked row of the customers."""

    row: int
    customer_id: str
    customer_name: str
    country: str


@dataclass(slots=True)
class Rate:
    """A checked row of the rates: 1 `currency` = `rate` `base` from `rate_on`."""

    row: int
    currency: str
    base: str
    rate: Decimal
    rate_on: int


Fact = TypeVar("Fact")


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
    """What a payment must fit: the currency and the sign of its item."""

    currency: str
    amount_minor: int


def item_id_of(entity: str, number: str) -> str:
    """The one id of an item: the invoice number, led by the legal entity where the file states one.

    It depends on the row alone, so that it is the same in every import.

    >>> item_id_of("", "INV-1"), item_id_of("US01", "INV-1")
    ('INV-1', 'US01/INV-1')
    """
    return f"{entity}/{number}" if entity else number


def check_invoices(columns: Columns, as_of: int, *, read_payments: bool = True) -> Checked[Invoice]:
    """The invoices of a table, each id once.

    Args:
        as_of: the day of the export, whole days.
        read_payments: whether paid_date and paid_amount of the rows count (not when payments have a file of their own).
    """
    checked: Checked[Invoice] = _started(columns)
    texts, dates, amounts = columns.texts, columns.dates, columns.amounts
    # An empty column is no statement about any row.
    uses_amounts = any(value is not None for value in amounts["paid_amount"])
    fields = zip(
        columns.table.rows, columns.table.lines, texts["invoice_id"], texts["entity"], texts["customer_id"],
        texts["customer_name"], texts["country"], texts["terms"], dates["issue_date"], dates["due_date"],
        texts["currency"], amounts["amount"], dates["known_date"], dates["paid_date"], amounts["paid_amount"], strict=True,
    )  # fmt: skip
    for row, line, number, entity, customer, name, country, terms, issued, due, currency, amount, known, paid, paid_amount in fields:
        try:
            invoice = Invoice(
                row=row,
                number=_required("invoice_id", number),
                entity=_optional("entity", entity),
                customer_id=_required("customer_id", customer),
                customer_name=_optional("customer_name", name),
                country=_optional("country", country),
                issued_on=_issued(issued, as_of),
                currency=_required("currency", currency, "missing_currency"),
                amount_minor=_amount("amount", amount),
                terms=_optional("terms", terms),
                stated_known_on=_stated(known, as_of),
                due_on=0,
                paid_on=None,
                paid_minor=0,
            )
            invoice.due_on = _due(due, invoice, checked.warned)
            if read_payments:
                _pay(invoice, paid, paid_amount, uses_amounts, as_of, checked.warned)
        except _Bad as bad:
            checked.bad.append(_set_aside(columns, row, line, bad, number))
            continue
        checked.warned["zero_amount"] += invoice.amount_minor == 0
        checked.facts.append(invoice)
    _without_duplicates(checked, key=lambda invoice: invoice.item_id, name=lambda invoice: invoice.number)
    return checked


def check_payments(columns: Columns, as_of: int, items: Mapping[str, KnownItem]) -> Checked[Payment]:
    """The payments of a table, each to an item of `items`."""
    checked: Checked[Payment] = _started(columns)
    texts, dates, amounts = columns.texts, columns.dates, columns.amounts
    by_number = _by_number(items)
    amount_column = "paid_amount" if "paid_amount" in columns.has else "amount"
    fields = zip(
        columns.table.rows, columns.table.lines, texts["payment_id"], texts["invoice_id"], texts["entity"], texts["kind"],
        amounts[amount_column], texts["currency"], dates["paid_date"], dates["booked_date"], strict=True,
    )  # fmt: skip
    for row, line, payment_id, number, entity, kind, amount, currency, paid, booked in fields:
        try:
            item_id = _item_of(_required("invoice_id", number), _optional("entity", entity), items, by_number)
            payment = Payment(
                row=row,
                payment_id=_optional("payment_id", payment_id),
                item_id=item_id,
                kind=_kind(kind),
                amount_minor=_amount(amount_column, amount),
                paid_on=_paid_day(paid, as_of),
                booked_on=_booked(booked, as_of),
            )
            _fit(payment, items[item_id], currency)
        except _Bad as bad:
            checked.bad.append(_set_aside(columns, row, line, bad, number))
            continue
        checked.facts.append(payment)
    _without_duplicates(
        checked, key=lambda p: (p.payment_id, p.item_id, p.kind) if p.payment_id else p.row, name=lambda p: p.item_id
    )
    return checked


def check_customers(columns: Columns) -> Checked[Customer]:
    """The customers of a table, each id once."""
    checked: Checked[Customer] = _started(columns)
    texts = columns.texts
    fields = zip(
        columns.table.rows, columns.table.lines, texts["customer_id"], texts["customer_name"], texts["country"], strict=True
    )
    for row, line, customer_id, name, country in fields:
        try:
            customer = Customer(
                row, _required("customer_id", customer_id), _optional("customer_name", name), _optional("country", country)
            )
        except _Bad as bad:
            checked.bad.append(_set_aside(columns, row, line, bad, None))
            continue
        checked.facts.append(customer)
    _without_duplicates(checked, key=lambda customer: customer.customer_id, name=lambda customer: "")
    return checked


def check_rates(columns: Columns, as_of: int) -> Checked[Rate]:
    """The exchange rates of a table, each currency and day once."""
    checked: Checked[Rate] = _started(columns)
    texts = columns.texts
    fields = zip(
        columns.table.rows, columns.table.lines, texts["currency"], texts["base_currency"], columns.rates,
        columns.dates["rate_date"], strict=True,
    )  # fmt: skip
    for row, line, currency, base, rate, rate_date in fields:
        try:
            if not isinstance(rate, Decimal):
                raise _Bad("rate", rate or missing("rate"))
            day = _day("rate_date", rate_date)
            if day > as_of:
                raise _Bad("rate_date", BadCell("date_out_of_range", _after(day, as_of)))
            fact = Rate(row, _required("currency", currency), _required("base_currency", base), rate, day)
        except _Bad as bad:
            checked.bad.append(_set_aside(columns, row, line, bad, None))
            continue
        checked.facts.append(fact)
    _without_duplicates(checked, key=lambda r: (r.base, r.currency, r.rate_on), name=lambda r: "")
    return checked


class _Bad(Exception):
    """Why a row is set aside; caught where the row is read."""

    def __init__(self, column: str, cell: BadCell) -> None:
        self.column, self.cell = column, cell
        super().__init__(cell.sentence)


def _started(columns: Columns) -> Checked[Fact]:
    """A table with its ragged rows set aside and its remarks counted."""
    table = columns.table
    checked: Checked[Fact] = Checked(columns, ignored=Counter(table.ignored))
    checked.warned.update({code: count for code, count in columns.notes.items() if count})
    for row, line, found in table.ragged:
        sentence = f"The row has {found} fields, the header {len(table.headers)}; which value is which is not guessed."
        checked.bad.append(QuarantinedRow(table.file, row, line, "", "", "wrong_field_count", sentence))
    return checked


def _set_aside(columns: Columns, row: int, line: int, bad: _Bad, number: Text) -> QuarantinedRow:
    table = columns.table
    cells = table.columns.get(bad.column)
    value = cells[table.rows.index(row)] if cells else ""
    invoice_id = number if isinstance(number, str) else ""
    return QuarantinedRow(table.file, row, line, bad.column, value[:200], bad.cell.reason, bad.cell.sentence, invoice_id)


def _required(column: str, value: Text, reason: str = "missing_required") -> str:
    if isinstance(value, str) and value:
        return value
    if isinstance(value, BadCell):
        raise _Bad(column, value)
    raise _Bad(column, missing(column)._replace(reason=reason))


def _optional(column: str, value: Text) -> str:
    if isinstance(value, BadCell):
        raise _Bad(column, value)
    return value or ""


def _amount(column: str, value: Money) -> int:
    if isinstance(value, Amount):
        return value.minor
    raise _Bad(column, value or missing(column))


def _day(column: str, value: Day) -> int:
    if isinstance(value, ReadDate):
        return value.day
    raise _Bad(column, value or missing(column))


def _issued(value: Day, as_of: int) -> int:
    day = _day("issue_date", value)
    if day > as_of + _ISSUE_DAYS_AHEAD:
        raise _Bad("issue_date", BadCell("issue_in_future", _after(day, as_of)))
    return day


def _stated(value: Day, as_of: int) -> int | None:
    if value is None:
        return None
    day = _day("known_date", value)
    if day > as_of:
        raise _Bad("known_date", BadCell("issue_in_future", _after(day, as_of)))
    return day


def _paid_day(value: Day, as_of: int) -> int:
    day = _day("paid_date", value)
    if day > as_of:
        raise _Bad("paid_date", BadCell("paid_in_future", _after(day, as_of)))
    return day


def _booked(value: Day, as_of: int) -> int | None:
    if value is None:
        return None
    day = _day("booked_date", value)
    if day > as_of:
        raise _Bad("booked_date", BadCell("paid_in_future", _after(day, as_of)))
    return day


def _after(day: int, as_of: int) -> str:
    return f"{to_date(day).isoformat()} is after the day of the export, {to_date(as_of).isoformat()}."


def _due(value: Day, invoice: Invoice, warned: Counter[str]) -> int:
    if value is None:
        if not invoice.terms:
            raise _Bad("due_date", missing("due_date"))
        try:
            day = to_day(due_on(invoice.terms, to_date(invoice.issued_on)))
        except UnparseableTerms as error:
            raise _Bad("terms", BadCell(error.code, str(error))) from None
        warned["due_date_derived"] += 1
        return day
    day = _day("due_date", value)
    if day < invoice.issued_on:
        due, issued = to_date(day).isoformat(), to_date(invoice.issued_on).isoformat()
        raise _Bad("due_date", BadCell("due_before_issue", f"Due on {due}, before it was issued on {issued}."))
    return day


def _pay(
    invoice: Invoice, paid: Day, paid_amount: Money, uses_amounts: bool, as_of: int, warned: Counter[str]
) -> None:
    """Put what the row says about its payment on the invoice."""
    if isinstance(paid_amount, BadCell):
        raise _Bad("paid_amount", paid_amount)
    minor = paid_amount.minor if paid_amount else 0
    if paid is None:
        if minor:
            raise _Bad("paid_date", BadCell("paid_amount_without_date", "There is a paid amount, but no day on which it was paid."))
        return
    day = _paid_day(paid, as_of)
    if not uses_amounts:
        minor = invoice.amount_minor
        warned["paid_amount_assumed_full"] += 1
    elif not minor:
        raise _Bad("paid_amount", BadCell("paid_date_without_amount", "There is a paid date, but no amount that was paid."))
    elif (minor < 0) != (invoice.amount_minor < 0):
        raise _Bad("paid_amount", BadCell("payment_sign_mismatch", "The paid amount has the other sign than the invoice."))
    warned["overpaid"] += abs(minor) > abs(invoice.amount_minor)
    warned["paid_before_issue"] += day < invoice.issued_on
    invoice.paid_on, invoice.paid_minor = day, minor


def _kind(value: Text) -> str:
    said = _optional("kind", value).lower().replace("-", "_").replace(" ", "_") or "cash"
    if said not in APPLICATION_KINDS:
        kinds = ", ".join(APPLICATION_KINDS)
        raise _Bad("kind", BadCell("malformed_row", f'"{said}" is not a kind of payment. Expected one of {kinds}.'))
    return said


def _fit(payment: Payment, item: KnownItem, currency: Text) -> None:
    """A payment is in the currency of its item and lowers what is open; a reversal raises it."""
    if isinstance(currency, BadCell):
        raise _Bad("currency", currency)
    if currency != item.currency:
        sentence = f"The payment is in {currency}, its invoice in {item.currency}; nothing is converted."
        raise _Bad("currency", BadCell("payment_currency_mismatch", sentence))
    sign = -1 if item.amount_minor < 0 else 1
    if payment.kind == "reversal":
        payment.amount_minor = -sign * abs(payment.amount_minor)
    elif payment.amount_minor * sign < 0:
        sentence = "The payment has the other sign than its invoice. Money that was taken back is a row of kind reversal."
        raise _Bad("amount", BadCell("payment_sign_mismatch", sentence))


def _by_number(items: Mapping[str, KnownItem]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for item_id in items:
        found[item_id.partition("/")[2] or item_id].append(item_id)
    return found


def _item_of(number: str, entity: str, items: Mapping[str, KnownItem], by_number: Mapping[str, list[str]]) -> str:
    item_id = item_id_of(entity, number)
    if item_id in items:
        return item_id
    candidates = by_number.get(number, []) if not entity else []
    if len(candidates) == 1:
        return candidates[0]
    sentence = (
        f'"{number}" is an invoice of {len(candidates)} legal entities; the payment does not say which.'
        if candidates
        else f'No accepted invoice "{item_id}" is known, in this import or before it.'
    )
    raise _Bad("invoice_id", BadCell("orphan_payment", sentence))


def _without_duplicates(
    checked: Checked[Fact], key: Callable[[Fact], Hashable], name: Callable[[Fact], str]
) -> None:
    """Equal rows with one key count once; rows with one key that differ are all set aside."""
    groups: defaultdict[Hashable, list[Fact]] = defaultdict(list)
    for fact in checked.facts:
        groups[key(fact)].append(fact)
    if len(groups) == len(checked.facts):
        return
    table = checked.columns.table
    line_of = dict(zip(table.rows, table.lines, strict=True))
    kept: list[Fact] = []
    for group in groups.values():
        if all(_same(group[0], other) for other in group[1:]):
            kept.append(group[0])
            checked.ignored["exact_duplicate"] += len(group) - 1
            continue
        lines = [line_of[_row(fact)] for fact in group]
        for fact, line in zip(group, lines, strict=True):
            others = ", ".join(str(other) for other in lines if other != line)
            sentence = f"The same id stands with other values in line {others}; which one is true is not guessed."
            column = "payment_id" if isinstance(fact, Payment) else "invoice_id" if isinstance(fact, Invoice) else ""
            checked.bad.append(
                QuarantinedRow(table.file, _row(fact), line, column, name(fact), "conflicting_duplicate", sentence, name(fact))
            )
    checked.facts[:] = sorted(kept, key=_row)
    checked.bad.sort(key=lambda bad: bad.row)


def _same(one: Fact, other: Fact) -> bool:
    return _values(one) == _values(other)


def _values(fact: Fact) -> Sequence[object]:
    return [value for name, value in _slots(fact) if name != "row"]


def _slots(fact: object) -> Iterator[tuple[str, object]]:
    return ((name, getattr(fact, name)) for name in type(fact).__slots__)  # type: ignore[attr-defined]


def _row(fact: object) -> int:
    return int(getattr(fact, "row"))
