"""Contenders: what each said of some judged rows, and how it did on them. One row is one item on one evening."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from training.measured import CAPTURE_STEPS, MODEL, Capture, Difference, Score
from training.metrics import (
    Draws,
    Floats,
    Interval,
    Ranking,
    auc,
    auc_draws,
    brier,
    captured_draws,
    ece,
    interval,
    log_loss,
    log_losses,
    mean_draws,
    pr_auc,
    pr_auc_draws,
)

Bools = npt.NDArray[np.bool_]
UNKNOWN = Interval(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Answers:
    """What one contender or order said of the rows that it answered, and what happened.

    Attributes:
        said: chances or places in an order, larger first, shape (n,).
        unpaid: 1 where the item was still unpaid, shape (n,).
        money, day: open money and evening, shape (n,).
        chance: whether `said` are chances.
        draws: of the rows' customers.
    """

    said: Floats
    unpaid: Floats
    money: Floats
    day: npt.NDArray[np.int64]
    chance: bool
    draws: Draws

    @property
    def worth(self) -> Floats:
        """What the list is sorted by when money is looked for: chance times open money, or the order as it is."""
        return self.said * self.money if self.chance else self.said

    @property
    def late_money(self) -> Floats:
        """Open money of what stayed unpaid."""
        return self.unpaid * self.money


DRAWN: dict[str, Callable[[Answers], Floats]] = {
    "auc": lambda told: auc_draws(told.said, told.unpaid, told.draws),
    "pr_auc": lambda told: pr_auc_draws(told.said, told.unpaid, told.draws),
    "log_loss": lambda told: mean_draws(log_losses(told.said, told.unpaid), told.draws),
    "money_log_loss": lambda told: mean_draws(log_losses(told.said, told.unpaid), told.draws, told.money),
    "brier": lambda told: mean_draws((told.said - told.unpaid) ** 2, told.draws),
    "found20": lambda told: captured_draws(told.said, told.unpaid, told.draws, evening=told.day),
    "money_found20": lambda told: captured_draws(told.worth, told.late_money, told.draws, evening=told.day),
}
"""Measures with an interval: of some answers, the measure in every draw."""


class Contenders:
    """Judged rows of one question, or some of them, with the draws of their customers.

    Attributes:
        frame: the rows, see `training.judgement.measure`.
        said, orders: names of those that say a chance, and of the orders.
        unpaid: what happened, shape (n,).
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        horizon: int,
        said: Sequence[str],
        orders: Sequence[str],
        draws: Draws,
        capacity: int,
    ) -> None:
        self.frame, self.horizon, self.said, self.orders = frame, horizon, said, orders
        self.draws, self.capacity = draws, capacity
        self.unpaid: Floats = frame[f"unpaid_{horizon}"].to_numpy(dtype=np.float64)
        self._drawn: dict[tuple[str, str], Floats] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody, the model first."""
        return (MODEL, *(name for name in (*self.said, *self.orders) if name != MODEL))

    def where(self, inside: Bools) -> "Contenders":
        """The same on some of the rows."""
        rows, draws = self.frame[inside], self.draws.at(inside)
        return Contenders(rows, self.horizon, self.said, self.orders, draws, self.capacity)

    def value(self, name: str) -> Floats:
        """A chance, NaN where it had no answer; or a place in an order: an item that it does not name comes last."""
        value: Floats = self.frame[f"{name}_{self.horizon}"].to_numpy(dtype=np.float64)
        return value if name in self.said else np.where(np.isnan(value), -np.inf, value)

    def answers(self, name: str) -> Answers:
        """Its answers, on the rows where it had one."""
        value = self.value(name)
        there = ~np.isnan(value)
        rows = self if there.all() else self.where(there)
        money, day = rows.frame["money"].to_numpy(dtype=np.float64), rows.frame["day"].to_numpy()
        return Answers(value[there], rows.unpaid, money, day, name in self.said, rows.draws)

    def drawn(self, measure: str, name: str) -> Floats:
        """One of `DRAWN` in every draw."""
        key = measure, name
        if key not in self._drawn:
            self._drawn[key] = DRAWN[measure](self.answers(name))
        return self._drawn[key]

    def area(self, name: str, drawn: bool) -> Interval:
        """Its AUC, with an interval where `drawn`."""
        if drawn:
            return interval(self.drawn("auc", name))
        told = self.answers(name)
        return Interval(auc(told.said, told.unpaid), math.nan, math.nan)

    def score(self, name: str, drawn: Sequence[str] = ()) -> Score:
        """Every single figure, with intervals for the measures in `drawn`."""
        told = self.answers(name)
        s, y, chance = told.said, told.unpaid, told.chance
        by_chance = Ranking.of(s, told.day)
        by_money = Ranking.of(told.worth, told.day) if chance else by_chance
        each, late = np.ones(len(s)), told.late_money

        def bounded(measure: str, value: float) -> Interval:
            return interval(self.drawn(measure, name)) if measure in drawn else Interval(value, math.nan, math.nan)

        return Score(
            name=name,
            is_probability=chance,
            rows=len(s),
            auc=self.area(name, "auc" in drawn),
            pr_auc=bounded("pr_auc", pr_auc(s, y)),
            log_loss=bounded("log_loss", log_loss(s, y) if chance else math.nan),
            money_log_loss=bounded("money_log_loss", log_loss(s, y, told.money) if chance else math.nan),
            brier=bounded("brier", brier(s, y) if chance else math.nan),
            ece=ece(s, y) if chance else math.nan,
            found10=by_chance.in_share(y, 0.1).of(each),
            found20=bounded("found20", by_chance.in_share(y, 0.2).of(each)),
            found_calls=by_chance.in_calls(y, self.capacity).of(each),
            money_found10=by_money.in_share(late, 0.1).of(each),
            money_found20=bounded("money_found20", by_money.in_share(late, 0.2).of(each)),
            money_found_calls=by_money.in_calls(late, self.capacity).of(each),
        )

    def capture(self, name: str) -> Capture:
        """The late money found as the list is worked down; see `Capture`."""
        told = self.answers(name)
        ranking, each = Ranking.of(told.worth, told.day), np.ones(len(told.said))
        found = [ranking.in_share(told.late_money, step / CAPTURE_STEPS).of(each) for step in range(1, CAPTURE_STEPS)]
        known = not np.isnan(found[0]) if found else False
        return Capture(name, len(told.said), (0.0, *found, 1.0) if known else ())

    @property
    def reach(self) -> float:
        """Share of the evenings' lists that lies within the calls of an evening; NaN without rows."""
        rows = np.unique(self.frame["day"].to_numpy(), return_counts=True)[1]
        return float(np.minimum(rows, self.capacity).sum() / rows.sum()) if len(rows) else math.nan

    def gain(self, measure: str, other: str) -> Interval:
        """The model less another in one of `DRAWN`, paired, on the rows where both had an answer."""
        both = ~(np.isnan(self.value(MODEL)) | np.isnan(self.value(other)))
        rows = self if both.all() else self.where(both)
        return interval(rows.drawn(measure, MODEL) - rows.drawn(measure, other))

    def difference(self, other: str) -> Difference:
        """The model less another, paired."""
        return Difference(
            other=other,
            auc=self.gain("auc", other),
            found=self.gain("found20", other),
            money_found=self.gain("money_found20", other),
            log_loss=self.gain("log_loss", other) if other in self.said else UNKNOWN,
        )
