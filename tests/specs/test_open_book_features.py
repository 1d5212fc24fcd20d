"""What the features of the open book, the invoice and the calendar say, case by case."""

import math


def test_overdue_share_leaves_out_what_is_due_today(spec):
    spec(
        open="""
            invoice | customer | due_on     | amount
            --------+----------+------------+-------
            INV-1   | C-1      | 2026-03-30 | 100
            INV-2   | C-1      | 2026-03-31 | 300
        """,
        as_of="2026-03-31",
        feature="overdue_share",
        expected={"C-1": 100 / 400},
    )


def test_a_bucket_starts_on_the_day_after_the_one_before_it_ends(spec):
    spec(
        open="""
            invoice | customer | due_on     | amount
            --------+----------+------------+-------
            INV-1   | C-1      | 2026-03-01 | 100
            INV-2   | C-1      | 2026-02-28 | 100
            INV-3   | C-1      | 2026-04-28 | 300
        """,
        as_of="2026-03-31",
        feature="overdue_31_60_share",
        expected={"C-1": 100 / 500},
    )


def test_a_payment_known_tomorrow_still_leaves_the_amount_overdue(spec):
    spec(
        open="""
            invoice | customer | due_on     | amount
            --------+----------+------------+-------
            INV-1   | C-1      | 2026-03-01 | 100
            INV-2   | C-1      | 2026-04-01 | 100
        """,
        payments="""
            invoice | paid_on    | known_on   | amount
            --------+------------+------------+-------
            INV-1   | 2026-03-20 | 2026-03-31 | 50
            INV-1   | 2026-03-20 | 2026-04-01 | 50
        """,
        as_of="2026-03-31",
        feature="overdue_share",
        expected={"C-1": 50 / 150},
    )


def test_exposure_is_measured_in_usual_invoices_of_the_same_currency(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on    | amount | currency
            --------+----------+------------+------------+--------+---------
            INV-1   | C-1      | 2026-02-01 | 2026-02-01 | 100    | EUR
        """,
        open="""
            invoice | customer | due_on     | amount | currency
            --------+----------+------------+--------+---------
            INV-2   | C-1      | 2026-04-01 | 200    | EUR
            INV-3   | C-1      | 2026-04-02 | 9000   | JPY
        """,
        as_of="2026-03-31",
        feature="exposure_ratio",
        expected={"INV-2": 200 / ((100 + 200) / 2), "INV-3": None},
    )


def test_overdue_count_forgets_an_invoice_settled_up_to_a_residue(spec):
    spec(
        open="""
            invoice | customer | due_on
            --------+----------+-----------
            INV-1   | C-1      | 2026-03-01
            INV-2   | C-1      | 2026-03-02
            INV-3   | C-1      | 2026-04-02
        """,
        payments="""
            invoice | paid_on    | amount
            --------+------------+-------
            INV-1   | 2026-03-20 | 99.20
        """,
        as_of="2026-03-31",
        feature="overdue_count",
        expected={"C-1": 1},
    )


def test_oldest_open_dpd_passes_over_settled_invoices_and_those_not_booked_yet(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on
            --------+----------+------------+-----------
            INV-1   | C-1      | 2026-01-01 | 2026-02-01
        """,
        open="""
            invoice | customer | due_on     | invoice_known_on
            --------+----------+------------+-----------------
            INV-2   | C-1      | 2026-02-01 | 2026-04-05
            INV-3   | C-1      | 2026-03-21 |
            INV-4   | C-1      | 2026-03-25 |
        """,
        as_of="2026-03-31",
        feature="oldest_open_dpd",
        expected={"C-1": 10},
    )


def test_dpd_is_zero_on_the_due_day_and_negative_before(spec):
    spec(
        open="""
            invoice | customer | due_on
            --------+----------+-----------
            INV-1   | C-1      | 2026-03-31
            INV-2   | C-1      | 2026-04-05
            INV-3   | C-1      | 2026-03-14
        """,
        as_of="2026-03-31",
        feature="dpd",
        expected={"INV-1": 0, "INV-2": -5, "INV-3": 17},
    )


def test_habit_gap_measures_from_the_customers_usual_day(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on
            --------+----------+------------+-----------
            INV-1   | C-1      | 2026-02-01 | 2026-02-11
        """,
        open="""
            invoice | customer | due_on
            --------+----------+-----------
            INV-2   | C-1      | 2026-03-14
            INV-3   | C-2      | 2026-03-14
        """,
        as_of="2026-03-31",
        feature="habit_gap",
        expected={"C-1": 17 - 10, "C-2": None},
    )


def test_amount_log10_counts_units_of_the_currency_not_cents(spec):
    spec(
        open="""
            invoice | customer | due_on     | amount | currency
            --------+----------+------------+--------+---------
            INV-1   | C-1      | 2026-04-14 | 1000   | EUR
            INV-2   | C-2      | 2026-04-14 | 1000   | JPY
        """,
        as_of="2026-03-31",
        feature="amount_log10",
        expected={"C-1": math.log10(1000), "C-2": math.log10(1000)},
    )


def test_amount_ratio_needs_a_second_invoice(spec):
    spec(
        open="""
            invoice | customer | due_on     | amount
            --------+----------+------------+-------
            INV-1   | C-1      | 2026-04-14 | 100
            INV-2   | C-1      | 2026-04-15 | 300
            INV-3   | C-2      | 2026-04-15 | 300
        """,
        as_of="2026-03-31",
        feature="amount_ratio",
        expected={"INV-1": 100 / 200, "INV-2": 300 / 200, "INV-3": None},
    )


def test_currency_is_told_as_it_is(spec):
    spec(
        open="""
            invoice | customer | due_on     | currency
            --------+----------+------------+---------
            INV-1   | C-1      | 2026-04-14 | GBP
        """,
        as_of="2026-03-31",
        feature="currency",
        expected={"C-1": "GBP"},
    )


def test_customer_days_start_with_the_first_invoice(spec):
    spec(
        open="""
            invoice | customer | due_on     | issued_on
            --------+----------+------------+-----------
            INV-1   | C-1      | 2026-04-14 | 2026-03-21
            INV-2   | C-1      | 2026-04-14 | 2026-03-28
        """,
        as_of="2026-03-31",
        feature="customer_days",
        expected={"C-1": 10},
    )


def test_the_calendar_knows_mondays_and_month_ends(spec):
    case = {
        "open": """
            invoice | customer | due_on     | issued_on
            --------+----------+------------+-----------
            INV-1   | C-1      | 2026-04-13 | 2026-03-21
        """,
        "as_of": "2026-03-31",
    }
    spec(**case, feature="due_weekday", expected={"C-1": 0})
    spec(**case, feature="due_days_to_month_end", expected={"C-1": 17})
    spec(**case, feature="days_to_month_end", expected={"C-1": 0})
    spec(**case, feature="month", expected={"C-1": 3})
    spec(**case, feature="terms_days", expected={"C-1": 23})
