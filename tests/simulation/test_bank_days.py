"""Bank days: weekends and the four fixed holidays are not."""

from datetime import date

from ledger.days import to_day
from simulation.bank_days import (
    bank_day_from,
    bank_day_until,
    bank_days_after,
    bank_days_left_in_month,
    is_bank_day,
    month_end,
)


def test_weekends_and_christmas_are_no_bank_days() -> None:
    days = [date(2025, 12, day) for day in (24, 25, 26, 27, 28, 29)]

    assert is_bank_day([to_day(day) for day in days]).tolist() == [True, False, False, False, False, True]


def test_a_bank_day_is_its_own_next_and_last_one() -> None:
    friday, saturday, monday = (to_day(date(2026, 3, day)) for day in (27, 28, 30))

    assert bank_day_from([friday, saturday]).tolist() == [friday, monday]
    assert bank_day_until([friday, saturday, monday]).tolist() == [friday, friday, monday]
    assert bank_days_after([friday, saturday], [1, 1]).tolist() == [monday, monday + 1]


def test_months_end_on_their_last_day_also_in_leap_years() -> None:
    assert month_end([to_day(date(2024, 2, 10))]).tolist() == [to_day(date(2024, 2, 29))]


def test_the_last_bank_day_of_a_month_has_none_after_it() -> None:
    days = [to_day(date(2026, 2, day)) for day in (26, 27, 28)]

    assert bank_days_left_in_month(days).tolist() == [1, 0, 0]
