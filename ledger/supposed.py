"""Suppositions: an evening as it would stand if a payment had come in, or an invoice had been written. In memory only;
nothing is ever stored.

What is supposed became known on the view's own evening; a supposed payment is cash, and happened on it too.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ledger.days import NEVER, to_day
from ledger.frames import CUSTOMER_COLUMNS, ITEM_COLUMNS, completed, known_by_evening
from ledger.view import LedgerView

SUPPOSED = "supposed/"
"""The ids of supposed payments begin so, that nobody takes one for a fact."""


@dataclass(frozen=True)
class SupposedPayment:
    """Cash for one item: `amount_minor` above zero, in minor units of the item's currency."""

    item_id: str
    amount_minor: int


@dataclass(frozen=True)
class SupposedInvoice:
    """An invoice: days are whole days, `amount_minor` above zero in minor units of `currency`, `terms` '' for none."""

    item_id: str
    customer_id: str
    amount_minor: int
    currency: str
    issued_on: int
    due_on: int
    terms: str = ""


def with_invoices(view: LedgerView, invoices: Sequence[SupposedInvoice]) -> LedgerView:
    """The evening as it would stand if these invoices had been booked on it. The given view is left as it is."""
    if not invoices:
        return view
    rows = [{**asdict(one), "entity": "", "invoice_number": one.item_id, "kind": "invoice"} for one in invoices]
    return replace(view, items=_beside(view, view.items, rows, ITEM_COLUMNS, "item_id"))


def with_customer(view: LedgerView, customer_id: str, country: str = "") -> LedgerView:
    """The evening as it would stand if it knew of this customer and nothing but where it is."""
    unsaid = {"debtor_class": "", "parent_id": ""}
    rows = [{"customer_id": customer_id, "customer_name": customer_id, "country": country, **unsaid}]
    return replace(view, customers=_beside(view, view.customers, rows, CUSTOMER_COLUMNS, "customer_id"))


def _beside(
    view: LedgerView, held: pd.DataFrame, rows: "list[dict[str, Any]]", columns: Sequence[str], key: str
) -> pd.DataFrame:
    """The frame with these rows in their places, known on the evening."""
    day = to_day(view.day)
    told = completed(pd.DataFrame(rows).assign(known_on=day, superseded_on=NEVER, source_row=0), columns)
    typed = pd.DataFrame({name: pd.Series(told[name].tolist(), dtype=held[name].dtype) for name in columns})
    return known_by_evening(pd.concat([held, typed], ignore_index=True), day, columns, (key, "known_on"))


def with_payments(view: LedgerView, payments: Sequence[SupposedPayment]) -> LedgerView:
    """The evening as it would stand if this cash had come in and been booked on it. The given view is left as it is."""
    if not payments:
        return view
    day, held = to_day(view.day), view.applications
    paid = sorted(payments, key=lambda one: one.item_id)
    columns = {
        "application_id": [f"{SUPPOSED}{number}/{one.item_id}" for number, one in enumerate(paid)],
        "item_id": [one.item_id for one in paid],
        "kind": ["cash"] * len(paid),
        "amount_minor": [one.amount_minor for one in paid],
        "happened_on": [day] * len(paid),
        "known_on": [day] * len(paid),
        "known_assumed": [False] * len(paid),
    }
    rows = pd.DataFrame({name: pd.Series(columns[name], dtype=held[name].dtype) for name in held.columns})
    both = pd.concat([held, rows], ignore_index=True)
    # Nothing of an item is known later than this evening, so its supposed payment is the last of it.
    after = held["item_id"].searchsorted(rows["item_id"], side="right")
    order = np.insert(np.arange(len(held)), after, len(held) + np.arange(len(paid)))
    return replace(view, applications=both.take(order).reset_index(drop=True))
