"""What the history features say, case by case."""

import math


def test_days_late_mean_counts_only_invoices_settled_in_the_window(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on    | known_on
            --------+----------+------------+------------+-----------
            INV-1   | C-1      | 2026-01-10 | 2026-01-20 | 2026-01-21
            INV-2   | C-1      | 2026-02-10 | 2026-02-14 | 2026-02-14
            INV-3   | C-1      | 2025-01-10 | 2025-03-31 | 2025-03-31
        """,
        as_of="2026-03-31",
        feature="days_late_mean_90d",
        expected={"C-1": (10 + 4) / 2},
    )


def test_a_settlement_booked_this_evening_counts_and_one_booked_tomorrow_does_not(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on    | known_on
            --------+----------+------------+------------+-----------
            INV-1   | C-1      | 2026-03-20 | 2026-03-27 | 2026-03-31
            INV-2   | C-1      | 2026-03-01 | 2026-03-29 | 2026-04-01
        """,
        as_of="2026-03-31",
        feature="days_late_mean_90d",
        expected={"INV-2": 7},
    )


def test_a_settlement_of_the_evening_90_days_ago_has_left_the_window(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on    | known_on
            --------+----------+------------+------------+-----------
            INV-1   | C-1      | 2025-12-20 | 2025-12-31 | 2025-12-31
            INV-2   | C-2      | 2025-12-20 | 2025-12-31 | 2026-01-01
        """,
        as_of="2026-03-31",
        feature="days_late_mean_90d",
        expected={"C-1": None, "C-2": 11},
    )


def test_days_late_mean_is_negative_for_early_payers(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on
            --------+----------+------------+-----------
            INV-1   | C-1      | 2026-02-10 | 2026-02-06
            INV-2   | C-1      | 2026-02-20 | 2026-02-18
        """,
        as_of="2026-03-31",
        feature="days_late_mean_365d",
        expected={"C-1": (-4 + -2) / 2},
    )


def test_lateness_with_open_counts_an_overdue_invoice_as_it_stands(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on
            --------+----------+------------+-----------
            INV-1   | C-1      | 2026-02-10 | 2026-02-14
        """,
        open="""
            invoice | customer | due_on
            --------+----------+-----------
            INV-2   | C-1      | 2026-03-11
            INV-3   | C-1      | 2026-03-31
        """,
        as_of="2026-03-31",
        feature="lateness_with_open_90d",
        expected={"C-1": (4 + 20) / 2},
    )


def test_late_share_takes_an_invoice_as_late_from_the_sixth_day_on(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on
            --------+----------+------------+-----------
            INV-1   | C-1      | 2026-02-10 | 2026-02-15
            INV-2   | C-1      | 2026-02-10 | 2026-02-16
        """,
        open="""
            invoice | customer | due_on
            --------+----------+-----------
            INV-3   | C-1      | 2026-03-26
            INV-4   | C-1      | 2026-03-25
        """,
        as_of="2026-03-31",
        feature="late_5_share_365d",
        expected={"C-1": 2 / 3},
    )


def test_late_share_shrunken_draws_one_late_invoice_towards_everyones_share_with_what_is_overdue(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on
            --------+----------+------------+-----------
            INV-1   | C-1      | 2026-02-10 | 2026-03-10
            INV-2   | C-2      | 2026-02-10 | 2026-02-10
            INV-3   | C-2      | 2026-03-10 | 2026-03-10
            INV-4   | C-2      | 2025-02-10 | 2025-03-10
        """,
        open="""
            invoice | customer | due_on
            --------+----------+-----------
            INV-5   | C-3      | 2026-03-25
            INV-6   | C-3      | 2026-03-26
        """,
        as_of="2026-03-31",
        feature="late_5_share_shrunken_365d",
        expected={"C-1": (1 + 4 * (2 / 4)) / (1 + 4)},
    )


def test_days_late_std_needs_two_settled_invoices(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on
            --------+----------+------------+-----------
            INV-1   | C-1      | 2026-02-10 | 2026-02-11
            INV-2   | C-1      | 2026-02-10 | 2026-02-15
            INV-3   | C-2      | 2026-02-10 | 2026-02-15
        """,
        as_of="2026-03-31",
        feature="days_late_std_365d",
        expected={"C-1": math.sqrt(2**2 + 2**2), "C-2": None},
    )


def test_days_late_max_is_the_slowest_of_the_window(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on
            --------+----------+------------+-----------
            INV-1   | C-1      | 2025-01-10 | 2025-03-01
            INV-2   | C-1      | 2026-01-10 | 2026-01-22
            INV-3   | C-1      | 2026-02-10 | 2026-02-11
        """,
        as_of="2026-03-31",
        feature="days_late_max_365d",
        expected={"C-1": 12},
    )


def test_days_late_last_of_one_evening_is_the_payment_that_happened_last(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on    | known_on
            --------+----------+------------+------------+-----------
            INV-1   | C-1      | 2026-02-10 | 2026-02-19 | 2026-02-20
            INV-2   | C-1      | 2026-02-10 | 2026-02-12 | 2026-02-20
        """,
        as_of="2026-03-31",
        feature="days_late_last",
        expected={"C-1": 9},
    )


