"""The decision-value table: every order on the same seeds of one world."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from serving.response import prior
from simulation.calls.engine_orders import engine_orders, learned_curve
from simulation.calls.orders import ORACLE, SIMPLE, Order, informed_oracle
from simulation.calls.policy import burn_in, cash_under
from simulation.calls.value import DecisionValue, money_days, value_of
from simulation.calls.world import make_world, world
from simulation.errors import NoSuchOrder

SEEDS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
"""The fixed seeds, in their order: the first n are asked."""

ENGINE = ("late_risk", "overdue_times_risk", "expected_acceleration_bare", "expected_acceleration")
ORDERS = (*SIMPLE, *ENGINE, ORACLE)

Progress = Callable[[str], None]


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
    world(name)
    for order in orders:
        if order not in ORDERS:
            raise NoSuchOrder(order, ORDERS)
    asked = tuple(order for order in ORDERS if order in {*orders, "oldest_first", ORACLE})
    if jobs <= 1:
        tables = [seed_table(name, seed, asked, progress) for seed in seeds]
    else:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            tables = list(pool.map(_quiet_table, [name] * len(seeds), seeds, [asked] * len(seeds)))
    return value_of(name, seeds, tables)


def seed_table(name: str, seed: int, orders: Sequence[str], progress: Progress) -> Mapping[str, float]:
    """Money-days of each order on one seed, against nobody ever calling. The burn-in is lived once and branched."""
    progress(f"seed {seed}: {name}, the years before")
    course = burn_in(make_world(world(name), seed))
    makers: dict[str, Callable[[], Order]] = {order: (lambda order=order: SIMPLE[order]) for order in SIMPLE}  # type: ignore[misc]
    makers[ORACLE] = lambda: informed_oracle
    if set(orders) & set(ENGINE):
        progress(f"seed {seed}: learning the curve")
        makers |= engine_orders(learned_curve(course), prior())
    without = cash_under(course.branch(), None)
    found = {}
    for order in orders:
        progress(f"seed {seed}: {order.replace('_', ' ')}")
        found[order] = money_days(cash_under(course.branch(), makers[order]()), without)
    return found


def _quiet_table(name: str, seed: int, orders: Sequence[str]) -> Mapping[str, float]:
    return seed_table(name, seed, orders, lambda _: None)
