"""Recalibration: two numbers that draw a curve towards what was seen to happen, used only where that helps.

intensity' = alpha * intensity^beta: alpha says whether money comes sooner or later than was said, beta below 1 that the
curve was too sure of itself. The order of two items at one horizon never changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize

from models.readings import Curves, Floats, recalibrated

LEAST_GAIN = 0.001
"""Nats by which the log loss must fall on evenings that were not looked at; less is chance."""

SMALLEST = 1e-9


@dataclass(frozen=True)
class Recalibration:
    """`alpha` and `beta`, both > 0 and finite, else `ValueError`; 1 and 1 leave a curve as it is."""

    alpha: float = 1.0
    beta: float = 1.0

    def __post_init__(self) -> None:
        if not (0.0 < self.alpha < np.inf and 0.0 < self.beta < np.inf):
            raise ValueError(f"recalibration: expected two numbers above 0; came {self.alpha} and {self.beta}")

    def curves(self, curves: Curves) -> Curves:
        """The curves, recalibrated at every day."""
        return replace(curves, alpha=self.alpha, beta=self.beta)

    def intensity(self, plain: Floats) -> Floats:
        """alpha * plain^beta; 0 stays 0."""
        return recalibrated(plain, self.alpha, self.beta)

    def slope(self, plain: Floats) -> Floats:
        """The derivative of `intensity`; kept finite at 0."""
        kept = np.maximum(plain, np.finfo(np.float64).tiny)
        return np.asarray(self.alpha * self.beta * kept ** (self.beta - 1.0), dtype=np.float64)


NONE = Recalibration()


def fit_recalibration(intensity: Floats, unpaid: Floats, *, alpha: bool = True) -> Recalibration:
    """The two numbers that make what was said most likely; with `alpha` False only beta, so the level is kept.

    Args:
        intensity: said -log S at the horizon asked, > 0, shape (n,).
        unpaid: 1 where the item was still unpaid then, else 0, shape (n,).
    """
    plain = np.log(np.maximum(intensity, SMALLEST))
    level = float(np.log(np.maximum(intensity, SMALLEST).mean()))

    def numbers(x: Floats) -> tuple[float, float]:
        # With beta alone the curve turns about the mean intensity, which stays where it is.
        beta = float(np.exp(np.clip(x[-1], -1.5, 1.5)))
        return (float(np.clip(x[0], -3.0, 3.0)) if alpha else (1.0 - beta) * level), beta

    def loss(x: Floats) -> float:
        log_alpha, beta = numbers(x)
        moved = np.exp(log_alpha + beta * plain)
        return float(np.mean(np.where(unpaid > 0, moved, -np.log(-np.expm1(-np.maximum(moved, SMALLEST))))))

    found = minimize(loss, np.zeros(2 if alpha else 1), method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-8})
    log_alpha, beta = numbers(np.asarray(found.x))
    return Recalibration(round(float(np.exp(log_alpha)), 4), round(beta, 4))


def helpful_recalibration(said: Sequence[tuple[Floats, Floats]]) -> Recalibration:
    """The recalibration to use from here on, or none: what was found on all folds but one must help on that one.

    Args:
        said: of each fold in time `(intensity, unpaid)`, as `fit_recalibration` reads them.

    Of both numbers and beta alone the better one is taken, if the mean log loss of the folds left out falls by
    `LEAST_GAIN` and falls in most of them. With fewer than three folds nothing can be left out and nothing is changed.
    """
    folds = [(np.maximum(x, SMALLEST), y) for x, y in said if len(x) and 0 < y.sum() < len(y)]
    if len(folds) < 3:
        return NONE
    plain = np.array([_loss(x, y, NONE) for x, y in folds])
    best, gain = NONE, LEAST_GAIN
    for alpha in (False, True):
        without = [_joined(folds, leave_out=i) for i in range(len(folds))]
        moved = [fit_recalibration(x, y, alpha=alpha) for x, y in without]
        gains = plain - np.array([_loss(x, y, move) for (x, y), move in zip(folds, moved, strict=True)])
        if gains.mean() > gain and (gains > 0).mean() > 0.5:
            best, gain = fit_recalibration(*_joined(folds), alpha=alpha), float(gains.mean())
    return best


def _joined(folds: list[tuple[Floats, Floats]], leave_out: int = -1) -> tuple[Floats, Floats]:
    kept = [fold for i, fold in enumerate(folds) if i != leave_out]
    return np.concatenate([x for x, _ in kept]), np.concatenate([y for _, y in kept])


def _loss(intensity: Floats, unpaid: Floats, move: Recalibration) -> float:
    moved = np.maximum(move.intensity(intensity), SMALLEST)
    return float(np.mean(np.where(unpaid > 0, moved, -np.log(-np.expm1(-moved)))))
