"""Linear: logistic regression as a learner of the same probability, for when trees see what is not there.

Every column is clipped to where most of its values lie, centred and scaled; a missing value adds nothing. So each
column's contribution is its own term, and what a column adds can be told exactly. A column whose effect is known to go
one way (`signs`) takes no part where what was learned went the other way.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from models.readings import Floats

Matrix = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]

OUTER = (0.01, 0.99)
"""Quantiles that a value is drawn back to."""

RESTRAINT = 0.05
"""Inverse strength of the penalty, for rows of weight 1 on average; a choice, not a finding."""

FIT_ROWS = 100_000
"""Rows that are read at most, drawn at random: more do not move a hundred coefficients."""

CHUNK = 50_000
"""Rows whose terms are worked out at a time, to bound memory."""

KNOTS = ((-60.0, 0.0), (0.0, 15.0), (15.0, 60.0), (60.0, 180.0))
"""Stretches of days past due in each of which the effect of lateness is a straight line of its own."""


class Linear:
    """Logistic regression with one term per column; the last column (days past due then) has four straight pieces.

    Columns whose numbers are names of categories take no part.
    """

    def fit(
        self,
        matrix: Matrix,
        share: Floats,
        weight: Floats,
        k: Ints,
        skipped: Sequence[int] = (),
        signs: Sequence[int] = (),
    ) -> Self:
        """Learn the share.

        Args:
            matrix: shape (n, n_columns), with missing values; the last column is days past due at the interval.
            share: what came, in [0, 1], shape (n,).
            weight: > 0, shape (n,).
            k: the interval of each row, 0..K-1: each has a level of its own.
            skipped: columns that take no part.
            signs: -1, 0 or 1 per column, the direction its effect must have. A column, or piece of the last one,
                learned the other way is left out and the others are learned anew, until none is left that contradicts.
        """
        some = _drawn(len(matrix))
        matrix, share, weight, k = matrix[some], share[some], weight[some], k[some]
        self.skipped_ = tuple(sorted(skipped))
        with np.errstate(invalid="ignore"):
            self.low_, self.high_ = (_quantiles(matrix, q) for q in OUTER)
            inside: Floats = np.clip(matrix.astype(np.float64), self.low_, self.high_)
        self.centre_, self.scale_ = _centre(inside), _spread(inside)
        levels = np.eye(int(k.max()) + 1)[k]
        terms = np.hstack([self._terms(matrix), levels])
        wanted = np.zeros(terms.shape[1])
        if len(signs):
            wanted[: len(signs) - 1 + len(KNOTS)] = [*signs[:-1], *[signs[-1]] * len(KNOTS)]
        kept = np.setdiff1d(np.arange(terms.shape[1]), self.skipped_)
        while True:
            found = np.zeros(terms.shape[1])
            found[kept], start = _logistic(terms[:, kept], share, weight)
            against = np.flatnonzero(found * wanted < 0.0)
            if len(against) == 0:
                break
            kept = np.setdiff1d(kept, against)
        n_levels = levels.shape[1]
        self.coefficients_, self.levels_ = found[:-n_levels], found[-n_levels:] + start
        return self

    def raw(self, matrix: Matrix, k: Ints) -> Floats:
        """Log-odds, shape (n,)."""
        raw = np.empty(len(matrix))
        for at in range(0, len(matrix), CHUNK):
            part = slice(at, at + CHUNK)
            raw[part] = self.contributions(matrix[part], k[part]).sum(axis=1)
        return raw

    def contributions(self, matrix: Matrix, k: Ints) -> Floats:
        """What each column adds and, last, the level of the interval: shape (n, n_columns + 1)."""
        effects = self._terms(matrix) * self.coefficients_
        pieces = len(KNOTS)
        own = np.hstack([effects[:, :-pieces], effects[:, -pieces:].sum(axis=1, keepdims=True)])
        return np.hstack([own, self.levels_[np.minimum(k, len(self.levels_) - 1)][:, None]])

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; `from_json` is the way back, to the last bit."""
        return {name: getattr(self, f"{name}_").tolist() for name in _ARRAYS} | {"skipped": list(self.skipped_)}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Linear":
        """Raises `ValueError` for numbers that no fit leaves behind."""
        linear = cls()
        for name in _ARRAYS:
            setattr(linear, f"{name}_", np.array(found[name], dtype=np.float64))
        linear.skipped_ = tuple(int(at) for at in found["skipped"])
        linear._require_sound()
        return linear

    def _require_sound(self) -> None:
        n = len(self.low_)
        shapes = {name: getattr(self, f"{name}_").shape for name in _ARRAYS}
        expected = dict.fromkeys(_ARRAYS, (n,)) | {
            "coefficients": (n - 1 + len(KNOTS),),
            "levels": (max(1, len(self.levels_)),),
        }
        if shapes != expected or not all(0 <= at < n for at in self.skipped_):
            raise ValueError(f"shapes: expected {expected}; came {shapes}")
        finite = all(np.isfinite(getattr(self, f"{name}_")).all() for name in _ARRAYS)
        if not (finite and (self.scale_ > 0).all() and (self.low_ <= self.high_).all()):
            raise ValueError("expected finite numbers, scales above 0 and bounds in their order")

    def _terms(self, matrix: Matrix) -> Floats:
        """Centred and scaled columns, then the pieces of the last; missing and skipped ones are 0."""
        plain = np.clip(matrix[:, :-1].astype(np.float64), self.low_[:-1], self.high_[:-1])
        plain = np.nan_to_num((plain - self.centre_[:-1]) / self.scale_[:-1], nan=0.0)
        plain[:, list(self.skipped_)] = 0.0
        late = matrix[:, -1].astype(np.float64)
        pieces = [(np.clip(late, low, high) - max(low, min(high, 0.0))) / 30.0 for low, high in KNOTS]
        return np.hstack([plain, np.nan_to_num(np.stack(pieces, axis=1), nan=0.0)])


