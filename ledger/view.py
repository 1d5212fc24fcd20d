"""`LedgerView`: what was known at the end of one day, as columns.

Everything above the ledger sees the world through this window. It carries the facts with `known_on <= known_by`
and nothing else: a later correction, a later payment, even the later end of a fact's validity is not in it.
Days are whole numbers (`ledger.days`), money is whole minor units of the document currency.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import pandas as pd

from ledger.aging import dpd
from ledger.days import NEVER, to_date, to_day
from ledger.errors import UnknownItem
from ledger.settlement import settlements, tolerance_minor

ITEM_COLUMNS = (
    "item_id", "customer_id", "entity", "invoice_number", "issued_on", "due_on", "amount_minor", "currency",
    "terms", "known_on", "superseded_on", "source_row",
)  # fmt: skip
"""One row per *revision* of an item. A corrected item has several; the one that counts on an evening `t` is the one
with `known_on <= t < superseded_on`. `amount_minor` is negative for a credit memo; `terms` is '' when not stated."""

APPLICATION_COLUMNS = (
    "application_id", "item_id", "kind", "amount_minor", "happened_on", "known_on", "known_assumed",
)  # fmt: skip
"""Payments as applications to items. `kind` is cash, credit, discount, write_off or reversal; a positive
`amount_minor` lowers the open amount, a reversal is negative. `known_assumed`: the file had no booking day."""

CUSTOMER_COLUMNS = ("customer_id", "customer_name", "country", "known_on", "superseded_on")
RATE_COLUMNS = ("currency", "base", "rate", "rate_on", "known_on")

APPLICATION_KINDS = ("cash", "credit", "discount", "write_off", "reversal")


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
        items, applications, customers, rates: the frames named above, in stable order.
    """

    day: date
    known_by: date
    version: int
    items: pd.DataFrame
    applications: pd.DataFrame
    customers: pd.DataFrame
    rates: pd.DataFrame

    @classmethod
    def of_facts(
        cls,
        day: date,
        items: pd.DataFrame,
        applications: pd.DataFrame,
        customers: pd.DataFrame | None = None,
        rates: pd.DataFrame | None = None,
        *,
        known_by: date | None = None,
        version: int = 0,
    ) -> "LedgerView":
        """Cut whole fact frames down to one evening: the only place where knowledge is cut.

        A later import cannot change what comes out for an earlier evening, whatever the frames hold beyond it.
        """
        by = to_day(known_by or day)
        customers = customers if customers is not None else pd.DataFrame(columns=list(CUSTOMER_COLUMNS))
        rates = rates if rates is not None else pd.DataFrame(columns=list(RATE_COLUMNS))
        known_items = _known(items, by, ITEM_COLUMNS, order=("item_id", "known_on"))
        known_applications = _known(
            applications, by, APPLICATION_COLUMNS, order=("item_id", "known_on", "happened_on", "application_id")
        )
        return cls(
            day=day,
            known_by=known_by or day,
            version=version,
            items=known_items,
            applications=known_applications,
            customers=_known(customers, by, CUSTOMER_COLUMNS, order=("customer_id", "known_on")),
            rates=_known(rates, by, RATE_COLUMNS, order=("base", "currency", "rate_on", "known_on")),
        )

    @cached_property
    def settlements(self) -> pd.DataFrame:
        """Every time an item was known to be settled: see `ledger.settlement.settlements` for the columns."""
        return settlements(self.items, self.applications)

    def open_items(self) -> pd.DataFrame:
        """The items with money still open on the evening of `day`, ordered by `item_id`.

        Columns: those of `items` without the clocks, plus `open_minor` (exact, to the cent; negative for a credit
        not yet used), `dpd` (days) and `open_within_tolerance` (a residue that labels call settled). Settled items
        are left out. With later knowledge (`known_by > day`) facts count by the day they happened.
        """
        day, later = to_day(self.day), self.known_by > self.day
        items = self.items[self.items["superseded_on"] == NEVER]
        applied = self.applications
        if later:
            items = items[(items["issued_on"] <= day) | (items["known_on"] <= day)]
            applied = applied[applied["happened_on"] <= day]
        sums = applied.groupby("item_id", sort=False)["amount_minor"].sum()
        frame = items.assign(
            open_minor=items["amount_minor"] - items["item_id"].map(sums).fillna(0).astype(np.int64),
            dpd=day - items["due_on"],
        )
        frame = frame[frame["open_minor"] != 0].drop(columns=["known_on", "superseded_on"])

        tolerance = tolerance_minor(frame["amount_minor"].to_numpy(), frame["currency"].to_numpy())
        frame = frame.assign(open_within_tolerance=frame["open_minor"].abs().to_numpy() <= tolerance)
        return frame.reset_index(drop=True)

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


def _known(facts: pd.DataFrame, by: int, columns: Sequence[str], order: Sequence[str]) -> pd.DataFrame:
    """The facts learned by the evening `by`, in an order that does not depend on how they came in."""
    frame = facts.loc[facts["known_on"].to_numpy(dtype=np.int64) <= by, list(columns)]
    if "superseded_on" in columns:
        end = frame["superseded_on"].to_numpy(dtype=np.int64)
        # That a fact will be superseded is itself knowledge: before that day it is simply valid.
        frame = frame.assign(superseded_on=np.where(end > by, NEVER, end))
    return frame.sort_values(list(order), kind="stable").reset_index(drop=True)
