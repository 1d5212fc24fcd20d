"""How much of what could be collected was: the effectiveness index, promises kept and roll rates, month by month."""

from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np

from ledger.days import to_day
from ledger.lookup import whole
from ledger.measures.effectiveness import cei_pct, past_due_pct
from ledger.measures.promises import DEFAULT_RULES, Promise, PromiseState, PromiseTally
from ledger.measures.rolls import Positions, roll_rate
from ledger.view import LedgerView
from serving.reports.book_year import BUCKETS, BookYear, Stand, number
from serving.reports.definitions import definitions_json
from serving.wording import money_json

Json = dict[str, Any]

ROLLS = len(BUCKETS.names) - 1
"""From each bucket into the next; nothing rolls out of the oldest."""

MONTHS_OF_ROLLS = 2
"""The newest months whose roll rates are told: what a page compares."""


def effectiveness_report(view: LedgerView, year: BookYear) -> Json:
    """One entry per month of the past year, oldest first; roll rates of the newest two.

    Args:
        view: the evening that the year ends with.
    """
    months = list(pairwise(year.month_ends))
    with_rolls = months[-MONTHS_OF_ROLLS:]
    return {
        "currency": year.currency,
        "buckets": list(BUCKETS.names),
        "months": [
            _month(view, opening, closing, year.currency, rolls=(opening, closing) in with_rolls)
            for opening, closing in months
        ],
        "definitions": definitions_json("cei_pct", "past_due_pct", "promises_kept", "roll_rate"),
    }


def _month(view: LedgerView, opening: Stand, closing: Stand, currency: str, *, rolls: bool) -> Json:
    day = closing.day
    sales = closing.sales_of((day.year, day.month))
    promised = promises_ended(view, opening.day, day)
    kept = PromiseTally(promised, 0, 0).kept_rate
    return {
        "opened_on": opening.day.isoformat(),
        "closed_on": day.isoformat(),
        "opening": money_json(opening.open, currency),
        "sales": money_json(sales, currency),
        "closing": money_json(closing.open, currency),
        "closing_current": money_json(closing.current, currency),
        "cei_pct": number(cei_pct(opening.open, sales, closing.open, closing.current)),
        "past_due_pct": number(past_due_pct(closing.past_due, closing.open)),
        "promises": {state: promised[state] for state in ("kept", "part_kept", "broken", "cancelled")},
        "promises_kept_pct": number(None if kept is None else 100 * kept),
        "roll_rates_pct": roll_rates(opening, closing) if rolls else None,
    }


def roll_rates(opening: Stand, closing: Stand) -> list[float | None]:
    """The roll rate of each bucket but the oldest, percent; both ends at the later one's exchange rates."""
    before = _positions(opening, closing)
    after = _positions(closing, closing)
    rates = (roll_rate(before, after, bucket) for bucket in range(ROLLS))
    return [number(None if rate is None else 100 * rate) for rate in rates]


def _positions(stand: Stand, told_by: Stand) -> Positions:
    evening = stand.evening
    minor = evening.told_at(told_by.evening.rates, told_by.day)
    counts = np.flatnonzero(minor > 0)
    buckets = BUCKETS.bucket_of(evening.dpd[counts]).tolist()
    told = zip(evening.item[counts].tolist(), buckets, minor[counts].tolist(), strict=True)
    return {item: (bucket, amount) for item, bucket, amount in told}


def promises_ended(view: LedgerView, after: date, until: date) -> Counter[PromiseState]:
    """How many promises came to their end between two evenings, by what was known of each on the later one.

    A promise has ended on the evening after its last day (the promised day and 2 bank days): only then is one that was
    not kept part-kept or broken.
    """
    spans = view.promise_spans
    day = to_day(until)
    stands = np.flatnonzero((whole(spans["known_on"]) <= day) & (whole(spans["taken_back_on"]) > day))
    promised, at = np.unique(whole(spans["promised_on"])[stands], return_inverse=True)
    last = np.array([DEFAULT_RULES.last_day(Promise(1, on, on)) for on in promised.tolist()], dtype=np.int64)
    ended = (last >= to_day(after)) & (last < day)
    return Counter(spans["state"].take(stands[ended[at]]).tolist())
