"""The orders of the engine itself: the real features, the real curve, the real priorities, on a simulated ledger.

The curve is learned once, from what the ledger of the burn-in knows on its last evening, by the steps that a training
takes too (untuned, not judged: what is measured here is the order, not the curve).
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np

from features.compute import feature_rows
from features.table import FeatureTable
from ledger.days import to_date, to_day
from ledger.view import LedgerView
from models.payment_curve import PaymentCurve
from models.scoring import readings_of
from serving.acceleration import gains
from serving.answering import NOTHING_KNOWN, answering_of
from serving.call_value import CallValue, answers_of
from serving.habits import habits_of
from serving.priority import AccountToRank, Gain, ItemToRank, OverdueTimesRisk, Priority
from serving.response import ResponsePrior
from simulation.calls.books import Books, customer_id, index_of_item
from simulation.calls.course import Course
from simulation.calls.orders import Evening, Order
from simulation.chance import Floats, Ints
from training.fit import fit_payment_curve, training_sets

GRACE_DAYS = 5


class CourseLedger:
    """The ledger of a course, with the one question that a training asks: what was known on an evening?"""

    def __init__(self, course: Course) -> None:
        self._whole = Books(course).view()

    def as_of(self, day: date) -> LedgerView:
        """The view of an evening by the course's day."""
        return self._whole if day >= self._whole.day else self._whole.earlier(day)


def learned_curve(course: Course) -> PaymentCurve:
    """The payment curve that the ledger of the course teaches tonight."""
    ledger = CourseLedger(course)
    return fit_payment_curve(training_sets(ledger, [ledger.as_of(to_date(course.day))])[0])


class EngineOrder:
    """An order that ranks the accounts of the evening's ledger by a priority of the engine."""

    def __init__(self, curve: PaymentCurve, prior: ResponsePrior, priority: Priority) -> None:
        self._curve, self._prior, self._priority = curve, prior, priority
        self._books: tuple[Course, Books] | None = None

    def __call__(self, evening: Evening) -> Floats:
        """A value per customer."""
        value = np.zeros(len(evening.course.world.customers))
        for customer, account in self.accounts(evening):
            value[customer] = self._priority.rank_value(account)
        return value

    def accounts(self, evening: Evening) -> list[tuple[int, AccountToRank]]:
        """The callable accounts as the engine sees them."""
        view = self._view(evening.course)
        whole = feature_rows(view)
        invoice = np.array([index_of_item(item) for item in whole.keys["item_id"]])
        rows = np.flatnonzero(np.isin(invoice, evening.items))
        return self._accounts(evening, view, whole.take(rows.tolist()), invoice[rows])

    def _view(self, course: Course) -> LedgerView:
        if self._books is None or self._books[0] is not course:
            self._books = course, Books(course)
        return self._books[1].view()

    def _accounts(
        self, evening: Evening, view: LedgerView, table: FeatureTable, invoice: Ints
    ) -> list[tuple[int, AccountToRank]]:
        dpd = table.keys["dpd"].to_numpy(dtype=np.int64)
        risk = readings_of(self._curve, table, GRACE_DAYS).late_risk
        found = gains(self._curve.survival(table), dpd, habits_of(table), self._prior)
        money = table.keys["open_minor"].to_numpy(dtype=np.float64) / 100.0
        of_customer: dict[int, list[ItemToRank]] = {}
        for at, customer in enumerate(evening.course.world.invoices.customer[invoice].tolist()):
            gain = Gain(*(float(array[at]) for array in vars(found).values()))
            item = ItemToRank(float(money[at]), int(dpd[at]), float(risk[at]), gain=gain)
            of_customer.setdefault(customer, []).append(item)
        answering, today = answering_of(view), to_day(view.day)
        return [
            (
                customer,
                AccountToRank(
                    customer_id(customer),
                    tuple(items),
                    answers_of(answering.get(customer_id(customer), NOTHING_KNOWN), today, self._prior),
                ),
            )
            for customer, items in of_customer.items()
        ]


class LateRisk:
    """By the chance of being late alone: what nobody should do, shown beside the others as a warning."""

    name = "late_risk"
    sentence = "Ordered by late risk."
    not_counted = ("money", "what a call changes")

    def rank_value(self, account: AccountToRank) -> float:
        """The money-weighted late risk of the overdue items."""
        money = sum(item.open_amount for item in account.overdue)
        return OverdueTimesRisk().rank_value(account) / money if money else 0.0

    def factors(self, account: AccountToRank) -> tuple[()]:
        """None are told: it is a rival, not an order of ours."""
        return ()


def engine_orders(curve: PaymentCurve, prior: ResponsePrior) -> dict[str, Callable[[], Order]]:
    """Makers of the engine's orders by name; one is made for each course."""
    bare = CallValue(replace(prior, lost_on_runs=0.0))
    rivals: dict[str, Priority] = {
        "late_risk": LateRisk(),
        "overdue_times_risk": OverdueTimesRisk(),
        "expected_acceleration_bare": bare,
        "expected_acceleration": CallValue(prior),
    }
    return {
        name: (lambda priority=priority: EngineOrder(curve, prior, priority))  # type: ignore[misc]
        for name, priority in rivals.items()
    }
