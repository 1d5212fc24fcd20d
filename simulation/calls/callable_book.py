"""Whom anybody may call: the same constraints for every order, from what the ledger knows.

An account is called about its overdue open invoices that are not disputed. Nobody is spoken to twice within a week, nor
tried three times, and nobody is called while a promise is open. What was paid and is not booked yet still looks open.
"""

from functools import cache

import numpy as np

from ledger.activity import LIVE_OUTCOMES
from ledger.measures.promises import DEFAULT_RULES
from simulation.bank_days import bank_days_after
from simulation.calls.course import Course
from simulation.chance import Ints

QUIET_DAYS, MOST_TRIES = 7, 3


class CallableBook:
    """The open book of a course as its ledger knows it, kept evening by evening.

    Attributes:
        known_minor: open cents of every invoice by what is booked.
    """

    def __init__(self, course: Course) -> None:
        self._course, self._read = course, 0
        self._not_booked: list[tuple[int, str, int, int, int]] = []
        self.known_minor = course.world.invoices.amount_minor.copy()
        self.evening()

    def evening(self) -> None:
        """Take in what was booked by the evening of the course's day."""
        told = self._course.told.applications
        waiting, self._read = self._not_booked + told[self._read :], len(told)
        booked = [one for one in waiting if one[4] <= self._course.day]
        self._not_booked = [one for one in waiting if one[4] > self._course.day]
        for invoice, _, minor, _, _ in booked:
            self.known_minor[invoice] -= minor

    def items(self) -> Ints:
        """The invoices that a call tomorrow may be about."""
        course, invoices = self._course, self._course.world.invoices
        sent = np.searchsorted(invoices.issued_on, course.day, side="right")
        items = np.flatnonzero(self.known_minor[:sent] > 0)
        items = items[invoices.due_on[items] < course.day]
        disputed = [invoice for invoice, _, _, resolved in course.told.disputes if resolved > course.day]
        items = items[~np.isin(items, disputed)]
        return items[~np.isin(invoices.customer[items], sorted(self._resting()))]

    def _resting(self) -> set[int]:
        day, tries, resting = self._course.day, dict[int, int](), set[int]()
        for customer, outcome, on in reversed(self._course.told.contacts):
            if on <= day - QUIET_DAYS:
                break
            tries[customer] = tries.get(customer, 0) + 1
            if outcome in LIVE_OUTCOMES or tries[customer] >= MOST_TRIES:
                resting.add(customer)
        for customer, _, made, promised in reversed(self._course.told.promises):
            if made < day - LONGEST_PROMISE_DAYS:
                break
            if _last_day(promised) >= day:
                resting.add(customer)
        return resting


LONGEST_PROMISE_DAYS = 60


@cache
def _last_day(promised: int) -> int:
    """The last day on which money keeps the promise."""
    return int(bank_days_after(promised, DEFAULT_RULES.grace_bank_days)[()])
