"""The orders of the engine itself: the real features, the real curve, the real priorities, on a simulated ledger.

The curve is learned once, from what the ledger of the burn-in knows on its last evening, by the steps that a training
takes too (untuned, not judged: what is measured here is the order, not the curve).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

import numpy as np

from ledger.days import to_date
from ledger.view import LedgerView
from models.payment_curve import PaymentCurve
from serving.value.call_value import CallValue
from serving.value.priority import Priority
from serving.value.response import ResponsePrior
from simulation.calls.books import Books
from simulation.calls.course import Course
from simulation.calls.ledger_eyes import CallLook, Look, RiskLook, money_and_age
from simulation.calls.orders import Evening, Order
from simulation.calls.rivals import AgingPoints, LateRisk, OverdueTimesRisk
from simulation.chance import Floats
from training.fit import fit_payment_curve, training_sets


class CourseLedger:
    """The ledger of a course, with the one question that a training asks: what was known on an evening?"""

    def __init__(self, course: Course) -> None:
        self._whole = Books(course).view()

    def as_of(self, day: date) -> LedgerView:
        """The view of an evening by the course's day."""
        return self._whole if day >= self._whole.day else self._whole.earlier(day)


def learned_curve(course: Course) -> PaymentCurve:
    """The payment curve that the ledger of the course teaches tonight: of the two that are shipped the one that speaks
    of what is past due, for nobody is called about anything else here."""
    ledger = CourseLedger(course)
    return fit_payment_curve(training_sets(ledger, [ledger.as_of(to_date(course.day))])[0])


class EngineOrder:
    """An order that ranks the accounts of the evening's ledger by a priority of the engine, or of a rival."""

    def __init__(self, priority: Priority, look: Look) -> None:
        self._priority, self._look = priority, look

    def __call__(self, evening: Evening) -> Floats:
        """A value per customer."""
        value = np.zeros(len(evening.course.world.customers))
        for customer, account in self._look(evening):
            value[customer] = self._priority.rank_value(account)
        return value


POINTS = "aging_points"
LATE_RISK, TIMES_RISK, BARE, FULL = (
    "late_risk", "overdue_times_risk", "expected_acceleration_bare", "expected_acceleration",
)  # fmt: skip
ENGINE = (LATE_RISK, TIMES_RISK, BARE, FULL)
"""The orders that rank by a learned curve; `BARE` is `FULL` without the discount for payment runs."""


def aging_points() -> Order:
    """The order by points, which needs no curve."""
    return EngineOrder(AgingPoints(), money_and_age)


def engine_orders(curve: PaymentCurve, prior: ResponsePrior) -> dict[str, Callable[[], Order]]:
    """Makers of the engine's orders by name; one is made for each course."""
    bare = CallValue(replace(prior, lost_on_runs=0.0))
    looks: dict[str, tuple[Priority, Callable[[], Look]]] = {
        LATE_RISK: (LateRisk(), partial(RiskLook, curve)),
        TIMES_RISK: (OverdueTimesRisk(), partial(RiskLook, curve)),
        BARE: (bare, partial(CallLook, curve, prior)),
        FULL: (CallValue(prior), partial(CallLook, curve, prior)),
    }
    return {name: partial(_order, priority, look) for name, (priority, look) in looks.items()}


def _order(priority: Priority, look: Callable[[], Look]) -> Order:
    return EngineOrder(priority, look())
