"""Aging: days past due, days late, and the buckets."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.aging import BUCKETS, OLDEST_BUCKET, aging_bucket, days_late, dpd

DUE = date(2026, 3, 14)


def test_an_invoice_is_not_past_due_on_its_due_day():
    assert dpd(DUE, as_of=DUE) == 0


def test_dpd_is_negative_before_the_due_day():
    assert dpd(DUE, as_of=date(2026, 3, 10)) == -4


def test_dpd_counts_calendar_days_over_a_leap_day():
    assert dpd(date(2028, 2, 28), as_of=date(2028, 3, 1)) == 2


def test_an_invoice_cleared_early_is_late_by_a_negative_number_of_days():
    assert days_late(DUE, cleared_on=date(2026, 3, 12)) == -2


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-1, "current"), (0, "current"),
        (1, "1-30"), (30, "1-30"),
        (31, "31-60"), (60, "31-60"),
        (61, "61-90"), (90, "61-90"),
        (91, "91-120"), (120, "91-120"),
        (121, ">120"), (4_000, ">120"),
    ],
)  # fmt: skip
def test_a_bucket_holds_both_its_first_and_its_last_day(days, bucket):
    assert aging_bucket(days) == bucket


@given(st.integers(-5_000, 5_000))
def test_an_item_never_moves_to_a_younger_bucket_as_it_ages(days):
    order = [name for name, _ in BUCKETS] + [OLDEST_BUCKET]

    assert order.index(aging_bucket(days)) <= order.index(aging_bucket(days + 1))
