"""A view in blocks of customers or of items, each a view of its own: of a large book little is then held at a time."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd

from ledger.lookup import rows_until
from ledger.ordering import Ints, as_arrow, codes_of, text_starts
from ledger.view import LedgerView

NOT_ASKED = {
    "items": ("entity", "invoice_number", "terms", "kind", "instalment"),
    "applications": ("application_id", "known_assumed"),
}
"""Columns that a block does without: what is said of customers one by one does not look at them."""


def blocks(view: LedgerView, owners: "pd.Series[str]", size: int) -> Iterator[tuple[Ints, LedgerView]]:
    """The rows of a table in blocks of customers, in the order of their ids, each with the part of the view about them.

    Args:
        owners: the customer of each row of the table.
        size: customers in a block, at least 1. Where one block is enough, for none too, it has the view itself.

    Yields which rows of the table are about the customers of the block, ascending, and `view.part_of` them without the
    columns `NOT_ASKED`.
    """
    customer = codes_of(owners)
    block = customer // size
    order = np.argsort(block, kind="stable")
    ends = np.cumsum(np.bincount(block))
    if len(ends) <= 1:
        yield order, view
        return
    for rows in np.split(order, ends[:-1]):
        yield rows, view.part_of(owners.iloc[rows], NOT_ASKED)


def item_runs(view: LedgerView, size: int) -> Iterator[LedgerView]:
    """The items of a view in their order, about `size` revisions at a time, with what was applied to them.

    Each is a view of its own that knows nothing else; where one is enough, it is the view itself. An item is in one of
    them, with all that was told of it.
    """
    items, applications = view.items, view.applications
    if len(items) <= size:
        yield view
        return
    ends = np.append(np.flatnonzero(text_starts(items["item_id"]))[1:], len(items))
    cuts = np.unique(ends[np.searchsorted(ends, np.arange(size, len(items) + size, size).clip(max=len(items)))])
    low, nothing, paid = 0, view.part_of([]), as_arrow(applications["item_id"])
    for first, last in pairwise([0, *cuts.tolist()]):
        high = rows_until(paid, str(items["item_id"].iloc[last - 1]), low)
        yield replace(
            nothing,
            items=items.iloc[first:last].reset_index(drop=True),
            applications=applications.iloc[low:high].reset_index(drop=True),
        )
        low = high
