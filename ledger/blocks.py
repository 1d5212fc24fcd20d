"""A view in blocks of customers, each a view of its own: work on a large book then holds little of it at a time."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ledger.lookup import positions
from ledger.ordering import Flags, Ints, numbers_of, text_starts
from ledger.view import LedgerView


class Blocks:
    """The blocks of some customers of a view.

    A block has the facts of its customers alone, in the order of the view, and answers about them are those of the
    whole view, to the last bit: all revisions of every item that is or ever was one of theirs (a correction may have
    moved it), or that one of their promises names, with what was applied to them and disputed of them; their own
    contacts, promises, holds, callbacks and master data. What is asked about everyone is to be asked of the whole view.

    Args:
        customers: their ids, each once; a block is a run of them.
        size: customers in a block, at least 1.
    """

    def __init__(self, view: LedgerView, customers: "pd.Series[str]", size: int) -> None:
        self._view, self._customers, self._size = view, customers, size

    def __iter__(self) -> Iterator[tuple[slice, LedgerView]]:
        """Which of the customers, and their view; the view itself where they are all in one block."""
        for start in range(0, len(self._customers), self._size):
            rows = slice(start, min(start + self._size, len(self._customers)))
            yield rows, self._view if len(self._customers) <= self._size else self._of(start // self._size)

    def of(self, customers: "pd.Series[str]") -> Ints:
        """The block of each customer, -1 of those that are in none; shape (n,)."""
        at = positions(customers, self._customers)
        return np.where(at < 0, -1, at // self._size)

    def _of(self, block: int) -> LedgerView:
        view, promises = self._view, self._same("promises", block)
        items = np.zeros(self._item_count, dtype=np.bool_)
        items[self._item[self._block["items"] == block]] = True
        promise, named = self._named
        items[named[promises[promise]]] = True
        return replace(
            view,
            items=_rows(view.items, items[self._item]),
            applications=_rows(view.applications, items[self._applied_to]),
            disputes=_rows(view.disputes, items[self._disputed]),
            absences=_rows(view.absences, items[self._absent]),
            customers=_rows(view.customers, self._block["customers"] == block),
            contacts=_rows(view.contacts, self._block["contacts"] == block),
            promises=_rows(view.promises, promises),
            holds=_rows(view.holds, self._same("holds", block)),
            callbacks=_rows(view.callbacks, self._same("callbacks", block)),
        )

    def _same(self, kind: str, block: int) -> Flags:
        """The rows of a block, and every other revision of the same things."""
        number = self._number[kind]
        chosen = np.zeros(int(number.max(initial=-1)) + 1, dtype=np.bool_)
        chosen[number[self._block[kind] == block]] = True
        return chosen[number]

    @cached_property
    def _number(self) -> dict[str, Ints]:
        keys = {"promises": "promise_id", "holds": "hold_id", "callbacks": "callback_id"}
        return {kind: numbers_of(getattr(self._view, kind)[key]) for kind, key in keys.items()}

    @cached_property
    def _named(self) -> tuple[Ints, Ints]:
        """Items that promises name: the row of the promise and the item of each, shape (n,)."""
        told = self._view.promises["item_ids"].tolist()
        names = [(row, name) for row, ids in enumerate(told) if ids for name in ids.split("\n") if name]
        at = positions(pd.Series([name for _, name in names], dtype="str"), self._view.items["item_id"])
        rows = np.array([row for row, _ in names], dtype=np.int64)
        return rows[at >= 0], self._item[at[at >= 0]].astype(np.int64)

    @cached_property
    def _block(self) -> dict[str, Ints]:
        frames = ("items", "customers", "contacts", "promises", "holds", "callbacks")
        return {name: self.of(getattr(self._view, name)["customer_id"]).astype(np.int32) for name in frames}

    @cached_property
    def _first(self) -> Flags:
        return text_starts(self._view.items["item_id"])

    @cached_property
    def _item(self) -> "np.ndarray[Any, np.dtype[np.int32]]":
        """The item of each revision: they stand together."""
        return np.cumsum(self._first, dtype=np.int32) - 1

    @property
    def _item_count(self) -> int:
        return int(self._first.sum()) + 1  # the last stands for what is not there, and is never chosen

    @cached_property
    def _applied_to(self) -> "np.ndarray[Any, np.dtype[np.int32]]":
        return self._of_items(self._view.applications)

    @cached_property
    def _disputed(self) -> "np.ndarray[Any, np.dtype[np.int32]]":
        return self._of_items(self._view.disputes)

    @cached_property
    def _absent(self) -> "np.ndarray[Any, np.dtype[np.int32]]":
        return self._of_items(self._view.absences)

    def _of_items(self, frame: pd.DataFrame) -> "np.ndarray[Any, np.dtype[np.int32]]":
        at = positions(frame["item_id"], self._view.items["item_id"])
        return np.where(at < 0, np.int32(-1), np.append(self._item, np.int32(-1))[at]).astype(np.int32)


def _rows(frame: pd.DataFrame, chosen: Flags) -> pd.DataFrame:
    return frame.iloc[np.flatnonzero(chosen)].reset_index(drop=True)
