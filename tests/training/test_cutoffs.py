"""Past evenings to learn from and to be judged on."""

from training.cutoffs import (
    EMBARGO,
    HISTORY_DAYS,
    LONGEST_HORIZON,
    WEEKDAY,
    holdout,
    months_between,
    training_evenings,
    weekday,
    weekly_evenings,
)


def test_evenings_are_always_the_same_weekday_and_include_both_ends():
    assert {weekday(day) for day in weekly_evenings(20_000, 20_100)} == {WEEKDAY}
    friday = weekly_evenings(20_000, 20_010)[0]
    assert weekly_evenings(friday, friday + 7) == (friday, friday + 7)


def test_we_learn_only_from_evenings_before_the_evening_itself():
    friday = weekly_evenings(20_000, 20_010)[0]

    assert training_evenings(friday - 30, friday)[-1] == friday - 7
    assert training_evenings(friday - 30, friday + 1)[-1] == friday


def test_history_ends_24_months_back_and_where_the_ledger_begins():
    assert training_evenings(0, 20_000)[0] >= 20_000 - HISTORY_DAYS
    assert training_evenings(19_990, 20_000)[0] >= 19_990


def test_every_judged_evening_has_its_outcome_and_comes_a_week_after_what_was_learned():
    for last in range(20_000, 20_020):
        split = holdout(last)
        assert split.evenings[0] - split.cutoff >= EMBARGO
        assert split.evenings[-1] + LONGEST_HORIZON <= last
        assert list(split.evenings) == sorted(split.evenings)


def test_half_a_year_is_six_months():
    assert round(months_between([20_000, 20_183]), 1) == 6.0
    assert months_between([]) == 0.0
