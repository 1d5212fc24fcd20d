"""The table of next steps."""

import typing

import pytest

from serving.strategy.steps import LABELS, PLAN, SENTENCES, STAGES, Segment, Step, planned_step, segment_of, stage_of


def test_every_segment_has_a_step_for_every_stage():
    stages = {name for name, _ in STAGES} | {">90"}

    assert set(PLAN) == set(typing.get_args(Segment))
    assert all(set(row) == stages for row in PLAN.values())
    assert set(SENTENCES) == set(LABELS) == set(typing.get_args(Step))


@pytest.mark.parametrize(("dpd", "stage"), [(1, "1-10"), (10, "1-10"), (11, "11-30"), (90, "61-90"), (91, ">90")])
def test_each_day_past_due_has_one_stage(dpd, stage):
    assert stage_of(dpd) == stage


def test_an_account_with_nothing_overdue_has_nothing_to_do():
    assert planned_step("mixed", 0) == "none"


@pytest.mark.parametrize(
    ("paid", "segment"),
    [
        ([], "new"),
        ([40, 40], "new"),
        ([0, 1, 2, 3, 30, -5], "reliable"),  # 1 of 6 later than 5 days
        ([0, 0, 0, 0, 30], "mixed"),  # 1 of 5: no longer below 20 %
        ([20, 30, 25], "habitual"),
        ([0, 60, 0], "mixed"),
    ],
)
def test_the_segment_tells_how_a_customer_has_paid(paid, segment):
    assert segment_of(paid, grace_days=5) == segment
