"""The time budget of a run, and the folds it leaves out. The clock is moved by hand."""

import pytest

from training import budget as budget_module
from training.budget import Budget, Pace


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


def test_what_is_left_out_is_noted_with_the_budget_that_it_did_not_fit_in():
    budget = Budget(minutes=0.5)

    budget.skip("fold 2 of 5 was not judged")

    assert budget.skipped == ["fold 2 of 5 was not judged (time budget of 0.5 minutes)"]


def folds_judged(clock, minutes: float, seconds_each: float, folds: int = 5) -> tuple[list[int], list[str]]:
    """Which folds are judged, the newest always, and what is said of the others."""
    budget = Budget(minutes)
    pace, judged = Pace(budget, folds, share=0.75), []
    for number in range(folds):
        if number == folds - 1 or pace(number):
            judged.append(number)
            clock.now += seconds_each
    return judged, budget.skipped


def test_with_time_enough_every_fold_is_judged(clock):
    assert folds_judged(clock, minutes=10, seconds_each=60) == ([0, 1, 2, 3, 4], [])


def test_without_time_for_all_the_oldest_but_the_first_are_left_out_and_said(clock):
    """Three quarters of four minutes are for folds: three of a minute, so of five the second and the third go."""
    judged, skipped = folds_judged(clock, minutes=4, seconds_each=60)

    assert judged == [0, 3, 4]
    assert [line.split(" was")[0] for line in skipped] == ["fold 2 of 5", "fold 3 of 5"]
    assert all("was not judged (time budget of 4 minutes)" in line for line in skipped)


def test_the_first_and_the_newest_fold_are_judged_however_long_they_take(clock):
    assert folds_judged(clock, minutes=1, seconds_each=3_600)[0] == [0, 4]
    assert folds_judged(clock, minutes=1, seconds_each=3_600, folds=1) == ([0], [])
