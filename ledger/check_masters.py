"""Customers and exchange rates that may be believed."""

from decimal import Decimal

from ledger.checked import (
    BadRow,
    Checked,
    Customer,
    Rate,
    day_of,
    optional,
    required,
    set_aside,
    started,
)
from ledger.columns import Columns
from ledger.days import to_date
from ledger.parsing.bad_cell import BadCell, missing


def check_customers(columns: Columns) -> Checked[Customer]:
    """The customers of a table."""
    checked: Checked[Customer] = started(columns)
    texts = columns.texts
    fields = zip(columns.table.rows, texts["customer_id"], texts["customer_name"], texts["country"], strict=True)
    for at, (row, customer_id, name, country) in enumerate(fields):
        try:
            customer = Customer(
                row, required("customer_id", customer_id), optional("customer_name", name), optional("country", country)
            )
        except BadRow as bad:
            checked.bad.append(set_aside(columns, at, bad))
            continue
        checked.facts.append(customer)
    return checked


def check_rates(columns: Columns, today: int) -> Checked[Rate]:
    """The exchange rates of a table, up to those of `today` (whole days): nobody knows tomorrow's."""
    checked: Checked[Rate] = started(columns)
    texts = columns.texts
    fields = zip(
        columns.table.rows, texts["currency"], texts["base_currency"], columns.rates,
        columns.dates["rate_date"], strict=True,
    )  # fmt: skip
    for at, (row, currency, base, rate, rate_date) in enumerate(fields):
        try:
            if not isinstance(rate, Decimal):
                raise BadRow("rate", rate or missing("rate"))
            day = day_of("rate_date", rate_date)
            if day > today:
                sentence = f"{to_date(day).isoformat()} is after today, {to_date(today).isoformat()}."
                raise BadRow("rate_date", BadCell("date_out_of_range", sentence))
            fact = Rate(row, required("currency", currency), required("base_currency", base), rate, day)
        except BadRow as bad:
            checked.bad.append(set_aside(columns, at, bad))
            continue
        checked.facts.append(fact)
    return checked
