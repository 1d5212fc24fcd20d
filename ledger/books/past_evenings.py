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
    facts = _Facts.of(view, base)
    return list(facts.evenings(sorted(set(days))))


@dataclass(frozen=True, eq=False)
class _Facts:
    """The facts of a view in numbers: one entry per revision of an item, and per application in the order known."""

    item: Ints
    known: Ints
    superseded: Ints
    amount: Ints
    due: Ints
    issued: Ints
    month: Ints
    sold: Ints
    currency: Ints
    currencies: tuple[str, ...]
    applied_known: Ints
    applied_item: Ints
    applied_minor: Ints
    quotes: tuple[tuple[int, str, int, Decimal], ...]
    base: str

    @classmethod
    def of(cls, view: LedgerView, base: str) -> "_Facts":
        items, applied = view.items, view.applications
        item = codes_of(items["item_id"])
        currency, currencies = pd.factorize(items["currency"])
        at = positions(applied["item_id"], items["item_id"])
        known = whole(applied["known_on"])
        order = np.argsort(known, kind="stable")
        order = order[at[order] >= 0]
        amount = whole(items["amount_minor"])
        issued = whole(items["issued_on"])
        return cls(
            item=item,
            known=whole(items["known_on"]),
            superseded=whole(items["superseded_on"]),
            amount=amount,
            due=whole(items["due_on"]),
            issued=issued,
            month=issued.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64),
            sold=np.where((items["kind"] == "invoice").to_numpy(dtype=np.bool_), np.maximum(amount, 0), 0),
            currency=currency.astype(np.int64),
            currencies=tuple(str(name) for name in currencies),
            applied_known=known[order],
            applied_item=item[at[order]],
            applied_minor=whole(applied["amount_minor"])[order],
            quotes=_quotes(view.rates, base),
            base=base,
        )

    def evenings(self, days: list[date]) -> Iterator[PastEvening]:
        applied = np.zeros(int(self.item.max(initial=-1)) + 1, dtype=np.int64)
        done = 0
        for day in days:
            until = int(np.searchsorted(self.applied_known, to_day(day), side="right"))
            np.add.at(applied, self.applied_item[done:until], self.applied_minor[done:until])
            done = until
            yield self._evening(day, applied)

    def _evening(self, day: date, applied: Ints) -> PastEvening:
        on = to_day(day)
        counts = np.flatnonzero((self.known <= on) & (self.superseded > on))
        left = self.amount[counts] - applied[self.item[counts]]
        rows, left = counts[left != 0], left[left != 0]
        rates = Rates.of(self.base, ((code, at, rate) for known, code, at, rate in self.quotes if known <= on))
        currency = self.currency[rows]
        told, there = _told(left, currency, self.currencies, on, rates)
        sales, unsold = self._sales(counts, on, rates)
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

    def _sales(self, counts: Ints, on: int, rates: Rates) -> tuple[dict[Month, int], set[str]]:
        """Sales by month of what was issued by then, and the currencies without a rate for one of theirs."""
        rows = counts[(self.issued[counts] <= on) & (self.sold[counts] > 0)]
        if not len(rows):
            return {}, set()
        first = int(self.month[rows].min())
        width = int(self.month[rows].max()) - first + 1
        cells = self.currency[rows] * width + self.month[rows] - first
        sums = summed_at(cells, self.sold[rows], len(self.currencies) * width).reshape(-1, width)
        found: dict[Month, int] = {}
        missing: set[str] = set()
        for code, at in zip(*(each.tolist() for each in np.nonzero(sums)), strict=True):
            name, month = self.currencies[code], first + at
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
