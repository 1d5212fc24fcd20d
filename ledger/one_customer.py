"""One customer's part of a view: all that an answer about this customer can rest on, and little else."""

from dataclasses import replace

import numpy as np
import pandas as pd

from ledger.ordering import are_in
from ledger.view import LedgerView


def view_of_customer(view: LedgerView, customer_id: str) -> LedgerView:
    """The view with the facts of one customer alone; answers about it are those of the whole view, to the last bit.

    Kept are all revisions of every item that is or ever was this customer's (a correction may have moved it), or that
    one of its promises names, with what was applied to them and disputed of them; its own contacts, promises,
    holds, callbacks and master data. What is asked about everyone has to be asked of the whole view.
    """
    promises = _of_same(view.promises, "promise_id", view.promises["customer_id"] == customer_id)
    named = pd.Series(sorted({name for ids in promises["item_ids"] for name in ids.split("\n") if name}), dtype="str")
    ours = (view.items["customer_id"] == customer_id) | are_in(view.items["item_id"], named)
    items = _of_same(view.items, "item_id", ours)
    ids = items["item_id"]
    return replace(
        view,
        items=items,
        applications=_rows(view.applications, are_in(view.applications["item_id"], ids)),
        disputes=_rows(view.disputes, are_in(view.disputes["item_id"], ids)),
        absences=_rows(view.absences, are_in(view.absences["item_id"], ids)),
        customers=_rows(view.customers, view.customers["customer_id"] == customer_id),
        contacts=_rows(view.contacts, view.contacts["customer_id"] == customer_id),
        promises=promises,
        holds=_of_same(view.holds, "hold_id", view.holds["customer_id"] == customer_id),
        callbacks=_of_same(view.callbacks, "callback_id", view.callbacks["customer_id"] == customer_id),
    )


def _of_same(frame: pd.DataFrame, key: str, chosen: "pd.Series[bool]") -> pd.DataFrame:
    """The rows chosen, and every other revision of the same thing."""
    return _rows(frame, are_in(frame[key], frame.loc[chosen, key]))


def _rows(frame: pd.DataFrame, chosen: "pd.Series[bool] | np.ndarray[tuple[int], np.dtype[np.bool_]]") -> pd.DataFrame:
    return frame.iloc[np.flatnonzero(np.asarray(chosen, dtype=np.bool_))].reset_index(drop=True)
