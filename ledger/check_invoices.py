"""Invoices that may be believed: the rows of an invoice table, one by one."""

from collections import Counter

from ledger.checked import (
    BadRow,
    Checked,
    Invoice,
    after_export,
    amount_of,
    day_of,
    optional,
    paid_day_of,
    required,
    set_aside,
    started,
)
from ledger.columns import Columns, Day, Money
from ledger.days import to_date, to_day
from ledger.parsing.bad_cell import BadCell, missing
from ledger.terms import UnparseableTerms, due_on

_ISSUE_DAYS_AHEAD = 1
"""An invoice may be dated one day after its export: night runs do that."""


def check_invoices(columns: Columns, as_of: int, *, read_payments: bool = True) -> Checked[Invoice]:
    """The invoices of a table.

    Args:
        as_of: the day of the export, whole days.
        read_payments: whether paid_date and paid_amount of the rows count (not when payments have a file of their own).
    """
    checked: Checked[Invoice] = started(columns)
    dates, paid_amounts = columns.dates, columns.amounts["paid_amount"]
    # An empty column is no statement about any row.
    uses_amounts = paid_amounts.says_anything
    names_customers = "customer_name" in columns.has
    for at in range(len(columns.table)):
        try:
            warned: Counter[str] = Counter()
            invoice = _invoice(columns, at, as_of, warned)
            invoice.due_on = _due(dates["due_date"][at], invoice, warned)
            if read_payments:
                paid_amount = paid_amounts.read(at, invoice.currency)
                _pay(invoice, dates["paid_date"][at], paid_amount, uses_amounts, as_of, warned)
        except BadRow as bad:
            checked.bad.append(set_aside(columns, at, bad, columns.texts["invoice_id"][at]))
            continue
        warned["customer_name_missing"] += names_customers and not invoice.customer_name
        warned["zero_amount"] += invoice.amount_minor == 0
        checked.warned.update(warned)
        checked.facts.append(invoice)
    return checked


def _invoice(columns: Columns, at: int, as_of: int, warned: Counter[str]) -> Invoice:
    """The row at position `at`, but for its due day and its payment. Raises `BadRow`."""
    texts, dates = columns.texts, columns.dates
    currency = required("currency", texts["currency"][at], "missing_currency")
    return Invoice(
        row=columns.table.rows[at],
        number=required("invoice_id", texts["invoice_id"][at]),
        entity=optional("entity", texts["entity"][at]),
        customer_id=required("customer_id", texts["customer_id"][at]),
        customer_name=optional("customer_name", texts["customer_name"][at]),
        country=optional("country", texts["country"][at]),
        issued_on=_issued(dates["issue_date"][at], as_of),
        due_on=0,
        amount_minor=amount_of("amount", columns.amounts["amount"].read(at, currency), warned),
        currency=currency,
        terms=optional("terms", texts["terms"][at]),
        stated_known_on=_stated(dates["known_date"][at], as_of),
        paid_on=None,
        paid_minor=0,
    )


def _issued(value: Day, as_of: int) -> int:
    day = day_of("issue_date", value)
    if day > as_of + _ISSUE_DAYS_AHEAD:
        raise BadRow("issue_date", BadCell("issue_in_future", after_export(day, as_of)))
    return day


def _stated(value: Day, as_of: int) -> int | None:
    if value is None:
        return None
    day = day_of("known_date", value)
    if day > as_of:
        raise BadRow("known_date", BadCell("issue_in_future", after_export(day, as_of)))
    return day


def _due(value: Day, invoice: Invoice, warned: Counter[str]) -> int:
    if value is None:
        if not invoice.terms:
            raise BadRow("due_date", missing("due_date"))
        try:
            day = to_day(due_on(invoice.terms, to_date(invoice.issued_on)))
        except UnparseableTerms as error:
            raise BadRow("terms", BadCell(error.code, str(error))) from None
        warned["due_date_derived"] += 1
        return day
    day = day_of("due_date", value)
    if day < invoice.issued_on:
        due, issued = to_date(day).isoformat(), to_date(invoice.issued_on).isoformat()
        raise BadRow("due_date", BadCell("due_before_issue", f"Due on {due}, before it was issued on {issued}."))
    return day


def _pay(invoice: Invoice, paid: Day, paid_amount: Money, uses_amounts: bool, as_of: int, warned: Counter[str]) -> None:
    """Put what the row says about its payment on the invoice."""
    minor = 0 if paid_amount is None else amount_of("paid_amount", paid_amount, warned)
    if paid is None:
        if minor:
            raise BadRow(
                "paid_date",
                BadCell("paid_amount_without_date", "There is a paid amount, but no day on which it was paid."),
            )
        return
    day = paid_day_of(paid, as_of)
    if not uses_amounts:
        minor = invoice.amount_minor
        warned["paid_amount_assumed_full"] += 1
    elif not minor:
        raise BadRow(
            "paid_amount", BadCell("paid_date_without_amount", "There is a paid date, but no amount that was paid.")
        )
    elif (minor < 0) != (invoice.amount_minor < 0):
        raise BadRow(
            "paid_amount", BadCell("payment_sign_mismatch", "The paid amount has the other sign than the invoice.")
        )
    warned["paid_before_issue"] += day < invoice.issued_on
    invoice.paid_on, invoice.paid_minor = day, minor
