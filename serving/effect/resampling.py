"""Intervals by drawing accounts anew.

The decisions about one account hang together: evenings overlap, and an account that pays slowly does so on all of them.
So whole accounts are drawn, with replacement, and each draw is judged by its own standard error (studentised). The
interval reaches equally far to both sides: tails of their own for each side were tried and covered 86 to 93 of 100,
because money is skewed and an arm that is rarely drawn hides its error together with its value. Differences of two
statistics are taken within the same draws.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from serving.effect.answer import Estimate
from serving.effect.logged import Floats, Ints

DRAWS = 999
AT_ONCE = 64
FEWEST_ACCOUNTS = 30
"""Below so many accounts drawing them anew says little about accounts like these."""


class Statistic(Protocol):
    """A figure of the accounts, each counted so many times."""

    @property
    def accounts(self) -> int:
        """How many accounts it is made of."""

    def at(self, copies: Floats) -> tuple[Floats, Floats]:
        """The figure where account c occurs `copies[d, c]` times, and what one more copy of each would move.

        Args:
            copies: shape (draws, accounts), >= 0.

        Returns:
            Figures, shape (draws,), NaN where there is none; influences, shape (draws, accounts).
        """


@dataclass(frozen=True, eq=False)
class Ratio:
    """The sum of `above` over the sum of `below`, each a figure per account, shape (accounts,)."""

    above: Floats
    below: Floats

    @classmethod
    def of_rows(cls, cluster: Ints, above: Floats, below: Floats, accounts: int) -> "Ratio":
        """Of rows, added up by account."""
        return cls(
            np.asarray(np.bincount(cluster, weights=above, minlength=accounts), dtype=np.float64),
            np.asarray(np.bincount(cluster, weights=below, minlength=accounts), dtype=np.float64),
        )

    @property
    def accounts(self) -> int:
        """How many accounts it is made of."""
        return len(self.above)

    def at(self, copies: Floats) -> tuple[Floats, Floats]:
        """The ratio of the sums; NaN where the lower one is 0."""
        below = copies @ self.below
        with np.errstate(divide="ignore", invalid="ignore"):
            value = np.where(below == 0, np.nan, (copies @ self.above) / below)
            influence = (self.above - value[:, None] * self.below) / below[:, None]
        return value, influence


@dataclass(frozen=True, eq=False)
class Difference:
    """One statistic less another, of the same accounts and in the same draws."""

    one: Statistic
    other: Statistic

    @property
    def accounts(self) -> int:
        """How many accounts it is made of."""
        return self.one.accounts

    def at(self, copies: Floats) -> tuple[Floats, Floats]:
        """Figure less figure, influence less influence."""
        value, influence = self.one.at(copies)
        less, moved = self.other.at(copies)
        return value - less, influence - moved


def interval(
    statistic: Statistic, decisions: int, *, draws: int = DRAWS, seed: int = 7, level: float = 0.95
) -> Estimate:
    """The statistic with its symmetric studentised bootstrap interval over accounts.

    Args:
        decisions: how many rows stand behind it, for the record.
        draws: how many times the accounts are drawn anew.
        level: share of such logs whose interval covers the figure.

    Returns:
        NaN bounds where there are fewer than two accounts or nothing varies.

    Source: Hall, On symmetric bootstrap confidence intervals (1988); accounts as clusters: Cameron, Gelbach and Miller,
    Bootstrap-based improvements for inference with clustered errors (2008).
    """
    n = statistic.accounts
    once = np.ones((1, n))
    value, error = (float(found[0]) for found in _with_error(statistic, once))
    pivots = np.concatenate([(told - value) / moved for told, moved in _drawn(statistic, n, draws, seed)])
    pivots = pivots[np.isfinite(pivots)]
    if not error > 0 or len(pivots) < draws // 2:
        return Estimate(value, np.nan, np.nan, error, decisions, n, level=level)
    reach = float(np.quantile(np.abs(pivots), level)) * error
    return Estimate(value, value - reach, value + reach, error, decisions, n, level=level)


def _drawn(statistic: Statistic, n: int, draws: int, seed: int) -> Iterator[tuple[Floats, Floats]]:
    rng = np.random.default_rng(seed)
    for start in range(0, draws, AT_ONCE):
        copies = rng.multinomial(n, np.full(n, 1.0 / n), size=min(AT_ONCE, draws - start)).astype(np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            yield _with_error(statistic, copies)


def _with_error(statistic: Statistic, copies: Floats) -> tuple[Floats, Floats]:
    """Figures and their standard errors, each of shape (draws,)."""
    n = statistic.accounts
    value, influence = statistic.at(copies)
    spread = (copies * influence**2).sum(axis=1)
    return value, np.sqrt(spread * n / max(1, n - 1))
