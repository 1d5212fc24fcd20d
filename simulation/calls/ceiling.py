"""The ledger ceiling: what perfect knowledge of how customers answer would gain with only the ledger's eyes.

On evenings of the burn-in the oracle says what a call about each item would truly bring; gradient boosting learns that
from what the ledger knew of the item on the same evening, and then ranks. No order that reads the ledger alone is
likely to do much better, so that an order's share of it (`attainment`) says how much of what can be known it uses.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from threadpoolctl import threadpool_limits

from features.compute import feature_rows
from features.table import FeatureTable
from ledger.activity import RIGHT_PARTY_OUTCOMES
from simulation.calls.books import Books
from simulation.calls.course import Course
from simulation.calls.ledger_eyes import LedgerEyes
from simulation.calls.oracle import true_gains
from simulation.calls.orders import Evening, Order
from simulation.calls.world import BURN_IN_DAYS, FIRST_DAY, RANDOM_CALLS_DAYS
from simulation.chance import Floats, Ints

EVERY_DAYS = 5
"""Between two evenings that are learned from; with 7 all of them would be of one weekday."""

LATELY_DAYS = 21


@dataclass(eq=False)
class Lessons:
    """An order that works as another does and notes what the oracle would have said, on evenings of the last part.

    Attributes:
        order: that decides who is called.
        day, item, gain, money: of each item noted; `contacts`: what was known of its customer's, shape (3,) each.
    """

    order: Order
    day: list[int] = field(default_factory=list)
    item: list[Ints] = field(default_factory=list)
    gain: list[Floats] = field(default_factory=list)
    money: list[Floats] = field(default_factory=list)
    contacts: list[Floats] = field(default_factory=list)

    def __call__(self, evening: Evening) -> Floats:
        """What the order says; noting changes nothing."""
        day = evening.course.day
        if day >= FIRST_DAY + BURN_IN_DAYS - RANDOM_CALLS_DAYS and day % EVERY_DAYS == 0:
            self.day.append(day)
            self.item.append(evening.items)
            self.gain.append(true_gains(evening.course, evening.items))
            self.money.append(evening.money)
            self.contacts.append(contacts_of(evening.course)[evening.customer])
        return self.order(evening)


class Ceiling:
    """Learned once per seed, at the end of the burn-in."""

    def __init__(self, course: Course, lessons: Lessons) -> None:
        """Learn from a course, as it stands on the evening of its burn-in, and from what was noted on the way."""
        books = Books(course)
        day = np.repeat(lessons.day, [len(items) for items in lessons.item])
        asked = pd.DataFrame({"item_id": books.item_ids(np.concatenate(lessons.item)), "day": day})
        table = feature_rows(books.view(), asked)
        money, rows = np.concatenate(lessons.money), _matrix(table, np.concatenate(lessons.contacts))
        self._told = ~np.isnan(rows).all(axis=0)  # a column without any number cannot be cut
        self._model = HistGradientBoostingRegressor(
            max_iter=200, learning_rate=0.06, max_leaf_nodes=31, min_samples_leaf=40, l2_regularization=5.0,
            early_stopping=False, random_state=7,
        )  # fmt: skip
        with threadpool_limits(1):
            self._model.fit(rows[:, self._told], np.concatenate(lessons.gain), np.sqrt(money))

    def order(self) -> Order:
        """An order for one course."""
        eyes = LedgerEyes()

        def ranked(evening: Evening) -> Floats:
            return evening.per_customer(evening.money * self.gains(eyes, evening))

        return ranked

    def gains(self, eyes: LedgerEyes, evening: Evening) -> Floats:
        """Days that a try tomorrow is expected to bring each unit of money forward, shape (n_items,)."""
        contacts = contacts_of(evening.course)[evening.customer]
        rows = _matrix(eyes.see(evening).table, contacts)
        with threadpool_limits(1):
            return np.asarray(self._model.predict(rows[:, self._told]))


def contacts_of(course: Course) -> Floats:
    """What is known of each customer's contacts, shape (n_customers, 3).

    The share of tries that reached the right party (drawn towards 0.6), tries of the last three weeks, and days since
    the right party was last reached (NaN: never).
    """
    found = np.zeros((len(course.world.customers), 4))
    found[:, 3] = np.nan
    for customer, outcome, day in course.told.contacts:
        right = outcome in RIGHT_PARTY_OUTCOMES
        found[customer, 0] += right
        found[customer, 1] += 1
        found[customer, 2] += day > course.day - LATELY_DAYS
        if right:
            found[customer, 3] = course.day - day
    return np.column_stack([(found[:, 0] + 3.0) / (found[:, 1] + 5.0), found[:, 2:]])


def _matrix(table: FeatureTable, contacts: Floats) -> npt.NDArray[np.float32]:
    numbers = table.values.select_dtypes("number").to_numpy(dtype=np.float32)
    return np.column_stack([numbers, contacts.astype(np.float32)])
