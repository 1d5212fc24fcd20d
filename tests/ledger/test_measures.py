"""Measures: the golden number of each section of their definition, and the mistakes that others made."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from importlib import import_module
from inspect import isfunction
from pathlib import Path

import pytest

from ledger.bank_days import BankDays
from ledger.days import NEVER, to_day
from ledger.measures.credit_loss import expected_credit_loss
from ledger.measures.effectiveness import (
    cei_pct,
    collection_pct_collectible,
    collection_pct_target,
    contact_rate,
    cost_to_collect,
    current_pct,
    over_90_pct,
    past_due_pct,
    promise_rate,
    right_party_contact_rate,
)
from ledger.measures.interest import late_payment_claim, simple_interest
from ledger.measures.lateness import (
    Paid,
    avg_days_late_paid,
    avg_days_late_paid_floored,
    avg_days_to_pay,
    late,
    lateness_class,
    weighted_average_terms,
)
from ledger.measures.promises import Cash, Promise, PromiseRules, paid_towards, promise_state, tally
from ledger.measures.ratios import Mean, rounded
from ledger.measures.rolls import CureRates, cure_rates, loss_chain, net_flow_rate, roll_rate
from ledger.measures.sales_days import (
    SalesMonth,
    add_portfolio,
    delinquent_dso,
    dso,
    dso_best_possible,
    dso_countback,
    dso_rolling_3,
    dso_true,
)

K = 100_000
"""A thousand euros in cents."""


def months(*sales_k, days=30):
    """Months from the oldest to the latest, sales in thousands."""
    return [SalesMonth(sales * K, days) for sales in sales_k]


# Section 2, days of sales


def test_golden_2_dso_simple_is_76_32():
    assert rounded(dso(212 * K, 250 * K, 90)) == Decimal("76.32")


def test_golden_2_dso_rolling_3_is_76_32():
    assert rounded(dso_rolling_3(212 * K, months(999, 70, 80, 100))) == Decimal("76.32")


def test_golden_2_dso_by_countback_is_73_71():
    counted = dso_countback(212 * K, months(70, 80, 100))

    assert counted.days == 60 + Fraction(32, 70) * 30
    assert str(counted) == "73.71 days"


def test_golden_2_dso_by_countback_over_calendar_months_is_76_71():
    months_of_2026 = [SalesMonth(700 * K, 31), SalesMonth(800 * K, 28), SalesMonth(900 * K, 31)]

    assert str(dso_countback(2_100 * K, months_of_2026)) == "76.71 days"


def test_golden_2_best_possible_dso_is_28_and_days_delinquent_17():
    assert dso(450 * K, 300 * K, 30) == 45
    assert dso_best_possible(280 * K, 300 * K, 30) == 28
    assert add_portfolio(450 * K, 280 * K, 300 * K, 30) == 17


def test_delinquent_dso_of_the_buckets_adds_up_to_days_delinquent():
    by_bucket = delinquent_dso({"1-30": 100 * K, "31-60": 50 * K, ">60": 20 * K}, 300 * K, 30)

    assert by_bucket == {"1-30": 10, "31-60": 5, ">60": 2}
    assert sum(by_bucket.values()) == add_portfolio(450 * K, 280 * K, 300 * K, 30)


def test_countback_counts_a_month_without_sales_in_full_and_flags_it():
    counted = dso_countback(150 * K, months(100, 0, 100))

    assert (counted.days, counted.months_without_sales) == (30 + 30 + 15, 1)


def test_countback_takes_a_month_of_more_credits_than_sales_as_one_without():
    counted = dso_countback(150 * K, months(100, -40, 100))

    assert (counted.days, counted.months_without_sales) == (30 + 30 + 15, 1)


def test_countback_stops_at_the_month_that_explains_all():
    assert dso_countback(100 * K, months(100, 0, 100)).days == 30
    assert dso_countback(200 * K, months(100, 100)).days == 60
    assert dso_countback(0, months(0, 0)).days == 0


def test_countback_says_more_than_when_the_history_runs_out():
    counted = dso_countback(201 * K, months(100, 100))

    assert counted.days is None
    assert str(counted) == "> 60 days"
    assert dso_countback(1, []).days is None


def test_true_dso_weighs_the_age_of_each_invoice_by_the_sales_of_its_month():
    invoices = [(to_day(date(2026, 3, 21)), 50 * K), (to_day(date(2026, 2, 19)), 40 * K)]
    sales = {(2026, 3): 100 * K, (2026, 2): 80 * K}

    assert dso_true(invoices, sales, to_day(date(2026, 3, 31))) == 10 * Fraction(50, 100) + 40 * Fraction(40, 80)


def test_true_dso_does_not_see_invoices_of_tomorrow_and_is_undefined_without_sales():
    invoice = (to_day(date(2026, 3, 31)), 50 * K)

    assert dso_true([invoice], {(2026, 3): 100 * K}, to_day(date(2026, 3, 30))) == 0
    assert dso_true([invoice], {}, to_day(date(2026, 4, 1))) is None


def test_a_year_has_365_or_366_days_and_never_356():
    year = [SalesMonth(100 * K, days) for days in (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)]

    assert dso_countback(1_200 * K, year).days == 365
    assert simple_interest(100 * K, Decimal(10), 365) == 10 * K


def test_no_sales_give_no_days_of_sales():
    assert dso(212 * K, 0, 90) is None
    assert dso_best_possible(212 * K, 0, 90) is None
    assert add_portfolio(212 * K, 100 * K, 0, 90) is None
    assert delinquent_dso({"1-30": K}, 0, 90) == {"1-30": None}
    assert dso_rolling_3(212 * K, months(0, 0, 0)) is None
    assert dso_rolling_3(212 * K, months(100, 100)) is None


# Section 3, effectiveness


def test_golden_3_the_collection_effectiveness_index_is_67_31():
    assert rounded(cei_pct(500 * K, 300 * K, 450 * K, 280 * K)) == Decimal("67.31")


def test_the_effectiveness_index_takes_one_months_sales_of_a_longer_period():
    assert cei_pct(500 * K, 900 * K, 450 * K, 280 * K, months=3) == cei_pct(500 * K, 300 * K, 450 * K, 280 * K)


def test_the_two_collection_percentages_are_two_measures():
    assert collection_pct_collectible(60 * K, 80 * K, 60 * K, 20 * K) == 50
    assert collection_pct_target(60 * K, 80 * K) == 75


def test_past_due_and_current_are_the_whole():
    assert (past_due_pct(170 * K, 680 * K), current_pct(170 * K, 680 * K)) == (25, 75)
    assert over_90_pct(68 * K, 680 * K) == 10


def test_contacts_and_costs_are_shares_of_what_was_tried():
    assert contact_rate(30, 40) == Fraction(3, 4)
    assert right_party_contact_rate(20, 40) == Fraction(1, 2)
    assert promise_rate(5, 20) == Fraction(1, 4)
    assert cost_to_collect(2 * K, 100 * K) == Fraction(1, 50)


@pytest.mark.parametrize(
    "undefined",
    [
        cei_pct(0, 0, 0, 0),
        cei_pct(500, 300, 450, 800),
        collection_pct_collectible(0, 80, 0, 80),
        collection_pct_target(100, 0),
        past_due_pct(0, 0),
        current_pct(0, 0),
        over_90_pct(0, 0),
        contact_rate(0, 0),
        right_party_contact_rate(0, 0),
        promise_rate(0, 0),
        cost_to_collect(1, 0),
        roll_rate({}, {}, 1),
        net_flow_rate(5, 0),
    ],
)
def test_what_has_nothing_below_the_line_is_undefined_and_not_zero(undefined):
    assert undefined is None


def test_golden_3_the_loss_chain():
    rolls = [Decimal(rate) for rate in ("0.12", "0.45", "0.60", "0.70", "0.55")]

    assert [str(rounded(100 * lost)) for lost in loss_chain(rolls)] == ["1.25", "10.40", "23.10", "38.50", "55.00"]


def test_what_is_recovered_is_not_lost():
    assert loss_chain([Decimal("0.5"), Decimal("0.5")], recovery=Decimal("0.2")) == [Fraction(1, 5), Fraction(2, 5)]
    assert loss_chain([]) == []


BEFORE = {"A": (1, 100), "B": (1, 100), "C": (1, 200), "D": (2, 500), "E": (1, -50)}


def test_a_roll_rate_follows_the_items_and_counts_what_is_still_open():
    after = {"A": (2, 60), "B": (1, 100), "D": (3, 500), "X": (2, 900)}

    assert roll_rate(BEFORE, after, 1) == Fraction(60, 100 + 100 + 200)
    assert net_flow_rate(60 + 900, 400) == Fraction(960, 400)


def test_an_item_that_jumps_a_bucket_has_not_rolled_into_the_next():
    assert roll_rate(BEFORE, {"A": (3, 100)}, 1) == 0


def test_a_part_that_was_added_later_has_not_rolled():
    assert roll_rate(BEFORE, {"A": (2, 130)}, 1) == Fraction(100, 400)


def test_cures_by_cash_and_by_credit_are_told_apart():
    cures = cure_rates(BEFORE, {"A": 100, "B": 40, "D": 500}, {"A": 100, "B": 30, "C": 300}, 1)

    assert cures == CureRates(cash=Fraction(140, 400), credit=Fraction(30 + 200, 400))
    assert cure_rates({}, {}, {}, 1) == CureRates(None, None)


# Section 3, promises

FRIDAY = to_day(date(2026, 3, 13))
MONDAY = to_day(date(2026, 3, 9))
TUESDAY_AFTER = to_day(date(2026, 3, 17))
PROMISE = Promise(1_000, made_on=MONDAY, promised_on=FRIDAY)


@pytest.mark.parametrize(
    ("cash", "as_of", "state"),
    [
        ([], FRIDAY, "pending"),
        ([], TUESDAY_AFTER, "pending"),
        ([], TUESDAY_AFTER + 1, "broken"),
        ([Cash(1_000, MONDAY)], MONDAY, "kept"),
        ([Cash(1_000, MONDAY - 1)], TUESDAY_AFTER + 1, "broken"),
        ([Cash(1_000, TUESDAY_AFTER)], TUESDAY_AFTER, "kept"),
        ([Cash(1_000, TUESDAY_AFTER + 1)], TUESDAY_AFTER + 1, "broken"),
        ([Cash(1_000, TUESDAY_AFTER)], FRIDAY, "pending"),
        ([Cash(949, FRIDAY)], TUESDAY_AFTER, "pending"),
        ([Cash(949, FRIDAY)], TUESDAY_AFTER + 1, "part_kept"),
        ([Cash(950, FRIDAY)], TUESDAY_AFTER + 1, "kept"),
        ([Cash(500, MONDAY), Cash(450, FRIDAY)], FRIDAY, "kept"),
    ],
)
def test_a_promise_is_judged_by_the_cash_until_its_day_and_two_bank_days(cash, as_of, state):
    assert promise_state(PROMISE, cash, as_of) == state


def test_cash_that_is_returned_unkeeps_a_promise():
    cash = [Cash(1_000, FRIDAY, reversed_on=FRIDAY + 10)]

    assert promise_state(PROMISE, cash, FRIDAY + 9) == "kept"
    assert promise_state(PROMISE, cash, FRIDAY + 10) == "broken"


def test_a_promise_withdrawn_before_its_day_is_cancelled_and_after_it_broken():
    withdrawn = Promise(1_000, MONDAY, FRIDAY, cancelled_on=FRIDAY - 1)
    too_late = Promise(1_000, MONDAY, FRIDAY, cancelled_on=FRIDAY)

    assert promise_state(withdrawn, [], FRIDAY - 2) == "pending"
    assert promise_state(withdrawn, [], TUESDAY_AFTER + 1) == "cancelled"
    assert promise_state(too_late, [], TUESDAY_AFTER + 1) == "broken"


def test_the_patience_with_a_promise_is_a_setting():
    strict = PromiseRules(grace_bank_days=0, enough_pct=Decimal(100))
    holiday = PromiseRules(bank_days=BankDays(holidays=frozenset({date(2026, 3, 16)})))

    assert promise_state(PROMISE, [Cash(999, FRIDAY)], FRIDAY + 1, strict) == "part_kept"
    assert holiday.last_day(PROMISE) == TUESDAY_AFTER + 1


def test_the_rate_of_kept_promises_leaves_out_cancelled_and_pending_ones_but_counts_them():
    later = TUESDAY_AFTER + 1
    counted = tally(
        [
            (PROMISE, [Cash(1_500, FRIDAY)]),
            (PROMISE, [Cash(300, FRIDAY)]),
            (PROMISE, []),
            (Promise(1_000, MONDAY, FRIDAY, cancelled_on=MONDAY), [Cash(1_000, FRIDAY)]),
            (Promise(9_000, MONDAY, later), []),
        ],
        later,
    )

    assert counted.counts == {"kept": 1, "part_kept": 1, "broken": 1, "cancelled": 1, "pending": 1}
    assert counted.kept_rate == Fraction(1, 1 + 1 + 1)
    assert counted.kept_rate_by_amount == Fraction(1_000 + 300, 3 * 1_000)


def test_without_promises_there_is_no_rate_of_kept_ones():
    assert (tally([], FRIDAY).kept_rate, tally([], FRIDAY).kept_rate_by_amount) == (None, None)


def test_cash_towards_a_promise_is_what_came_between_its_days():
    cash = [Cash(1, MONDAY - 1), Cash(10, MONDAY), Cash(100, TUESDAY_AFTER), Cash(1_000, TUESDAY_AFTER + 1)]

    assert paid_towards(PROMISE, cash, FRIDAY + 90) == 110


# Section 2 and 4, lateness of what was paid

PAID = [Paid(100, issued_on=0, due_on=30, cleared_on=40), Paid(300, issued_on=0, due_on=30, cleared_on=26)]


def test_days_to_pay_and_days_late_weigh_by_amount_and_say_their_count():
    assert avg_days_to_pay(PAID) == Mean(Fraction(100 * 40 + 300 * 26, 400), 2)
    assert avg_days_late_paid(PAID) == Mean(Fraction(100 * 10 - 300 * 4, 400), 2)


def test_the_early_do_not_excuse_the_late_in_the_floored_mean():
    assert avg_days_late_paid_floored(PAID) == Mean(Fraction(100 * 10, 400), 2)


def test_the_terms_of_a_ledger_weigh_by_amount():
    assert weighted_average_terms([(100, 0, 30), (300, 5, 65)]) == Mean(Fraction(100 * 30 + 300 * 60, 400), 2)


def test_no_items_have_no_mean():
    assert avg_days_to_pay([]) == Mean(None, 0)


@pytest.mark.parametrize(
    ("cleared_on", "as_of", "expected"),
    [
        (100, 200, False),
        (105, 200, False),
        (106, 200, True),
        (NEVER, 105, None),
        (NEVER, 106, True),
        (106, 105, None),
        (120, 110, True),
    ],
)
def test_late_with_five_days_of_grace(cleared_on, as_of, expected):
    assert late(100, cleared_on, as_of, grace_days=5).late is expected


@pytest.mark.parametrize(("grace_days", "name"), [(0, "late_0"), (5, "late_5"), (30, "late_30")])
def test_a_late_label_carries_its_grace_in_its_name(grace_days, name):
    assert late(100, 90, 200, grace_days=grace_days).name == name


def test_an_open_item_that_is_not_late_yet_is_unknown_and_not_on_time():
    label = late(100, NEVER, 100, grace_days=0)

    assert (label.late, label.unknown_because) == (None, "still_open")


@pytest.mark.parametrize("way_out", ["credit", "write_off"])
@pytest.mark.parametrize("cleared_on", [90, 190])
def test_an_item_cleared_by_credit_or_write_off_was_not_paid_on_time(way_out, cleared_on):
    label = late(100, cleared_on, 200, grace_days=5, cleared_by=way_out)

    assert (label.late, label.unknown_because) == (None, "not_cash")


def test_paid_on_the_due_day_is_on_time_and_the_day_after_late():
    assert late(100, 100, 200, grace_days=0).late is False
    assert late(100, 101, 200, grace_days=0).late is True
    assert [lateness_class(days) for days in (-1, 0, 1)] == ["on_time", "on_time", "late"]


def test_three_classes_become_two_without_a_very_late_start():
    assert [lateness_class(days, 30) for days in (30, 31)] == ["late", "very_late"]
    assert lateness_class(400, 0) == "late"


# Sections 9 and 10, what lateness costs


def test_golden_9_interest_on_10_000_for_45_days_is_125_14_and_40():
    claim = late_payment_claim(10 * K, 45, Decimal("2.15"), Decimal(8), 4_000)

    assert (claim.interest_minor, claim.fixed_sum_minor, claim.total_minor) == (12_514, 4_000, 12_514 + 4_000)


@pytest.mark.parametrize("days", [0, -5])
def test_nothing_is_charged_on_the_due_day_or_before(days):
    assert late_payment_claim(10 * K, days, Decimal("2.15"), Decimal(8), 4_000).total_minor == 0
    assert simple_interest(10 * K, Decimal(10), days) == 0


def test_golden_10_the_provision_matrix_of_ifrs_9_is_580k():
    matrix = {
        "current": (15_000 * K, Decimal("0.3")),
        "1-30": (7_500 * K, Decimal("1.6")),
        "31-60": (4_000 * K, Decimal("3.6")),
        "61-90": (2_500 * K, Decimal("6.6")),
        ">90": (1_000 * K, Decimal("10.6")),
    }

    assert list(expected_credit_loss(matrix).values()) == [45 * K, 120 * K, 144 * K, 165 * K, 106 * K]
    assert sum(expected_credit_loss(matrix).values()) == 580 * K


def test_golden_10_the_aging_schedule_of_asc_326_is_21_035_in_whole_units():
    exposures = {"current": 5_984_698, "1-30": 8_272, "31-60": 2_882, "61-90": 842, ">90": 1_100}
    rates = dict(zip(exposures, map(Decimal, ("0.3", "8.8", "28.6", "63.8", "90.2")), strict=True))
    matrix = {bucket: (100 * exposures[bucket], rates[bucket]) for bucket in exposures}

    in_whole_units = expected_credit_loss(matrix, unit_minor=100)

    assert list(in_whole_units.values()) == [1_795_400, 72_800, 82_400, 53_700, 99_200]
    assert sum(in_whole_units.values()) == 2_103_500
    assert sum(expected_credit_loss(matrix).values()) == 2_103_568


def test_an_overlay_raises_every_rate():
    assert expected_credit_loss({"1-30": (8_272_00, Decimal(8))}, overlay=Decimal("1.1"), unit_minor=100) == {
        "1-30": 728_00
    }


# The page


def test_the_page_of_measures_names_functions_that_exist_and_leaves_none_out():
    page = (Path(__file__).resolve().parents[2] / "docs/measures.md").read_text(encoding="utf-8")
    modules = ("sales_days", "effectiveness", "rolls", "promises", "lateness", "interest", "credit_loss")
    helpers = {"promises.paid_towards"}

    public = {
        f"{module}.{name}"
        for module in modules
        for name, made in vars(import_module(f"ledger.measures.{module}")).items()
        if isfunction(made) and made.__module__ == f"ledger.measures.{module}" and not name.startswith("_")
    }

    assert set(re.findall(r"\| `(\w+\.\w+)` \|", page)) == public - helpers
