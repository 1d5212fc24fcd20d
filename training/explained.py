"""Explained: a sample of tonight's open items with what moves each of them, in points, by column and by idea.

The model card tells three things of it: what moves a version's scores, whether its reasons hold from one version to the
next, and the pictures. All of them look at the same items, and at each item's own horizon.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from features.table import FeatureTable
from models.explanation import Contributions, explain
from models.habit_curve import HabitCurve
from models.payment_curve import PaymentCurve
from models.readings import Days, Floats, days_until_grace, horizon_days
from models.reasons import concepts_of
from models.shap_plots import evenly

EXPLAINED = 300
"""Items that are looked at, at most."""


@dataclass(frozen=True, eq=False)
class Sample:
    """Open items of one evening, and the days ahead of each one's `late_risk`, shape (n,); of `open_items` in all."""

    table: FeatureTable
    horizons: Days
    open_items: int

    @classmethod
    def of(cls, table: FeatureTable, grace_days: int) -> "Sample":
        """At most `EXPLAINED` of the rows, evenly by item: the same ones in whatever order they stand."""
        by_item = np.argsort(table.keys["item_id"].astype(str).to_numpy(), kind="stable")
        some = table.take(by_item[evenly(len(table), EXPLAINED)].tolist())
        return cls(some, horizon_days(days_until_grace(some, grace_days)), len(table))

    def __len__(self) -> int:
        return len(self.table)


@dataclass(frozen=True, eq=False)
class Explained:
    """What a curve says of a sample, and why.

    Attributes:
        found: points by column, and the base, as shares; see `models.explanation`.
        concepts: column -> idea.
    """

    found: Contributions
    concepts: Mapping[str, str]

    @classmethod
    def of(cls, curve: PaymentCurve | HabitCurve, sample: Sample) -> "Explained":
        """By a payment curve's contributions, or the steps of a habit curve."""
        if isinstance(curve, HabitCurve):
            steps = curve.contributions(sample.table, sample.horizons)
            return cls(steps, {step: step for step in steps.columns})
        found = explain(curve, sample.table, sample.horizons)
        return cls(found, concepts_of(found.columns))

    @property
    def late_risk(self) -> Floats:
        """The score of each item, shape (n,)."""
        return np.asarray(self.found.base + self.found.points.sum(axis=1), dtype=np.float64)

    @property
    def ideas(self) -> tuple[str, ...]:
        """The ideas there are, by key."""
        return tuple(sorted(set(self.concepts.values())))

    @cached_property
    def by_idea(self) -> Floats:
        """Points of each item and idea, shape (n, n_ideas): signs cancel within an idea, as in the reasons."""
        columns = [
            [at for at, column in enumerate(self.found.columns) if self.concepts[column] == key] for key in self.ideas
        ]
        return np.stack([self.found.points[:, members].sum(axis=1) for members in columns], axis=1)
