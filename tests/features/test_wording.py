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
        ("late_5_share_365d", 0.714, "71 % of invoices more than 5 days late over the last 365 days"),
        ("late_of_last_5", 5.0, "5 of the last 5 settled invoices more than 5 days late"),
        ("late_of_last_5", 0.0, "none of the last 5 settled invoices more than 5 days late"),
        ("on_time_streak", 4.0, "4 invoices in a row paid on time"),
        ("on_time_streak", 0.0, "the last settled invoice was more than 5 days late"),
        ("days_late_drift", 6.4, "lately pays 6 days later than before"),
        ("days_late_drift", -1.0, "lately pays 1 day earlier than before"),
        ("days_late_drift", -0.3, "pays as before"),
        ("days_since_payment", 0.0, "last payment today"),
        ("exposure_ratio", 3.44, "owes 3.4 times the amount of a usual invoice"),
        ("overdue_share", 0.003, "under 1 % of the open amount is past due"),
        ("overdue_share", 0.0, "nothing of the open amount is past due"),
        ("overdue_count", 1.0, "1 invoice of this customer past due"),
        ("dpd", 17.0, "this invoice is 17 days past due"),
        ("dpd", -5.0, "this invoice is due in 5 days"),
        ("dpd", 0.0, "this invoice is due today"),
        ("habit_gap", 9.0, "this invoice stands 9 days later than when this customer usually pays"),
        ("amount_log10", math.log10(4200), "an invoice of about 4,200 in its own currency"),
        ("currency", "EUR", "invoiced in EUR"),
        ("due_weekday", 4.0, "due on a Friday"),
        ("month", 12.0, "the month is December"),
        ("late_0_share", 0.72, "72 % of all invoices so far beyond their due day"),
        ("days_late_max_365d", 365.0, "slowest invoice of the last 365 days paid 365 days late or more"),
        ("days_late_max_365d", 12.0, "slowest invoice of the last 365 days paid 12 days late"),
        (
            "credit_share_365d",
            1.2,
            "120 % of the amount billed over the last 365 days taken back by credits and write-offs",
        ),
        ("late_0_share", math.nan, "no invoice settled yet and none overdue"),
        ("late_30_share_90d", 0.25, "25 % of invoices more than 30 days late over the last 90 days"),
        ("late_30_share_90d", math.nan, "no invoice settled in the last 90 days and none more than 30 days overdue"),
        ("days_late_std_365d", 0.3, "payment days hardly scatter over the last 365 days"),
        ("days_to_pay_mean_365d", -3.0, "money came 3 days before the invoice day on average over the last 365 days"),
        ("days_late_q80", 0.0, "four of five invoices paid on the due day or sooner"),
        ("days_late_q80", 12.0, "four of five invoices paid 12 days late or sooner"),
        ("payment_gap_ratio", 2.04, "last payment 2.0 times as long ago as payments usually lie apart"),
        ("payment_gap_ratio", 0.4, "last payment 0.4 times as long ago as payments usually lie apart"),
        ("payment_gap_ratio", 0.0, "last payment today"),
        ("payment_gap_ratio", math.nan, "fewer than 3 payment days so far"),
        (
            "promises_broken_share_365d",
            0.5,
            "50 % of the promises decided in the last 365 days broken, or kept in part only",
        ),
        ("promises_broken_share_365d", 0.0, "no promise of the last 365 days broken"),
        ("promises_broken_share_365d", math.nan, "no promise decided in the last 365 days"),
        ("promises_kept_count_365d", 1.0, "1 promise kept in the last 365 days"),
        ("promises_open_count", 2.0, "2 promises to pay still open"),
        ("promises_open_count", 0.0, "no promise to pay open"),
        ("dispute_count_365d", 2.0, "2 disputes raised in the last 365 days"),
        ("dispute_count_365d", 0.0, "no dispute raised in the last 365 days"),
        ("disputed_share", 0.5, "50 % of this invoice is in dispute"),
        ("contacts_unanswered", 3.0, "the last 3 tries to reach this customer went unanswered"),
        ("contacts_unanswered", 1.0, "the last try to reach this customer went unanswered"),
        ("contacts_unanswered", 0.0, "somebody who can speak about paying was reached the last time"),
        ("contacts_unanswered", math.nan, "no try to reach this customer recorded"),
        ("open_amount_log10", math.log10(1 + 4200), "owes about 4,200 in this currency"),
        ("open_amount_log10", math.log10(1 + 0.5), "owes about 0.50 in this currency"),
        ("overdue_amount_log10", 0.0, "nothing past due in this currency"),
        ("credit_limit_use", 1.2, "120 % of the credit limit is used"),
        ("credit_limit_use", math.nan, "no credit limit above 0 known in this currency"),
        ("overdue_31_60_count", 1.0, "1 invoice of this customer 31 to 60 days past due"),
        ("overdue_over_90_share", 0.125, "12 % of the open amount is over 90 days past due"),
        ("overdue_over_90_share", 0.0, "nothing of the open amount is over 90 days past due"),
        ("habit_excess", 9.0, "this invoice stands 9 days later than the day by which this customer paid four of five"),
        ("habit_excess", math.nan, "fewer than 5 invoices settled yet, so no slow day of its own"),
        ("paid_share", 0.3, "30 % of this invoice is paid or credited already"),
        (
            "due_days_to_working_day",
            1.0,
            "due on a day off in the customer's country, 1 day before the next working day",
        ),
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
            assert "nan" not in told.split()


def test_a_smoothed_share_is_told_through_the_plain_one():
    assert speaker("late_5_share_shrunken_365d").name == "late_5_share_365d"
    assert speaker("days_late_last").name == "days_late_last"


def test_nearly_all_is_not_told_as_all():
    assert format_value(Unit.SHARE, 0.999) == "over 99 %"
