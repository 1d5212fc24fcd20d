"""Decision value: how much of what an informed oracle gains an order of calling gains, over several seeds.

The measure is money-days: the sum over the days of (cash so far under the order - cash so far without any call). A
million in a month's time and a thousand over eighty years are the same. It says which order to choose and guards
against getting worse; it is no forecast for any firm.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from simulation.calls.orders import ORACLE
from simulation.chance import Floats

OLDEST = "oldest_first"
NORMAL_95 = 1.96


@dataclass(frozen=True)
class Bounded:
    """A figure with its 95 % interval; NaN bounds with a single seed."""

    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, float | None]:
        """NaN as null."""
        return {name: None if math.isnan(told) else told for name, told in vars(self).items()}


@dataclass(frozen=True, eq=False)
class DecisionValue:
    """Money-days of every order on every seed.

    Attributes:
        seeds: which.
        money_days: by order, shape (n_seeds,).
    """

    world: str
    seeds: tuple[int, ...]
    money_days: Mapping[str, Floats]

    def ratio(self, order: str, to: str = ORACLE) -> Bounded:
        """Sum over the seeds by the sum of another order's, with the interval of the delete-one jackknife."""
        return jackknifed(self.money_days[order], self.money_days[to])

    def skill(self, order: str) -> Bounded:
        """(order - oldest first) / (oracle - oldest first)."""
        base = self.money_days[OLDEST]
        return jackknifed(self.money_days[order] - base, self.money_days[ORACLE] - base)

    def ahead(self, order: str, of: str) -> Bounded:
        """Difference of two ratios to the oracle, in points (1 is a hundredth), seed by seed."""
        difference = self.money_days[order] - self.money_days[of]
        told = jackknifed(difference, self.money_days[ORACLE])
        return Bounded(100 * told.value, 100 * told.low, 100 * told.high)

    def wins(self, order: str, over: str) -> float:
        """Share of the seeds on which an order gains more than another."""
        return float((self.money_days[order] > self.money_days[over]).mean())

    def to_json(self) -> dict[str, Any]:
        """Per order `decision_value_ratio` with its interval, `skill`, `money_days` by seed."""
        return {
            "world": self.world,
            "seeds": list(self.seeds),
            "orders": {
                name: {
                    "decision_value_ratio": self.ratio(name).to_json(),
                    "skill": self.skill(name).to_json(),
                    "money_days": [float(value) for value in values],
                    "times_oldest_first": self.ratio(name, OLDEST).to_json(),
                }
                for name, values in self.money_days.items()
            },
        }


def money_days(under: Floats, without: Floats) -> float:
    """Sum over the days of the difference of cumulated cash, in money times days."""
    return float((under - without).sum())


def jackknifed(above: Floats, below: Floats) -> Bounded:
    """The ratio of two sums, with the interval of the delete-one jackknife over their terms.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), ch. 11.
    """
    n, total = len(above), float(below.sum())
    value = float(above.sum()) / total if total else math.nan
    if n < 2 or not total:
        return Bounded(value, math.nan, math.nan)
    left_out = (above.sum() - above) / (below.sum() - below)
    error = math.sqrt((n - 1) / n * float(((left_out - left_out.mean()) ** 2).sum()))
    return Bounded(value, value - NORMAL_95 * error, value + NORMAL_95 * error)


def value_of(world: str, seeds: Sequence[int], tables: Sequence[Mapping[str, float]]) -> DecisionValue:
    """One table out of those of each seed (money-days by order)."""
    names = list(tables[0])
    return DecisionValue(world, tuple(seeds), {name: np.array([table[name] for table in tables]) for name in names})
