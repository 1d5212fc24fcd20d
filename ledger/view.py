"""`LedgerView`: what was known at the end of one day, as columns.

Everything above the ledger sees the world through this window. It carries the facts with `known_on <= known_by`
and nothing else: a later correction, a later payment, even the later end of a fact's validity is not in it.
Days are whole numbers (`ledger.days`), money is whole minor units of the document currency.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Protocol

import numpy as np
import pandas as pd

from ledger.aging import dpd
from ledger.customer_index import CustomerIndex
from ledger.days import NEVER, to_date, to_day
from ledger.errors import UnknownItem
from ledger.frames import (
    ABSENCE_COLUMNS,
    APPLICATION_COLUMNS,
    APPLICATION_KINDS,
    CALLBACK_COLUMNS,
    CONTACT_COLUMNS,
    CUSTOMER_COLUMNS,
    DISPUTE_COLUMNS,
    HOLD_COLUMNS,
    ITEM_COLUMNS,
    ITEM_KINDS,
    PROMISE_COLUMNS,
    RATE_COLUMNS,
    completed,
    known_by_evening,
    none_of,
    where,
)
from ledger.lookup import positions, summed_at, whole
from ledger.promise_history import promise_spans
from ledger.settlement import settlements, tolerance_minor

__all__ = [
    "ABSENCE_COLUMNS", "APPLICATION_COLUMNS", "APPLICATION_KINDS", "CALLBACK_COLUMNS", "CONTACT_COLUMNS",
    "CUSTOMER_COLUMNS", "DISPUTE_COLUMNS", "HOLD_COLUMNS", "ITEM_COLUMNS", "ITEM_KINDS", "PROMISE_COLUMNS",
    "RATE_COLUMNS", "Evenings", "LedgerView", "OpenItem",
]  # fmt: skip


EVERY_COLUMN: Mapping[str, Sequence[str]] = MappingProxyType({})
"""Of a part of a view that does without no column."""


class Evenings(Protocol):
    """Whoever can show the evenings of one ledger."""

    def as_of(self, day: date) -> "LedgerView":
        """What was known on the evening of `day`."""


@dataclass(frozen=True)
class OpenItem:
    """One item on one evening: amounts in minor units of `currency`, `dpd` in days."""

    item_id: str
    customer_id: str
    issued_on: date
    due_on: date
    currency: str
    amount_minor: int
    open_minor: int
    dpd: int


@dataclass(frozen=True, eq=False)
class LedgerView:
    """The facts of one evening.

    Attributes:
        day: the evening looked at.
        known_by: the evening whose knowledge is used; equal to `day` for every prediction.
        version: how many accepted imports and records of our store stand behind it.
        items, applications, customers, rates, disputes, absences, contacts, promises, holds, callbacks: the frames
            named in `ledger.frames`, in stable order.
    """

    day: date
    known_by: date
    version: int
    items: pd.DataFrame
    applications: pd.DataFrame
    customers: pd.DataFrame
    rates: pd.DataFrame
    disputes: pd.DataFrame = field(default_factory=lambda: none_of(DISPUTE_COLUMNS))
    absences: pd.DataFrame = field(default_factory=lambda: none_of(ABSENCE_COLUMNS))
    contacts: pd.DataFrame = field(default_factory=lambda: none_of(CONTACT_COLUMNS))
    promises: pd.DataFrame = field(default_factory=lambda: none_of(PROMISE_COLUMNS))
    holds: pd.DataFrame = field(default_factory=lambda: none_of(HOLD_COLUMNS))
    callbacks: pd.DataFrame = field(default_factory=lambda: none_of(CALLBACK_COLUMNS))

    @classmethod
    def of_facts(
        cls,
        day: date,
        items: pd.DataFrame,
        applications: pd.DataFrame,
        customers: pd.DataFrame | None = None,
        rates: pd.DataFrame | None = None,
        *,
        disputes: pd.DataFrame | None = None,
        absences: pd.DataFrame | None = None,
        contacts: pd.DataFrame | None = None,
        promises: pd.DataFrame | None = None,
        holds: pd.DataFrame | None = None,
        callbacks: pd.DataFrame | None = None,
        known_by: date | None = None,
        version: int = 0,
        ordered: bool = False,
    ) -> "LedgerView":
        """Cut whole fact frames down to one evening: the only place where knowledge is cut.

        A later import cannot change what comes out for an earlier evening, whatever the frames hold beyond it.

        Args:
            items, applications, customers, rates, disputes, absences, contacts, promises, holds, callbacks: whole
                frames. What a frame does not say gets its default: the kind of an item follows from its sign,
                `instalment` is 0, a credit limit is not stated, a promise is not cancelled, a hold is open, texts
                are ''.
            ordered: the frames stand in the order of a view already, as the store keeps them, and are not sorted.
                That order: items (item_id, known_on), applications (item_id, known_on, happened_on, application_id),
                customers (customer_id, known_on), rates (base, currency, rate_on, known_on), disputes (item_id,
                dispute_id, known_on), absences (item_id, known_on), contacts (customer_id, known_on, happened_on,
                contact_id), promises (promise_id, known_on), holds (hold_id, known_on), callbacks (callback_id,
                known_on).
        """
        by = to_day(known_by or day)

        def known(frame: pd.DataFrame | None, columns: Sequence[str], *order: str) -> pd.DataFrame:
            frame = none_of(columns) if frame is None else completed(frame, columns)
            return known_by_evening(frame, by, columns, None if ordered else order)

        return cls(
            day=day,
            known_by=known_by or day,
            version=version,
            items=known(items, ITEM_COLUMNS, "item_id", "known_on"),
            applications=known(
                applications, APPLICATION_COLUMNS, "item_id", "known_on", "happened_on", "application_id"
            ),
            customers=known(customers, CUSTOMER_COLUMNS, "customer_id", "known_on"),
            rates=known(rates, RATE_COLUMNS, "base", "currency", "rate_on", "known_on"),
            disputes=known(disputes, DISPUTE_COLUMNS, "item_id", "dispute_id", "known_on"),
            absences=known(absences, ABSENCE_COLUMNS, "item_id", "known_on"),
            contacts=known(contacts, CONTACT_COLUMNS, "customer_id", "known_on", "happened_on", "contact_id"),
            promises=known(promises, PROMISE_COLUMNS, "promise_id", "known_on"),
            holds=known(holds, HOLD_COLUMNS, "hold_id", "known_on"),
            callbacks=known(callbacks, CALLBACK_COLUMNS, "callback_id", "known_on"),
        )

    @cached_property
    def settlements(self) -> pd.DataFrame:
        """Every time an item was known to be settled: see `ledger.settlement.settlements` for the columns."""
        return settlements(self.items, self.applications)

    @cached_property
    def promise_spans(self) -> pd.DataFrame:
        """What was known of each promise, span by span: see `ledger.promise_history.promise_spans` for the columns.

        No span begins after the evening whose knowledge the view uses, and none is known to end after it.
        """
        return promise_spans(self.promises, self.items, self.applications, known_by=to_day(self.known_by))

    def earlier(self, day: date) -> "LedgerView":
        """The evening of a day before this one, as it was known then: what its own view showed.

        Raises `ValueError` for a day after this view's knowledge.
        """
        if day > self.known_by:
            raise ValueError(f"{day} is after what the view knows, {self.known_by}.")
        return LedgerView.of_facts(
            day,
            self.items,
            self.applications,
            self.customers,
            self.rates,
            disputes=self.disputes,
            absences=self.absences,
            contacts=self.contacts,
            promises=self.promises,
            holds=self.holds,
            callbacks=self.callbacks,
            version=self.version,
            ordered=True,
        )

    def part_of(
        self, customers: "Sequence[str] | pd.Series[str]", without: Mapping[str, Sequence[str]] = EVERY_COLUMN
    ) -> "LedgerView":
        """The view with the facts of these customers alone; answers about them are those of the whole, to the last bit.

        Kept are all revisions of every item that is or ever was one of theirs (a correction may have moved it), or that
        one of their promises names, with what was applied to them and disputed of them; their own contacts, promises,
        holds, callbacks and master data. What is asked about everyone has to be asked of the whole view.

        Args:
            customers: their ids, in any order; those that the view does not know have no facts.
            without: columns that the part does without, by the name of their frame.
        """
        rows = self._customers.part(pd.Series(customers, dtype="str"))
        frames = {name: getattr(self, name).drop(columns=list(without.get(name, ()))) for name in rows}
        return replace(self, **{name: frames[name].take(at).reset_index(drop=True) for name, at in rows.items()})

    @cached_property
    def _customers(self) -> CustomerIndex:
        return CustomerIndex(self)

    @property
    def later(self) -> bool:
        """Whether the day is seen with knowledge of a later evening; such figures are for reports, which say so."""
        return self.known_by > self.day

    def billed(self) -> pd.DataFrame:
        """The items of the evening, open or settled: one row each, its newest revision known, ordered by `item_id`.

        With later knowledge an item counts from the day it was issued, or known, whichever is earlier.
        """
        items = where(self.items, whole(self.items["superseded_on"]) == NEVER)
        if self.later:
            day = to_day(self.day)
            items = where(items, (whole(items["issued_on"]) <= day) | (whole(items["known_on"]) <= day))
        return items

    def applied(self) -> pd.DataFrame:
        """The applications of the evening; with later knowledge those that happened by then."""
        if not self.later:
            return self.applications
        return where(self.applications, whole(self.applications["happened_on"]) <= to_day(self.day))

    def open_items(self) -> pd.DataFrame:
        """The items with money still open on the evening of `day`, ordered by `item_id`.

        Columns: those of `items` without the clocks, plus `open_minor` (exact, to the cent; negative for a credit
        not yet used), `dpd` (days) and `open_within_tolerance` (a residue that labels call settled). Settled items
        are left out. With later knowledge (`known_by > day`) facts count by the day they happened.
        """
        return self._open_items.copy(deep=False)

    @cached_property
    def _open_items(self) -> pd.DataFrame:
        items, applied = self.billed(), self.applied()
        rows = positions(applied["item_id"], items["item_id"])
        open_minor = whole(items["amount_minor"]) - summed_at(rows, whole(applied["amount_minor"]), len(items))
        still_open = open_minor != 0
        frame = where(items.drop(columns=["known_on", "superseded_on"]), still_open)
        open_minor = open_minor[still_open]
        tolerance = tolerance_minor(whole(frame["amount_minor"]), frame["currency"])
        return frame.assign(
            open_minor=open_minor,
            dpd=to_day(self.day) - whole(frame["due_on"]),
            open_within_tolerance=np.abs(open_minor) <= tolerance,
        ).reset_index(drop=True)

    def open_disputes(self) -> pd.DataFrame:
        """What is disputed on the evening of `day`: `dispute_id`, `item_id`, `amount_minor`, `reason`, `opened_on`.

        An item may have several; together they may claim more than is open of it (`ledger.books.aging_report` caps it).
        """
        day, told = to_day(self.day), self.disputes
        stands = (
            (whole(told["superseded_on"]) == NEVER)
            & (whole(told["opened_on"]) <= day)
            & (whole(told["resolved_on"]) > day)
        )
        columns = ["dispute_id", "item_id", "amount_minor", "reason", "opened_on"]
        return where(told[columns], stands).reset_index(drop=True)

    @cached_property
    def vanished(self) -> frozenset[str]:
        """The ids of the items that were missing from their source on the evening of `day`."""
        day = to_day(self.day)
        absent = (whole(self.absences["known_on"]) <= day) & (whole(self.absences["ended_on"]) > day)
        return frozenset(str(item_id) for item_id in self.absences.loc[absent, "item_id"])

    def invoice(self, item_id: str) -> OpenItem:
        """One item as it stands this evening, open or settled. Raises `UnknownItem` when it is not known yet."""
        rows = self.items[(self.items["item_id"] == item_id) & (self.items["superseded_on"] == NEVER)]
        if rows.empty:
            raise UnknownItem(item_id, self.day)
        row = rows.iloc[-1]
        applied = self.applications.loc[self.applications["item_id"] == item_id, "amount_minor"].sum()
        return OpenItem(
            item_id=item_id,
            customer_id=str(row["customer_id"]),
            issued_on=to_date(row["issued_on"]),
            due_on=to_date(row["due_on"]),
            currency=str(row["currency"]),
            amount_minor=int(row["amount_minor"]),
            open_minor=int(row["amount_minor"] - applied),
            dpd=dpd(to_date(row["due_on"]), self.day),
        )
