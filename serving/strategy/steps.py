"""Strategy: which step fits an account, as a small table a manager can read.

A segment says how the customer has paid so far, a stage how old the oldest overdue invoice is; the table names the
step. The texts are what the collector reads; nothing here decides who is listed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, pstdev
from typing import Literal

Segment = Literal["new", "reliable", "habitual", "mixed"]
Step = Literal["call", "email", "statement", "controller", "cash_application", "none"]

STAGES: tuple[tuple[str, int], ...] = (("1-10", 10), ("11-30", 30), ("31-60", 60), ("61-90", 90))
"""The stages by days past due of the oldest overdue item: name and last day that belongs to it; then `OLDEST_STAGE`."""

OLDEST_STAGE = ">90"

PLAN: dict[Segment, dict[str, Step]] = {
    "new": {"1-10": "call", "11-30": "call", "31-60": "call", "61-90": "controller", ">90": "controller"},
    "reliable": {"1-10": "email", "11-30": "call", "31-60": "call", "61-90": "controller", ">90": "controller"},
    "habitual": {"1-10": "statement", "11-30": "statement", "31-60": "call", "61-90": "controller",
                 ">90": "controller"},
    "mixed": {"1-10": "call", "11-30": "call", "31-60": "call", "61-90": "controller", ">90": "controller"},
}  # fmt: skip

SENTENCES: dict[Step, str] = {
    "call": "Call accounts payable and ask for a dated promise on {overdue}, oldest invoice first.",
    "email": "Send an e-mail with the overdue invoices ({overdue}); call when it stays unanswered for a week.",
    "statement": "Send a statement over {overdue}: this customer pays late by habit, a call changes little yet.",
    "controller": (
        "Escalate: call together with your credit controller about {overdue}, the oldest {oldest}, "
        "and decide about new orders."
    ),
    "cash_application": "Apply the unused credits ({credits}) to {overdue} overdue before anybody calls.",
    "none": "Nothing is overdue.",
}

LABELS: dict[Step, str] = {
    "call": "Call",
    "email": "E-mail",
    "statement": "Statement",
    "controller": "Controller",
    "cash_application": "Apply credits",
    "none": "Nothing to do",
}


@dataclass(frozen=True)
class NextAction:
    """What to do next: the step and its sentence."""

    step: Step
    text: str

    @property
    def label(self) -> str:
        """The step in a word or two."""
        return LABELS[self.step]


def segment_of(paid_days_late: Sequence[int], grace_days: int) -> Segment:
    """How a customer has paid, from the days late of the invoices paid last.

    new: fewer than 3 paid · reliable: fewer than 20 % later than the grace · habitual: more than 10 days late on
    average, and steadily (standard deviation at most 10 days) · mixed: everybody else.

    >>> segment_of([0, 1], 5), segment_of([0, -2, 3], 5), segment_of([20, 22, 25], 5), segment_of([0, 40, 3], 5)
    ('new', 'reliable', 'habitual', 'mixed')
    """
    if len(paid_days_late) < 3:
        return "new"
    if sum(days > grace_days for days in paid_days_late) < 0.2 * len(paid_days_late):
        return "reliable"
    if fmean(paid_days_late) > 10 and pstdev(paid_days_late) <= 10:
        return "habitual"
    return "mixed"


def stage_of(oldest_dpd: int) -> str:
    """The stage of an account whose oldest overdue item is `oldest_dpd` >= 1 days past due."""
    return next((name for name, last in STAGES if oldest_dpd <= last), OLDEST_STAGE)


def next_action(step: Step, *, overdue: str, oldest: str = "", credits: str = "") -> NextAction:
    """The step with its sentence; the arguments are amounts and ages in words."""
    return NextAction(step, SENTENCES[step].format(overdue=overdue, oldest=oldest, credits=credits))


def planned_step(segment: Segment, oldest_dpd: int) -> Step:
    """What the table says; `none` when nothing is overdue."""
    return PLAN[segment][stage_of(oldest_dpd)] if oldest_dpd > 0 else "none"
