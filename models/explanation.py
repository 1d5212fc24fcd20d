"""Explanations: which fact moved the risk, and by how many points.

TreeSHAP speaks of log-odds of paying within an interval; people are shown points of `late_risk`. The way between them
is a chain of secants, each of which keeps the sum: log-odds -> intensity of the interval -> intensity up to the item's
horizon -> probability. So base + sum of points is the score itself, not nearly the score.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.table import FeatureTable
from models.errors import ContributionsDoNotAddUp
from models.payment_curve import INTERVAL_COLUMNS, PaymentCurve, softplus
from models.readings import Days, Floats
from models.recalibration import NONE, Recalibration
from models.score import Reason

ALLOWED_REST = 1e-4
"""Log-odds by which SHAP values may miss the raw score: float rounding inside LightGBM, nothing more."""

FLAT = 1e-12
"""A secant over less than this is taken as the derivative."""

CHUNK = 200_000
"""Rows explained in one call, to bound memory."""


@dataclass(frozen=True, eq=False)
class Contributions:
    """Points of `late_risk`, as shares: base + points.sum(axis=1) is the score.

    Attributes:
        base: what the typical item would have at the same horizon, shape (n,).
        columns: the columns of `points`, the model's features or steps.
        points: shape (n, n_columns).
    """

    base: Floats
    columns: tuple[str, ...]
    points: Floats


def explain(curve: PaymentCurve, table: FeatureTable, horizons: Days) -> Contributions:
    """What each column adds to S(horizon), the unpaid share `horizons` days ahead (one horizon a row, in days)."""
    rows, k, share = curve.steps_until(horizons, table.keys["dpd"].to_numpy(dtype=np.int64))
    matrix = curve.interval_matrix(table, rows, k)
    raw = curve.raw_scores(matrix, k)
    chunks = [slice(at, at + CHUNK) for at in range(0, len(matrix), CHUNK)]
    phi = np.concatenate(
        [curve.shap_values(matrix[chunk], k[chunk]) for chunk in chunks] or [np.zeros((0, len(curve.columns_) + 1))]
    )
    base = phi[:, -1]
    phi = settle_rest(phi[:, :-1], raw, base)
    return to_points(phi, raw, base, rows, share, len(table), curve.columns_, curve.recalibration_)


def settle_rest(phi: Floats, raw: Floats, base: Floats) -> Floats:
    """Contributions that add up to `raw - base` exactly: the rest goes to each row's largest.

    Raises:
        ContributionsDoNotAddUp: when a rest is larger than rounding can be.
    """
    rest = raw - base - phi.sum(axis=1)
    if len(rest) and np.abs(rest).max() > ALLOWED_REST:
        raise ContributionsDoNotAddUp(float(np.abs(rest).max()), ALLOWED_REST)
    settled = phi.copy()
    settled[np.arange(len(phi)), np.abs(phi).argmax(axis=1)] += rest
    return settled


def to_points(
    phi: Floats,
    raw: Floats,
    base: Floats,
    rows: npt.NDArray[np.int64],
    share: Floats,
    n: int,
    columns: tuple[str, ...],
    recalibration: Recalibration = NONE,
) -> Contributions:
    """The chain of secants.

    Args:
        phi: contributions to the log-odds of each (row, interval) pair, adding up to `raw - base`; (m, n_columns).
        raw, base: log-odds of the pair and of the model's base, shape (m,).
        rows: which of the `n` rows each pair belongs to, rising, shape (m,).
        share: how often the pair's intensity counts towards -log S at the row's horizon, see
            `PaymentCurve.steps_until`.
        recalibration: moves -log S at the horizon: one more secant.
    """
    # An intensity is softplus(log-odds); its derivative is the hazard itself.
    slope = secant(softplus(raw) - softplus(base), raw - base, 1.0 / (1.0 + np.exp(-np.clip(base, -700.0, 700.0))))
    weighted = phi * (slope * share)[:, None]
    a = np.zeros((n, phi.shape[1]))
    np.add.at(a, rows, weighted)
    total = np.bincount(rows, weights=softplus(raw) * share, minlength=n).astype(np.float64)
    typical = np.bincount(rows, weights=softplus(base) * share, minlength=n).astype(np.float64)
    moved, typical_moved = recalibration.intensity(total), recalibration.intensity(typical)
    # Near 0 a power is steep, so what is flat is told by the size of the intensity itself.
    a *= secant(moved - typical_moved, total - typical, recalibration.slope(typical), FLAT * typical)[:, None]
    unpaid, typical_unpaid = np.exp(-moved), np.exp(-typical_moved)
    points = a * secant(unpaid - typical_unpaid, moved - typical_moved, -typical_unpaid)[:, None]
    return Contributions(typical_unpaid, columns, points)


def secant(rise: Floats, run: Floats, derivative: Floats, least: Floats | float = FLAT) -> Floats:
    """rise / run, or the derivative where the run is at most `least`: no run to speak of."""
    flat = np.abs(run) <= least
    return np.where(flat, derivative, rise / np.where(flat, 1.0, run))


def reasons(
    found: Contributions,
    concepts: Mapping[str, str],
    tell: Callable[[str, int], str],
    fits: npt.NDArray[np.bool_] | None = None,
    name: Callable[[str, int], str] = lambda concept, row: concept,
) -> list[tuple[Reason, ...]]:
    """The reasons of each row, one per concept, largest first (ties by name).

    A concept is told by the column that moves it most in the direction of its sum, among those whose fact `fits` that
    direction: "paid 3 days early" is no reason for a higher risk, whatever the trees made of it. Where no fact fits,
    the idea is named without one.

    Args:
        found: contributions of n rows.
        concepts: column -> concept. Correlated columns share one, so that they do not split the credit.
        tell: (column, row) -> the fact in words.
        fits: whether the column's fact may be told for a contribution of its sign, shape (n, n_columns); None: all may.
        name: (concept, row) -> the idea in words.
    """
    names = sorted({concepts[column] for column in found.columns})
    members = {name: np.array([i for i, c in enumerate(found.columns) if concepts[c] == name]) for name in names}
    sums = np.stack([found.points[:, members[name]].sum(axis=1) for name in names], axis=1)
    order = np.argsort(-np.abs(sums), axis=1, kind="stable")

    def reason(row: int, c: int) -> Reason:
        columns, total = members[names[c]], sums[row, c]
        toward = found.points[row, columns] * (1.0 if total >= 0 else -1.0)
        usable = toward if fits is None else np.where(fits[row, columns], toward, -np.inf)
        best = int(usable.argmax())
        told = usable[best] > 0 or total == 0
        text = tell(found.columns[columns[best]], row) if told else name(names[c], row)
        return Reason(names[c], text, float(total))

    return [tuple(reason(row, c) for c in order[row].tolist()) for row in range(len(sums))]


def age_text(dpd: int) -> str:
    """How old the item is, as a collector says it.

    >>> [age_text(34), age_text(1), age_text(0), age_text(-6)]
    ['34 days past due', '1 day past due', 'due today', 'due in 6 days']
    """
    if dpd == 0:
        return "due today"
    count = f"{abs(dpd)} day{'s' if abs(dpd) != 1 else ''}"
    return f"{count} past due" if dpd > 0 else f"due in {count}"


def is_interval_column(column: str) -> bool:
    """Whether a column is the model's own and is told as the item's age."""
    return column in INTERVAL_COLUMNS
