"""Reason stability: whether people are told the same of an item when another version explains it.

The same open items are explained by the version being made and by others: the version in use, the curve of the newest
month of the walk forward, and the same recipe on customers drawn anew. The last says how much reasons move by chance.
The change of `late_risk` stands beside that of the reasons, so that a score that moved is not taken for a reason that
moved. Each curve tells against its own typical item, as people are told.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np

from models.habit_curve import HabitCurve
from models.payment_curve import PaymentCurve
from models.readings import Floats
from training.explained import Explained, Sample
from training.fit import TrainingSet
from training.metrics import Draws, Interval, interval, mean_draws

FIRST = 3
"""Reasons that a collector reads: the first of them are compared."""

SEEN = 0.005
"""Half a point: of less, people are shown 0 points, and no sign that could turn."""

LOW = 0.70
"""Below this share of items with the same first reason, the card warns."""

Against = Literal["in_use", "newest_month", "redrawn"]


@dataclass(frozen=True, eq=False)
class Other:
    """A curve to compare with: what it is, the evening whose knowledge it learned from, and the curve."""

    against: Against
    trained_as_of: date
    curve: PaymentCurve | HabitCurve


@dataclass(frozen=True)
class IdeaHeld:
    """One idea: its mean |points| by the version being made, and how far they lie from the other's; both 0 to 100.

    `correlation` of the two over the items; None where either says the same of all.
    """

    key: str
    points: float
    moved: float
    correlation: float | None


@dataclass(frozen=True)
class Stability:
    """The version being made against another, over the same items. Shares are 0 to 1, points 0 to 100.

    Attributes:
        against, trained_as_of: what was compared with.
        items, customers: looked at, and whose they are.
        first_same: share of items with the same idea first, with 95 % over customers.
        first_three: how many of the first three ideas are the other's too, as a mean share.
        turned: share of items of which one of the first three ideas raises the risk here and lowers it there, or the
            other way round; ideas of less than half a point have no sign.
        points_moved: mean |difference| of an idea's points, over all items and ideas.
        points_correlation: of the ideas' points, over all items and ideas.
        risk_moved: mean |difference| of `late_risk`; `risk_correlation`: of its ranks.
        ideas: each idea, the strongest first.
    """

    against: Against
    trained_as_of: date
    items: int
    customers: int
    first_same: Interval
    first_three: float
    turned: float
    points_moved: float
    points_correlation: float | None
    risk_moved: float
    risk_correlation: float | None
    ideas: tuple[IdeaHeld, ...]

    @property
    def is_low(self) -> bool:
        """Whether so few items kept their first reason that people should know."""
        return self.first_same.value < LOW

    def as_dict(self) -> dict[str, Any]:
        """As plain JSON values; None for a bound that is not known."""
        bounds = {name: None if np.isnan(value) else value for name, value in asdict(self.first_same).items()}
        return asdict(self) | {"trained_as_of": self.trained_as_of.isoformat(), "first_same": bounds}


def stability_of(sample: Sample, told: Explained, others: Sequence[Other]) -> tuple[Stability, ...]:
    """What the version being made tells of a sample, `told`, against each of the others. Empty without an item.

    Others that are told by other ideas, a habit curve beside a learned one, are left out: there is nothing to compare.
    """
    found = []
    for other in others if len(sample) else ():
        theirs = Explained.of(other.curve, sample)
        if theirs.ideas == told.ideas:
            customer = sample.table.keys["customer_id"].astype(str).to_numpy()
            found.append(compared(told, theirs, customer, other.against, other.trained_as_of))
    return tuple(found)


def compared(
    ours: Explained, theirs: Explained, customer: "np.ndarray[Any, Any]", against: Against, trained_as_of: date
) -> Stability:
    """Two explanations of the same n items by the same ideas; `customer` of each, shape (n,), n at least 1."""
    mine, other = ours.by_idea, theirs.by_idea
    first, their_first = _ranked(mine), _ranked(other)
    same = (first[:, 0] == their_first[:, 0]).astype(np.float64)
    both = (first[:, :, None] == their_first[:, None, :]).any(axis=2).mean(axis=1)
    told, there = np.take_along_axis(mine, first, axis=1), np.take_along_axis(other, first, axis=1)
    turned = ((np.abs(told) >= SEEN) & (np.abs(there) >= SEEN) & (told * there < 0)).any(axis=1)
    risk, their_risk = ours.late_risk, theirs.late_risk
    return Stability(
        against=against,
        trained_as_of=trained_as_of,
        items=len(mine),
        customers=len(np.unique(customer)),
        first_same=interval(mean_draws(same, Draws.of(customer))),
        first_three=float(both.mean()),
        turned=float(turned.mean()),
        points_moved=_points(mine - other),
        points_correlation=_correlation(mine.ravel(), other.ravel()),
        risk_moved=_points(risk - their_risk),
        risk_correlation=_correlation(_ranks(risk), _ranks(their_risk)),
        ideas=_ideas(ours.ideas, mine, other),
    )


def redrawn(learned: TrainingSet, seed: int) -> TrainingSet:
    """The same evening's knowledge with customers drawn anew, with replacement: each counts as often as it was drawn.

    What comes of it by the same recipe differs from what was made by chance alone.
    """
    names, customer = np.unique(learned.table.keys["customer_id"].astype(str).to_numpy(), return_inverse=True)
    drawn = np.random.default_rng(seed).integers(0, len(names), len(names))
    times = np.bincount(drawn, minlength=len(names))[customer]
    rows = learned.intervals["row"].to_numpy()
    # Rows stand as often as their customer was drawn, so that the fewest rows of a leaf mean the same.
    again = np.repeat(np.arange(len(rows)), times[rows])
    intervals = learned.intervals.iloc[again].reset_index(drop=True)
    return replace(learned, weight=learned.weight * times, intervals=intervals)


def _ranked(points: Floats) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """The first ideas of each item, the largest first and ties by key, as people are told; shape (n, up to 3)."""
    return np.argsort(-np.abs(points), axis=1, kind="stable")[:, :FIRST]


def _ideas(keys: Sequence[str], mine: Floats, other: Floats) -> tuple[IdeaHeld, ...]:
    held = [
        IdeaHeld(
            key, _points(mine[:, at]), _points(mine[:, at] - other[:, at]), _correlation(mine[:, at], other[:, at])
        )
        for at, key in enumerate(keys)
    ]
    return tuple(sorted(held, key=lambda one: (-one.points, one.key)))


def _points(shares: Floats) -> float:
    return float(np.abs(shares).mean() * 100.0)


def _ranks(values: Floats) -> Floats:
    """Each value's rank; equal values share the mean of theirs."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(count) - (count - 1) / 2.0)[place], dtype=np.float64)


def _correlation(one: Floats, other: Floats) -> float | None:
    if len(one) < 2 or np.ptp(one) < 1e-12 or np.ptp(other) < 1e-12:
        return None
    return float(np.corrcoef(one, other)[0, 1])
