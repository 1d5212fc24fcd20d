"""An answer: an estimate with its interval, or why there is none. Both are results; neither is an error."""

import math
from dataclasses import asdict, dataclass
from typing import Any

POWER_80 = 0.8416
NORMAL_95 = 1.96


@dataclass(frozen=True)
class Estimate:
    """A figure with its interval.

    Attributes:
        value: the figure, in the unit that its maker says.
        low, high: the interval that covers it in 95 of 100 such logs (or `level` of them), for accounts like these.
        error: its standard error.
        decisions, accounts: how many it stands on.
        ess: the effective number of decisions of the arm that has fewer; NaN where none was asked for.
    """

    value: float
    low: float
    high: float
    error: float
    decisions: int
    accounts: int
    ess: float = math.nan
    level: float = 0.95

    @property
    def detected(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0

    @property
    def detectable(self) -> float:
        """The smallest effect that such a log would show in 80 of 100 cases (at 5 %): (1.96 + 0.84) errors."""
        return (NORMAL_95 + POWER_80) * self.error

    def to_json(self) -> dict[str, Any]:
        """Its figures with `detectable`; NaN as null."""
        figures = {**asdict(self), "detectable": self.detectable}
        return {name: None if isinstance(it, float) and math.isnan(it) else it for name, it in figures.items()}


@dataclass(frozen=True)
class NotEnough:
    """No estimate, and why: a sentence for people that says what would be needed."""

    reason: str

    def to_json(self) -> dict[str, Any]:
        """The reason."""
        return {"not_enough": self.reason}


Answer = Estimate | NotEnough
