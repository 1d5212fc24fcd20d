"""Orders of calling, each as a value per customer; the larger, the earlier.

All but the oracle's and the ceiling's teacher know what the ledger knows. The constraints are the same for all
(`simulation.calls.callable_book`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simulation.calls.callable_book import CallableBook
from simulation.calls.counters import uniform
from simulation.calls.course import Course
from simulation.calls.oracle import true_gains
from simulation.chance import Floats, Ints


@dataclass(frozen=True, eq=False)
class Evening:
    """What an order may look at: the book of the evening, and the invoices that a call tomorrow may be about."""

    course: Course
    book: CallableBook
    items: Ints

    @property
    def customer(self) -> Ints:
        """Whose each of the items is."""
        return self.course.world.invoices.customer[self.items]

    @property
    def money(self) -> Floats:
        """Open money of each item as booked, in currency units."""
        return np.asarray(self.book.known_minor[self.items] / 100.0)

    @property
    def dpd(self) -> Ints:
        """Days past due of each item."""
        return np.asarray(self.course.day - self.course.world.invoices.due_on[self.items])

    def per_customer(self, of_items: Floats) -> Floats:
        """The sum over each customer's items, shape (n_customers,)."""
        summed = np.bincount(self.customer, weights=of_items, minlength=len(self.course.world.customers))
        return np.asarray(summed, dtype=np.float64)


Order = Callable[[Evening], Floats]
"""A value per customer of the world; those without an item may have any."""


def randomly(evening: Evening) -> Floats:
    """Anybody."""
    who = np.arange(len(evening.course.world.customers))
    return uniform(evening.course.world.seed, "random order", who, evening.course.day)


def oldest_first(evening: Evening) -> Floats:
    """Days past due of the oldest item."""
    value = np.zeros(len(evening.course.world.customers))
    np.maximum.at(value, evening.customer, evening.dpd.astype(np.float64))
    return value


def legacy(evening: Evening) -> Floats:
    """Oldest first, with the noise of a team without a list: the order of the burn-in."""
    who = np.arange(len(evening.course.world.customers))
    noise = uniform(evening.course.world.seed, "legacy", who, evening.course.day)
    return np.asarray(oldest_first(evening) * np.exp(0.3 * (noise - 0.5)))


def largest_first(evening: Evening) -> Floats:
    """Overdue money."""
    return evening.per_customer(evening.money)


def amount_times_age(evening: Evening) -> Floats:
    """Overdue money times days past due."""
    return evening.per_customer(evening.money * evening.dpd)


def informed_oracle(evening: Evening) -> Floats:
    """What a call truly changes."""
    return evening.per_customer(evening.money * true_gains(evening.course, evening.items))


SIMPLE: dict[str, Order] = {
    "random": randomly,
    "oldest_first": oldest_first,
    "largest_first": largest_first,
    "amount_times_age": amount_times_age,
}
ORACLE = "informed_oracle"
