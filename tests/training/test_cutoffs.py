"""Past evenings to learn from and to be judged on."""

from itertools import pairwise
from random import Random

import pytest

from training.cutoffs import (
    EMBARGO,
    FOLD_DAYS,
    FOLDS,
    HISTORY_DAYS,
    LEAST_HISTORY_DAYS,
    LONGEST_HORIZON,
    STEP,
    WEEKDAY,
    Fold,
    months_between,
    training_evenings,
    walk_forward,
    weekday,
    weekly_evenings,
)

TODAY = 20_000
CALENDARS = 5_000


def calendars():
    """Ledgers as old and as long as ledgers are, from one of a single day to one of ten years."""
    chance = Random(5)
    for _ in range(CALENDARS):
        first_known = TODAY + chance.randint(-10_000, 10_000)
        yield first_known, first_known + chance.choice([chance.randint(0, 400), chance.randint(0, 3_650)])


def choices():
    """Calendars with a number of folds and of days between them, the usual ones among them."""
    chance = Random(7)
    for first_known, last_observed in calendars():
        folds, step = chance.choice([(FOLDS, FOLD_DAYS), (chance.randint(1, 12), chance.randint(1, 60))])
        yield first_known, last_observed, folds, step


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


def test_five_cutoffs_a_month_apart_each_judge_five_weekly_evenings():
    assert walk_forward(TODAY - 400, TODAY) == tuple(
        Fold(cutoff, (cutoff + 7, cutoff + 14, cutoff + 21, cutoff + 28, cutoff + 35))
        for cutoff in (TODAY - 65 - 120, TODAY - 65 - 90, TODAY - 65 - 60, TODAY - 65 - 30, TODAY - 65)
    )


def test_every_judged_evening_comes_after_what_was_learned_and_has_its_outcome():
    for first_known, last_observed, folds, step in choices():
        for fold in walk_forward(first_known, last_observed, folds, step):
            assert first_known < fold.cutoff
            assert min(fold.evenings) > fold.cutoff + EMBARGO - 1
            assert max(fold.evenings) < fold.cutoff + EMBARGO + FOLD_DAYS
            assert max(fold.evenings) + LONGEST_HORIZON <= last_observed
            assert {later - earlier for earlier, later in pairwise(fold.evenings)} <= {STEP}


def test_what_a_fold_learns_from_ends_before_the_first_evening_it_judges():
    for first_known, last_observed, folds, step in choices():
        for fold in walk_forward(first_known, last_observed, folds, step):
            assert max(training_evenings(first_known, fold.cutoff), default=first_known) < min(fold.evenings)


def test_no_evening_is_judged_twice_and_folds_come_oldest_first():
    for first_known, last_observed, folds, step in choices():
        walk = walk_forward(first_known, last_observed, folds, step)
        judged = [evening for fold in walk for evening in fold.evenings]
        assert judged == sorted(set(judged))
        assert {later.cutoff - earlier.cutoff for earlier, later in pairwise(walk)} <= {step}
        assert len(walk) <= folds


def test_the_newest_cutoff_is_the_most_recent_whose_evenings_have_their_outcome():
    for first_known, last_observed in calendars():
        for fold in walk_forward(first_known, last_observed)[-1:]:
            assert (fold,) == walk_forward(first_known, last_observed, folds=1)
            assert max(fold.evenings) + LONGEST_HORIZON == last_observed


def test_a_ledger_whose_newest_cutoff_knew_anything_has_a_fold_and_no_other_has():
    for first_known, last_observed, folds, step in choices():
        newest = walk_forward(-(10**6), last_observed, folds, step)[-1]
        assert bool(walk_forward(first_known, last_observed, folds, step)) == (first_known < newest.cutoff)


def test_older_cutoffs_have_half_a_years_history_and_no_cutoff_that_has_it_is_left_out():
    for first_known, last_observed in calendars():
        walk = walk_forward(first_known, last_observed)
        old_enough = [fold for fold in walk if fold.cutoff - first_known >= LEAST_HISTORY_DAYS]
        assert set(walk[:-1]) <= set(old_enough)
        assert len(old_enough) == min(
            FOLDS, max(0, (last_observed - 65 - LEAST_HISTORY_DAYS - first_known) // FOLD_DAYS + 1)
        )


@pytest.mark.parametrize(("days", "folds"), [(65, 0), (66, 1), (183, 1), (214, 1), (245, 2), (334, 4), (335, 5)])
def test_a_short_history_has_fewer_folds_and_half_a_year_has_one(days, folds):
    assert len(walk_forward(TODAY - days, TODAY)) == folds


def test_a_month_later_a_ledger_has_no_fewer_folds_and_the_same_ones_but_for_the_oldest():
    for first_known, last_observed, folds, step in choices():
        before = walk_forward(first_known, last_observed, folds, step)
        after = walk_forward(first_known, last_observed + step, folds, step)
        lasting = [fold for fold in before if fold.cutoff - first_known >= LEAST_HISTORY_DAYS]
        assert len(after) >= len(before)
        assert list(after[:-1]) == lasting[len(lasting) - folds + 1 if len(lasting) == folds else 0 :]


def test_the_same_history_has_the_same_folds_and_asking_for_more_adds_older_ones():
    for first_known, last_observed, folds, step in choices():
        walk = walk_forward(first_known, last_observed, folds, step)
        assert walk == walk_forward(first_known, last_observed, folds, step)
        more = walk_forward(first_known, last_observed, folds + 1, step)
        assert more[len(more) - len(walk) :] == walk


def test_a_week_between_cutoffs_judges_one_evening_behind_each():
    walk = walk_forward(TODAY - 400, TODAY, folds=3, step=7)

    assert [fold.evenings for fold in walk] == [(TODAY - 44,), (TODAY - 37,), (TODAY - 30,)]


def test_half_a_year_is_six_months():
    assert round(months_between([20_000, 20_183]), 1) == 6.0
    assert months_between([]) == 0.0
