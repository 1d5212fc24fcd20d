"""Past evenings: what was open and what had been sold on many evenings of one ledger, each as it was known then.

`aging_report.py` looks at one evening and needs a view of it. For a year of month ends that would be a dozen views;
here the facts are walked over once, and every evening gives what its own view would: the same items, to the cent.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd

from ledger.books.conversion import convert_each
from ledger.days import to_date, to_day
from ledger.lookup import positions, summed_at, whole
from ledger.money import Rates
from ledger.ordering import Ints, codes_of
from ledger.view import LedgerView

_AT_ONCE = 1 << 18
"""Revisions whose sales are added up at a time."""

Month = tuple[int, int]
"""A year and a month of it, from 1."""


@dataclass(frozen=True, eq=False)
class PastEvening:
    """One evening as it was known then, one entry per open item whose currency had a rate that day.

    Attributes:
        item: the item's number, the same on every evening of one `past_evenings`.
        open_minor: what is open in minor units of the reporting currency, at the rate of the evening, each item rounded
            by itself; negative for a credit that nobody has used.
        owed_minor, currency: the same as it stands on the invoice, and the place of its currency in `currencies`.
        dpd, issued_on: days past due that evening; the whole day of issue.
        sales: what was invoiced in each month, in the reporting currency at the rate of its last day (or of the
            evening, if that is earlier): invoices as they were known that evening, credit memos not taken off.
        rates: those known that evening.
        missing: currencies of open items or sales without a rate; what is in them is nowhere here.
    """

    day: date
    item: Ints
    open_minor: Ints
    owed_minor: Ints
    currency: Ints
    dpd: Ints
    issued_on: Ints
    sales: dict[Month, int]
    rates: Rates
    currencies: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def receivable(self) -> Ints:
        """What is open of receivables, gross: credits are nothing here."""
        return np.maximum(self.open_minor, 0)

    def told_at(self, rates: Rates, day: date) -> Ints:
        """`open_minor` at the rates of another day; 0 where that day has none."""
        return _told(self.owed_minor, self.currency, self.currencies, to_day(day), rates)[0]


def past_evenings(view: LedgerView, days: Iterable[date], base: str) -> list[PastEvening]:
    """These evenings in their order, none after the view's, each as it was known then.

    Args:
        view: an evening seen with its own knowledge.
        days: distinct, in any order.
        base: the reporting currency.
    """
    ordered = sorted(set(days))
    return list(_Facts.of(view, ordered, base).evenings()) if ordered else []


@dataclass(frozen=True, eq=False)
class _Facts:
    """The facts of a view in numbers: one entry per revision of which something may be open on one of the evenings, and
    per application that the first of them did not know, in the order of the evenings that do.

    Attributes:
        first: what was applied to each item by the first evening.
        applied_until: how many of the applications each evening knows.
    """

    days: list[date]
    item: Ints
    known: Ints
    superseded: Ints
    amount: Ints
    due: Ints
    issued: Ints
    currency: Ints
    currencies: tuple[str, ...]
    first: Ints
    applied_until: Ints
    applied_item: Ints
    applied_minor: Ints
    sales: "_Sales"
    quotes: tuple[tuple[int, str, int, Decimal], ...]
    base: str

    @classmethod
    def of(cls, view: LedgerView, days: list[date], base: str) -> "_Facts":
        items, applied = view.items, view.applications
        evenings = np.array([to_day(day) for day in days], dtype=np.int64)
        item, amount = codes_of(items["item_id"]), whole(items["amount_minor"])
        currency, currencies = pd.factorize(items["currency"])
        at = positions(applied["item_id"], items["item_id"])
        on = np.searchsorted(evenings, whole(applied["known_on"])).astype(np.uint16)
        before, after = np.flatnonzero((at >= 0) & (on == 0)), np.flatnonzero((at >= 0) & (on > 0))
        minor, count = whole(applied["amount_minor"]), int(item.max(initial=-1)) + 1
        first = summed_at(item[at[before]], minor[before], count)
        after = after[np.argsort(on[after], kind="stable")]
        applied_item = item[at[after]]
        # What is settled on the first evening, and not applied to later, is open on none.
        later = np.zeros(count, dtype=np.bool_)
        later[applied_item] = True
        rows = np.flatnonzero((amount != first[item]) | later[item])
        return cls(
            days=days,
            item=item[rows],
            known=whole(items["known_on"])[rows],
            superseded=whole(items["superseded_on"])[rows],
            amount=amount[rows],
            due=whole(items["due_on"])[rows],
            issued=whole(items["issued_on"])[rows],
            currency=currency[rows].astype(np.int64),
            currencies=tuple(str(name) for name in currencies),
            first=first,
            applied_until=np.cumsum(np.bincount(on[after], minlength=len(days)))[: len(days)],
            applied_item=applied_item,
            applied_minor=minor[after],
            sales=_Sales.of(items, currency, len(currencies), evenings),
            quotes=_quotes(view.rates, base),
            base=base,
        )

    def evenings(self) -> Iterator[PastEvening]:
        applied, done = self.first.copy(), 0
        for number, until in enumerate(self.applied_until.tolist()):
            np.add.at(applied, self.applied_item[done:until], self.applied_minor[done:until])
            done = until
            yield self._evening(number, applied)

    def _evening(self, number: int, applied: Ints) -> PastEvening:
        day, on = self.days[number], to_day(self.days[number])
        counts = np.flatnonzero((self.known <= on) & (self.superseded > on))
        left = self.amount[counts] - applied[self.item[counts]]
        rows, left = counts[left != 0], left[left != 0]
        rates = Rates.of(self.base, ((code, at, rate) for known, code, at, rate in self.quotes if known <= on))
        currency = self.currency[rows]
        told, there = _told(left, currency, self.currencies, on, rates)
        sales, unsold = self.sales.told(number, on, self.currencies, rates)
        lacking = {self.currencies[code] for code in np.unique(currency[~there])} | unsold
        return PastEvening(
            day=day,
            item=self.item[rows][there],
            open_minor=told[there],
            owed_minor=left[there],
            currency=currency[there],
            dpd=on - self.due[rows][there],
            issued_on=self.issued[rows][there],
            sales=sales,
            rates=rates,
            currencies=self.currencies,
            missing=tuple(sorted(lacking)),
        )


@dataclass(frozen=True, eq=False)
class _Sales:
    """What was invoiced, as known on each of some evenings and issued by then.

    Attributes:
        first: the first month that has any, counted from January 1970.
        sums: minor units by evening, currency and month, shape (n_evenings, n_currencies, n_months).
    """

    first: int
    sums: Ints

    @classmethod
    def of(cls, items: pd.DataFrame, currency: Ints, currencies: int, evenings: Ints) -> "_Sales":
        """Of revisions of items, with the place of the currency of each."""
        issued = whole(items["issued_on"])
        issued = issued[issued <= evenings[-1]]
        if not len(issued):
            return cls(0, np.zeros((len(evenings), currencies, 0), dtype=np.int64))
        days = np.arange(issued.min(), issued.max() + 1)
        months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
        first, width = int(months[0]), int(months[-1] - months[0]) + 1
        turns = np.zeros((len(evenings) + 1) * currencies * width, dtype=np.int64)
        for at in range(0, len(items), _AT_ONCE):
            some = items.iloc[at : at + _AT_ONCE]
            issued, known, superseded, minor = (
                whole(some[name]) for name in ("issued_on", "known_on", "superseded_on", "amount_minor")
            )
            # From the first evening that counts a revision to before the first that no longer does.
            begins, ends = np.searchsorted(evenings, np.maximum(issued, known)), np.searchsorted(evenings, superseded)
            sold = (some["kind"] == "invoice").to_numpy(dtype=np.bool_) & (minor > 0) & (begins < ends)
            cell = currency[at : at + _AT_ONCE][sold] * width + (months - first)[issued[sold] - days[0]]
            np.add.at(turns, begins[sold] * (currencies * width) + cell, minor[sold])
            np.subtract.at(turns, ends[sold] * (currencies * width) + cell, minor[sold])
        return cls(first, np.cumsum(turns.reshape(-1, currencies, width)[:-1], axis=0))

    def told(
        self, number: int, on: int, currencies: tuple[str, ...], rates: Rates
    ) -> tuple[dict[Month, int], set[str]]:
        """Sales by month as known on an evening, and the currencies without a rate for one of theirs."""
        sums = self.sums[number]
        found: dict[Month, int] = {}
        missing: set[str] = set()
        for code, at in zip(*(each.tolist() for each in np.nonzero(sums)), strict=True):
            name, month = currencies[code], self.first + at
            last = min(on, _last_day(month))
            if not rates.knows(name, last):
                missing.add(name)
                continue
            key = (1970 + month // 12, month % 12 + 1)
            found[key] = found.get(key, 0) + rates.convert(int(sums[code, at]), name, last)
        return found, missing


def month_ends(day: date, count: int) -> list[date]:
    """The last `count` ends of months up to a day, which may be one itself; oldest first.

    >>> [str(end) for end in month_ends(date(2026, 3, 30), 2)], [str(end) for end in month_ends(date(2026, 3, 31), 1)]
    (['2026-01-31', '2026-02-28'], ['2026-03-31'])
    """
    following = np.datetime64(day, "M") if to_date(to_day(day) + 1).month == day.month else np.datetime64(day, "M") + 1
    return [(following - back - np.timedelta64(1, "D")).astype(date) for back in range(count - 1, -1, -1)]


def _last_day(month: int) -> int:
    """The whole day that ends a month counted from January 1970."""
    return int(np.datetime64(month + 1, "M").astype("datetime64[D]").astype(np.int64)) - 1


def _quotes(rates: pd.DataFrame, base: str) -> tuple[tuple[int, str, int, Decimal], ...]:
    """(known, currency, day, rate) of every rate to the base, in the order of the view."""
    there = rates[rates["base"] == base]
    columns = (there[name].tolist() for name in ("known_on", "currency", "rate_on", "rate"))
    return tuple(
        (int(known), str(currency), int(day), Decimal(str(rate)))
        for known, currency, day, rate in zip(*columns, strict=True)
    )


def _told(
    minor: Ints, currency: Ints, currencies: tuple[str, ...], day: int, rates: Rates
) -> tuple[Ints, "np.ndarray[tuple[int], np.dtype[np.bool_]]"]:
    """Amounts in the reporting currency, and which of them have a rate on the day; 0 where there is none."""
    told, there = np.zeros_like(minor), np.zeros(len(minor), dtype=np.bool_)
    for code in np.unique(currency).tolist():
        if rates.knows(currencies[code], day):
            rows = currency == code
            told[rows] = convert_each(minor[rows], currencies[code], day, rates)
            there |= rows
    return told, there
