"""Suppositions: an evening as it would stand if a payment had come in. In memory only; nothing is ever stored.

A supposed payment is cash that happened and became known on the view's own evening.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ledger.days import to_day
from ledger.view import LedgerView

SUPPOSED = "supposed/"
"""The ids of supposed payments begin so, that nobody takes one for a fact."""


@dataclass(frozen=True)
class SupposedPayment:
    """Cash for one item: `amount_minor` above zero, in minor units of the item's currency."""

    item_id: str
    amount_minor: int


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
