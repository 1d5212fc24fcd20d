"""The aging of an evening: what is open, by how late it is, per entity and per customer, to the cent.

Buckets are gross: each open receivable (each instalment by its own day) stands in one. Credits that nobody has used yet
(credit memos, money on account, overpaid invoices) stand beside them as `unapplied` and are never netted silently.
Currencies are never added up; in a reporting currency only what has a rate on the day is told, and the rest is named.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd

from ledger.aging import DEFAULT_BUCKETS, Buckets
from ledger.books.conversion import convert_each
from ledger.days import to_day
from ledger.errors import MissingRate
from ledger.lookup import grouped, positions, summed_at, whole
from ledger.money import Rates
from ledger.ordering import Ints
from ledger.view import LedgerView

NAMES = {"due": "Aging by due date", "invoice": "Aging by invoice date"}
"""Two reports: days past due, or days since the invoice was issued. Only the first says what is late."""


@dataclass(frozen=True, eq=False)
class Aging:
    """The aging of one evening.

    Every table has one column per bucket (gross, by `buckets.names`), then `unapplied` (zero or negative), `total`
    (the sum of all these: the receivables), and of them `disputed`, `past_due`, `past_due_disputed`, `vanished` (open
    items missing from their source); whole minor units. `items` counts the open items.

    Attributes:
        name: which report it is, for its head.
        rows: one row per (`entity`, `currency`), in the minor units of that currency.
        customers: one row per (`customer_id`, `currency`), with `collectible` = max(0, past due - the disputed part
            of it - unapplied credits).
        disputed: per (`entity`, `currency`) the disputed part of each bucket; `excluding_disputed` subtracts it.
        reporting_currency: what `rows_told` and `customers_told` are in; None when no rates were asked for.
        rows_told, customers_told: the same tables in minor units of the reporting currency (`currency` still names
            the currency the money is owed in); rows in a currency without a rate that day are not in them.
        missing: one `MissingRate` per such currency.
    """

    as_of: date
    known_by: date
    basis: Literal["due", "invoice"]
    buckets: Buckets
    rows: pd.DataFrame
    customers: pd.DataFrame
    disputed: pd.DataFrame
    reporting_currency: str | None = None
    rows_told: pd.DataFrame | None = None
    customers_told: pd.DataFrame | None = None
    missing: tuple[MissingRate, ...] = ()

    @property
    def name(self) -> str:
        """The name of the report."""
        return NAMES[self.basis]

    @property
    def label(self) -> str:
        """The evening, and whether it is seen with later knowledge."""
        later = f", with what was known on {self.known_by.isoformat()}" if self.known_by > self.as_of else ""
        return f"as of {self.as_of.isoformat()}{later}"

    def excluding_disputed(self) -> pd.DataFrame:
        """`rows` with only the undisputed part in the buckets, `past_due` and `total`."""
        left, names = self.rows.copy(), list(self.buckets.names)
        left[names] = left[names] - self.disputed[names]
        left["total"] -= left["disputed"]
        left["past_due"] -= left["past_due_disputed"]
        return left.drop(columns=["disputed", "past_due_disputed"])

    def total_told(self) -> "pd.Series[int] | None":
        """The sums of `rows_told`; None without a reporting currency. What is in `missing` is in none of them."""
        return None if self.rows_told is None else self.rows_told.drop(columns=["entity", "currency"]).sum()


def aging(
    view: LedgerView,
    *,
    rates: Rates | None = None,
    basis: Literal["due", "invoice"] = "due",
    buckets: Buckets = DEFAULT_BUCKETS,
) -> Aging:
    """The aging of the view's evening.

    Args:
        view: an evening; one with later knowledge ages what was open then as it is known now, and is labelled so.
        rates: also tell it in `rates.base`, at the rates of the evening; each item is converted by itself.
        basis: `due` ages by the due day, `invoice` by the day of the document. With `invoice` nothing is said to be
            late: `past_due` still counts by the due day.
        buckets: the partition of the days.
    """
    items = _Open.of(view, basis, buckets)
    told, missing = (None, ()) if rates is None else items.told_in(rates, to_day(view.day))
    return Aging(
        as_of=view.day,
        known_by=view.known_by,
        basis=basis,
        buckets=buckets,
        rows=items.table(("entity", "currency")),
        customers=_collectible(items.table(("customer_id", "currency"))),
        disputed=items.disputed_by_bucket(),
        reporting_currency=None if rates is None else rates.base,
        rows_told=None if told is None else told.table(("entity", "currency")),
        customers_told=None if told is None else _collectible(told.table(("customer_id", "currency"))),
        missing=missing,
    )


@dataclass(frozen=True, eq=False)
class _Open:
    """The open items in numbers, one entry per item: the measures that tables are sums of."""

    keys: pd.DataFrame
    names: tuple[str, ...]
    bucket: Ints
    open_minor: Ints
    disputed: Ints
    past_due: Ints
    vanished: Ints

    @classmethod
    def of(cls, view: LedgerView, basis: str, buckets: Buckets) -> "_Open":
        items = view.open_items()
        days = whole(items["dpd"]) if basis == "due" else to_day(view.day) - whole(items["issued_on"])
        return cls(
            keys=items[["entity", "customer_id", "currency"]],
            names=buckets.names,
            bucket=buckets.bucket_of(days),
            open_minor=whole(items["open_minor"]),
            disputed=disputed_minor(view, items),
            past_due=(whole(items["dpd"]) > 0).astype(np.int64),
            vanished=items["item_id"].isin(view.vanished).to_numpy().astype(np.int64),
        )

    def told_in(self, rates: Rates, day: int) -> tuple["_Open", tuple[MissingRate, ...]]:
        """The items in the reporting currency; those without a rate that day are left out, and their currency named."""
        codes, currencies = pd.factorize(self.keys["currency"])
        missing = tuple(MissingRate(code, rates.base) for code in sorted(currencies) if not rates.knows(code, day))
        told_open, told_disputed = np.zeros_like(self.open_minor), np.zeros_like(self.disputed)
        told = np.zeros(len(codes), dtype=np.bool_)
        for code, currency in enumerate(currencies):
            if rates.knows(currency, day):
                rows = np.flatnonzero(codes == code)
                told_open[rows] = convert_each(self.open_minor[rows], currency, day, rates)
                told_disputed[rows] = convert_each(self.disputed[rows], currency, day, rates)
                told[rows] = True
        return _Open(
            keys=self.keys.loc[told],
            names=self.names,
            bucket=self.bucket[told],
            open_minor=told_open[told],
            disputed=told_disputed[told],
            past_due=self.past_due[told],
            vanished=self.vanished[told],
        ), missing

    def table(self, by: Sequence[str]) -> pd.DataFrame:
        """The sums by key, ordered by it."""
        group, keys = grouped(self.keys, by)
        receivable = np.maximum(self.open_minor, 0)

        def summed(amounts: Ints) -> Ints:
            return summed_at(group, amounts, len(keys))

        cells = summed_at(group * len(self.names) + self.bucket, receivable, len(keys) * len(self.names))
        columns: dict[str, Any] = {name: keys[name] for name in by}
        columns["items"] = np.bincount(group, minlength=len(keys)).astype(np.int64)
        columns |= dict(zip(self.names, cells.reshape(len(keys), len(self.names)).T, strict=True))
        columns["unapplied"] = summed(np.minimum(self.open_minor, 0))
        columns["total"] = sum((columns[name] for name in self.names), start=columns["unapplied"])
        columns["disputed"] = summed(self.disputed)
        columns["past_due"] = summed(receivable * self.past_due)
        columns["past_due_disputed"] = summed(self.disputed * self.past_due)
        columns["vanished"] = summed(self.open_minor * self.vanished)
        return pd.DataFrame(columns)

    def disputed_by_bucket(self) -> pd.DataFrame:
        """The disputed part of each bucket per (entity, currency)."""
        group, keys = grouped(self.keys, ("entity", "currency"))
        cells = summed_at(group * len(self.names) + self.bucket, self.disputed, len(keys) * len(self.names))
        return keys.assign(**dict(zip(self.names, cells.reshape(len(keys), len(self.names)).T, strict=True)))


def disputed_minor(view: LedgerView, items: pd.DataFrame) -> Ints:
    """How much of each open item is disputed, shape (n_items,): never more than is open, nothing of a credit.

    Args:
        items: rows of `view.open_items()`.
    """
    disputes = view.open_disputes()
    claimed = summed_at(positions(disputes["item_id"], items["item_id"]), whole(disputes["amount_minor"]), len(items))
    disputed: Ints = np.minimum(claimed, np.maximum(whole(items["open_minor"]), 0))
    return disputed


def _collectible(customers: pd.DataFrame) -> pd.DataFrame:
    """With what may be asked for today: past due, less what is disputed of it, less the customer's unused credits."""
    left = customers["past_due"] - customers["past_due_disputed"] + customers["unapplied"]
    return customers.assign(collectible=left.clip(lower=0))
