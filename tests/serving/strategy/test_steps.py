"""The plans: which step is due on which day past due."""

import typing

import pytest
from strategy_kit import changed

from serving.strategy.codes import Segment, Step
from serving.strategy.reading import shipped
from serving.strategy.segments import Conduct, segment_by, slow_day
from serving.strategy.steps import next_action, planned_step, stage_of, stages_of, step_on
from serving.strategy.strategy import PlannedStep


def test_every_segment_has_a_plan_for_every_stage_and_every_step_has_its_words():
    strategy = shipped()
    stages = {stage.name for stage in stages_of(strategy.stages)}

    assert stages == {"pre_due", "1-10", "11-30", "31-60", "61-90", ">90"}
    assert set(strategy.plans) == set(typing.get_args(Segment))
    assert all(set(row) == stages for row in strategy.plans.values())
    assert set(strategy.steps) == set(typing.get_args(Step))


@pytest.mark.parametrize(
    ("dpd", "stage"),
    [(-3, "pre_due"), (0, "pre_due"), (1, "1-10"), (10, "1-10"), (11, "11-30"), (90, "61-90"), (91, ">90")],
)
def test_each_day_past_due_has_one_stage(dpd, stage):
    assert stage_of(dpd, [10, 30, 60, 90]).name == stage


@pytest.mark.parametrize(
    ("day", "step"), [(0, "wait"), (3, "wait"), (4, "email"), (10, "email"), (11, "call"), (99, "call")]
)
def test_a_step_lasts_until_its_wait_is_over(day, step):
    plan = (PlannedStep("wait", 4), PlannedStep("email", 7), PlannedStep("call"))

    assert step_on(plan, day) == step


@pytest.mark.parametrize(
    ("segment", "dpd", "step"),
    [
        ("reliable", 4, "wait"),
        ("reliable", 5, "email"),
        ("reliable", 11, "call"),
        ("habitual", 6, "statement"),
        ("habitual", 24, "statement"),
        ("habitual", 25, "call"),  # 14 days after the 11th
        ("erratic", 18, "email"),
        ("mixed", 120, "controller"),
        ("mixed", 121, "legal_review"),
        ("mixed", 0, "none"),
    ],
)
def test_the_shipped_plans_say_which_step_is_due(segment, dpd, step):
    assert planned_step(segment, dpd) == step


def test_another_strategy_plans_and_tells_otherwise():
    plans = {**shipped().plans, "mixed": {**shipped().plans["mixed"], "1-10": (PlannedStep("statement"),)}}

    assert planned_step("mixed", 3, changed(plans=plans)) == "statement"


def test_a_step_is_told_with_the_money():
    action = next_action("controller", overdue="9.00 EUR", oldest="70 days past due")

    assert (action.step, action.label) == ("controller", "Controller")
    assert "about 9.00 EUR, the oldest 70 days past due, and decide" in action.text


STEADY = [1, 0, 2, 1, 0, 1]


@pytest.mark.parametrize(
    ("conduct", "segment"),
    [
        ({"paid_days_late": [40, 40], "disputed_share": 1.0}, "new"),
        ({"paid_days_late": STEADY, "disputed_share": 0.11}, "disputer"),
        ({"paid_days_late": STEADY, "disputed_share": 0.10}, "reliable"),
        ({"paid_days_late": [0, 0, 0, 8, 8, 8]}, "deteriorating"),  # 8 days later than before
        ({"paid_days_late": [0, 0, 0, 7, 7, 7]}, "mixed"),  # 7 days are not more than 7
        ({"paid_days_late": [0, 0, 8, 8, 8]}, "mixed"),  # too few to tell
        ({"paid_days_late": STEADY, "oldest_dpd": 6}, "reliable"),  # 5 days past the own slow day, which is the first
        ({"paid_days_late": STEADY, "oldest_dpd": 7}, "drifter"),
        ({"paid_days_late": [-9, -8, -9], "oldest_dpd": 0}, "reliable"),  # nothing is overdue
        ({"paid_days_late": [-9, -8, -9], "oldest_dpd": 1}, "drifter"),
        ({"paid_days_late": [0, 0, 0, 6]}, "mixed"),  # 1 of 4 later than the grace
        ({"paid_days_late": [0, 0, 0, 0, 0, 6]}, "reliable"),  # 1 of 6
        ({"paid_days_late": [20, 30, 25]}, "habitual"),
        ({"paid_days_late": [0, 60, 0]}, "erratic"),
        ({"paid_days_late": [9, 9, 10]}, "mixed"),
    ],
)
def test_each_segment_begins_where_the_strategy_says(conduct, segment):
    assert segment_by(Conduct(**({"grace_days": 5} | conduct)), shipped().segments) == segment


def test_the_own_slow_day_is_that_by_which_eight_of_ten_were_paid():
    assert slow_day([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.8) == 8
