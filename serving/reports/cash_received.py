"""Cash received: what came in each of the past weeks, and how much of it on invoices known before the week."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ledger.books.conversion import convert_each
from ledger.days import to_day
from ledger.lookup import positions, whole
from ledger.money import Rates
from ledger.ordering import Ints
from ledger.view import LedgerView


@dataclass(frozen=True)
class Week:
    """Seven days, both ends in it, and the cash booked on invoices in them, returns taken off.

    Attributes:
        received: minor units of the reporting currency, at the rate of the week's last day.
        on_known: of it, on invoices that were known on the evening before: what a forecast made then speaks of.
    """

    begins: date
    ends: date
    received: int
    on_known: int


def weeks_before(day: date, count: int) -> list[tuple[date, date]]:
    """The first and last days of the `count` weeks that end on `day`, oldest first."""
    ends = [day - timedelta(days=7 * back) for back in range(count - 1, -1, -1)]
    return [(end - timedelta(days=6), end) for end in ends]


def received_by_week(view: LedgerView, rates: Rates, count: int) -> list[Week]:
    """The cash of the past weeks, oldest first, each payment in the week in which it became known.

    Cash in a currency without a rate on the last day of its week is not in it.

    Args:
        view: the evening that ends the last week.
    """
    items, applied = view.items, view.applications
    weeks = weeks_before(view.day, count)
    recent = np.flatnonzero(whole(applied["known_on"]) >= to_day(weeks[0][0]))
    applied = applied.iloc[recent]
    at = positions(applied["item_id"], items["item_id"])
    counts = (at >= 0) & applied["kind"].isin(("cash", "reversal")).to_numpy(dtype=np.bool_)
    counts[counts] = (items["kind"].iloc[at[counts]] == "invoice").to_numpy(dtype=np.bool_)
    at, known = at[counts], whole(applied["known_on"])[counts]
    minor = whole(applied["amount_minor"])[counts]
    first_known = whole(items["known_on"])[at]
    currency = items["currency"].iloc[at].to_numpy(dtype=object)
    found = []
    for begins, ends in weeks:
        rows = np.flatnonzero((known >= to_day(begins)) & (known <= to_day(ends)))
        told = _told(minor[rows], currency[rows], rates, to_day(ends))
        before = first_known[rows] < to_day(begins)
        found.append(Week(begins, ends, int(told.sum()), int(told[before].sum())))
    return found


def _told(minor: Ints, currency: "np.ndarray[tuple[int], np.dtype[np.object_]]", rates: Rates, day: int) -> Ints:
    told = np.zeros_like(minor)
    for code in np.unique(currency.astype(str)).tolist():
        if rates.knows(code, day):
            rows = currency == code
            told[rows] = convert_each(minor[rows], code, day, rates)
    return told
