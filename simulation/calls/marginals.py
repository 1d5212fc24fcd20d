"""Marginals: how a ledger looks from afar, to hold the simulated companies beside real ones.

Terms, days late and roll rates, from what a view knows. Held beside three public ledgers
(`benchmarks/simulated_marginals.py`, docs/figures.md) the company that answers calls comes near the vendor invoices,
the one ledger of firms that pay firms: as late, with a shorter middle and the same tail, rolling on alike up to 60
days. It differs in its terms (longer ones, so that all due dates occur) and beyond 60 days, where that ledger has
hardly an item. The demo ledger of IBM pays early and knows no month late; the consumer loans are of people who paid in
the end, so few are late, and those who are stay so.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np

from ledger.days import NEVER, to_day
from ledger.lookup import positions, summed_at, whole
from ledger.measures.rolls import roll_rate
from ledger.view import LedgerView

TERM_CLASSES = (("up to 15", 15), ("16 to 30", 30), ("31 to 45", 45), ("46 to 60", 60), ("longer", NEVER))
"""(name, last day of the class) of the days from issue to due."""

LATE_THAN, QUANTILES = (0, 5, 30), (0.5, 0.9, 0.99)
BUCKETS = (0, 30, 60, 90)
"""Last days past due of the aging buckets but the oldest, which is beyond."""

MONTHS = 12


@dataclass(frozen=True)
class Marginals:
    """One ledger.

    Attributes:
        items: receivables known; `settled`: of these, paid for good.
        terms: share of the items in each of `TERM_CLASSES`.
        late: share of the settled that came more than each of `LATE_THAN` days late.
        days_late: of the settled, at each of `QUANTILES`.
        rolls: from each bucket to the next one by the next month end, in money, the mean of the last twelve months;
            NaN where the bucket was always empty.
    """

    items: int
    settled: int
    terms: tuple[float, ...]
    late: tuple[float, ...]
    days_late: tuple[float, ...]
    rolls: tuple[float, ...]


def marginals(view: LedgerView) -> Marginals:
    """Of the receivables of a view. NaN shares where nothing was settled."""
    billed = view.billed()
    billed = billed[whole(billed["amount_minor"]) > 0]
    days = whole(billed["due_on"]) - whole(billed["issued_on"])
    ends = [last for _, last in TERM_CLASSES]
    terms = np.bincount(np.searchsorted(ends, days), minlength=len(ends)) / max(1, len(days))
    told = view.settlements
    for_good = told[(whole(told["taken_back_on"]) == NEVER) & told["by_cash"].to_numpy()].drop_duplicates(
        "item_id", keep="last"
    )
    late = whole(for_good["days_late"])
    return Marginals(
        items=len(billed),
        settled=len(late),
        terms=tuple(terms.tolist()),
        late=tuple(float((late > than).mean()) if len(late) else math.nan for than in LATE_THAN),
        days_late=tuple(np.quantile(late, QUANTILES).tolist()) if len(late) else (math.nan,) * len(QUANTILES),
        rolls=_rolls(view),
    )


def _rolls(view: LedgerView) -> tuple[float, ...]:
    ends = [_month_end(view.day)]
    while len(ends) <= MONTHS:
        ends.append(_month_end(ends[-1] - timedelta(days=1)))
    held = [_held(view, to_day(end)) for end in ends[::-1]]
    rates = [[roll_rate(before, after, bucket) for before, after in pairwise(held)] for bucket in range(len(BUCKETS))]
    told = [[float(rate) for rate in of_bucket if rate is not None] for of_bucket in rates]
    return tuple(float(np.mean(of_bucket)) if of_bucket else math.nan for of_bucket in told)


def _held(view: LedgerView, day: int) -> dict[str, tuple[int, int]]:
    """What was open at the end of a day by what happened until then: bucket and cents by item."""
    billed, applied = view.billed(), view.applications
    applied = applied[whole(applied["happened_on"]) <= day]
    at = positions(applied["item_id"], billed["item_id"])
    left = whole(billed["amount_minor"]) - summed_at(at, whole(applied["amount_minor"]), len(billed))
    left = np.where((whole(billed["issued_on"]) <= day) & (whole(billed["amount_minor"]) > 0), left, 0)
    bucket = np.searchsorted(BUCKETS, day - whole(billed["due_on"]))
    some = np.flatnonzero(left > 0)
    return {
        item: (number, cents)
        for item, number, cents in zip(
            billed["item_id"].iloc[some].tolist(), bucket[some].tolist(), left[some].tolist(), strict=True
        )
    }


def _month_end(day: date) -> date:
    """The last day of a month that is not after `day`."""
    next_day = day + timedelta(days=1)
    return next_day.replace(day=1) - timedelta(days=1) if next_day.day != 1 else day
