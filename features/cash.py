"""Cash, in numbers: when items were settled, and which payments stand."""

import numpy as np
import pandas as pd

from features.facts import CASH, REVERSAL, Applications, Paid, Revisions, Settled, as_days
from ledger.days import NEVER
from ledger.lookup import positions, whole
from ledger.money import EXPONENT
from ledger.returned_cash import standing_cash
from ledger.settlement import Applied, Billed, episodes, residue_of


def settled_of(revisions: Revisions, applications: Applications, currencies: pd.Index) -> Settled:
    """The episodes of being settled, by `ledger.settlement`."""
    unit = 10 ** np.array([EXPONENT[str(code)] for code in currencies], dtype=np.int64)
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
            residue_of(billed.amount, unit[billed.currency] if len(unit) else billed.amount),
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


def paid(frame: pd.DataFrame, item_ids: pd.Index, applications: Applications) -> Paid:
    if not (applications.kind == REVERSAL).any():
        return paid_of(applications)
    parts = standing_cash(frame)
    item = positions(parts["item_id"], pd.Series(item_ids))
    ours = (item >= 0) & (whole(parts["amount_minor"]) > 0)
    item, happened, known, until = (
        item[ours], *(whole(parts[name])[ours] for name in ("happened_on", "known_on", "taken_back_on"))
    )  # fmt: skip
    # As for applications: not known before the item, whose first revision is known when its first application may be.
    first = np.full(len(item_ids), NEVER, dtype=np.int64)
    np.minimum.at(first, applications.item, applications.known)
    known = np.maximum(known, first[item])
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
