"""The time budget of a run, and the folds it leaves out. The clock is moved by hand."""

import pytest

from training import budget as budget_module
from training.budget import Budget, Pace, Until


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is moved, in seconds."""

    class Clock:
        now = 1_000.0

        def perf_counter(self) -> float:
            return self.now

    told = Clock()
    monkeypatch.setattr(budget_module, "time", told)
    return told


def test_a_budget_allows_what_ends_within_it_and_not_a_second_more(clock):
    budget = Budget(minutes=1.0)
    clock.now += 20

    assert budget.spent_s == 20
    assert budget.allows(40)
    assert not budget.allows(41)


def test_what_is_spent_and_left_is_told_in_minutes_and_never_below_nothing(clock):
    budget = Budget(minutes=2.0)
    clock.now += 90

    assert budget.told == "1.5 min so far, at most 0.5 left"
    clock.now += 90
    assert budget.told == "3.0 min so far, at most 0.0 left"


def test_a_share_of_the_budget_ends_earlier(clock):
    budget = Budget(minutes=10.0)
    clock.now += 180

    assert budget.allows(0, share=0.3)
    assert not budget.allows(1, share=0.3)


def test_a_part_of_the_budget_allows_what_ends_within_it_and_notes_what_does_not_with_the_rest(clock):
    budget = Budget(minutes=10.0)
    leaks = Until(budget, 0.7)
    clock.now += 400

    assert leaks.spent_s == 400
    assert leaks.allows(20)
    assert not leaks.allows(21)
    leaks.skip("an evening was not asked twice")
    assert budget.skipped == ["an evening was not asked twice (time budget of 10 minutes)"]


def test_without_a_budget_there_is_always_time(clock):
    clock.now += 1e9

    assert Until.ever().allows(1e9)


def test_what_is_left_out_is_noted_with_the_budget_that_it_did_not_fit_in():
    budget = Budget(minutes=0.5)

    budget.skip("fold 2 of 5 was not judged")

    assert budget.skipped == ["fold 2 of 5 was not judged (time budget of 0.5 minutes)"]


def test_what_fits_in_is_counted_and_never_below_nothing(clock):
    """Half of ten minutes are 300 seconds, of which 100 are gone: a hundred of two seconds, two hundred of one."""
    budget = Budget(minutes=10.0)
    clock.now += 100

    assert budget.room(2.0, share=0.5) == (300 - 100) / 2
    assert budget.room(1.0, share=0.5) == 300 - 100
    clock.now += 300
    assert budget.room(1.0, share=0.5) == 0


def folds_judged(
    clock, minutes: float, seconds_each: float, folds: int = 5, before: float = 0.0
) -> tuple[list[int], list[str]]:
    """Which folds are judged, in that order, and what is said of the others; `before` them so many seconds go by."""
    budget = Budget(minutes)
    pace, judged = Pace(budget, folds, share=0.75), []
    clock.now += before
    for number in reversed(range(folds)):
        if pace(number):
            judged.append(number)
            clock.now += seconds_each
    return judged, budget.skipped


def test_with_time_enough_every_fold_is_judged(clock):
    assert folds_judged(clock, minutes=10, seconds_each=60) == ([4, 3, 2, 1, 0], [])


def test_without_time_for_all_the_oldest_are_left_out_and_said(clock):
    """Three quarters of four minutes are for folds: three of a minute."""
    judged, skipped = folds_judged(clock, minutes=4, seconds_each=60)

    assert judged == [4, 3, 2]
    assert [line.split(" was")[0] for line in skipped] == ["fold 2 of 5", "fold 1 of 5"]
    assert all("was not judged (time budget of 4 minutes)" in line for line in skipped)


def test_what_came_before_the_folds_is_no_pace_of_theirs_but_time_that_is_gone(clock):
    """Of the nine minutes for folds seven are gone, so two of a minute fit in."""
    assert folds_judged(clock, minutes=12, seconds_each=60, before=420)[0] == [4, 3]


@pytest.mark.parametrize("folds", [1, 5])
def test_the_newest_fold_alone_is_judged_however_long_it_takes(clock, folds):
    assert folds_judged(clock, minutes=1, seconds_each=3_600, folds=folds)[0] == [folds - 1]
