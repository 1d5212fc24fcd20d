"""The facts of a view as whole-number columns, once, for the kernels that answer questions about them.

Ids become codes, money and days stay the integers they are. Items lie customer by customer, so that a run of customers
is a slice of every column and can be worked on alone. Customers that an item was moved between by a correction form one
*cluster* and are never torn apart.
"""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.errors import DayOutOfRange
from features.kernels.arranging import arranged, newest_by, summed_by
from features.kernels.book_walks import unsettled_spans
from ledger.days import NEVER
from ledger.lookup import positions
from ledger.money import EXPONENT
from ledger.ordering import starts
from ledger.settlement import residue_of
from ledger.view import APPLICATION_KINDS

IntArray = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]
Days = npt.NDArray[np.int32]
Ints: TypeAlias = "npt.NDArray[np.int32] | npt.NDArray[np.int64]"
BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

CASH, REVERSAL = APPLICATION_KINDS.index("cash"), APPLICATION_KINDS.index("reversal")

LARGEST_SUM = float(2**62)
"""Half of what 64 bits hold: sums of one customer's money, weighted by days, must stay below it."""


@dataclass(frozen=True, eq=False)
class Columns:
    """Columns of one length, ordered by the first, the owner."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def take(self, rows: "slice | Ints | BoolArray") -> Self:
        """The same columns at these rows; a slice shares the memory."""
        return type(self)(**{field.name: taken(getattr(self, field.name), rows) for field in fields(self)})

    def run(self, owners: Codes) -> Self:
        """The rows of the owners from `owners[0]` to before `owners[1]`, sharing the memory."""
        return self.take(slice(*np.searchsorted(getattr(self, fields(self)[0].name), owners)))


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
    """Every application, ordered by (item, known, happened); never known before its item. `kind` is the place in
    `APPLICATION_KINDS`."""

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
        """What changed the debt without money: credits, discounts, write-offs, and what takes one back (negative)."""
        return np.asarray((self.kind != CASH) & (self.kind != REVERSAL))


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
class Spans(Columns):
    """Spans of evenings on which an item had money to come (more open than its tolerance; no credit memo), ordered by
    item: row of its revision, first evening, evening after the last. A span that a correction parts is two."""

    item: Codes
    revision: IntArray
    start: Days
    end: Days


@dataclass(frozen=True, eq=False)
class Facts:
    """A view in numbers.

    Attributes:
        item_ids, customer_ids, currencies, countries: what the codes stand for; customers lie cluster by cluster, items
            customer by customer (the first one known), by the evening on which they were first known, then by id.
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
        return exponents_of(self.currencies)

    def tolerance(self, revisions: Revisions) -> IntArray:
        """The residue with which each of these revisions counts as settled, minor units."""
        return tolerance_of(revisions, self.currencies)

    def items_of(self, ids: "pd.Series[Any]") -> IntArray:
        """The code of each id, -1 where it is not known."""
        return positions(ids, pd.Series(self.item_ids))

    def revision_at(self, item: Ints, day: Ints) -> IntArray:
        """Row of the revision that counts for each item on each evening; -1 when it was not known (or withdrawn).
        Unknown items are -1 and have none."""
        return _standing(self.revisions_start, self.revisions.known, self.revisions.superseded, item, day)

    def applied_by(self, item: Ints, day: Ints) -> IntArray:
        """What was applied to each item by each evening, minor units; 0 for unknown items (-1)."""
        told = self.applications
        return np.asarray(summed_by(self.applications_start, told.known, told.amount, item, day))

    def disputed_at(self, item: Ints, day: Ints) -> IntArray:
        """What of each item was disputed on each evening, minor units; parts of one item add up."""
        return np.asarray(summed_by(*self._dispute_turns, item, day))

    def customer_at(self, customer: Ints, day: Ints) -> IntArray:
        """Row of what was known about each customer on each evening; -1 for nothing."""
        held = self.customers
        return _standing(self._customers_start, held.known, held.superseded, customer, day)

    @cached_property
    def _dispute_turns(self) -> tuple[IntArray, Days, IntArray]:
        """Where the turns of each item begin, their evenings, and what each adds to what is disputed."""
        told = self.disputed
        item, day = np.concatenate([told.item, told.item]), np.concatenate([told.start, told.end])
        start, order = arranged(item, day, len(self.item_rank))
        return start, day[order], np.concatenate([told.amount, -told.amount])[order]

    @cached_property
    def to_come(self) -> Spans:
        """When each item had money to come."""
        held, applied = self.revisions, self.applications
        row, start, end = unsettled_spans(
            self.revisions_start, held.known, held.superseded, held.amount, self.tolerance(held),
            self.applications_start, applied.known, applied.amount,
        )  # fmt: skip
        return Spans(held.item[row], row, start, end)

    @cached_property
    def first(self) -> BoolArray:
        """The earliest revision of each item."""
        return starts(self.revisions.item.astype(np.int64))

    @cached_property
    def homes(self) -> Codes:
        """The customer of each item when it was first known, ascending."""
        return self.revisions.customer[self.first]

    @cached_property
    def revisions_start(self) -> IntArray:
        """Where the revisions of each item begin, and the end of the last; shape (n_items + 1,)."""
        return _starts(self.revisions.item, len(self.item_rank))

    @cached_property
    def applications_start(self) -> IntArray:
        """Where the applications to each item begin, and the end of the last; shape (n_items + 1,)."""
        return _starts(self.applications.item, len(self.item_rank))

    @cached_property
    def _customers_start(self) -> IntArray:
        return _starts(self.customers.customer, len(self.customer_ids))


def exponents_of(currencies: pd.Index) -> IntArray:
    """Decimals of each currency, shape (n_currencies,)."""
    return np.array([EXPONENT[str(code)] for code in currencies], dtype=np.int64)


def tolerance_of(revisions: Revisions, currencies: pd.Index) -> IntArray:
    """The residue with which each revision counts as settled, minor units, shape (n_revisions,)."""
    if not len(revisions):
        return np.empty(0, dtype=np.int64)
    return residue_of(revisions.amount, (10 ** exponents_of(currencies))[revisions.currency])


def _standing(start: IntArray, known: Days, superseded: Days, owner: Ints, day: Ints) -> IntArray:
    """The newest row of each owner known by each evening and not superseded by then; -1 for none."""
    row: IntArray = newest_by(start, known, owner, day)
    there = row >= 0
    row[there] = np.where(superseded[row[there]] > day[there], row[there], -1)
    return row


def taken(column: "npt.NDArray[Any]", rows: "slice | Ints | BoolArray") -> "npt.NDArray[Any]":
    """The column at these rows, counted from 0; a slice shares the memory."""
    if isinstance(rows, slice) or rows.dtype == np.bool_:
        return column[rows]
    return np.take(column, rows, mode="clip")


def _starts(owner: Codes, owners: int) -> IntArray:
    """Where each owner's rows begin, and the end of the last; rows ordered by owner. Shape (owners + 1,)."""
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(np.bincount(owner, minlength=owners))])


def as_days(days: IntArray) -> Days:
    """Whole days in 32 bits. Raises `DayOutOfRange` beyond ± `NEVER` (the year 4707)."""
    beyond = np.abs(days) > NEVER
    if beyond.any():
        raise DayOutOfRange(int(days[beyond][0]))
    return days.astype(np.int32)
