"""The DSO family at the past month ends: countback, three months, true, best possible, and the days delinquent."""

from fractions import Fraction
from typing import Any

import numpy as np

from ledger.days import to_day
from ledger.measures.sales_days import (
    Countback,
    add_portfolio,
    delinquent_dso,
    dso_best_possible,
    dso_countback,
    dso_rolling_3,
    dso_true,
)
from serving.reports.book_year import BUCKETS, BookYear, Stand, number
from serving.reports.definitions import definitions_json
from serving.wording import money_json

Json = dict[str, Any]

FAMILY = ("dso_countback", "dso", "dso_true", "dso_best_possible", "add_portfolio")


def dso_report(year: BookYear) -> Json:
    """Each measure of the family at every month end of the past year, oldest first, in days.

    The newest may be weeks before the evening: a month that has not ended has no sales to compare with.
    """
    return {
        "currency": year.currency,
        "month_ends": [_measured(one, year.currency) for one in year.month_ends],
        "definitions": definitions_json(*FAMILY),
    }


def _measured(stand: Stand, currency: str) -> Json:
    months = stand.months()
    counted = dso_countback(stand.open, months)
    last = months[-3:]
    sales, days = sum(one.sales_minor for one in last), sum(one.days for one in last)
    three = len(last) == 3
    past_due = dict(zip(BUCKETS.names[1:], stand.buckets[1:], strict=True))
    return {
        "as_of": stand.day.isoformat(),
        "open": money_json(stand.open, currency),
        "sales": money_json(months[-1].sales_minor if months else 0, currency),
        "sales_three_months": money_json(sales, currency) if three else None,
        "dso_countback": number(counted.days),
        "more_than_days": _more_than(counted),
        "months_without_sales": counted.months_without_sales,
        "dso": number(dso_rolling_3(stand.open, months)),
        "dso_true": number(_true(stand)),
        "dso_best_possible": number(dso_best_possible(stand.current, sales, days)) if three else None,
        "add_portfolio": number(add_portfolio(stand.open, stand.current, sales, days)) if three else None,
        "delinquent_dso": {name: number(value) for name, value in delinquent_dso(past_due, sales, days).items()}
        if three
        else None,
    }


def _more_than(counted: Countback) -> int | None:
    """The days of the whole history where it does not explain the receivables, else None."""
    return counted.history_days if counted.days is None else None


def _true(stand: Stand) -> Fraction | None:
    """True DSO; invoices of one day have one age, and are added up first."""
    issued, of_day = np.unique(stand.evening.issued_on, return_inverse=True)
    sums = np.zeros(len(issued), dtype=np.int64)
    np.add.at(sums, of_day, stand.evening.receivable)
    return dso_true(zip(issued.tolist(), sums.tolist(), strict=True), stand.evening.sales, to_day(stand.day))
