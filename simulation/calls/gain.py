"""Gain: what an order changes against nobody ever calling, on the same seed."""

from dataclasses import dataclass

from simulation.calls.outcome import DAYS, Outcome
from simulation.chance import Floats

COST_OF_MONEY, COST_OF_CALL = 0.12, 8.0
"""A year, and for a call in currency units."""


@dataclass(frozen=True)
class Gained:
    """One order on one seed; money in currency units, all against nobody ever calling.

    Attributes:
        money_days: brought forward.
        dso_days: by which receivables stood for fewer days of sales, on average over all days.
        bad_debt_avoided: written off less.
        over_90_less: by how much less was more than 90 days past due, on average over the last 30 days.
        calls, excess_calls: see `Outcome`.
        value: interest on the money-days, bad debt avoided, less the calls.
    """

    money_days: float
    dso_days: float
    bad_debt_avoided: float
    over_90_less: float
    calls: int
    excess_calls: int
    value: float


def gained(under: Outcome, without: Outcome) -> Gained:
    """Compare the outcome of an order with that of nobody calling."""
    brought, avoided = money_days(under.cash, without.cash), without.written_off - under.written_off
    return Gained(
        money_days=brought,
        dso_days=float((without.receivables - under.receivables).mean()) / (without.sales / DAYS),
        bad_debt_avoided=avoided,
        over_90_less=without.over_90 - under.over_90,
        calls=under.calls,
        excess_calls=under.excess_calls,
        value=COST_OF_MONEY / 365 * brought + avoided - COST_OF_CALL * under.calls,
    )


def money_days(under: Floats, without: Floats) -> float:
    """Sum over the days of the difference of cumulated cash, in money times days."""
    return float((under - without).sum())