_ARRAYS = ("low", "high", "centre", "scale", "coefficients", "levels")


def _drawn(n: int) -> Ints:
    """At most `FIT_ROWS` of n rows, in their order and always the same ones.

    Not every so-manieth: rows come interval by interval, and a step of eight would meet one interval only.
    """
    if n <= FIT_ROWS:
        return np.arange(n)
    return np.sort(np.random.default_rng(7).choice(n, FIT_ROWS, replace=False))


def _logistic(terms: Floats, share: Floats, weight: Floats) -> tuple[Floats, float]:
    """Coefficients of the terms, and the start they are added to. A share is learned as some paid and some unpaid."""
    came = np.repeat([1.0, 0.0], len(share))
    twice = np.concatenate([share, 1.0 - share]) * np.concatenate([weight, weight]) / weight.mean()
    used = np.flatnonzero(twice > 0)
    if len(np.unique(came[used])) < 2:  # all was paid, or nothing: there is nothing to tell apart
        return np.zeros(terms.shape[1]), float(np.log(len(share) + 1.0) * (1.0 if came[used[0]] else -1.0))
    with threadpool_limits(limits=1):  # sums in one order, so the same coefficients with any number of threads
        found = LogisticRegression(C=RESTRAINT, solver="newton-cholesky", max_iter=100).fit(
            terms[used % len(share)], came[used], sample_weight=twice[used]
        )
    return np.asarray(found.coef_[0], dtype=np.float64), float(found.intercept_[0])


def _quantiles(matrix: Matrix, q: float) -> Floats:
    """Of each column over the values it has; 0 for a column that has none."""
    return np.array([_of_known(column, lambda known: np.quantile(known, q), 0.0) for column in matrix.T])


def _centre(inside: Floats) -> Floats:
    return np.array([_of_known(column, np.mean, 0.0) for column in inside.T])


def _spread(inside: Floats) -> Floats:
    """The standard deviation, 1 for a column that does not vary."""
    spread = np.array([_of_known(column, np.std, 0.0) for column in inside.T])
    return np.where(spread > 1e-9, spread, 1.0)


def _of_known(column: npt.NDArray[Any], of: Any, empty: float) -> float:
    known = column[~np.isnan(column)].astype(np.float64)
    return float(of(known)) if len(known) else empty
