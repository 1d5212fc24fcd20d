"""The features once more, as SQL: every number of the catalogue, from its declaration, for the engine to be judged by.

Set-based and slow: each evening asked about is joined with all that was known by then. Nothing of `features` is used.
Read `feature_sql_facts.py` (what became known), `feature_sql_answers.py` and `feature_sql_orders.py` (what of it counts
on an evening), then `FEATURES` here.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

import duckdb
import holidays
import pandas as pd
from feature_sql_answers import BOOK, KNOWN, QUESTIONS, SUMS, WINDOWS
from feature_sql_facts import FACTS
from feature_sql_orders import ORDERS

from ledger.returned_cash import standing_cash
from ledger.view import LedgerView

CURRENCIES = pd.DataFrame({"currency": ["EUR", "USD", "JPY", "KWD"], "unit": [100, 100, 1, 1_000]})
"""Minor units of one unit, of the currencies that the random ledgers have."""

FRAMES = ("items", "applications", "customers", "disputes", "contacts", "promise_spans")

_BUCKETS = (("1_30", "0", "30"), ("31_60", "30", "60"), ("61_90", "60", "90"))

_PORTFOLIO_LATE = "ratio(everyones_late_5_{0} + everyones_over_5, everyones_settled_{0} + everyones_over_5)"

FEATURES: dict[str, str] = {
    # Payment history.
    "days_late_mean_90d": "ratio(days_late_90, settled_90)",
    "days_late_mean_180d": "ratio(days_late_180, settled_180)",
    "days_late_mean_365d": "ratio(days_late_365, settled_365)",
    "days_late_shrunken_365d": "CASE WHEN settled_365 > 0 THEN "
    "ratio(days_late_365 + 4 * ratio(everyones_days_late_365, everyones_settled_365), settled_365 + 4) END",
    "days_late_by_amount_365d": "days_late_by_amount_365",
    "lateness_with_open_90d": "ratio(days_late_90 + days_over_0, settled_90 + over_0)",
    "lateness_with_open_365d": "ratio(days_late_365 + days_over_0, settled_365 + over_0)",
    **{
        f"late_{days}_share{name and name + 'd'}": f"share(late_{days}{name} + over_{days}, "
        f"settled{name} + over_{days})"
        for days in (0, 5, 30)
        for name in WINDOWS
    },
    "late_5_share_shrunken_365d": "CASE WHEN settled_365 + over_5 > 0 THEN "
    f"ratio(late_5_365 + over_5 + 4 * {_PORTFOLIO_LATE.format(365)}, settled_365 + over_5 + 4) END",
    "days_late_std_365d": "std_365",
    "days_late_max_365d": "max_365",
    "days_to_pay_mean_365d": "days_to_pay_365",
    "days_late_last": "last_1",
    "days_late_last_3": "last_3 / 3",
    "days_late_last_5": "last_5 / 5",
    "late_of_last_5": "late_of_last_5",
    "on_time_streak": "streak",
    "on_time_streak_longest": "longest_streak",
    "days_late_recent": "recent",
    "days_late_usual": "usual",
    "days_late_drift": "recent - usual",
    "days_late_q80": "q80",
    "days_since_payment": "since_newest",
    "payment_gap_ratio": "CASE WHEN payment_days >= 3 THEN "
    "ratio(since_newest, ratio(since_oldest - since_newest, payment_days - 1)) END",
    "pay_weekday_share_365d": "CASE WHEN paid_365 >= 3 THEN share(weekday_365, paid_365) END",
    "pay_month_part_share_365d": "CASE WHEN paid_365 >= 3 THEN share(month_part_365, paid_365) END",
    "portfolio_late_share_90d": _PORTFOLIO_LATE.format(90),
    # Conduct.
    "part_paid_share_365d": "share(in_part_365, first_paid_365)",
    "cleared_without_cash_share_365d": "share(cleared_365 - settled_365, cleared_365)",
    "credit_share_365d": "ratio(greatest(credited_money_365, 0), billed_money_365)",
    "promises_broken_share_365d": "share(broken_365, kept_365 + broken_365)",
    "promises_kept_count_365d": "kept_365",
    "dispute_count_365d": "disputed_365",
    "promises_open_count": "pending",
    "contacts_unanswered": "unanswered",
    "disputed_share": "share(least(in_dispute, open), open)",
    "settled_count": "settled",
    "invoice_count": "billed",
    "customer_days": "greatest(evening - first_issued, 0)",
    # Exposure.
    "open_count": "open_count",
    "open_amount_log10": "log10(1 + open_money / unit)",
    "exposure_ratio": "ratio(open_money, usual_amount)",
    "credit_limit_use": "CASE WHEN credit_limit_currency = currency THEN ratio(open_money, credit_limit_minor) END",
    "item_share": "share(open, open_money)",
    "overdue_count": "over_0",
    "overdue_amount_log10": "log10(1 + money_over_0 / unit)",
    "overdue_share": "share(money_over_0, open_money)",
    **{f"overdue_{name}_count": f"over_{low} - over_{high}" for name, low, high in _BUCKETS},
    **{
        f"overdue_{name}_share": f"share(money_over_{low} - money_over_{high}, open_money)"
        for name, low, high in _BUCKETS
    },
    "overdue_over_90_count": "over_90",
    "overdue_over_90_share": "share(money_over_90, open_money)",
    "oldest_open_dpd": "oldest_dpd",
    # The invoice itself.
    "dpd": "dpd",
    "habit_gap": "dpd - usual",
    "habit_excess": "dpd - q80",
    "amount_ratio": "ratio(amount, usual_amount)",
    "amount_log10": "log10(amount / unit)",
    "paid_share": "share(greatest(amount - open, 0), amount)",
    "terms_days": "due - issued",
    # The calendar.
    "due_weekday": "isodow(date_of(due)) - 1",
    "due_days_to_month_end": "last_day(date_of(due)) - date_of(due)",
    "due_days_to_quarter_end": "last_of_quarter(date_of(due)) - date_of(due)",
    "due_days_to_working_day": "wait",
    "days_to_month_end": "last_day(date_of(evening)) - date_of(evening)",
    "month": "month(date_of(evening))",
}
"""Every number of the catalogue, over the columns of `BESIDE` and of `question`."""

_NONE_IS_ZERO = (
    *(
        f"{whose}{what}{name}"
        for whose in ("", "everyones_")
        for what in ("settled", "days_late", "late_0", "late_5", "late_30")
        for name in WINDOWS
    ),
    *("cleared_365", "disputed_365", "pending", "kept_365", "broken_365"),
    *("credited_money_365", "billed_money_365", "in_dispute", "everyones_over_5"),
)

BESIDE = f"""
CREATE MACRO date_of(day) AS DATE '1970-01-01' + day::INTEGER;
CREATE MACRO last_of_quarter(date) AS last_day((date_trunc('quarter', date) + INTERVAL 2 MONTH)::DATE);

