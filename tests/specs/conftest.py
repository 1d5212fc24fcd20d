"""`spec` and `asked`: a feature's case as drawn tables (`features.drawn`), asked of the code.

What a table leaves out is filled in plainly: amount 100, EUR, issued 30 days before the due day, known on the day it
happened; a customer's own row is known on the evening, a dispute is about the whole invoice.

- `settled`: invoice, customer, due_on, paid_on, known_on (of the payment): invoices paid in full;
- `open`: invoice, customer, due_on: invoices without a payment;
- `payments`: invoice, paid_on, amount, known_on, kind: further applications, to invoices of either table;
- `customers`, `disputes`, `contacts`, `promises`: as their columns say. Two rows of one dispute, customer or promise
  are what was known of it one after the other.

`expected` is by customer, or by invoice where two of one customer differ. A customer without an open invoice gets one,
`ASKED-<customer>`, issued that evening and due 30 days later, so that there is a row to look at.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

import pandas as pd
import pytest

from features.compute import feature_rows
from features.drawn import Row
from features.table import FeatureTable
from ledger.days import NEVER, to_day
from ledger.facts import Facts
from ledger.money import to_minor
from ledger.view import LedgerView

Drawing = Mapping[str, Sequence[Row]]
Value = float | str | None


class Asked:
    """The feature rows of a drawn ledger, and what is looked up in them."""

    def __init__(self, as_of: str, tables: Drawing, about: Iterable[str]) -> None:
        self.rows: FeatureTable = feature_rows(view_of(as_of, tables, about))

    def value(self, who: str, feature: str) -> Value:
        """The one value of a customer or an invoice; None where it is missing."""
        mine = (self.rows.keys["customer_id"] == who) | (self.rows.keys["item_id"] == who)
        found = self.rows.values.loc[mine, feature].drop_duplicates().tolist()
        assert len(found) == 1, f"{who}: {feature} has {found} on its rows; name the invoice"
        return None if isinstance(found[0], float) and math.isnan(found[0]) else found[0]

    def holds(self, who: str, feature: str, value: Value) -> None:
        """Assert one value."""
        found = self.value(who, feature)
        same = found == pytest.approx(value, rel=1e-6) if isinstance(value, float | int) else found == value
        assert same, f"{who}: {feature} is {found}, expected {value}"


@pytest.fixture
def asked() -> type[Asked]:
    return Asked


@pytest.fixture
def drawn_view() -> Callable[[str, Drawing, Iterable[str]], LedgerView]:
    return view_of


def view_of(as_of: str, tables: Drawing, about: Iterable[str]) -> LedgerView:
    """The evening of a drawn ledger; customers that are asked about have an open invoice."""
    settled, opened, payments = (list(tables.get(name, ())) for name in ("settled", "open", "payments"))
    idle = {row["customer"] for row in settled} - {row["customer"] for row in opened}
    added = [
        {"invoice": f"ASKED-{customer}", "customer": customer, "issued_on": as_of, "due_on": _later(as_of, 30)}
        for customer in sorted(idle & set(about))
    ]
    invoices = {row["invoice"]: row for row in [*settled, *opened]}
    in_full = [row | {"amount": row.get("amount", "100")} for row in settled]
    facts = Facts.of(
        items=[_item(row) for row in [*settled, *opened, *added]],
        applications=[_application(at, row, invoices) for at, row in enumerate([*in_full, *payments])],
        customers=[_customer(row, as_of) for row in tables.get("customers", ())],
        disputes=[_dispute(row, invoices) for row in tables.get("disputes", ())],
        contacts=[_contact(at, row) for at, row in enumerate(tables.get("contacts", ()))],
        promises=[_promise(row) for row in tables.get("promises", ())],
    )
    return LedgerView.of_facts(
        date.fromisoformat(as_of),
        _one_after_the_other(facts.items, "item_id"),
        facts.applications,
        _one_after_the_other(facts.customers, "customer_id"),
        disputes=_one_after_the_other(facts.disputes, "dispute_id"),
        contacts=facts.contacts,
        promises=_one_after_the_other(facts.promises, "promise_id"),
    )


def _one_after_the_other(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    """Each revision counts until the next one of the same key is known."""
    frame = frame.sort_values([key, "known_on"], kind="stable")
    ends = frame.groupby(key)["known_on"].shift(-1, fill_value=NEVER)
    return frame.assign(superseded_on=ends.astype("int64"))


def _item(row: Row) -> dict[str, object]:
    issued_on = row.get("issued_on", _later(row["due_on"], -30))
    return {
        "item_id": row["invoice"],
        "customer_id": row["customer"],
        "invoice_number": row["invoice"],
        "issued_on": _day(issued_on),
        "due_on": _day(row["due_on"]),
        "amount_minor": _minor(row.get("amount", "100"), row),
        "currency": row.get("currency", "EUR"),
        "known_on": _day(row.get("invoice_known_on", issued_on)),
        "source_row": 1,
    }


def _application(number: int, row: Row, invoices: Mapping[str, Row]) -> dict[str, object]:
    return {
        "application_id": f"A-{number}",
        "item_id": row["invoice"],
        "kind": row.get("kind", "cash"),
        "amount_minor": _minor(row["amount"], invoices[row["invoice"]]),
        "happened_on": _day(row["paid_on"]),
        "known_on": _day(row.get("known_on", row["paid_on"])),
        "known_assumed": False,
    }


def _customer(row: Row, as_of: str) -> dict[str, object]:
    limit = {}
    if "credit_limit" in row:
        limit = {
            "credit_limit_minor": _minor(row["credit_limit"], row),
            "credit_limit_currency": row.get("currency", "EUR"),
        }
    known_on = _day(row.get("known_on", as_of))
    return {"customer_id": row["customer"], "country": row.get("country", ""), "known_on": known_on} | limit


def _dispute(row: Row, invoices: Mapping[str, Row]) -> dict[str, object]:
    about = invoices[row["invoice"]]
    return {
        "dispute_id": row["dispute"],
        "item_id": row["invoice"],
        "amount_minor": _minor(row.get("amount", about.get("amount", "100")), about),
        "opened_on": _day(row["opened_on"]),
        "resolved_on": _day(row["resolved_on"]) if "resolved_on" in row else NEVER,
        "known_on": _day(row.get("known_on", row["opened_on"])),
    }


def _contact(number: int, row: Row) -> dict[str, object]:
    return {
        "contact_id": f"K-{number}",
        "customer_id": row["customer"],
        "channel": "phone",
        "outcome": row["outcome"],
        "happened_on": _day(row["happened_on"]),
        "known_on": _day(row.get("known_on", row["happened_on"])),
    }


def _promise(row: Row) -> dict[str, object]:
    return {
        "promise_id": row["promise"],
        "customer_id": row["customer"],
        "currency": "EUR",
        "amount_minor": _minor(row.get("amount", "100"), {}),
        "made_on": _day(row["made_on"]),
        "promised_on": _day(row["promised_on"]),
        "known_on": _day(row.get("known_on", row["made_on"])),
    }


def _minor(amount: str, row: Row) -> int:
    return to_minor(Decimal(amount), row.get("currency", "EUR"))


def _day(text: str) -> int:
    return to_day(date.fromisoformat(text))


def _later(text: str, days: int) -> str:
    return (date.fromisoformat(text) + timedelta(days=days)).isoformat()
