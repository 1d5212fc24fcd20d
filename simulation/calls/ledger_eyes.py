"""Ledger eyes: what an order of the engine sees of an evening, accounts made of what the ledger knows.

Three looks, each dearer than the one before: money and age; the late risk of the real curve on the real features; what
the engine thinks a call brings forward.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from features.compute import feature_rows
from features.table import FeatureTable
from ledger.days import to_day
from ledger.view import LedgerView
from models.payment_curve import PaymentCurve
from models.readings import days_until_grace, horizon_days
from serving.value.acceleration import gains
from serving.value.answering import NOTHING_KNOWN, answering_of
from serving.value.call_value import answers_of
from serving.value.habits import habits_of
from serving.value.priority import ANYBODY, AccountToRank, Answers, Gain, ItemToRank
from serving.value.response import ResponsePrior
from simulation.calls.books import Books, customer_id
from simulation.calls.course import Course
from simulation.calls.orders import Evening

GRACE_DAYS = 5

Accounts = list[tuple[int, AccountToRank]]
"""The callable accounts of an evening, each with its index into the world's customers."""

Look = Callable[[Evening], Accounts]


@dataclass(frozen=True, eq=False)
class Seen:
    """The ledger of an evening, and the feature rows of its items in their order."""

    view: LedgerView
    table: FeatureTable


class LedgerEyes:
    """Looks at one course, evening by evening."""

    def __init__(self) -> None:
        self._books: tuple[Course, Books] | None = None

    def see(self, evening: Evening) -> Seen:
        """What the ledger knows of the items that a call tomorrow may be about."""
        if self._books is None or self._books[0] is not evening.course:
            self._books = evening.course, Books(evening.course)
        books = self._books[1]
        view = books.view()
        asked = pd.DataFrame({"item_id": books.item_ids(evening.items), "day": evening.course.day})
        return Seen(view, feature_rows(view, asked))


def money_and_age(evening: Evening) -> Accounts:
    """Without any prediction."""
    items = zip(evening.money.tolist(), evening.dpd.tolist(), strict=True)
    return _accounts(evening, [ItemToRank(money, dpd, None) for money, dpd in items])


class RiskLook:
    """With the late risk of each item."""

    def __init__(self, curve: PaymentCurve) -> None:
        self._curve, self._eyes = curve, LedgerEyes()

    def __call__(self, evening: Evening) -> Accounts:
        """The accounts; late risk as the engine reads it of its curve."""
        table = self._eyes.see(evening).table
        ahead = horizon_days(days_until_grace(table, GRACE_DAYS))
        risk = self._curve.survival(table).survival_at(ahead)
        items = zip(evening.money.tolist(), evening.dpd.tolist(), risk.tolist(), strict=True)
        return _accounts(evening, [ItemToRank(*item) for item in items])


class CallLook:
    """With what a call about each item brings forward, and how each customer answers."""

    def __init__(self, curve: PaymentCurve, prior: ResponsePrior) -> None:
        self._curve, self._prior, self._eyes = curve, prior, LedgerEyes()

    def __call__(self, evening: Evening) -> Accounts:
        """The accounts; their late risk is not read, since nothing here ranks by both."""
        seen, prior = self._eyes.see(evening), self._prior
        found = gains(self._curve.survival(seen.table), evening.dpd, habits_of(seen.table), prior)
        columns = (found.days, found.days_after_waiting, found.tail, found.tail_after_waiting)
        gained = [Gain(*gain) for gain in zip(*(column.tolist() for column in columns), strict=True)]
        money = zip(evening.money.tolist(), evening.dpd.tolist(), gained, strict=True)
        answering, today = answering_of(seen.view), to_day(seen.view.day)
        return _accounts(
            evening,
            [ItemToRank(amount, dpd, None, gain=gain) for amount, dpd, gain in money],
            lambda customer: answers_of(answering.get(customer, NOTHING_KNOWN), today, prior),
        )


def _accounts(
    evening: Evening, items: Iterable[ItemToRank], answers: Callable[[str], Answers] = lambda _: ANYBODY
) -> Accounts:
    of_customer: dict[int, list[ItemToRank]] = {}
    for customer, item in zip(evening.customer.tolist(), items, strict=True):
        of_customer.setdefault(customer, []).append(item)
    named = ((customer, customer_id(customer), tuple(own)) for customer, own in of_customer.items())
    return [(customer, AccountToRank(name, own, answers(name))) for customer, name, own in named]
