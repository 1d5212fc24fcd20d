"""Explanations: which fact moved the risk, and by how many points.

TreeSHAP speaks of log-odds of paying within an interval; people are shown points of `late_risk`. The way between them
is a chain of secants, each of which keeps the sum: log-odds -> intensity of the interval -> intensity up to the item's
horizon -> probability. So base + sum of points is the score itself, not nearly the score.
"""

import logging
from dataclasses import dataclass

import numpy as np

from features.table import FeatureTable
from models.errors import ContributionsDoNotAddUp
from models.payment_curve import PaymentCurve, softplus
from models.readings import Days, Floats
from models.recalibration import NONE, Recalibration

log = logging.getLogger(__name__)

ALLOWED_REST = 1e-4
"""Log-odds by which SHAP values may miss the raw score: rounding, nothing more."""

FLAT = 1e-12
"""A secant over less than this is taken as the derivative."""


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


def explain(curve: PaymentCurve, table: FeatureTable, horizons: Days, raw: Floats | None = None) -> Contributions:
    """What each column adds to S(horizon), the unpaid share `horizons` days ahead (one horizon a row, in days).

    The score itself says by how much each interval's log-odds move its intensity, so the intervals of an item are
    explained together, each with that weight.

    Args:
        raw: `curve.raw_curves` of these rows, where somebody asked for them already (`Curves.raw`).

    Raises:
        ContributionsDoNotAddUp: when contributions miss the score, LightGBM's own too.
    """
    (first, share), *beside = curve.parts(table)
    told = _intensities(first, table, horizons, raw)
    if beside:
        told = tuple((share * one.T).T for one in told)
    for part, share in beside:
        rows = np.flatnonzero(share)
        own = _intensities(part, table.take(rows.tolist()), horizons[rows])
        for whole, one in zip(told, own, strict=True):
            whole[rows] += (share[rows] * one.T).T
    found, total, typical = told
    return to_points(found, total, typical, curve.columns_, curve.recalibration_)


def _intensities(
    curve: PaymentCurve, table: FeatureTable, horizons: Days, curves: Floats | None = None
) -> tuple[Floats, ...]:
    """-log S at each row's horizon before recalibration: what each column adds, all of it, the typical item's."""
    rows, k, share = curve.steps_until(horizons, table.keys["dpd"].to_numpy(dtype=np.int64))
    raw, base = (curve.raw_curves(table) if curves is None else curves)[rows, k], curve.base_[k]
    counted = slopes(raw, base) * share
    weights = np.zeros((len(table), len(curve.edges) - 1))
    weights[rows, k] = counted
    wanted = np.bincount(rows, weights=counted * (raw - base), minlength=len(table)).astype(np.float64)
    allowed = ALLOWED_REST * np.abs(weights).sum(axis=1)
    found = curve.weighted_shap_values(table, weights)
    missed = np.flatnonzero(~(np.abs(wanted - found.sum(axis=1)) <= allowed))
    if len(missed):
        log.warning("explained_plainly rows=%d of=%d", len(missed), len(table))
        found[missed] = curve.weighted_shap_values(table.take(missed.tolist()), weights[missed], plainly=True)
    total, typical = (np.bincount(rows, weights=softplus(x) * share, minlength=len(table)) for x in (raw, base))
    return settle_rest(found, wanted, allowed), total.astype(np.float64), typical.astype(np.float64)


def slopes(raw: Floats, base: Floats) -> Floats:
    """By how much an interval's intensity moves for each log-odds, between the typical item's and the item's own."""
    # An intensity is softplus(log-odds); its derivative is the hazard itself.
    return secant(softplus(raw) - softplus(base), raw - base, 1.0 / (1.0 + np.exp(-np.clip(base, -700.0, 700.0))))


def settle_rest(found: Floats, wanted: Floats, allowed: Floats) -> Floats:
    """Contributions that add up to `wanted` exactly: the rest goes to each row's largest.

    Args:
        found: shape (n, n_columns).
        wanted: their sums, shape (n,).
        allowed: the rest that rounding can leave, shape (n,).

    Raises:
        ContributionsDoNotAddUp: when a rest is larger.
    """
    rest = wanted - found.sum(axis=1)
    if not (np.abs(rest) <= allowed).all():
        worst = int(np.argmax(np.abs(rest) - allowed))
        raise ContributionsDoNotAddUp(float(np.abs(rest[worst])), float(allowed[worst]))
    settled = found.copy()
    settled[np.arange(len(found)), np.abs(found).argmax(axis=1)] += rest
    return settled


def to_points(
    found: Floats,
    total: Floats,
    typical: Floats,
    columns: tuple[str, ...],
    recalibration: Recalibration = NONE,
) -> Contributions:
    """From intensity to probability: two more secants.

    Args:
        found: contributions to each row's -log S at its horizon, shape (n, n_columns), adding up to `total - typical`.
        total, typical: -log S at the horizon before recalibration, and the typical item's, shape (n,).
        recalibration: moves -log S at the horizon: one of the secants.
    """
    moved, typical_moved = recalibration.intensity(total), recalibration.intensity(typical)
    # Near 0 a power is steep, so what is flat is told by the size of the intensity itself.
    a = found * secant(moved - typical_moved, total - typical, recalibration.slope(typical), FLAT * typical)[:, None]
    unpaid, typical_unpaid = np.exp(-moved), np.exp(-typical_moved)
    a *= secant(unpaid - typical_unpaid, moved - typical_moved, -typical_unpaid)[:, None]
    return Contributions(typical_unpaid, columns, a)


def secant(rise: Floats, run: Floats, derivative: Floats, least: Floats | float = FLAT) -> Floats:
    """rise / run, or the derivative where the run is at most `least`: no run to speak of."""
    flat = np.abs(run) <= least
    return np.where(flat, derivative, rise / np.where(flat, 1.0, run))
