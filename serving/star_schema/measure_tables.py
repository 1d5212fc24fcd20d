"""What measures over time need: the balances and the sales of the past year's month ends, as the reports know them."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ledger.aging import DEFAULT_BUCKETS
from ledger.books.past_evenings import Month, PastEvening, month_ends, past_evenings
from ledger.days import to_day
from ledger.ordering import codes_of
from ledger.view import LedgerView
from serving.reports.book_year import MONTH_ENDS
from serving.star_schema.arrow_columns import amounts, arrow_of, days, texts, whole_numbers
from serving.star_schema.ledger_tables import UNAPPLIED, buckets_of
from serving.star_schema.tables import BALANCES, BUCKETS, CALENDAR, SALES


def measure_tables(view: LedgerView, base: str) -> dict[str, pa.Table]:
    """`balances` and `sales` of the month ends that the reports look back on, and of the evening, in `base`."""
    ends = set(month_ends(view.day, MONTH_ENDS))
    evenings = past_evenings(view, {*ends, view.day}, base)
    return {"balances": _balances(view, evenings, ends, base), "sales": _sales(evenings, base)}


def _balances(view: LedgerView, evenings: list[PastEvening], ends: set[date], base: str) -> pa.Table:
    # One row per item: `PastEvening.item` counts the items of the view in the order of their codes.
    codes = codes_of(view.items["item_id"])
    _, first = np.unique(codes, return_index=True)
    ids, owners = (view.items[name].to_numpy(dtype=object)[first] for name in ("item_id", "customer_id"))
    parts = []
    for one in evenings:
        count, on = len(one.item), to_day(one.day)
        currency = np.array(one.currencies, dtype=object)[one.currency].tolist()
        parts.append(
            arrow_of(
                BALANCES,
                {
                    "as_of": days(np.full(count, on, dtype=np.int64)),
                    "is_month_end": pa.array([one.day in ends] * count, pa.bool_()),
                    "item_id": texts(ids[one.item]),
                    "customer_id": texts(owners[one.item]),
                    "issue_date": days(one.issued_on),
                    "days_past_due": whole_numbers(one.dpd),
                    "aging_bucket": texts(buckets_of(one.open_minor, one.dpd)),
                    "currency": texts(currency),
                    "open_amount": amounts(one.owed_minor, currency),
                    "open_reporting": amounts(one.open_minor, [base] * count),
                    "receivable_reporting": amounts(one.receivable, [base] * count),
                    "reporting_currency": texts([base] * count),
                },
            )
        )
    return pa.concat_tables(parts)


def _sales(evenings: list[PastEvening], base: str) -> pa.Table:
    rows = [
        (to_day(one.day), to_day(date(*month, 1)), before, monthrange(*month)[1], one.sales.get(month, 0))
        for one in evenings
        for before, month in enumerate(_months_back(one))
    ]
    as_of, first, before, length, minor = np.array(rows, dtype=np.int64).reshape(-1, 5).T
    return arrow_of(
        SALES,
        {
            "as_of": days(as_of),
            "month": days(first),
            "months_before": whole_numbers(before),
            "days": whole_numbers(length),
            "sales_reporting": amounts(minor, [base] * len(rows)),
            "reporting_currency": texts([base] * len(rows)),
        },
    )


def _months_back(evening: PastEvening) -> list[Month]:
    """The months from that of the evening back to the first that has sales, those between without any too."""
    year, month = evening.day.year, evening.day.month
    first = min(evening.sales, default=(year, month + 1))
    count = (year - first[0]) * 12 + month - first[1] + 1
    return [((year * 12 + month - 1 - back) // 12, (month - 1 - back) % 12 + 1) for back in range(count)]


def bucket_table() -> pa.Table:
    """The aging buckets in their order, the unused credits last."""
    names = [*DEFAULT_BUCKETS.names, UNAPPLIED]
    return arrow_of(
        BUCKETS,
        {
            "aging_bucket": texts(names),
            "position": whole_numbers(np.arange(1, len(names) + 1)),
            "is_past_due": pa.array([0 < at < len(names) - 1 for at in range(len(names))], pa.bool_()),
        },
    )


def calendar_table(tables: Iterable[pa.Table]) -> pa.Table:
    """Every day of the years that any day of these tables is in."""
    columns = (column for table in tables for column in table.columns if pa.types.is_date(column.type))
    spans = [pc.min_max(column).as_py() for column in columns]
    years = [one.year for span in spans for one in (span["min"], span["max"]) if one is not None]
    first, last = date(min(years), 1, 1), date(max(years), 12, 31)
    each = [first + timedelta(at) for at in range((last - first).days + 1)]
    return arrow_of(
        CALENDAR,
        {
            "day": pa.array(each, pa.date32()),
            "year": pa.array([one.year for one in each]),
            "quarter": pa.array([(one.month + 2) // 3 for one in each]),
            "month": pa.array([one.month for one in each]),
            "month_start": pa.array([one.replace(day=1) for one in each]),
            "is_month_end": pa.array([one.day == monthrange(one.year, one.month)[1] for one in each]),
            "weekday": pa.array([one.isoweekday() for one in each]),
            "iso_week": pa.array([one.isocalendar().week for one in each]),
        },
    )
