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
    inverse, codes = pd.factorize(currency)
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
    receivable = items[items["amount_minor"].astype(np.int64) > 0]
    revisions = receivable.sort_values(["item_id", "known_on"], kind="stable")
    applied = applications[applications["item_id"].isin(receivable["item_id"])]
    evenings = _evenings(pd.concat([_billed(revisions), _paid(applied)], ignore_index=True))
    return _episodes(_settled(_as_of_revision(_running(evenings), revisions)))


def _billed(revisions: pd.DataFrame) -> pd.DataFrame:
    """What each revision adds to the open amount of its item: the first all of it, a correction the difference."""
    amount = revisions["amount_minor"].astype(np.int64)
    return pd.DataFrame(
        {
            "item_id": revisions["item_id"],
            "day": revisions["known_on"].astype(np.int64),
            "delta": amount - amount.groupby(revisions["item_id"], sort=False).shift(fill_value=0),
            "cash": np.int64(0),
            "paid": np.int64(0),
            "happened_on": np.int64(-NEVER),
        }
    )


def _paid(applications: pd.DataFrame) -> pd.DataFrame:
    """What each application takes from the open amount of its item, and how much of it was cash."""
    # An empty frame may come without types.
    amount = applications["amount_minor"].astype(np.int64)
    return pd.DataFrame(
        {
            "item_id": applications["item_id"],
            "day": applications["known_on"].astype(np.int64),
            "delta": -amount,
            "cash": amount.where(applications["kind"].isin(["cash", "reversal"]), 0),
            "paid": amount,
            "happened_on": applications["happened_on"].astype(np.int64),
        }
    )


def _evenings(changes: pd.DataFrame) -> pd.DataFrame:
    """One row per item and evening on which something became known: what changed by the end of that day."""
    return (
        changes.groupby(["item_id", "day"], sort=True)
        .agg(delta=("delta", "sum"), cash=("cash", "sum"), paid=("paid", "sum"), happened_on=("happened_on", "max"))
        .reset_index()
    )


def _running(evenings: pd.DataFrame) -> pd.DataFrame:
    """The changes of each item added up: what was open, paid, and paid in cash, and the newest value day so far."""
    per_item = evenings.groupby("item_id", sort=False)
    return evenings.assign(
        open=per_item["delta"].cumsum(),
        cash=per_item["cash"].cumsum(),
        paid=per_item["paid"].cumsum(),
        cleared_on=per_item["happened_on"].cummax(),
    )


def _settled(evenings: pd.DataFrame) -> pd.DataFrame:
    """With `settled`: whether so little was open that evening that the item counts as settled, and by a payment."""
    tolerance = tolerance_minor(evenings["amount_minor"].to_numpy(), evenings["currency"].to_numpy())
    return evenings.assign(settled=(evenings["open"].to_numpy() <= tolerance) & (evenings["paid"].to_numpy() > 0))


def _episodes(evenings: pd.DataFrame) -> pd.DataFrame:
    """The turns from open to settled, each with the evening of the next turn back."""
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
    facts = revisions[["item_id", "known_on", "customer_id", "currency", "amount_minor", "issued_on", "due_on"]]
    joined = pd.merge_asof(
        evenings.sort_values("day", kind="stable"),
        facts.astype({"known_on": np.int64}).sort_values("known_on", kind="stable"),
        left_on="day",
        right_on="known_on",
        by="item_id",
    )
    # An application can be known before its item only in a broken file; the importer refuses that.
    joined = joined.dropna(subset=["amount_minor"])
    for name in ("amount_minor", "issued_on", "due_on"):
        joined[name] = joined[name].astype(np.int64)
    return joined.sort_values(["item_id", "day"], kind="stable").reset_index(drop=True)
