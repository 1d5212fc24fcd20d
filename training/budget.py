"""Budget: the minutes a run may take, what it left out to keep them, and what there is still time for."""

import math
import time
from dataclasses import dataclass, field


@dataclass
class Budget:
    """Minutes from now.

    Attributes:
        minutes: allowed in all.
        skipped: what was left out, in sentences.
    """

    minutes: float
    skipped: list[str] = field(default_factory=list)
    _began: float = field(default_factory=lambda: time.perf_counter())

    @property
    def spent_s(self) -> float:
        """Seconds since the run began."""
        return time.perf_counter() - self._began

    @property
    def told(self) -> str:
        """Time spent and left, for progress: "1.5 min so far, at most 58.5 left"."""
        spent = self.spent_s / 60.0
        return f"{spent:.1f} min so far, at most {max(0.0, self.minutes - spent):.1f} left"

    def room(self, seconds_each: float, share: float = 1.0) -> int:
        """How many things of so many seconds each (> 0) still fit into this share of the whole, at least 0."""
        return max(0, int((self.minutes * 60.0 * share - self.spent_s) / seconds_each))

    def allows(self, seconds: float, share: float = 1.0) -> bool:
        """Whether so many seconds more stay within this share of the whole."""
        return self.spent_s + seconds <= self.minutes * 60.0 * share

    def skip(self, what: str) -> None:
        """Note something that is left out for want of time."""
        self.skipped.append(f"{what} (time budget of {self.minutes:g} minutes)")


@dataclass(frozen=True)
class Until:
    """What there is still time for by a share of a budget; and whose list of what was left out it goes on.

    >>> Until.ever().allows(1e9)
    True
    """

    budget: Budget
    share: float

    @classmethod
    def ever(cls) -> "Until":
        """Without end."""
        return cls(Budget(math.inf), 1.0)

    @property
    def spent_s(self) -> float:
        """Seconds since the budget began."""
        return self.budget.spent_s

    def allows(self, seconds: float) -> bool:
        """Whether so many seconds more stay within the share."""
        return self.budget.allows(seconds, self.share)

    def skip(self, what: str) -> None:
        """Note something that is left out."""
        self.budget.skip(what)


@dataclass
class Pace:
    """Whether there is time for one more fold: as long as those so far took on average, within a share of the budget.

    Asked right before each fold, the newest first. That one is always judged, for without it nothing can be kept, and
    tells how long the next will take; so it is the oldest that are left out where time is short.

    Attributes:
        budget: of the whole run.
        folds: how many there are.
        share: of the budget, by which the folds must be done.
    """

    budget: Budget
    folds: int
    share: float
    _done: int = 0
    _began: float = 0.0

    def __call__(self, number: int) -> bool:
        """Whether to judge the fold of this number, from 0 for the oldest. A no is noted."""
        if not self._done:
            self._began = self.budget.spent_s
        elif not self.budget.allows((self.budget.spent_s - self._began) / self._done, self.share):
            self.budget.skip(f"fold {number + 1} of {self.folds} was not judged")
            return False
        self._done += 1
        return True
