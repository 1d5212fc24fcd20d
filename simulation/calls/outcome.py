"""Outcome: what became of the money under one order on one seed, counted when its last day is lived."""

from dataclasses import dataclass

import numpy as np

from simulation.calls.course import Course, Kind
from simulation.calls.world import POLICY_DAYS, RUN_OUT_DAYS
from simulation.chance import Floats, Ints

EXCESS_DAYS = 14
OLD_DPD, LAST_DAYS = 90, 30
KINDS: tuple[Kind, ...] = ("cash", "credit", "write_off")

DAYS = POLICY_DAYS + RUN_OUT_DAYS
"""Looked at: from the first call of the order until the run-out ends."""


@dataclass(frozen=True, eq=False)
class Outcome:
    """One order on one seed; money in currency units.

    Attributes:
        cash: cumulated since the first day looked at, shape (DAYS,).
        receivables: open on the evening of each of those days, shape (DAYS,).
        sales: invoiced in them.
        written_off: in them.
        over_90: open and more than 90 days past due, on average over the last 30 days.
        calls: tries, whoever answered.
        excess_calls: of these, within 14 days of the try before at the same customer.
    """

    cash: Floats
    receivables: Floats
    sales: float
    written_off: float
    over_90: float
    calls: int
    excess_calls: int


def outcome_of(course: Course) -> Outcome:
    """Of a course that was lived to its end."""
    invoices, ends = course.world.invoices, course.world.ends_on
    starts, amount = ends - DAYS, course.world.invoices.amount_minor / 100.0
    told = [(invoice, KINDS.index(kind), minor, day) for invoice, kind, minor, day, _ in course.told.applications]
    invoice, kind, minor, day = np.array(told, dtype=np.int64).reshape(-1, 4).T
    money = minor / 100.0
    cash, credited, lost = (_by_day(day, np.where(kind == at, money, 0.0), starts) for at in range(len(KINDS)))
    billed = _by_day(invoices.issued_on, amount, starts)
    before = amount[invoices.issued_on < starts].sum() - money[day < starts].sum()
    old = [
        amount[evening - invoices.due_on > OLD_DPD].sum()
        - money[(day <= evening) & (evening - invoices.due_on[invoice] > OLD_DPD)].sum()
        for evening in range(ends - LAST_DAYS, ends)
    ]
    gaps = _gaps(course, starts)
    return Outcome(
        cash=np.cumsum(cash),
        receivables=before + np.cumsum(billed - cash - credited - lost),
        sales=float(billed.sum()),
        written_off=float(lost.sum()),
        over_90=float(np.mean(old)),
        calls=len(gaps),
        excess_calls=sum(gap <= EXCESS_DAYS for gap in gaps),
    )


def _by_day(day: Ints, money: Floats, starts: int) -> Floats:
    within = (day >= starts) & (day < starts + DAYS)
    return np.asarray(np.bincount(day[within] - starts, weights=money[within], minlength=DAYS), dtype=np.float64)


def _gaps(course: Course, starts: int) -> list[float]:
    """Of each try since `starts` the days since the one before at the same customer; infinite for its first."""
    last, gaps = dict[int, int](), []
    for customer, _, day in course.told.contacts:
        if day >= starts:
            gaps.append(float(day - last[customer]) if customer in last else float("inf"))
        last[customer] = day
    return gaps
