"""Covered money: what of an open item is disputed or promised, so that nobody is called about it.

A dispute covers its own part of an item. A promise that is still waited for covers the items that it names, or all of
its customer's in its currency, those due first before the others, up to the promised amount less what has come towards
it; the rest of the account is called about as before. For how long it is waited for is the strategy's; whether it was
kept is the ledger's, by its own two bank days.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ledger.days import NEVER, to_day
from ledger.frames import where
from ledger.lookup import whole
from ledger.measures.promises import Cash, Promise, PromiseRules, paid_towards
from ledger.ordering import are_in
from ledger.returned_cash import standing_cash
from ledger.view import LedgerView
from serving.value.item_call import Covered


def covered_of(view: LedgerView, grace_bank_days: int) -> dict[str, Covered]:
    """What is covered of each open item of which anything is, as known on the evening, by `item_id`.

    Args:
        grace_bank_days: after its day for which a promise is waited for.
    """
    if view.disputes.empty and view.promises.empty:
        return {}
    open_items = view.open_items()
    owed = where(open_items, whole(open_items["open_minor"]) > 0).sort_values(["due_on", "item_id"], kind="stable")
    left = dict(zip(owed["item_id"].tolist(), whole(owed["open_minor"]).tolist(), strict=True))
    disputed = _disputed(view, left)
    for item_id, minor in disputed.items():
        left[item_id] -= minor
    promised = _promised(view, owed, left, grace_bank_days)
    return {
        item_id: Covered(disputed.get(item_id, 0), promised.get(item_id, 0))
        for item_id in sorted(disputed.keys() | promised.keys())
    }


def _disputed(view: LedgerView, left: dict[str, int]) -> dict[str, int]:
    told = view.open_disputes().groupby("item_id", sort=True)["amount_minor"].sum()
    return {str(item_id): min(int(minor), left[item_id]) for item_id, minor in told.items() if item_id in left}


def _promised(view: LedgerView, owed: pd.DataFrame, left: dict[str, int], grace_bank_days: int) -> dict[str, int]:
    """What open promises cover of what is not disputed, the earlier promise first."""
    open_promises = awaited(view, grace_bank_days)
    if open_promises.empty:
        return {}
    told = where(view.promises, view.promises["promise_id"].isin(open_promises["promise_id"]).to_numpy())
    by_id = told.drop_duplicates("promise_id", keep="last").set_index("promise_id").to_dict("index")
    items = _items_of_customers(where(owed, are_in(owed["customer_id"], open_promises["customer_id"])))
    cash = _Cash(view, open_promises["customer_id"])
    covered: dict[str, int] = defaultdict(int)
    for promise_id in open_promises["promise_id"].tolist():
        promise = by_id[promise_id]
        named = str(promise["item_ids"]).split("\n") if promise["item_ids"] else None
        of_customer = items.get((str(promise["customer_id"]), str(promise["currency"])), [])
        about = [item_id for item_id in of_customer if named is None or item_id in named]
        amount = int(promise["amount_minor"]) - cash.towards(promise, named)
        for item_id in about:
            part = min(amount, left[item_id])
            if part > 0:
                covered[item_id] += part
                left[item_id] -= part
                amount -= part
    return covered


def awaited(view: LedgerView, grace_bank_days: int) -> pd.DataFrame:
    """The promises that are waited for on the evening: not kept, not withdrawn, and so many bank days not over.

    The last rows of `view.promise_spans` with `waited_until`, the last whole day of waiting; the earlier promise first.
    """
    spans = view.promise_spans
    stands = where(spans, (whole(spans["taken_back_on"]) == NEVER) & ~spans["state"].isin(["kept", "cancelled"]))
    rules = PromiseRules(grace_bank_days)
    until = [rules.last_day(Promise(1, day, day)) for day in whole(stands["promised_on"]).tolist()]
    waited = stands.assign(waited_until=np.array(until, dtype=np.int64))
    waited = where(waited, whole(waited["waited_until"]) >= to_day(view.day))
    return waited.sort_values(["promised_on", "promise_id"], kind="stable")


def _items_of_customers(owed: pd.DataFrame) -> dict[tuple[str, str], list[str]]:
    """The open items by customer and currency, due first."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    columns = (owed["customer_id"].tolist(), owed["currency"].tolist(), owed["item_id"].tolist())
    for customer_id, currency, item_id in zip(*columns, strict=True):
        found[customer_id, currency].append(item_id)
    return found


class _Cash:
    """The cash of some customers that stands in a view, by customer and currency."""

    def __init__(self, view: LedgerView, customers: "pd.Series[str]") -> None:
        self._today = to_day(view.day)
        theirs = (whole(view.items["superseded_on"]) == NEVER) & are_in(view.items["customer_id"], customers)
        items = where(view.items, theirs)
        cash = standing_cash(where(view.applications, are_in(view.applications["item_id"], items["item_id"])))
        stands = (whole(cash["known_on"]) <= self._today) & (whole(cash["taken_back_on"]) == NEVER)
        owned = where(cash, stands).merge(
            items.loc[items["amount_minor"] > 0, ["item_id", "customer_id", "currency"]], on="item_id"
        )
        self._come: dict[tuple[str, str], list[tuple[str, Cash]]] = defaultdict(list)
        names = ("customer_id", "currency", "item_id", "amount_minor", "happened_on")
        for customer_id, currency, item_id, *cash_of in zip(*(owned[name].tolist() for name in names), strict=True):
            self._come[customer_id, currency].append((item_id, Cash(*cash_of)))

    def towards(self, promise: Mapping[Hashable, Any], named: list[str] | None) -> int:
        """Minor units that have come towards a promise so far."""
        come = self._come.get((promise["customer_id"], promise["currency"]), [])
        made = Promise(int(promise["amount_minor"]), int(promise["made_on"]), int(promise["promised_on"]))
        return paid_towards(made, [one for item_id, one in come if named is None or item_id in named], self._today)
