"""Which rows of a view are about which customers: their part is then taken without a look at all the others."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ledger.lookup import positions
from ledger.ordering import Ints, are_in, as_arrow, starts, text_starts

if TYPE_CHECKING:
    from ledger.view import LedgerView

Rows = np.ndarray[Any, np.dtype[np.int32]]

_THINGS = {"items": "item_id", "promises": "promise_id", "holds": "hold_id", "callbacks": "callback_id"}
"""Frames of things that are told in revisions, which stand together, and what names a thing."""

_OF_ITEMS = ("applications", "disputes", "absences")
_OF_CUSTOMERS = ("customers", "contacts")


@dataclass(frozen=True, eq=False)
class Groups:
    """Rows by a number: of number n from `start[n]` to before `start[n + 1]`, in `order` where it is given."""

    start: Rows
    order: Rows | None = None

    @classmethod
    def by(cls, number: Ints, count: int) -> "Groups":
        """The rows by their number, from 0 to before `count`; those of -1 are in no group."""
        none = int(np.count_nonzero(number < 0))
        ends = none + np.cumsum(np.bincount(number[number >= 0] if none else number, minlength=count))
        start = np.concatenate([[none], ends]).astype(np.int32)
        in_order = bool((number[1:] >= number[:-1]).all())
        return cls(start, None if in_order else np.argsort(number, kind="stable").astype(np.int32))

    def rows(self, numbers: Ints) -> Ints:
        """The rows of these numbers."""
        first = self.start[numbers].astype(np.int64)
        each = self.start[numbers + 1] - first
        at: Ints = np.arange(int(each.sum())) + np.repeat(first - (np.cumsum(each) - each), each)
        return at if self.order is None else self.order[at].astype(np.int64)


@dataclass(frozen=True, eq=False)
class Runs:
    """The runs of equal ids in which rows stand, numbered from 0.

    Attributes:
        number: of each row; None where every row is a run of its own, as of things that are told once.
        rows_of: the rows by the number of their run; None likewise.
    """

    count: int
    number: Rows | None = None
    rows_of: Groups | None = None

    @classmethod
    def of(cls, ids: "pd.Series[str]") -> "Runs":
        """The runs of the ids of a frame."""
        begins = text_starts(ids)
        if begins.all():
            return cls(len(ids))
        number = np.cumsum(begins, dtype=np.int32) - np.int32(1)
        count = int(number[-1]) + 1
        return cls(count, number, Groups.by(number, count))

    def among(self, rows: Ints) -> Ints:
        """The runs of these rows, ascending, each once; no row twice."""
        rows = np.sort(rows)
        if self.number is None:
            return rows
        number = self.number[rows].astype(np.int64)
        return number[starts(number)]

    def run_of(self, rows: Ints) -> Ints:
        """The run in which each row stands; -1 for row -1."""
        if self.number is None:
            return rows
        return np.where(rows < 0, -1, self.number[rows])

    def rows(self, numbers: Ints) -> Ints:
        """The rows of these runs."""
        return numbers if self.rows_of is None else self.rows_of.rows(numbers)


class CustomerIndex:
    """The rows of a view by customer. Made once for a view; a part of it then costs little more than its own rows."""

    def __init__(self, view: "LedgerView") -> None:
        frames = {name: getattr(view, name) for name in (*_THINGS, *_OF_CUSTOMERS)}
        owners = {name: as_arrow(frame["customer_id"]).dictionary_encode() for name, frame in frames.items()}
        every = pa.concat_arrays([ids.dictionary for ids in owners.values()])
        self._customers = pd.Series(pc.unique(every), dtype="str")
        self._of_customer = {name: self._by_customer(ids) for name, ids in owners.items()}
        self._of_thing = {name: Runs.of(getattr(view, name)[key]) for name, key in _THINGS.items()}
        self._of_item = {name: self._by_item(getattr(view, name)["item_id"], view.items) for name in _OF_ITEMS}
        self._named, self._names = self._named_by(view.promises, view.items)

    def part(self, customers: "pd.Series[str]") -> dict[str, Ints]:
        """The rows of each frame that `LedgerView.part_of` keeps, ascending."""
        codes = np.flatnonzero(are_in(self._customers, customers))
        things = {name: self._ever_of(codes, name) for name in _THINGS}
        promises = self._of_thing["promises"].rows(things["promises"])
        named = self._named[self._names.rows(promises)]
        if len(named):
            things["items"] = np.union1d(things["items"], named)
        return (
            {name: self._of_thing[name].rows(told) for name, told in things.items()}
            | {name: self._of_item[name].rows(things["items"]) for name in _OF_ITEMS}
            | {name: np.sort(self._of_customer[name].rows(codes)) for name in _OF_CUSTOMERS}
        )

    def _ever_of(self, customers: Ints, name: str) -> Ints:
        """The things that are or ever were one of these customers', ascending."""
        return self._of_thing[name].among(self._of_customer[name].rows(customers))

    def _by_customer(self, ids: pa.DictionaryArray) -> Groups:
        """Rows about customers by the customer."""
        number = positions(pd.Series(ids.dictionary, dtype="str"), self._customers)
        return Groups.by(number[ids.indices.to_numpy()], len(self._customers))

    def _by_item(self, ids: "pd.Series[str]", items: pd.DataFrame) -> Groups:
        """Rows about items by the item."""
        told = self._of_thing["items"]
        return Groups.by(told.run_of(positions(ids, items["item_id"])), told.count)

    def _named_by(self, promises: pd.DataFrame, items: pd.DataFrame) -> tuple[Ints, Groups]:
        """The items that promises name, and which of these each row of the promises names."""
        lists = promises["item_ids"].tolist()
        pairs = sorted((name, row) for row, ids in enumerate(lists) if ids for name in ids.split("\n") if name)
        names = pd.Series([name for name, _ in pairs], dtype="str")
        item = self._of_thing["items"].run_of(positions(names, items["item_id"]))
        row = np.array([row for _, row in pairs], dtype=np.int64)
        return item[item >= 0], Groups.by(row[item >= 0], len(promises))