def test_on_time_streak_ends_at_the_newest_late_payment(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on
            --------+----------+------------+-----------
            INV-1   | C-1      | 2026-01-01 | 2026-01-01
            INV-2   | C-1      | 2026-01-01 | 2026-01-10
            INV-3   | C-1      | 2026-02-01 | 2026-02-06
            INV-4   | C-1      | 2026-02-01 | 2026-02-07
            INV-5   | C-2      | 2026-01-01 | 2026-01-02
            INV-6   | C-2      | 2026-02-01 | 2026-02-02
            INV-7   | C-3      | 2026-01-01 | 2026-01-20
            INV-8   | C-3      | 2026-02-01 | 2026-02-01
        """,
        as_of="2026-03-31",
        feature="on_time_streak",
        expected={"C-1": 0, "C-2": 2, "C-3": 1},
    )


def test_late_of_last_5_needs_five_settled_invoices(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on
            --------+----------+------------+-----------
            INV-1   | C-1      | 2026-01-01 | 2026-01-20
            INV-2   | C-1      | 2026-01-02 | 2026-01-21
            INV-3   | C-1      | 2026-01-03 | 2026-01-22
            INV-4   | C-1      | 2026-02-01 | 2026-02-02
            INV-5   | C-1      | 2026-02-01 | 2026-02-03
            INV-6   | C-1      | 2026-02-01 | 2026-02-04
            INV-7   | C-2      | 2026-01-01 | 2026-01-20
        """,
        as_of="2026-03-31",
        feature="late_of_last_5",
        expected={"C-1": 2, "C-2": None},
    )


def test_days_late_recent_lets_45_days_halve_the_weight(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on
            --------+----------+------------+-----------
            INV-1   | C-1      | 2026-01-01 | 2026-01-11
            INV-2   | C-1      | 2026-02-20 | 2026-02-25
        """,
        as_of="2026-03-31",
        feature="days_late_recent",
        expected={"C-1": (0.5 * 10 + 1 * 5) / (0.5 + 1)},
    )


def test_days_late_drift_is_zero_for_a_customer_that_never_changes(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on
            --------+----------+------------+-----------
            INV-1   | C-1      | 2025-06-01 | 2025-06-11
            INV-2   | C-1      | 2026-02-20 | 2026-03-02
        """,
        as_of="2026-03-31",
        feature="days_late_drift",
        expected={"C-1": 0},
    )


def test_days_since_payment_starts_at_the_day_of_payment_once_it_is_known(spec):
    spec(
        open="""
            invoice | customer | due_on
            --------+----------+-----------
            INV-1   | C-1      | 2026-03-01
            INV-2   | C-2      | 2026-03-01
        """,
        payments="""
            invoice | paid_on    | known_on   | amount
            --------+------------+------------+-------
            INV-1   | 2026-03-11 | 2026-03-13 | 40
            INV-1   | 2026-03-30 | 2026-04-02 | 40
        """,
        as_of="2026-03-31",
        feature="days_since_payment",
        expected={"C-1": 20, "C-2": None},
    )


def test_a_bounced_payment_is_no_longer_a_settled_invoice(spec):
    spec(
        settled="""
            invoice | customer | due_on     | paid_on
            --------+----------+------------+-----------
            INV-1   | C-1      | 2026-02-01 | 2026-02-03
            INV-2   | C-1      | 2026-02-01 | 2026-02-05
        """,
        payments="""
            invoice | paid_on    | amount | kind
            --------+------------+--------+---------
            INV-2   | 2026-02-20 | -100   | reversal
        """,
        as_of="2026-03-31",
        feature="days_late_mean_90d",
        expected={"INV-2": 2},
    )


def test_settled_count_leaves_out_what_ended_in_a_credit(spec):
    table = """
        invoice | customer | due_on     | paid_on
        --------+----------+------------+-----------
        INV-1   | C-1      | 2026-02-01 | 2026-02-03
    """
    credited = """
        invoice | paid_on    | amount | kind
        --------+------------+--------+-------
        INV-2   | 2026-02-20 | 100    | credit
    """
    opened = """
        invoice | customer | due_on
        --------+----------+-----------
        INV-2   | C-1      | 2026-02-10
        INV-3   | C-1      | 2026-04-10
    """
    case = {"settled": table, "payments": credited, "open": opened, "as_of": "2026-03-31"}
    spec(**case, feature="settled_count", expected={"C-1": 1})
    spec(**case, feature="cleared_without_cash_share_365d", expected={"C-1": 1 / 2})


def test_part_paid_share_counts_invoices_whose_first_money_did_not_settle_them(spec):
    spec(
        open="""
            invoice | customer | due_on
            --------+----------+-----------
            INV-1   | C-1      | 2026-02-10
            INV-2   | C-1      | 2026-02-11
            INV-3   | C-1      | 2026-02-12
        """,
        payments="""
            invoice | paid_on    | amount
            --------+------------+-------
            INV-1   | 2026-02-20 | 60
            INV-1   | 2026-03-20 | 40
            INV-2   | 2026-02-20 | 99.50
        """,
        as_of="2026-03-31",
        feature="part_paid_share_365d",
        expected={"C-1": 1 / 2},
    )
