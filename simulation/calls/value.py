"""Decision value: how much of what an informed oracle gains an order of calling gains, over several seeds.

The measure is money-days: the sum over the days of (cash so far under the order - cash so far without any call). A
million in a month's time and a thousand over eighty years are the same. It says which order to choose and guards
against getting worse; it is no forecast for any firm.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from simulation.calls.gain import Gained
from simulation.calls.orders import ORACLE
from simulation.chance import Floats

OLDEST, CEILING = "oldest_first", "ledger_ceiling"
NORMAL_95 = 1.96

PAIRS = (
    ("expected_acceleration", "overdue_times_risk"),
    ("expected_acceleration_bare", "overdue_times_risk"),
    ("expected_acceleration", "expected_acceleration_bare"),
)
"""Which orders are compared seed by seed: the first with the second."""


@dataclass(frozen=True)
class Bounded:
    """A figure with its 95 % interval; NaN bounds with a single seed."""

    value: float
    low: float
    high: float

    def to_json(self) -> dict[str, float | None]:
        """NaN as null."""
        return {name: None if math.isnan(told) else told for name, told in vars(self).items()}


@dataclass(frozen=True)
class Took:
    """What the table of one seed took: by the wall clock, and of processor time."""

    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, eq=False)
class DecisionValue:
    """What every order gained on every seed.

    Attributes:
        seeds: which.
        gained: by order, one entry a seed.
        took: by seed.
    """

    world: str
    seeds: tuple[int, ...]
    gained: Mapping[str, tuple[Gained, ...]]
    took: tuple[Took, ...]

    @property
    def orders(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self.gained)

    def money_days(self, order: str) -> Floats:
        """Of one order, shape (n_seeds,)."""
        return np.array([seed.money_days for seed in self.gained[order]])

    def ratio(self, order: str, to: str = ORACLE) -> Bounded:
        """Sum over the seeds by the sum of another order's, with the interval of the delete-one jackknife."""
        return jackknifed(self.money_days(order), self.money_days(to))

    def attainment(self, order: str) -> Bounded | None:
        """Ratio to the ledger ceiling; None where the ceiling was not asked for."""
        return self.ratio(order, CEILING) if CEILING in self.gained else None

    def skill(self, order: str) -> Bounded:
        """(order - oldest first) / (oracle - oldest first)."""
        base = self.money_days(OLDEST)
        return jackknifed(self.money_days(order) - base, self.money_days(ORACLE) - base)

    def ahead(self, order: str, of: str) -> Bounded:
        """Difference of two ratios to the oracle, in points (1 is a hundredth), seed by seed."""
        difference = self.money_days(order) - self.money_days(of)
        told = jackknifed(difference, self.money_days(ORACLE))
        return Bounded(100 * told.value, 100 * told.low, 100 * told.high)

    def wins(self, order: str, over: str) -> float:
        """Share of the seeds on which an order gains more than another."""
        return float((self.money_days(order) > self.money_days(over)).mean())

    def mean(self, order: str) -> dict[str, float]:
        """The mean over the seeds of each figure of `Gained`, by its name."""
        seeds = [asdict(seed) for seed in self.gained[order]]
        return {key: float(np.mean([seed[key] for seed in seeds])) for key in seeds[0]}

    def pairs(self) -> list[tuple[str, str]]:
        """Those of `PAIRS` that were both asked for."""
        return [pair for pair in PAIRS if set(pair) <= set(self.gained)]

    def to_json(self) -> dict[str, Any]:
        """Per order `decision_value_ratio` with its interval, and the mean of everything else a seed."""
        return {
            "world": self.world,
            "seeds": list(self.seeds),
            "orders": {name: self._order_json(name) for name in self.gained},
            "paired": [
                {
                    "order": order,
                    "against": other,
                    "points": self.ahead(order, other).to_json(),
                    "share_of_seeds_won": self.wins(order, other),
                }
                for order, other in self.pairs()
            ],
            "took": [{"seed": seed, **asdict(took)} for seed, took in zip(self.seeds, self.took, strict=True)],
        }

    def _order_json(self, name: str) -> dict[str, Any]:
        attained = self.attainment(name)
        return {
            "decision_value_ratio": self.ratio(name).to_json(),
            "skill": self.skill(name).to_json(),
            "attainment": attained.to_json() if attained else None,
            "times_oldest_first": self.ratio(name, OLDEST).to_json(),
            "money_days": self.money_days(name).tolist(),
            "mean": self.mean(name),
        }


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


def value_of(
    world: str, seeds: Sequence[int], tables: Sequence[Mapping[str, Gained]], took: Sequence[Took]
) -> DecisionValue:
    """One table out of those of each seed."""
    gained = {name: tuple(table[name] for table in tables) for name in tables[0]}
    return DecisionValue(world, tuple(seeds), gained, tuple(took))
