"""The past-due trend: what share of the receivables was past due at the month ends, and is tonight."""

from typing import Any

from ledger.measures.effectiveness import over_90_pct, past_due_pct
from serving.reports.book_year import BookYear, Stand, number
from serving.reports.definitions import definitions_json
from serving.wording import money_json

Json = dict[str, Any]

OVER_90 = 4
"""The first bucket that is more than 90 days past due."""


def past_due_report(year: BookYear) -> Json:
    """The share past due at each month end of the past year, oldest first, then on the evening."""
    stands = [one for one in year.month_ends if one.day != year.now.day]
    return {
        "currency": year.currency,
        "points": [_point(one, year.currency, month_end=True) for one in stands]
        + [_point(year.now, year.currency, month_end=bool(year.month_ends) and year.month_ends[-1] is year.now)],
        "definitions": definitions_json("past_due_pct", "past_due", "open"),
    }


def _point(stand: Stand, currency: str, *, month_end: bool) -> Json:
    return {
        "as_of": stand.day.isoformat(),
        "month_end": month_end,
        "open": money_json(stand.open, currency),
        "past_due": money_json(stand.past_due, currency),
        "past_due_pct": number(past_due_pct(stand.past_due, stand.open)),
        "over_90_pct": number(over_90_pct(sum(stand.buckets[OVER_90:]), stand.open)),
    }
