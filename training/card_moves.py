"""What moves a version's scores: mean absolute points over tonight's open items, by idea and by feature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.catalogue import CATALOGUE_BY_NAME
from features.spec import CONCEPT_BY_KEY
from models.explanation import Contributions
from models.habit_curve import HabitCurve
from models.payment_curve import PaymentCurve
from models.readings import Floats
from training.card_pictures import title_of
from training.explained import Explained, Sample

TOP = 12
"""Features that are told."""

INTERVAL_WHY = {
    "days_ahead": "Which stretch of the days ahead is asked about; a column of the model's own.",
    "dpd_then": "How late the item will be by then; a column of the model's own.",
}
SIGNS = {-1: "more means paid later", 0: "", 1: "more means paid sooner"}


@dataclass(frozen=True)
class Strength:
    """One idea or feature: its name, what is behind it, the sign imposed on it, and its mean |points| (0 to 100)."""

    name: str
    about: str
    imposed: str
    points: float


@dataclass(frozen=True)
class Moves:
    """What moves the scores of `items` open items.

    Attributes:
        items, open_items: looked at, and open tonight.
        base: the mean unpaid share of the typical item at the items' horizons, 0 to 1.
        ideas: every idea, the strongest first; the points of an item are added up within an idea first.
        features: the strongest features, empty for a habit curve.
        others: how many features are not told.
    """

    items: int
    open_items: int
    base: float
    ideas: tuple[Strength, ...]
    features: tuple[Strength, ...]
    others: int

    def share(self, points: float) -> float:
        """Of the strongest idea, 0 to 100: the length of a bar."""
        strongest = max((idea.points for idea in self.ideas), default=0.0)
        return 100.0 * points / strongest if strongest else 0.0


def moves(curve: PaymentCurve | HabitCurve, sample: Sample, told: Explained) -> Moves:
    """Over the items of a sample, at least one, that a curve explained; each at its own horizon."""
    signs = None if isinstance(curve, HabitCurve) else curve.monotone or {}
    features = [] if signs is None else _features(told.found, told.concepts, signs)
    return Moves(
        len(sample),
        sample.open_items,
        float(told.found.base.mean()),
        _ideas(told),
        tuple(features[:TOP]),
        len(features[TOP:]),
    )


def _ideas(told: Explained) -> tuple[Strength, ...]:
    """Signs cancel within an idea, as they do in the reasons that people are told."""
    ideas = [
        Strength(CONCEPT_BY_KEY[key].title, "", "", _mean_points(told.by_idea[:, at]))
        for at, key in enumerate(told.ideas)
    ]
    return tuple(_strongest_first(ideas))


def _features(found: Contributions, concepts: Mapping[str, str], signs: Mapping[str, int]) -> list[Strength]:
    return _strongest_first(
        [
            Strength(
                column,
                f"“{title_of(column)}”: {CONCEPT_BY_KEY[concepts[column]].title}. {_why(column)}",
                SIGNS[signs.get(column, 0)],
                _mean_points(found.points[:, at]),
            )
            for at, column in enumerate(found.columns)
        ]
    )


def _why(column: str) -> str:
    return INTERVAL_WHY[column] if column in INTERVAL_WHY else CATALOGUE_BY_NAME[column].why


def _mean_points(points: Floats) -> float:
    return float(np.abs(points).mean() * 100.0)


def _strongest_first(all_of_them: Sequence[Strength]) -> list[Strength]:
    return sorted(all_of_them, key=lambda one: (-one.points, one.name))
