"""The open book: what is owed, as spans of knowledge and as columns for the kernel that walks over it."""

from dataclasses import dataclass

import numpy as np

from features.facts import Applications, Codes, Days, Facts, IntArray, Revisions
from features.kernels.arranging import arranged
from ledger.days import NEVER


@dataclass(frozen=True, eq=False)
class Book:
    """Revisions of receivables and the payments on them, customer by customer (owners counted from 0).

    Attributes:
        revisions: ordered by (customer, known), those of one owner at `start[owner]` to `start[owner + 1]`.
        tolerance: with what residue each counts as settled, minor units.
        item: of each revision, counted from the block's first.
        ends: rows of revisions that end, by (customer, end), at `ends_start[owner]`.
        paid_item, paid_known, paid_amount: payments on items that were ever the owner's, by (customer, known), at
            `paid_start[owner]`; a payment on an item that was moved stands with both.
        items: how many items.
    """

    revisions: Revisions
    tolerance: IntArray
    start: IntArray
    item: IntArray
    ends: IntArray
    ends_start: IntArray
    paid_item: IntArray
    paid_known: Days
    paid_amount: IntArray
    paid_start: IntArray
    items: int

    @classmethod
    def of(
        cls, facts: Facts, receivable: Revisions, applications: Applications, low: int, owners: int, first_item: int
    ) -> "Book":
        """From the receivables of a block whose customers begin at `low` and whose items at `first_item`."""
        start, order = arranged(receivable.customer.astype(np.int64) - low, receivable.known.astype(np.int64), owners)
        held = receivable.take(order)
        owner = held.customer.astype(np.int64) - low
        ending = np.flatnonzero(held.superseded != NEVER)
        ends_start, by_end = arranged(owner[ending], held.superseded[ending].astype(np.int64), owners)

        ever = _ever_owed(receivable)
        row, at = pairs_of(applications.item - first_item, receivable.item[ever] - first_item)
        payer = receivable.customer[ever][at].astype(np.int64) - low
        paid_start, by_known = arranged(payer, applications.known[row].astype(np.int64), owners)
        paid = row[by_known]
        return cls(
            held, facts.tolerance(held), start, held.item.astype(np.int64) - first_item, ending[by_end], ends_start,
            applications.item[paid].astype(np.int64) - first_item, applications.known[paid],
            applications.amount[paid], paid_start, int(receivable.item.max(initial=first_item - 1)) - first_item + 1,
        )  # fmt: skip


def _ever_owed(receivable: Revisions) -> IntArray:
    """A row for each item and customer that it was ever with: both are told of every payment on it."""
    again = receivable.item[1:] == receivable.item[:-1]
    if not (again & (receivable.customer[1:] != receivable.customer[:-1])).any():
        return np.flatnonzero(np.concatenate([np.ones(min(1, len(receivable)), dtype=np.bool_), ~again]))
    key = (receivable.item.astype(np.int64) << 32) + receivable.customer
    return np.sort(np.unique(key, return_index=True)[1])


def pairs_of(item: Codes, owned: Codes) -> tuple[IntArray, IntArray]:
    """All pairs (row of `item`, row of `owned`) of one item; `owned` ascending, codes from 0. Shape (n_pairs,) each."""
    counts = np.bincount(owned, minlength=int(item.max(initial=-1)) + 1)
    place = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(counts)])
    low, each = place[item], counts[item]
    if (each == 1).all():
        return np.arange(len(item)), low
    row = np.repeat(np.arange(len(item)), each)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(each) - each, each) + low[row]
