"""Promotion: the gates a version must pass before it may serve, each with its reason. Pure.

A learned curve that is declined gives way to the habit curve; the reasons are kept with the version and shown.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger.words import count_text

ENOUGH_CLEARED = 500
ENOUGH_MONTHS = 6.0
LOWEST_AUC = 0.55
HIGHEST_ECE = 0.065
HORIZONS = (14, 30)

Metrics = Mapping[str, float]


@dataclass(frozen=True)
class Gate:
    """One gate's answer.

    Attributes:
        name: stable key.
        passed: its answer.
        reason: with figures, for a person.
        blocks: whether a no keeps the version from serving; else it is a warning.
    """

    name: str
    passed: bool
    reason: str
    blocks: bool = True


def may_serve(gates: Iterable[Gate]) -> bool:
    """Whether no blocking gate said no."""
    return all(gate.passed or not gate.blocks for gate in gates)


def enough_history(cleared: int, months: float) -> Gate:
    """At least 500 settled items over at least 6 months, or there is too little to learn a curve from."""
    passed = cleared >= ENOUGH_CLEARED and months >= ENOUGH_MONTHS
    return Gate(
        "enough_history",
        passed,
        f"{count_text(cleared, 'settled item')} over {months:.1f} months "
        f"(needed: {ENOUGH_CLEARED} over {ENOUGH_MONTHS:.0f})",
    )


def knows_no_future(suspects: Iterable[tuple[str, str]] | None) -> Gate:
    """No feature changed when later facts were added, and none tells late payers apart nearly perfectly by itself.

    Reads what `training.leak_guard` found: name and reason of each suspect; None where nobody could look.
    """
    if suspects is None:
        return Gate("knows_no_future", False, "not looked at: there is no past evening to judge on")
    told = [f"{name} {why}" for name, why in suspects]
    reason = "; ".join(told) if told else "no feature changed when later facts were added, none is implausibly strong"
    return Gate("knows_no_future", not told, reason)


def ranks_better_than_chance(metrics: Metrics) -> Gate:
    """The lower 95 % bound of the backtest's AUC reaches .55 at 14 or at 30 days.

    Reads `auc_14`, `auc_14_low`, `auc_30`, `auc_30_low`; a missing or undefined bound counts as below.
    """
    reached = [h for h in HORIZONS if _number(metrics, f"auc_{h}_low") >= LOWEST_AUC]
    told = ", ".join(
        f"{h} days: {_say(metrics, f'auc_{h}')} (at least {_say(metrics, f'auc_{h}_low')})" for h in HORIZONS
    )
    return Gate("ranks_better_than_chance", bool(reached), f"AUC of who is overdue and unpaid in {told}")


def beats_simple_orders(metrics: Metrics) -> Gate:
    """At one horizon it is better than the best simple order beyond chance, in AUC or in late items found first.

    Reads `auc_gain_14`, `auc_gain_14_low`, `found_gain_14_low` and so on: differences to the best simple order.
    """
    better = [
        h for h in HORIZONS if max(_number(metrics, f"auc_gain_{h}_low"), _number(metrics, f"found_gain_{h}_low")) > 0
    ]
    told = "; ".join(
        f"{h} days: AUC {_say(metrics, f'auc_gain_{h}', '+.3f')} "
        f"(at least {_say(metrics, f'auc_gain_{h}_low', '+.3f')}), "
        f"late items in the first fifth {_say(metrics, f'found_gain_{h}', '+.3f')} "
        f"(at least {_say(metrics, f'found_gain_{h}_low', '+.3f')})"
        for h in HORIZONS
    )
    return Gate("beats_simple_orders", bool(better), f"gain over the best of the simple orders in {told}")


def calibrated(metrics: Metrics) -> Gate:
    """What was said and what happened differ by at most .065 on average; a warning only."""
    worst = max((_number(metrics, f"ece_{h}") for h in HORIZONS), default=math.inf)
    told = ", ".join(f"{h} days: {_say(metrics, f'ece_{h}')}" for h in HORIZONS)
    return Gate("calibrated", -math.inf < worst <= HIGHEST_ECE, f"calibration error in {told}", blocks=False)


def _number(metrics: Metrics, name: str) -> float:
    value = metrics.get(name, math.nan)
    return -math.inf if math.isnan(value) else value


def _say(metrics: Metrics, name: str, shape: str = ".3f") -> str:
    value = metrics.get(name, math.nan)
    return "not measurable" if math.isnan(value) else format(value, shape)