CREATE TABLE beside AS
    SELECT * REPLACE ({", ".join(f"coalesce({name}, 0) AS {name}" for name in _NONE_IS_ZERO)})
    FROM question
    LEFT JOIN settled_sums USING (evening, customer_id)
    LEFT JOIN settled_orders USING (evening, customer_id)
    LEFT JOIN settled_runs USING (evening, customer_id)
    LEFT JOIN cleared_sums USING (evening, customer_id)
    LEFT JOIN paid_orders USING (evening, customer_id)
    LEFT JOIN paid_peaks USING (evening, customer_id)
    LEFT JOIN first_paid_sums USING (evening, customer_id)
    LEFT JOIN billed_sums USING (evening, customer_id)
    LEFT JOIN disputed_sums USING (evening, customer_id)
    LEFT JOIN promised_sums USING (evening, customer_id)
    LEFT JOIN contacted_orders USING (evening, customer_id)
    LEFT JOIN owed USING (evening, customer_id)
    LEFT JOIN about_customer USING (evening, customer_id)
    LEFT JOIN settled_money USING (evening, customer_id, currency)
    LEFT JOIN billed_money USING (evening, customer_id, currency)
    LEFT JOIN credited_money USING (evening, customer_id, currency)
    LEFT JOIN owed_money USING (evening, customer_id, currency)
    LEFT JOIN everyones_sums USING (evening)
    LEFT JOIN owed_by_everyone USING (evening)
    LEFT JOIN in_dispute USING (evening, item_id)
    LEFT JOIN waits USING (country, due);
"""

SCRIPT = FACTS + QUESTIONS + KNOWN + SUMS + BOOK + ORDERS + BESIDE


def rows_by_sql(view: LedgerView, evenings: Iterable[int]) -> pd.DataFrame:
    """Every item with money to come on each of the evenings (whole days), and its features.

    Returns a frame ordered by day, then item_id: `item_id`, `day`, and a column for each of `FEATURES`, float64, NaN
    where the fact is missing.
    """
    off = {"autoinstall_known_extensions": False, "autoload_known_extensions": False}
    with duckdb.connect(config={"threads": 1, **off}) as database:
        asked = pd.DataFrame({"evening": sorted(set(evenings))})
        tables = {name: getattr(view, name) for name in FRAMES}
        tables |= {"standing_cash": standing_cash(view.applications)}
        tables |= {"currencies": CURRENCIES, "evenings": asked, "waits": _waits(view)}
        for name, frame in tables.items():
            database.register(name, frame)
        database.execute(SCRIPT)
        columns = ", ".join(f"({sql})::DOUBLE AS {name}" for name, sql in FEATURES.items())
        return database.sql(f"SELECT item_id, evening AS day, {columns} FROM beside ORDER BY day, item_id").df()


def _waits(view: LedgerView) -> pd.DataFrame:
    """Days from each due day of the items to the next working day of each country that is known."""
    days = sorted({int(day) for day in view.items["due_on"]})
    countries = sorted(set(view.customers["country"]))
    rows = [(country, day, wait) for country in countries for day in days if (wait := _wait(country, day)) is not None]
    return pd.DataFrame(rows, columns=["country", "due", "wait"]).astype({"country": "str", "due": int, "wait": int})


@cache
def _wait(country: str, day: int) -> int | None:
    calendar, on = _calendar(country), date(1970, 1, 1) + timedelta(days=day)
    if calendar is None:
        return None
    return next(days for days in range(60) if calendar.is_working_day(on + timedelta(days=days)))


@cache
def _calendar(country: str) -> holidays.HolidayBase | None:
    """The calendar of a country told by its two letters."""
    known = len(country) == 2 and country.upper() in holidays.list_supported_countries()
    return holidays.country_holidays(country.upper()) if known else None
