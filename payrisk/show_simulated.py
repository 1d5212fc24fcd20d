"""The decision-value table as text."""

import math

from simulation.calls.orders import ORACLE
from simulation.calls.value import OLDEST, Bounded, DecisionValue


def show_simulated(value: DecisionValue) -> None:
    """Print the table, the best order first, with what it does and does not say."""
    seeds = len(value.seeds)
    print(f"World {value.world}, {seeds} seed{'' if seeds == 1 else 's'}: 130 days of calls, then 60 without")
    if not any(total for total in value.money_days[ORACLE]):
        print("Calls change nothing in this world: every order brings 0 money-days forward.")
        return
    rows = sorted(value.money_days, key=lambda name: -value.ratio(name).value)
    print(f"{'order':28} {'share of the oracle':>24} {'x oldest first':>15} {'money-days a seed':>18}")
    for name in rows:
        mean = float(value.money_days[name].mean())
        share, times = _bounded(value.ratio(name)), value.ratio(name, OLDEST).value
        print(f"{name.replace('_', ' '):28} {share:>24} {times:15.2f} {mean:18,.0f}")
    print("In a simulated ledger with assumed customer responses. It is not a forecast for your firm.")


def _bounded(told: Bounded) -> str:
    if math.isnan(told.low):
        return f"{told.value:.2f}"
    return f"{told.value:.2f} ({told.low:.2f} to {told.high:.2f})"
