"""The facts of a view as whole-number columns, once, for the kernels that answer questions about them.

Ids become codes, money and days stay the integers they are. Items lie customer by customer, so that a run of customers
is a slice of every column and can be worked on alone. Customers that an item was moved between by a correction form one
*cluster* and are never torn apart.
"""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.lookup import positions
from ledger.money import EXPONENT
from ledger.settlement import residue_of
from ledger.view import APPLICATION_KINDS

IntArray = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Days = npt.NDArray[np.int32]
Ints: TypeAlias = "npt.NDArray[np.int32] | npt.NDArray[np.int64]"
BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

DAY_SPAN = 1 << 23
"""More days than a key can meet: whole days lie within ±4 million (`NEVER` plus any window fits)."""

CASH, REVERSAL = APPLICATION_KINDS.index("cash"), APPLICATION_KINDS.index("reversal")

LARGEST_SUM = float(2**62)
"""Half of what 64 bits hold: sums of one customer's money, weighted by days, must stay below it."""


def pack(owner: Ints, day: Ints) -> IntArray:
    """One 64-bit key per (owner, day) that sorts by owner, then by day. `owner` below 2^39."""
    key: IntArray = owner.astype(np.int64) * DAY_SPAN + (day.astype(np.int64) + DAY_SPAN // 2)
    return key


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of one length, ordered by the first, the owner."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def take(self, rows: "slice | Ints | BoolArray") -> "Any":
        """The same columns at these rows; a slice shares the memory."""
        columns = {name: column for name, column in vars(self).items() if name in self._names()}
        return type(self)(**{name: taken(column, rows) for name, column in columns.items()})

    def run(self, owners: Codes) -> "Any":
        """The rows of the owners from `owners[0]` to before `owners[1]`, sharing the memory."""
        return self.take(slice(*np.searchsorted(getattr(self, fields(self)[0].name), owners)))

    @classmethod
    def _names(cls) -> frozenset[str]:
        return frozenset(field.name for field in fields(cls))


@dataclass(frozen=True, eq=False)
class Revisions(Columns):
    """Every revision of every item, ordered by (item, known); money in minor units, days whole."""

    item: Codes
    customer: Codes
    currency: Codes
    amount: IntArray
    issued: Days
    due: Days
    known: Days
    superseded: Days
    source_row: Codes


@dataclass(frozen=True, eq=False)
class Applications(Columns):
    """Every application, ordered by (item, known, happened, amount); never known before its item. `kind` is the place
    in `APPLICATION_KINDS`."""

    item: Codes
    amount: IntArray
    happened: Days
    known: Days
    kind: npt.NDArray[np.int8]

    @property
    def cash(self) -> BoolArray:
        """Payments, not what takes one back."""
        return np.asarray((self.kind == CASH) & (self.amount > 0))

    @property
    def credit(self) -> BoolArray:
        """What lowered the debt without money: credits, discounts, write-offs."""
        return np.asarray((self.kind != CASH) & (self.kind != REVERSAL) & (self.amount > 0))


@dataclass(frozen=True, eq=False)
class Paid(Columns):
    """Payments of cash, ordered by (item, known, happened): what came for one item, of one day, told on one evening.
    `taken_back`: the evening from which all of it was known to have bounced; `NEVER` if it stands."""

    item: Codes
    happened: Days
    known: Days
    taken_back: Days


@dataclass(frozen=True, eq=False)
class Settled(Columns):
    """Every time an item was known settled: from `known` until the evening before `taken_back`; ordered by (item,
    known). `revision`: the row of what was known of the item that evening."""

    item: Codes
    revision: Codes
    cleared: Days
    known: Days
    taken_back: Days
    by_cash: BoolArray


@dataclass(frozen=True, eq=False)
class Disputed(Columns):
    """Spans in which a part of an item was known to be disputed, ordered by (item, start); `first`: the dispute's
    first span, so that one dispute counts once."""

    item: Codes
    start: Days
    end: Days
    amount: IntArray
    first: BoolArray


@dataclass(frozen=True, eq=False)
class Contacted(Columns):
    """Tries to reach a customer, ordered by (customer, known)."""

    customer: Codes
    known: Days
    unanswered: BoolArray


@dataclass(frozen=True, eq=False)
class Promised(Columns):
    """Spans in which a promise was known to be in a state, ordered by (customer, since): from `since` until the evening
    before `until`. `day`: the first evening of that state, whatever else of the promise was corrected meanwhile."""

    customer: Codes
    day: Days
    since: Days
    until: Days
    pending: BoolArray
    kept: BoolArray
    broken: BoolArray


@dataclass(frozen=True, eq=False)
class CustomerRevisions(Columns):
    """Every revision of what is known about a customer, ordered by (customer, known). `country` is a code of
    `Facts.countries`, -1 unknown; `credit_limit` minor units of `limit_currency`, -1 not stated."""

    customer: Codes
    known: Days
    superseded: Days
    country: Codes
    credit_limit: IntArray
    limit_currency: Codes


@dataclass(frozen=True, eq=False)
class Facts:
    """A view in numbers.

    Attributes:
        item_ids, customer_ids, currencies, countries: what the codes stand for; customers lie cluster by cluster, items
            customer by customer (the first one known), in the order of their ids otherwise.
        item_rank: the place of each item in the order of ids.
        cluster: of each customer, ascending.
    """

    item_ids: pd.Index
    customer_ids: pd.Index
    currencies: pd.Index
    countries: pd.Index
    item_rank: Codes
    cluster: Codes
    revisions: Revisions
    applications: Applications
    paid: Paid
    settled: Settled
    disputed: Disputed
    contacted: Contacted
    promised: Promised
    customers: CustomerRevisions

    @cached_property
    def exponents(self) -> IntArray:
        """Decimals of each currency."""
        return np.array([EXPONENT[str(code)] for code in self.currencies], dtype=np.int64)

    def tolerance(self, revisions: Revisions) -> IntArray:
        """The residue with which each of these revisions counts as settled, minor units."""
        if not len(revisions):
            return np.empty(0, dtype=np.int64)
        return residue_of(revisions.amount, (10**self.exponents)[revisions.currency])

    def items_of(self, ids: "pd.Series[Any]") -> IntArray:
        """The code of each id, -1 where it is not known."""
        return positions(ids, pd.Series(self.item_ids))

    def revision_at(self, item: Ints, day: Ints) -> IntArray:
        """Row of the revision that counts for each item on each evening; -1 when it was not known (or withdrawn).
        Unknown items are -1 and have none."""
        from features.kernels import newest_by

        row: IntArray = newest_by(self.revisions_start, self.revisions.known, item, day)
        there = row >= 0
        row[there] = np.where(self.revisions.superseded[row[there]] > day[there], row[there], -1)
        return row

    def applied_by(self, item: Ints, day: Ints) -> IntArray:
        """What was applied to each item by each evening, minor units; 0 for unknown items (-1)."""
        from features.kernels import summed_by

        return np.asarray(
            summed_by(self.applications_start, self.applications.known, self.applications.amount, item, day)
        )

    def disputed_at(self, item: Ints, day: Ints) -> IntArray:
        """What of each item was disputed on each evening, minor units; parts of one item add up."""
        told = self.disputed
        if not len(told):
            return np.zeros(len(item), dtype=np.int64)
        sums = np.zeros(len(item), dtype=np.int64)
        for days, sign in ((told.start, 1), (told.end, -1)):
            key = pack(told.item, days)
            order = np.argsort(key, kind="stable")
            before = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(told.amount[order])])
            low = np.searchsorted(key[order], pack(item, np.full_like(day, -DAY_SPAN // 2)))
            high = np.searchsorted(key[order], pack(item, day), side="right")
            sums += sign * (before[high] - before[low])
        return sums

    def customer_at(self, customer: Ints, day: Ints) -> IntArray:
        """Row of what was known about each customer on each evening; -1 for nothing."""
        held = self.customers
        if not len(held):
            return np.full(len(customer), -1, dtype=np.int64)
        row = np.searchsorted(self._customer_key, pack(customer, day), side="right") - 1
        known = (row >= 0) & (held.customer[row] == customer) & (held.superseded[row] > day)
        return np.where(known, row, -1)

    @cached_property
    def first(self) -> BoolArray:
        """The earliest revision of each item."""
        return changes(self.revisions.item)

    @cached_property
    def homes(self) -> Codes:
        """The customer of each item when it was first known, ascending."""
        return self.revisions.customer[self.first]

    @cached_property
    def revisions_start(self) -> IntArray:
        return _starts(self.revisions.item, len(self.item_rank))

    @cached_property
    def applications_start(self) -> IntArray:
        return _starts(self.applications.item, len(self.item_rank))

    @cached_property
    def _customer_key(self) -> IntArray:
        return pack(self.customers.customer, self.customers.known)


def taken(column: "npt.NDArray[Any]", rows: "slice | Ints | BoolArray") -> "npt.NDArray[Any]":
    """The column at these rows, counted from 0; a slice shares the memory."""
    if isinstance(rows, slice) or rows.dtype == np.bool_:
        return column[rows]
    return np.take(column, rows, mode="clip")


def changes(codes: Ints) -> BoolArray:
    begins = np.ones(len(codes), dtype=np.bool_)
    begins[1:] = codes[1:] != codes[:-1]
    return begins


def _starts(owner: Codes, owners: int) -> IntArray:
    """Where each owner's rows begin, and the end of the last; rows ordered by owner. Shape (owners + 1,)."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(np.bincount(owner, minlength=owners))])
