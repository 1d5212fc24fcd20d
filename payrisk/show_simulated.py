"""The decision-value table as text."""

import math
from textwrap import fill

from serving.effect.answer import Estimate
from serving.effect.evidence import SimulatorEvidence
from serving.effect.sentences import permitted
from simulation.calls.orders import ORACLE
from simulation.calls.outcome import DAYS
from simulation.calls.value import OLDEST, Bounded, DecisionValue
from simulation.calls.world import POLICY_DAYS

OURS = "expected_acceleration"
NAMES = {
    OURS: "what a call brings forward",
    "expected_acceleration_bare": "... without the pay-run discount",
    "overdue_times_risk": "overdue money x late risk",
    "amount_times_age": "amount x age",
    "aging_points": "points for age and amount",
    "late_risk": "late risk alone (a warning)",
    "random": "anybody",
    "ledger_ceiling": "ceiling of what a ledger can tell",
}
"""An order that is not here reads as its key."""


def show_simulated(value: DecisionValue) -> None:
    """Print the table, the best order first, with what it does and does not say."""
    seeds = len(value.seeds)
    print(
        f"World {value.world}, {seeds} seed{'' if seeds == 1 else 's'}: {POLICY_DAYS} days of calls, "
        f"then {DAYS - POLICY_DAYS} without"
    )
    if not any(value.money_days(order).any() for order in value.orders):
        print("Calls change nothing in this world: every order brings 0 money-days forward.")
        return
    print(
        f"{'order':38} {'of the oracle':>17} {'of the':>7} {'x oldest':>8} {'DSO':>6} {'bad debt':>9} "
        f"{'over 90':>9} {'calls':>6} {'of them':>8}"
    )
    print(
        f"{'':38} {'share, 95 %':>17} {'ceiling':>7} {'first':>8} {'days':>6} {'avoided':>9} {'less':>9} "
        f"{'':>6} {'too soon':>8}"
    )
    for order in sorted(value.orders, key=lambda name: -value.ratio(name).value):
        print(_line(value, order))
    for order, other in value.pairs():
        points, won = _points(value.ahead(order, other)), f"{value.wins(order, other):.0%} of the seeds won"
        print(f"{_name(order)}, less {_name(other)}: {points} points, {won}")
    print("Too soon: within 14 days of the call before. Money is in currency units, the mean of a seed.")
    print(_permitted(value))


def _permitted(value: DecisionValue) -> str:
    """The one sentence that a simulation permits; of a single seed, which has no interval, without its figure."""
    if OURS not in value.orders or math.isnan(value.ratio(OURS).low):
        return "In a simulated ledger with assumed customer responses. It is not a forecast for your firm."
    told, seeds = value.ratio(OURS), len(value.seeds)
    share = Estimate(told.value, told.low, told.high, math.nan, seeds, seeds)
    return fill(permitted(SimulatorEvidence(share, seeds, value.world)).findings[0], 120)


def _line(value: DecisionValue, order: str) -> str:
    attained, mean = value.attainment(order), value.mean(order)
    ceiling = f"{attained.value:.2f}" if attained and order != ORACLE else ""
    return (
        f"{_name(order):38} {_bounded(value.ratio(order)):>17} {ceiling:>7} {value.ratio(order, OLDEST).value:8.2f} "
        f"{mean['dso_days']:6.1f} {mean['bad_debt_avoided']:9,.0f} {mean['over_90_less']:9,.0f} {mean['calls']:6,.0f} "
        f"{mean['excess_calls']:8,.0f}"
    )


def _name(order: str) -> str:
    return NAMES.get(order, order.replace("_", " "))


def _bounded(told: Bounded) -> str:
    if math.isnan(told.low):
        return f"{told.value:.2f}"
    return f"{told.value:.2f} ({told.low:.2f}-{told.high:.2f})"


def _points(told: Bounded) -> str:
    if math.isnan(told.low):
        return f"{told.value:+.1f}"
    return f"{told.value:+.1f} ({told.low:+.1f} to {told.high:+.1f})"
