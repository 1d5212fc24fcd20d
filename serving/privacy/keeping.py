"""Keeping: what must be kept of a customer in spite of a wish to erase it, and why.

The law lets claims be established and defended (GDPR, art. 17(3)(b) and (e)): while money is open or disputed, or while
somebody holds the person for a case, nothing is erased.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ledger.days import NEVER
from ledger.lookup import whole
from ledger.view import LedgerView
from ledger.words import count_text


@dataclass(frozen=True)
class Keeping:
    """Who must be kept on an evening.

    Attributes:
        open_items, open_disputes: how many there are, by customer.
        legal_holds: customer → since when and by whom it is held.
    """

    open_items: Mapping[str, int] = field(default_factory=dict)
    open_disputes: Mapping[str, int] = field(default_factory=dict)
    legal_holds: Mapping[str, tuple[str, str]] = field(default_factory=dict)

    def why(self, customer_id: str) -> tuple[str, ...]:
        """Why a customer cannot be erased yet, in words; empty for one who can."""
        found = []
        if items := self.open_items.get(customer_id, 0):
            found.append(f"{count_text(items, 'item')} open")
        if disputes := self.open_disputes.get(customer_id, 0):
            found.append(f"{count_text(disputes, 'dispute')} open")
        if hold := self.legal_holds.get(customer_id):
            found.append(f"a legal hold by {hold[1]} since {hold[0][:10]}")
        return tuple(found)


def keeping_of(view: LedgerView | None, holds: Mapping[str, Mapping[str, str]]) -> Keeping:
    """What must be kept on the evening of a view; None is an empty ledger.

    Args:
        holds: customer → `held_at` and `held_by`.
    """
    legal = {who: (hold["held_at"], hold["held_by"]) for who, hold in holds.items()}
    if view is None:
        return Keeping(legal_holds=legal)
    items = view.open_items()
    customers = view.items.drop_duplicates("item_id", keep="last").set_index("item_id")["customer_id"]
    disputed = view.open_disputes()["item_id"].map(customers).dropna()
    return Keeping(_counts(items["customer_id"]), _counts(disputed), legal)


def last_days(view: LedgerView) -> dict[str, int]:
    """Customer → the newest day (whole) on which anything of it happened, fell due or was told, by what the view knows.

    Days to come, such as due days, count as they stand.
    """
    customers = view.items.drop_duplicates("item_id", keep="last").set_index("item_id")["customer_id"]
    parts = [
        (view.items["customer_id"], ("issued_on", "due_on", "known_on"), view.items),
        (view.applications["item_id"].map(customers), ("happened_on", "known_on"), view.applications),
        (view.disputes["item_id"].map(customers), ("opened_on", "known_on"), view.disputes),
        (view.customers["customer_id"], ("known_on",), view.customers),
        (view.contacts["customer_id"], ("happened_on", "known_on"), view.contacts),
        (view.promises["customer_id"], ("promised_on", "known_on"), view.promises),
        (view.holds["customer_id"], ("from_on", "known_on"), view.holds),
        (view.callbacks["customer_id"], ("due_on", "known_on"), view.callbacks),
    ]
    found: dict[str, int] = {}
    for whose, names, frame in parts:
        days = np.max([np.where(whole(frame[name]) < NEVER, whole(frame[name]), 0) for name in names], axis=0)
        for customer, day in zip(whose.tolist(), np.atleast_1d(days).tolist(), strict=True):
            if isinstance(customer, str):
                found[customer] = max(found.get(customer, 0), int(day))
    return found


def _counts(customers: "pd.Series[str]") -> dict[str, int]:
    return {str(who): int(count) for who, count in customers.value_counts().items()}
