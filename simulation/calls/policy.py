"""Letting an order work: a team calls the first of the list on every bank day, and the world goes on."""

import numpy as np

from simulation.bank_days import is_bank_day
from simulation.calls.callable_book import CallableBook
from simulation.calls.counters import uniform
from simulation.calls.course import Course
from simulation.calls.orders import Evening, Order, legacy
from simulation.calls.outcome import Outcome, outcome_of
from simulation.calls.world import BURN_IN_DAYS, POLICY_DAYS, RANDOM_CALLS_DAYS, RUN_OUT_DAYS, World
from simulation.chance import Floats

RANDOM_SHARE = 0.25
"""Of the calls of the last part of the burn-in: what a later learner of responses may learn from."""


def burn_in(world: World, order: Order = legacy) -> Course:
    """The world after its first days under the old order: made once per seed, then branched.

    Args:
        order: the old one; `simulation.calls.ceiling.Lessons` watches it at work.
    """
    course = Course(world)
    work(course, order, BURN_IN_DAYS - RANDOM_CALLS_DAYS)
    work(course, order, RANDOM_CALLS_DAYS, random_share=RANDOM_SHARE)
    return course


def outcome_under(course: Course, order: Order | None) -> Outcome:
    """What becomes of the money until the end, to which the course is lived.

    Args:
        order: who is called on the judged days; None: nobody, ever.
    """
    work(course, order, POLICY_DAYS)
    work(course, None, RUN_OUT_DAYS)
    return outcome_of(course)


def cash_under(course: Course, order: Order | None) -> Floats:
    """Cumulated cash, in currency units, of each day from now to the end; the course is lived to its end."""
    return outcome_under(course, order).cash


def work(course: Course, order: Order | None, days: int, random_share: float = 0.0) -> None:
    """Let days pass, with calls in the morning of each bank day by what was known the evening before."""
    book = CallableBook(course)
    for _ in range(days):
        course.live(_called(course, book, order, random_share) if order is not None else ())
        book.evening()


def _called(course: Course, book: CallableBook, order: Order, random_share: float) -> list[int]:
    """Who is called tomorrow: the largest values, equal ones by chance; a share of the calls goes to anybody."""
    if not is_bank_day(course.day + 1)[()]:
        return []
    items = book.items()
    if not len(items):
        return []
    world, calls = course.world, course.world.spec.calls
    evening = Evening(course, book, items)
    customers = np.unique(evening.customer)
    value = order(evening)[customers]
    ranked = customers[np.lexsort((uniform(world.seed, "tie", customers, course.day), -value))].tolist()
    share = random_share * calls
    lucky = int(share) + int(uniform(world.seed, "lucky", 0, course.day)[()] < share % 1.0)
    anybody = customers[np.argsort(uniform(world.seed, "anybody", customers, course.day))].tolist()
    return list(dict.fromkeys(anybody[:lucky] + ranked))[:calls]
