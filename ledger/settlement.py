"""When an item counts as settled, as it was known day by day.

Balances and aging are kept to the cent; *labels and habits* call an item settled when what is left is a residue
within the clearing tolerance. A settlement that is undone (a bounced payment) is an episode with an end.
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ledger.days import NEVER
from ledger.money import EXPONENT


def tolerance_minor(amount_minor: Any, currency: Any) -> NDArray[np.int64]:
    """The residue, in minor units, below which an item counts as settled: max(0.5 %, 1 currency unit), at most 10 %.

    Args:
        amount_minor: original amounts, shape (n,), any sign.
        currency: ISO codes, shape (n,).

    >>> tolerance_minor(np.array([100_00, 1_000_00, 3_00]), np.array(["EUR", "EUR", "EUR"]))
    array([100, 500,  30])
    """
    amount = np.abs(np.asarray(amount_minor, dtype=np.int64))
    codes, inverse = np.unique(np.asarray(currency, dtype=object), return_inverse=True)
    unit = np.array([10 ** EXPONENT[code] for code in codes], dtype=np.int64)[inverse] if len(codes) else amount
    residue: NDArray[np.int64] = np.minimum(np.maximum(amount // 200, unit), amount // 10)
    return residue


def settlements(items: pd.DataFrame, applications: pd.DataFrame) -> pd.DataFrame:
    """Every episode of being settled, item by item, in the order in which it became known.

    Args:
        items, applications: the frames of a `LedgerView` (`ITEM_COLUMNS`, `APPLICATION_COLUMNS`).

    Returns:
        A frame ordered by (`item_id`, `known_on`), one row per episode:
        `item_id`, `customer_id`, `currency`, `amount_minor`, `issued_on`, `due_on` (as known that evening);
        `cleared_on` the value day of the application that cleared it; `known_on` the evening from which it was known
        settled; `taken_back_on` the evening from which it was known open again (`NEVER` if it stayed settled);
        `days_late` = `cleared_on - due_on`; `by_cash` whether cash made up at least half of what cleared it.
        Credit memos (negative amounts) are not receivables and have no episodes.
    """
    receivable = items[items["amount_minor"] > 0]
    facts = receivable.sort_values(["item_id", "known_on"], kind="stable")
    previous = facts.groupby("item_id", sort=False)["amount_minor"].shift(fill_value=0)
    billed = pd.DataFrame(
        {
            "item_id": facts["item_id"],
            "day": facts["known_on"],
            "delta": facts["amount_minor"] - previous,
            "cash": np.int64(0),
            "paid": np.int64(0),
            "happened_on": np.int64(-NEVER),
        }
    )
    applied = applications[applications["item_id"].isin(receivable["item_id"])]
    is_cash = applied["kind"].isin(["cash", "reversal"])
    paid = pd.DataFrame(
        {
            "item_id": applied["item_id"],
            "day": applied["known_on"],
            "delta": -applied["amount_minor"],
            "cash": applied["amount_minor"].where(is_cash, 0),
            "paid": applied["amount_minor"],
            "happened_on": applied["happened_on"],
        }
    )
    # One row per item and evening: what was known at the end of that day.
    evenings = (
        pd.concat([billed, paid], ignore_index=True)
        .groupby(["item_id", "day"], sort=True)
        .agg(delta=("delta", "sum"), cash=("cash", "sum"), paid=("paid", "sum"), happened_on=("happened_on", "max"))
        .reset_index()
    )
    per_item = evenings.groupby("item_id", sort=False)
    evenings["open"] = per_item["delta"].cumsum()
    evenings["cash"] = per_item["cash"].cumsum()
    evenings["paid"] = per_item["paid"].cumsum()
    evenings["cleared_on"] = per_item["happened_on"].cummax()

    # The revision that counts on each of those evenings.
    revisions = facts[["item_id", "known_on", "customer_id", "currency", "amount_minor", "issued_on", "due_on"]]
    evenings = _as_of_revision(evenings, revisions)
    tolerance = tolerance_minor(evenings["amount_minor"].to_numpy(), evenings["currency"].to_numpy())
    evenings["settled"] = (evenings["open"].to_numpy() <= tolerance) & (evenings["paid"].to_numpy() > 0)

    was = evenings.groupby("item_id", sort=False)["settled"].shift(fill_value=False)
    turns = evenings[evenings["settled"] != was]
    until = turns.groupby("item_id", sort=False)["day"].shift(-1)
    found = turns[turns["settled"]]
    return pd.DataFrame(
        {
            "item_id": found["item_id"],
            "customer_id": found["customer_id"],
            "currency": found["currency"],
            "amount_minor": found["amount_minor"],
            "issued_on": found["issued_on"],
            "due_on": found["due_on"],
            "cleared_on": found["cleared_on"],
            "known_on": found["day"],
            "taken_back_on": until[found.index].fillna(NEVER).astype(np.int64),
            "days_late": found["cleared_on"] - found["due_on"],
            "by_cash": found["cash"] * 2 >= found["paid"],
        }
    ).reset_index(drop=True)


def _as_of_revision(evenings: pd.DataFrame, revisions: pd.DataFrame) -> pd.DataFrame:
    """Join to each (item, day) the newest revision known by that day."""
    joined = pd.merge_asof(
        evenings.sort_values("day", kind="stable"),
        revisions.sort_values("known_on", kind="stable"),
        left_on="day",
        right_on="known_on",
        by="item_id",
    )
    # An application can be known before its item only in a broken file; the importer refuses that.
    joined = joined.dropna(subset=["amount_minor"])
    for name in ("amount_minor", "issued_on", "due_on"):
        joined[name] = joined[name].astype(np.int64)
    return joined.sort_values(["item_id", "day"], kind="stable").reset_index(drop=True)
