"""When an item counts as settled, as it was known day by day.

Balances and aging are kept to the cent; *labels and habits* call an item settled when what is left is a residue
within the clearing tolerance. A settlement that is undone (a bounced payment) is an episode with an end.

`episodes` works on whole numbers, a million items a second; `settlements` tells the same of the frames of a view.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ledger.days import NEVER
from ledger.lookup import positions, whole
from ledger.money import EXPONENT
from ledger.ordering import Flags, Ints, codes_of

_DAY_SPAN = 1 << 23
"""More days than a key of (item, day) can meet: whole days lie within ±4 million."""


def tolerance_minor(amount_minor: Any, currency: Any) -> NDArray[np.int64]:
    """The residue, in minor units, below which an item counts as settled: max(0.5 %, 1 currency unit), at most 10 %.

    Args:
        amount_minor: original amounts, shape (n,), any sign.
        currency: ISO codes, shape (n,).

    >>> tolerance_minor(np.array([100_00, 1_000_00, 3_00]), np.array(["EUR", "EUR", "EUR"]))
    array([100, 500,  30])
    """
    inverse, codes = pd.factorize(currency)
    unit = np.array([10 ** EXPONENT[code] for code in codes], dtype=np.int64)
    return residue_of(np.asarray(amount_minor, dtype=np.int64), unit[inverse] if len(codes) else unit)


def residue_of(amount_minor: Ints, unit: Ints) -> Ints:
    """The same where the minor units of one currency unit are known; both shape (n,)."""
    amount = np.abs(amount_minor)
    residue: Ints = np.minimum(np.maximum(amount // 200, unit), amount // 10)
    return residue


@dataclass(frozen=True, eq=False)
class Episodes:
    """Every time an item was known to be settled, ordered by (item, `known`); whole days, shape (n,).

    Attributes:
        revision: row of the revision that counted on the evening `known`.
        cleared: the value day of the newest application by then.
        known: the evening from which it was known settled.
        taken_back: the evening from which it was known open again; `NEVER` if it stayed settled.
        by_cash: whether cash made up at least half of what cleared it.
    """

    revision: Ints
    cleared: Ints
    known: Ints
    taken_back: Ints
    by_cash: Flags


@dataclass(frozen=True, eq=False)
class Billed:
    """Revisions of receivables (amounts above zero), ordered by (item, `known`); shape (n,)."""

    item: Ints
    known: Ints
    amount: Ints
    tolerance: Ints


@dataclass(frozen=True, eq=False)
class Applied:
    """Applications to those items, in any order; shape (n,). `cash`: a payment or what takes one back."""

    item: Ints
    known: Ints
    happened: Ints
    amount: Ints
    cash: Flags


def episodes(billed: Billed, applied: Applied) -> Episodes:
    """The turns of each item from open to settled, each with the evening of the next turn back."""
    item, day, money, happened = _evenings(billed, applied)
    begins = np.ones(len(item), dtype=np.bool_)
    begins[1:] = item[1:] != item[:-1]
    running = _running(money, begins)
    # Value days of one item never grow less: the newest that was known so far.
    newest = np.maximum.accumulate(item * _DAY_SPAN + happened) - item * _DAY_SPAN

    counts = np.searchsorted(billed.item * _DAY_SPAN + billed.known, item * _DAY_SPAN + day, side="right") - 1
    # An application can be known before its item only in a broken file; the importer refuses that.
    known = (counts >= 0) & (billed.item[counts] == item) if len(billed.item) else np.zeros(len(item), dtype=np.bool_)
    item, day, running, newest, counts = item[known], day[known], running[known], newest[known], counts[known]

    settled = (running[:, 0] <= billed.tolerance[counts]) & (running[:, 2] > 0)
    was = np.zeros(len(item), dtype=np.bool_)
    was[1:] = settled[:-1] & (item[1:] == item[:-1])
    turns = np.flatnonzero(settled != was)
    until = np.full(len(turns), NEVER, dtype=np.int64)
    again = item[turns[1:]] == item[turns[:-1]]
    until[:-1][again] = day[turns[1:]][again]
    found = settled[turns]
    at = turns[found]
    return Episodes(counts[at], newest[at], day[at], until[found], running[at, 1] * 2 >= running[at, 2])


def _evenings(billed: Billed, applied: Applied) -> tuple[Ints, Ints, Ints, Ints]:
    """One row per item and evening on which something became known: item, day, what changed by the end of that day
    (open amount, cash, paid; shape (n, 3)), and the newest value day told that evening."""
    before = np.zeros(len(billed.item), dtype=np.int64)
    same = billed.item[1:] == billed.item[:-1]
    before[1:][same] = billed.amount[:-1][same]
    item = np.concatenate([billed.item, applied.item])
    day = np.concatenate([billed.known, applied.known])
    money = np.zeros((len(item), 3), dtype=np.int64)
    # What a revision adds to the open amount: the first all of it, a correction the difference.
    money[: len(before), 0] = billed.amount - before
    money[len(before) :, 0] = -applied.amount
    money[len(before) :, 1] = np.where(applied.cash, applied.amount, 0)
    money[len(before) :, 2] = applied.amount
    happened = np.concatenate([np.full(len(before), -NEVER, dtype=np.int64), applied.happened])

    key = item * _DAY_SPAN + day
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = np.flatnonzero(np.concatenate([np.ones(min(1, len(key)), dtype=np.bool_), key[1:] != key[:-1]]))
    if not len(first):
        return item, day, money, happened
    return (
        item[order][first],
        day[order][first],
        np.add.reduceat(money[order], first, axis=0),
        np.maximum.reduceat(happened[order], first),
    )


def _running(money: Ints, begins: Flags) -> Ints:
    """The changes of each item added up, shape as given."""
    if not len(money):
        return money
    sums = np.cumsum(money, axis=0)
    starts = np.flatnonzero(begins)
    before = sums[starts] - money[starts]
    running: Ints = sums - before[np.cumsum(begins) - 1]
    return running


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
    revisions = items[whole(items["amount_minor"]) > 0]
    code = codes_of(revisions["item_id"])
    order = np.lexsort((whole(revisions["known_on"]), code))
    revisions, code = revisions.take(order), code[order]
    row = positions(applications["item_id"], revisions["item_id"])
    applied, row = applications[row >= 0], row[row >= 0]
    amount = whole(revisions["amount_minor"])
    found = episodes(
        Billed(code, whole(revisions["known_on"]), amount, tolerance_minor(amount, revisions["currency"])),
        Applied(
            code[row],
            whole(applied["known_on"]),
            whole(applied["happened_on"]),
            whole(applied["amount_minor"]),
            applied["kind"].isin(["cash", "reversal"]).to_numpy(dtype=np.bool_),
        ),
    )
    then = revisions.take(found.revision).reset_index(drop=True)
    told = ["item_id", "customer_id", "currency", "amount_minor", "issued_on", "due_on"]
    return then[told].assign(
        cleared_on=found.cleared,
        known_on=found.known,
        taken_back_on=found.taken_back,
        days_late=found.cleared - whole(then["due_on"]),
        by_cash=found.by_cash,
    )
