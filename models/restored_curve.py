"""A payment curve read back from a bundle's files, or refused where they describe none.

The hashes of a bundle say that nothing was altered since it was saved, not that what was saved made sense. So each
number is asked whether a fit could have left it behind, before it reaches a curve that would answer with nonsense.
"""

import json
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from models.encoding import Encoding
from models.habit_curve import GRID, HabitCurve
from models.linear import Linear
from models.payment_curve import PaymentCurve
from models.recalibration import Recalibration
from models.rhythm import Rhythm
from models.stacked_curve import PaymentCurveStacked
from models.tree_check import require_readable
from models.trees import Trees
from models.until_due_curve import PaymentCurveUntilDue

FAMILIES: dict[str, type[PaymentCurve]] = {
    curve.family: curve for curve in (PaymentCurve, PaymentCurveStacked, PaymentCurveUntilDue)
}


def read_json(content: bytes) -> Any:
    """JSON whose numbers are numbers; raises `ValueError` for NaN, Infinity and what overflows to it."""
    return json.loads(content, parse_constant=_finite, parse_float=_finite)


def restored_curve(
    facts: Mapping[str, Any],
    encoding: bytes,
    trees: bytes | None,
    linear: bytes | None,
    stacked: bytes | None = None,
) -> PaymentCurve:
    """The curve that a bundle's files describe.

    Args:
        facts: of `bundle.json`: family, parameters, typical item, rhythm, recalibration; of a stacked classifier beside
            the hazard the first three once more, under `stacked`.
        encoding, trees, linear, stacked: content of the files of those names; None where there is none.

    Raises:
        ValueError: for what describes no curve; `TreesRefused` for trees that are none. Content of another build raises
            what Python does (`KeyError` and its like).
    """
    parameters = {**facts["parameters"], "edges": tuple(facts["parameters"]["edges"])}
    curve = FAMILIES[facts["family"]](**parameters)
    _require_edges(curve.edges)
    _require(0.0 <= curve.linear_share <= 1.0, "linear_share: expected 0 to 1")
    if trees is not None:
        require_readable(trees.decode())
    alpha, beta = facts["recalibration"]
    curve.restored(
        None if trees is None else Trees.from_text(trees.decode()),
        None if linear is None else Linear.from_json(read_json(linear)),
        Encoding.from_json(read_json(encoding)),
        facts["typical"],
        Rhythm.from_json(facts["rhythm"]),
        Recalibration(float(alpha), float(beta)),
    )
    _require_parts(curve)
    _require_typical(curve)
    beside = isinstance(curve, PaymentCurveUntilDue)
    _require((stacked is not None) == beside, "a stacked classifier where the curve has none, or none where it has")
    if isinstance(curve, PaymentCurveUntilDue):
        other = restored_curve({**facts, **facts["stacked"], "recalibration": (1.0, 1.0)}, encoding, stacked, None)
        if not isinstance(other, PaymentCurveStacked) or other.edges != curve.edges:
            raise ValueError("the curve beside the hazard: expected a stacked classifier with the hazard's edges")
        curve.stacked_ = other
    return curve


def restored_habit(content: bytes) -> HabitCurve:
    """The habit curve that `habit.json` describes; raises as `restored_curve` does."""
    curve = HabitCurve.from_json(read_json(content))
    _require_edges(curve.edges)
    for hazards in (curve.portfolio_, *curve.segments_.values()):
        _require(hazards.shape == (len(GRID),), f"hazards: expected {len(GRID)} days, came shape {hazards.shape}")
        _require(bool(((hazards > 0) & (hazards <= 1)).all()), "hazards: expected shares above 0, at most 1")
    _require(0.0 < curve.tail_ <= 1.0, "the hazard of the tail: expected a share above 0, at most 1")
    return curve


def _require_edges(edges: tuple[Any, ...]) -> None:
    whole = all(type(edge) is int for edge in edges)
    rising = whole and len(edges) > 1 and edges[0] == 0 and list(edges) == sorted(set(edges))
    _require(rising, "edges: expected whole days that rise from 0")


def _require_parts(curve: PaymentCurve) -> None:
    trees, linear, share, width = curve.trees_, curve.linear_, curve.linear_share, len(curve.columns_)
    _require((trees is None) == (share == 1.0), "trees where the curve has none, or none where it has")
    _require((linear is None) == (share == 0.0), "a logistic regression where the curve has none, or none where it has")
    if trees is not None:
        _require(tuple(trees.booster_.feature_name()) == curve.columns_, "the trees read other columns than are made")
    _require(linear is None or len(linear.low_) == width, "the logistic regression reads other columns than are made")


def _require_typical(curve: PaymentCurve) -> None:
    count, width = len(curve.edges) - 1, len(curve.columns_)
    _require(curve.typical_.shape == (count,), "typical log-odds: expected one per interval")
    _require(curve.reference_.shape == (count, width), "typical contributions: expected one per interval and column")
    _require(bool(np.isfinite(curve.typical_).all() and np.isfinite(curve.reference_).all()), "typical: not finite")
    for name, value in curve.typical_values_.items():
        of_its_kind = isinstance(value, str if name in curve.encoding_.categories else int | float)
        _require(value is None or of_its_kind, "typical values: expected numbers, texts of categories, or none")


def _require(holds: bool, what: str) -> None:
    if not holds:
        raise ValueError(what)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number")
    return number
