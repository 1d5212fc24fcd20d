"""Floor: who below the cut is written to. What nobody has time to call about is not left alone for it.

Asked are accounts that could be called, so that no hold, route, cap, day off or promise speaks, and that are not on the
list: quotas and value come first. Whoever has an appointment that is still to come waits for it, and a step of today's
plan that takes nobody's minutes stays. A contact counts by whatever channel, a recorded e-mail like any other.
"""

from ledger.words import count_text
from serving.strategy.codes import TAKES_MINUTES, Step
from serving.strategy.considered import BACK_DAYS, Considered
from serving.strategy.rules import NOTHING
from serving.strategy.steps import planned_step
from serving.strategy.strategy import NO_FLOOR, Strategy

FLOOR = "floor.email"
"""The rule of an account below the cut that is written to; `WRITTEN` is its step."""

WRITTEN: Step = "email"


def days_alone(below: Considered, strategy: Strategy, *, works_on: int) -> int | None:
    """For how many days nobody was in touch with an account that is to be written to; None of one that is not.

    Args:
        below: it could be called and is not on the list.
        works_on: the whole day on which the list is worked.
    """
    if strategy.floor == NO_FLOOR or not _waits_for_a_call(below, strategy, works_on):
        return None
    days = min(below.overdue_since_days, below.tries[0] if below.tries else BACK_DAYS)
    return days if days >= strategy.floor.email_after_days else None


def written_because(days: int) -> str:
    """Why it is written to, in the collector's words."""
    alone = count_text(days, "day") if days < BACK_DAYS else f"{BACK_DAYS} days or more"
    return f"Nobody has time to call today, and nobody was in touch for {alone}: send an e-mail instead."


def _waits_for_a_call(below: Considered, strategy: Strategy, works_on: int) -> bool:
    to_come = below.callback is not None and below.callback.on > works_on
    asks = below.callable_money >= NOTHING or below.other_overdue
    return asks and not to_come and planned_step(below.segment, below.oldest_dpd, strategy) in TAKES_MINUTES
