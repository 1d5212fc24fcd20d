"""What moves a version's scores: mean absolute points over tonight's open items, by idea and by feature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from features.catalogue import CATALOGUE_BY_NAME
from features.spec import AGE, CONCEPT_BY_KEY
from features.table import FeatureTable
from models.explanation import Contributions, explain
from models.habit_curve import HabitCurve
from models.payment_curve import INTERVAL_COLUMNS, PaymentCurve
from models.readings import Floats, horizon_days
from models.shap_plots import evenly

EXPLAINED = 300
"""Items that are looked at, at most."""

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


def moves(curve: PaymentCurve | HabitCurve, table: FeatureTable, grace_days: int) -> Moves | None:
    """Over at most `EXPLAINED` of the rows, evenly by item; each at its own horizon. None without a row."""
    if len(table) == 0:
        return None
    by_item = np.argsort(table.keys["item_id"].astype(str).to_numpy(), kind="stable")
    some = table.take(by_item[evenly(len(table), EXPLAINED)].tolist())
    horizons = horizon_days(some.keys["due_on"].to_numpy() + grace_days - some.keys["day"].to_numpy())
    if isinstance(curve, HabitCurve):
        found = curve.contributions(some, horizons)
        concepts = {step: step for step in found.columns}
        features: list[Strength] = []
    else:
        found = explain(curve, some, horizons)
        concepts = {name: CATALOGUE_BY_NAME[name].concept.key for name in curve.encoding_.columns}
        concepts |= dict.fromkeys(INTERVAL_COLUMNS, AGE.key)
        features = _features(found, concepts, curve.monotone or {})
    return Moves(
        len(some),
        len(table),
        float(found.base.mean()),
        _ideas(found, concepts),
        tuple(features[:TOP]),
        len(features[TOP:]),
    )


def _ideas(found: Contributions, concepts: Mapping[str, str]) -> tuple[Strength, ...]:
    """Signs cancel within an idea, as they do in the reasons that people are told."""
    ideas = []
    for key in sorted(set(concepts.values())):
        members = [at for at, column in enumerate(found.columns) if concepts[column] == key]
        ideas.append(Strength(CONCEPT_BY_KEY[key].title, "", "", _mean_points(found.points[:, members].sum(axis=1))))
    return tuple(_strongest_first(ideas))


def _features(found: Contributions, concepts: Mapping[str, str], signs: Mapping[str, int]) -> list[Strength]:
    return _strongest_first(
        [
            Strength(
                column,
                f"{CONCEPT_BY_KEY[concepts[column]].title}. {_why(column)}",
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
