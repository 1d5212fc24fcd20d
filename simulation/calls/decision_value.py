"""The decision-value table: every order on the same seeds of one world."""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context

from serving.value.response import prior
from simulation.calls.ceiling import Ceiling, Lessons
from simulation.calls.course import Course
from simulation.calls.engine_orders import ENGINE, POINTS, aging_points, engine_orders, learned_curve
from simulation.calls.gain import Gained, gained
from simulation.calls.orders import ORACLE, SIMPLE, Order, informed_oracle, legacy
from simulation.calls.policy import burn_in, outcome_under
from simulation.calls.value import CEILING, OLDEST, DecisionValue, Took, value_of
from simulation.calls.world import WorldSpec, make_world, world
from simulation.errors import NoSuchOrder

SEEDS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
"""The fixed seeds, in their order: the first n are asked."""

ORDERS = (*SIMPLE, POINTS, *ENGINE, CEILING, ORACLE)

Progress = Callable[[str], None]
Table = Mapping[str, Gained]


def decision_value(
    name: str, seeds: Sequence[int] = SEEDS, orders: Sequence[str] = ORDERS, jobs: int = 1, progress: Progress = print
) -> DecisionValue:
    """Let every order work on every seed of a world; the oracle and oldest first always do.

    Args:
        name: of the world.
        jobs: seeds worked on side by side, each in a process of its own; the answer is the same with any number.

    Raises:
        UnknownWorld, NoSuchOrder: for names that are none of ours.
    """
    spec = world(name)
    for order in orders:
        if order not in ORDERS:
            raise NoSuchOrder(order, ORDERS)
    asked = tuple(order for order in ORDERS if order in {*orders, OLDEST, ORACLE})
    if jobs <= 1:
        done = [timed_table(spec, seed, asked, progress) for seed in seeds]
    else:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            done = list(pool.map(_quiet_table, [spec] * len(seeds), seeds, [asked] * len(seeds)))
    return value_of(name, seeds, [table for table, _ in done], [took for _, took in done])


def timed_table(spec: WorldSpec, seed: int, orders: Sequence[str], progress: Progress) -> tuple[Table, Took]:
    """`seed_table`, and what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    table = seed_table(spec, seed, orders, progress)
    return table, Took(time.perf_counter() - wall, time.process_time() - cpu)


def seed_table(spec: WorldSpec, seed: int, orders: Sequence[str], progress: Progress) -> Table:
    """What each order gains on one seed, against nobody ever calling. The burn-in is lived once and branched."""
    progress(f"seed {seed}: {spec.name}, the years before")
    lessons = Lessons(legacy)
    course = burn_in(make_world(spec, seed), lessons if CEILING in orders else legacy)
    progress(f"seed {seed}: learning")
    makers = order_makers(course, orders, lessons)
    without = outcome_under(course.branch(), None)
    found = {}
    for order in orders:
        progress(f"seed {seed}: {order.replace('_', ' ')}")
        found[order] = gained(outcome_under(course.branch(), makers[order]()), without)
    return found


def order_makers(course: Course, orders: Sequence[str], lessons: Lessons) -> dict[str, Callable[[], Order]]:
    """Makers of orders by name; what an order has to learn it learns of the course as it stands.

    Args:
        course: at the end of its burn-in.
        orders: that are wanted; what no other needs is not learned.
        lessons: noted during the burn-in, for the ceiling.
    """
    makers: dict[str, Callable[[], Order]] = {order: partial(_same, SIMPLE[order]) for order in SIMPLE}
    makers |= {POINTS: aging_points, ORACLE: partial(_same, informed_oracle)}
    if set(orders) & set(ENGINE):
        makers |= engine_orders(learned_curve(course), prior())
    if CEILING in orders:
        makers[CEILING] = Ceiling(course, lessons).order
    return makers


def _same(order: Order) -> Order:
    return order


def _quiet_table(spec: WorldSpec, seed: int, orders: Sequence[str]) -> tuple[Table, Took]:
    return timed_table(spec, seed, orders, lambda _: None)
