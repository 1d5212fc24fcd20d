"""What a collector reads: facts with their unit, singular and plural, early and late."""

import math

import pytest

from features.catalogue import CATALOGUE, CATALOGUE_BY_NAME
from features.spec import Unit
from features.wording import format_value, speaker, tell


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("days_late_mean_180d", 12.3, "paid 12 days late on average over the last 180 days"),
        ("days_late_mean_180d", -3.0, "paid 3 days early on average over the last 180 days"),
        ("days_late_mean_180d", 0.2, "paid on the due day on average over the last 180 days"),
        ("days_late_mean_180d", math.nan, "no invoice settled in the last 180 days"),
        ("days_late_last", 1.0, "last settled invoice paid 1 day late"),
        ("late_share_365d", 0.714, "71 % of invoices more than 5 days late over the last 365 days"),
        ("late_of_last_5", 5.0, "5 of the last 5 settled invoices more than 5 days late"),
        ("late_of_last_5", 0.0, "none of the last 5 settled invoices more than 5 days late"),
        ("on_time_streak", 4.0, "4 invoices in a row paid on time"),
        ("on_time_streak", 0.0, "the last settled invoice was paid late"),
        ("days_late_drift", 6.4, "lately pays 6 days later than before"),
        ("days_late_drift", -1.0, "lately pays 1 day earlier than before"),
        ("days_late_drift", -0.3, "pays as before"),
        ("days_since_payment", 0.0, "last payment today"),
        ("exposure_ratio", 3.44, "owes 3.4 times the amount of a usual invoice"),
        ("overdue_share", 0.003, "under 1 % of the open amount is past due"),
        ("overdue_share", 0.0, "nothing of the open amount is past due"),
        ("overdue_count", 1.0, "1 invoice past due"),
        ("dpd", 17.0, "this invoice is 17 days past due"),
        ("dpd", -5.0, "this invoice is due in 5 days"),
        ("dpd", 0.0, "this invoice is due today"),
        ("habit_gap", 9.0, "this invoice stands 9 days later than when this customer usually pays"),
        ("amount_log10", math.log10(4200), "an invoice of about 4,200 in its own currency"),
        ("currency", "EUR", "invoiced in EUR"),
        ("due_weekday", 4.0, "due on a Friday"),
        ("month", 12.0, "the month is December"),
    ],
)
def test_a_value_is_told_as_a_sentence(name, value, told):
    assert tell(CATALOGUE_BY_NAME[name], value) == told


def test_every_feature_has_words_for_any_value_and_for_none():
    for feature in CATALOGUE:
        values = ["EUR"] if feature.is_category else [1.0] if feature.unit is Unit.MONTH else [0.0, 1.0, 0.004]
        for value in [*values, None, math.nan]:
            told = tell(feature, value)
            assert told
            assert not {"{", "}", "_"} & set(told), told
            assert "nan" not in told


def test_a_smoothed_share_is_told_through_the_plain_one():
    assert speaker("late_share_shrunken_365d").name == "late_share_365d"
    assert speaker("days_late_last").name == "days_late_last"


def test_nearly_all_is_not_told_as_all():
    assert format_value(Unit.SHARE, 0.999) == "over 99 %"
