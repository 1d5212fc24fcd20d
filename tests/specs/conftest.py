"""`spec`: a feature's case as drawn tables, which is also its example in the documentation.

Tables are drawn with `|` between columns; days are YYYY-MM-DD. What a table leaves out is filled in plainly:
amount 100, EUR, issued 30 days before the due day, known on the day it happened.

- `settled`: invoice, customer, due_on, paid_on, known_on (of the payment): invoices paid in full;
- `open`: invoice, customer, due_on: invoices without a payment;
- `payments`: invoice, paid_on, amount, known_on, kind: further applications, to invoices of either table.

`expected` is by customer, or by invoice where two of one customer differ. A customer without an open invoice gets one,
`ASKED-<customer>`, issued that evening and due 30 days later, so that there is a row to look at.
"""

import math
from collections.abc import Callable, Mapping
from datetime import date, timedelta

import pytest

from features.compute import feature_rows
from ledger.days import NEVER, to_day
from ledger.facts import Facts
from ledger.view import LedgerView

Row = dict[str, str]


@pytest.fixture
def spec() -> Callable[..., None]:
    return check


def check(
    *,
    as_of: str,
    feature: str,
    expected: Mapping[str, float | str | None],
    settled: str = "",
    open: str = "",
    payments: str = "",
) -> None:
    """Assert the values of one feature on the evening `as_of`; None expects a missing value."""
    paid_in_full = drawn(settled)
    invoices = [*paid_in_full, *drawn(open)]
    customers_open = {row["customer"] for row in drawn(open)}
    asked = [
        {"invoice": f"ASKED-{customer}", "customer": customer, "issued_on": as_of, "due_on": _later(as_of, 30)}
        for customer in sorted({row["customer"] for row in invoices} - customers_open)
        if customer in expected
    ]
    amounts = {row["invoice"]: row.get("amount", "100") for row in invoices}
    in_full = [row | {"amount": amounts[row["invoice"]]} for row in paid_in_full]
    facts = Facts.of(
        items=[_item(row) for row in [*invoices, *asked]],
        applications=[_application(number, row) for number, row in enumerate([*in_full, *drawn(payments)])],
    )
    items = facts.items.assign(superseded_on=NEVER, source_row=1)
    view = LedgerView.of_facts(date.fromisoformat(as_of), items, facts.applications)
    rows = feature_rows(view)
    for who, value in expected.items():
        mine = (rows.keys["customer_id"] == who) | (rows.keys["item_id"] == who)
        found = rows.values.loc[mine, feature].drop_duplicates().tolist()
        assert len(found) == 1, f"{who}: {feature} has {found} on its rows; name the invoice"
        if value is None:
            assert math.isnan(found[0])
        else:
            assert found[0] == (value if isinstance(value, str) else pytest.approx(value, rel=1e-12))


def drawn(table: str) -> list[Row]:
    """The rows of a drawn table; blank cells are left out."""
    lines = [line.strip() for line in table.strip().splitlines() if line.strip() and set(line.strip()) - set("-+ ")]
    if not lines:
        return []
    head, *body = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [{name: cell for name, cell in zip(head, cells, strict=True) if cell} for cells in body]


def _item(row: Row) -> dict[str, object]:
    issued_on = row.get("issued_on", _later(row["due_on"], -30))
    return {
        "item_id": row["invoice"],
        "customer_id": row["customer"],
        "entity": "",
        "invoice_number": row["invoice"],
        "issued_on": _day(issued_on),
        "due_on": _day(row["due_on"]),
        "amount_minor": round(float(row.get("amount", "100")) * 100),
        "currency": row.get("currency", "EUR"),
        "terms": "",
        "known_on": _day(row.get("invoice_known_on", issued_on)),
    }


def _application(number: int, row: Row) -> dict[str, object]:
    return {
        "application_id": f"A-{number}",
        "item_id": row["invoice"],
        "kind": row.get("kind", "cash"),
        "amount_minor": round(float(row["amount"]) * 100),
        "happened_on": _day(row["paid_on"]),
        "known_on": _day(row.get("known_on", row["paid_on"])),
        "known_assumed": False,
    }


def _day(text: str) -> int:
    return to_day(date.fromisoformat(text))


def _later(text: str, days: int) -> str:
    return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
