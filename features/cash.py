"""Cash, in numbers: when items were settled, and which payments stand."""

import numpy as np
import pandas as pd

from features.facts import CASH, REVERSAL, Applications, IntArray, Paid, Revisions, Settled, as_days, tolerance_of
from ledger.days import NEVER
from ledger.lookup import positions, whole
from ledger.returned_cash import standing_cash
from ledger.settlement import Applied, Billed, episodes


def settled_of(revisions: Revisions, applications: Applications, currencies: pd.Index) -> Settled:
    """The episodes of being settled, by `ledger.settlement`."""
    rows = np.flatnonzero(revisions.amount > 0)
    billed = revisions if len(rows) == len(revisions) else revisions.take(rows)
    if len(rows) < len(revisions):
        owed = np.zeros(int(revisions.item.max(initial=-1)) + 1, dtype=np.bool_)
        owed[billed.item] = True
        applications = applications.take(owed[applications.item])
    found = episodes(
        Billed(
            billed.item.astype(np.int64),
            billed.known.astype(np.int64),
            billed.amount,
            tolerance_of(billed, currencies),
        ),
        Applied(
            applications.item.astype(np.int64),
            applications.known.astype(np.int64),
            applications.happened.astype(np.int64),
            applications.amount,
            (applications.kind == CASH) | (applications.kind == REVERSAL),
        ),
    )
    at = rows[found.revision]
    return Settled(
        item=revisions.item[at],
        revision=at.astype(np.int32),
        cleared=found.cleared.astype(np.int32),
        known=found.known.astype(np.int32),
        taken_back=found.taken_back.astype(np.int32),
        by_cash=found.by_cash,
    )


def paid(frame: pd.DataFrame, item_ids: pd.Index, first_known: IntArray, applications: Applications) -> Paid:
    """The payments, each until it is known to have bounced.

    Args:
        frame: the applications of a view; item_ids: what item codes stand for.
        first_known: the evening on which each item was first known, whole days, shape (n_items,).
        applications: the same frame in numbers.
    """
    if not (applications.kind == REVERSAL).any():
        return paid_of(applications)
    parts = standing_cash(frame)
    item = positions(parts["item_id"], pd.Series(item_ids))
    ours = (item >= 0) & (whole(parts["amount_minor"]) > 0)
    item, happened, known, until = (
        item[ours], *(whole(parts[name])[ours] for name in ("happened_on", "known_on", "taken_back_on"))
    )  # fmt: skip
    known = np.maximum(known, first_known[item])
    order = np.lexsort((until, happened, known, item))
    # What came together counts until the last part of it is taken back.
    last = np.ones(len(order), dtype=np.bool_)
    for column in (item[order], happened[order], known[order]):
        last[:-1] &= column[1:] == column[:-1]
    last[:-1] = ~last[:-1]
    order = order[last & (until > known)[order]]
    return Paid(item[order].astype(np.int32), as_days(happened[order]), as_days(known[order]), as_days(until[order]))


def paid_of(applications: Applications) -> Paid:
    """The payments where none bounced."""
    cash = applications.cash
    told = applications if cash.all() else applications.take(cash)
    again = (told.item[1:] == told.item[:-1]) & (told.known[1:] == told.known[:-1])
    again &= told.happened[1:] == told.happened[:-1]
    if again.any():
        told = told.take(np.concatenate([[True], ~again]))
    never = np.broadcast_to(np.int32(NEVER), len(told))
    return Paid(told.item, told.happened, told.known, never)
