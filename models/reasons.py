"""Reasons: contributions told as facts, one per idea, with the code by which each can be told again.

A code is of the catalogue of reasons (`features.reason_catalogue`): the feature's name for a feature's fact, `age` for
the item's age, `idea_…` where an idea moved the risk and none of its facts points that way.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import repeat

import numpy as np
import numpy.typing as npt

from features.catalogue import CATALOGUE_BY_NAME
from features.reason_catalogue import TOO_LITTLE_HISTORY
from features.spec import AGE
from models.explanation import Contributions
from models.fact import fact_of
from models.payment_curve import INTERVAL_COLUMNS
from models.readings import Floats
from models.score import Fact, Reason

_UNTOLD = Fact("")

Teller = Callable[[str, npt.NDArray[np.intp]], Sequence[Fact]]

HISTORY = "history"
"""The idea of `too_little_history`; no feature's concept, for it weighs nothing."""


def reasons(
    found: Contributions,
    concepts: Mapping[str, str],
    tell: Teller,
    fits: npt.NDArray[np.bool_] | None = None,
    name: Teller = lambda concept, rows: [fact_of(f"idea_{concept}")] * len(rows),
    item_ids: Sequence[str] | None = None,
) -> list[tuple[Reason, ...]]:
    """The reasons of each row, one per concept, largest first (ties by name).

    A concept is told by the column that moves it most in the direction of its sum, among those whose fact `fits` that
    direction: "paid 3 days early" is no reason for a higher risk, whatever the trees made of it. Where no fact fits,
    the idea is named without one.

    Args:
        found: contributions of n rows.
        concepts: column -> concept. Correlated columns share one, so that they do not split the credit.
        tell: (column, rows) -> the fact of each of these rows.
        fits: whether the column's fact may be told for a contribution of its sign, shape (n, n_columns); None: all may.
        name: (concept, rows) -> the idea for each of these rows, told without a fact of its own.
        item_ids: whose facts they are, one a row; None: nobody's in particular.
    """
    names = sorted({concepts[column] for column in found.columns})
    members = {name: np.array([i for i, c in enumerate(found.columns) if concepts[c] == name]) for name in names}
    sums = np.stack([_added(found.points, members[name]) for name in names], axis=1)
    order = np.argsort(-np.abs(sums), axis=1, kind="stable").tolist()
    named = item_ids if item_ids is not None else [""] * len(sums)
    told = []
    for c, concept in enumerate(names):
        tellers = _tellers(found.points, members[concept], sums[:, c], fits)
        facts: list[Fact] = [_UNTOLD] * len(tellers)
        for column in np.unique(tellers).tolist():
            rows = np.flatnonzero(tellers == column)
            said = name(concept, rows) if column < 0 else tell(found.columns[column], rows)
            for row, fact in zip(rows.tolist(), said, strict=True):
                facts[row] = fact
        told.append(list(map(Reason, repeat(concept), facts, sums[:, c].tolist(), named)))
    return [tuple(map(own.__getitem__, of_row)) for own, of_row in zip(zip(*told, strict=True), order, strict=True)]


def _added(points: Floats, columns: npt.NDArray[np.intp]) -> Floats:
    """The sum of these columns of each row, the same to the last bit however many rows there are: column by column,
    for numpy adds up a single row in another order than many."""
    total = points[:, columns[0]].copy()
    for column in columns[1:]:
        total += points[:, column]
    return total


def _tellers(
    points: Floats, columns: npt.NDArray[np.intp], sums: Floats, fits: npt.NDArray[np.bool_] | None
) -> npt.NDArray[np.intp]:
    """Of each row the column that tells the concept of these columns; -1 where none of their facts may be told."""
    toward = points[:, columns] * np.where(sums >= 0, 1.0, -1.0)[:, None]
    usable = toward if fits is None else np.where(fits[:, columns], toward, -np.inf)
    best = usable.argmax(axis=1)
    told = (np.take_along_axis(usable, best[:, None], axis=1)[:, 0] > 0) | (sums == 0)
    return np.where(told, columns[best], -1)


def too_little_history(settled_count: float, item_id: str) -> Reason:
    """That an estimate stands on similar customers more than on this one.

    It is said beside the other reasons and moves nothing: what the customer's newness moved has its own reason.
    """
    return Reason(HISTORY, fact_of(TOO_LITTLE_HISTORY, settled_count), 0.0, item_id)


def concepts_of(columns: Iterable[str]) -> dict[str, str]:
    """The idea that each column of a payment curve measures; the model's own columns measure the age."""
    return {name: AGE.key if is_interval_column(name) else CATALOGUE_BY_NAME[name].concept.key for name in columns}


def is_interval_column(column: str) -> bool:
    """Whether a column is the model's own and is told as the item's age."""
    return column in INTERVAL_COLUMNS
