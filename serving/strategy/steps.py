"""Steps: what to do next about an account, from the plans of a strategy.

A segment says how the customer has paid so far, a stage how old the oldest overdue invoice is; the strategy has a plan
for each pair: steps with waits, counted from the first day of the stage. An account that enters a stage late, because
an older invoice was paid, takes the step of that day; nothing here decides who is listed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from serving.strategy.codes import Segment, Step

if TYPE_CHECKING:
    from serving.strategy.strategy import Plan, Strategy

__all__ = ["NextAction", "Segment", "Stage", "Step", "next_action", "planned_step", "stage_of"]

PRE_DUE = "pre_due"
"""The stage of an account with nothing overdue."""

PLACEHOLDERS = ("overdue", "oldest", "credits")
"""What a sentence may name in braces: the overdue money, the age of its oldest invoice, the unused credits."""


@dataclass(frozen=True)
class Stage:
    """A range of days past due: its name, its first day, and how many days it has; None of the oldest, which stays."""

    name: str
    first: int
    days: int | None


class NextAction(NamedTuple):
    """What to do next: the step, its sentence, and what it is called in a word or two."""

    step: Step
    text: str
    label: str


def stages_of(last_days: Sequence[int]) -> tuple[Stage, ...]:
    """The stages that end on these days past due, the one before anything is due and the one of all older.

    >>> [stage.name for stage in stages_of([10, 30])]
    ['pre_due', '1-10', '11-30', '>30']
    """
    firsts = [1, *(last + 1 for last in last_days)]
    ended = [Stage(f"{first}-{last}", first, last - first + 1) for first, last in zip(firsts, last_days, strict=False)]
    return (Stage(PRE_DUE, 0, None), *ended, Stage(f">{last_days[-1]}", firsts[-1], None))


def stage_of(oldest_dpd: int, last_days: Sequence[int]) -> Stage:
    """The stage of an account whose oldest overdue item is `oldest_dpd` days past due; nothing is overdue below 1."""
    stages = _stages(tuple(last_days))
    return next(stage for stage in reversed(stages) if oldest_dpd >= stage.first or stage.name == PRE_DUE)


_stages = lru_cache(stages_of)


def step_on(plan: "Plan", day: int) -> Step:
    """The step of a plan that is due on a day, counted from 0: the last one that has begun by then."""
    begins, found = 0, plan[0].step
    for one in plan:
        if begins > day:
            break
        found, begins = one.step, begins + one.wait_days
    return found


def planned_step(segment: Segment, oldest_dpd: int, strategy: "Strategy | None" = None) -> Step:
    """What the strategy plans for today, the shipped one unless another is given; `none` when nothing is overdue."""
    if oldest_dpd <= 0:
        return "none"
    rules = strategy or _shipped()
    stage = stage_of(oldest_dpd, rules.stages)
    return step_on(rules.plans[segment][stage.name], oldest_dpd - stage.first)


def next_action(step: Step, strategy: "Strategy | None" = None, **told: str) -> NextAction:
    """The step with the strategy's words for it.

    Args:
        told: amounts and ages in words, by the names in `PLACEHOLDERS`: those that the sentence names, and any others.

    Raises `KeyError` for a name of the sentence that is not told.
    """
    words = (strategy or _shipped()).steps[step]
    return NextAction(step, words.sentence.format(**told), words.label)


def _shipped() -> "Strategy":
    from serving.strategy.reading import shipped  # reading asks this file for the stages

    return shipped()
