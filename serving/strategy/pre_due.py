"""Pre-due: who is written to before anything is due. Calls before the due day bring nothing, an e-mail costs nothing.

Asked are accounts with nothing overdue that no hold excludes, and who were not contacted since the item came so near.
The strategy's plan for the stage before the due day names the step; a segment whose step there is `none` is left alone.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from serving.strategy.codes import Step
from serving.strategy.considered import Considered, DueSoon
from serving.strategy.rules import rule_on
from serving.strategy.steps import PRE_DUE
from serving.strategy.strategy import Strategy


@dataclass(frozen=True)
class PreDueStep:
    """What to do about items that are not due yet, soonest first."""

    step: Step
    items: tuple[DueSoon, ...]


def pre_due_steps(
    everybody: Sequence[Considered], strategy: Strategy, *, as_of: int, works_on: int
) -> dict[str, PreDueStep]:
    """The accounts that are written to before anything is due, by `customer_id`, in that order.

    Args:
        everybody: all accounts of the evening, in any order; their items due so soon are what `top_share` is of.
        as_of, works_on: see `rule_on`.
    """
    large_from = _large_from(everybody, strategy)
    return {
        one.customer_id: step
        for one in sorted((one for one in everybody if one.due_soon), key=lambda one: one.customer_id)
        for step in _step(one, strategy, large_from)
        if rule_on(one, strategy, as_of=as_of, works_on=works_on).standing == "not_overdue"
    }


def _step(one: Considered, strategy: Strategy, large_from: float) -> Iterator[PreDueStep]:
    rules = strategy.pre_due
    step = strategy.plans[one.segment][PRE_DUE][0].step
    lately = bool(one.tries) and one.tries[0] <= rules.within_days
    items = tuple(
        item
        for item in one.due_soon
        if item.in_days <= rules.within_days
        and (
            (rules.first_invoice and item.first)
            or (item.p_late is not None and item.p_late >= rules.p_late and item.money >= large_from)
        )
    )
    if items and step != "none" and not lately:
        yield PreDueStep(step, items)


def _large_from(everybody: Sequence[Considered], strategy: Strategy) -> float:
    """The money from which an item counts as large; infinite where the share is 0 or nothing is due so soon."""
    rules = strategy.pre_due
    money = sorted(
        (item.money for one in everybody for item in one.due_soon if item.in_days <= rules.within_days), reverse=True
    )
    count = math.ceil(rules.top_share * len(money) - 1e-9)
    return money[count - 1] if count else math.inf
