"""Curve scoring: the log-odds of every interval of an item, for the price of little more than one.

LightGBM wants a row for each pair of item and interval, and walks each down every tree. We look at what an item's rows
share once (`kernels.tree_walk`) and add the same leaves in the same order, so that the sums agree to the last bit.
Whether they do is asked at construction, on rows that lie on the thresholds; if ever they do not, LightGBM answers.
"""

import logging
from dataclasses import dataclass

import lightgbm as lgb
import numpy as np

from models.errors import WrongShape
from models.flat_trees import INTERVAL_COLUMNS, MOST_LEAVES, FlatTrees, Singles, rounded_down
from models.readings import Floats
from models.tree_text import Tree, read_trees

log = logging.getLogger(__name__)

CHECKED_ROWS = 48
"""Rows on which the sums are compared with LightGBM's, each in four intervals."""

CHUNK = 200_000
"""(row, interval) pairs that LightGBM is given at a time, to bound memory."""


@dataclass(frozen=True, eq=False)
class CurveScorer:
    """The sum over the trees of a booster, in each interval of each item.

    The booster's last two columns tell the interval: a day of it (`days_ahead`), and the days past due (on that day, as
    `PaymentCurve` has it, or today, as `PaymentCurveStacked`). What the booster learns later is not noticed: make a
    scorer when it is fitted.

    Attributes:
        booster: who is right.
        trees: its trees laid out; None where LightGBM itself must answer.
    """

    booster: lgb.Booster
    trees: FlatTrees | None

    @classmethod
    def of(cls, booster: lgb.Booster) -> "CurveScorer":
        """A scorer that has been seen to agree with LightGBM to the last bit.

        Trees of more than 64 leaves are left to LightGBM.

        Raises:
            TreesRefused: for categories, linear leaves, several classes, and forests whose trees are averaged.
            WrongShape: when there are not even the two columns that tell the interval.
        """
        trees, n_columns = read_trees(booster), int(booster.num_feature())
        if n_columns < INTERVAL_COLUMNS:
            raise WrongShape("trees", f"at least {INTERVAL_COLUMNS} columns", f"{n_columns}")
        widest = max((len(tree.leaf_value) for tree in trees), default=1)
        if widest > MOST_LEAVES:
            log.warning("curve_scoring_plain reason=leaves leaves=%d most=%d", widest, MOST_LEAVES)
            return cls(booster, None)
        scorer = cls(booster, FlatTrees.of(trees, n_columns))
        asked = rows_on_the_thresholds(trees, n_columns)
        if scorer.raw(*asked).tobytes() == by_lightgbm(booster, *asked).tobytes():
            return scorer
        log.warning("curve_scoring_plain reason=differs trees=%d", len(trees))
        return cls(booster, None)

    @property
    def fast(self) -> bool:
        """Whether the compiled loop answers; else LightGBM does, with the same sums."""
        return self.trees is not None

    def raw(self, features: Singles, days_ahead: Singles, dpd: Singles, dpd_growth: Singles | None = None) -> Floats:
        """`booster.predict(pairs(…), raw_score=True)`, bit for bit, shape (n, K).

        Args:
            features: the columns before the interval's, shape (n, n_columns - 2); NaN where missing.
            days_ahead: the day of each interval, shape (K,).
            dpd: days past due today, shape (n,).
            dpd_growth: what is added to `dpd` in each interval, shape (K,); None: its `days_ahead`.

        Raises:
            WrongShape: when the arrays do not fit one another or the trees.
        """
        growth = days_ahead if dpd_growth is None else dpd_growth
        features, days_ahead, dpd, growth = (
            np.asarray(array, dtype=np.float32) for array in (features, days_ahead, dpd, growth)
        )
        wanted = (dpd.size, int(self.booster.num_feature()) - INTERVAL_COLUMNS)
        if features.shape != wanted or dpd.ndim != 1:
            raise WrongShape("features", f"{wanted}, one row for each dpd", f"{features.shape}, dpd {dpd.shape}")
        if days_ahead.ndim != 1 or growth.shape != days_ahead.shape:
            raise WrongShape("days_ahead", "one day for each interval, (K,)", f"{days_ahead.shape} and {growth.shape}")
        if self.trees is None:
            return by_lightgbm(self.booster, features, days_ahead, dpd, growth)
        return self.trees.sums(features, days_ahead, dpd, growth)


def by_lightgbm(
    booster: lgb.Booster, features: Singles, days_ahead: Singles, dpd: Singles, dpd_growth: Singles
) -> Floats:
    """The same sums by LightGBM, on the pairs written out, a part at a time; shape (n, K)."""
    out = np.empty((len(features), len(days_ahead)), dtype=np.float64)
    if out.size == 0:
        return out
    step = max(1, CHUNK // len(days_ahead))
    for at in range(0, len(features), step):
        part = slice(at, at + step)
        matrix = pairs(features[part], days_ahead, dpd[part], dpd_growth)
        out[part] = np.reshape(booster.predict(matrix, raw_score=True, num_threads=1), out[part].shape)
    return out


def pairs(features: Singles, days_ahead: Singles, dpd: Singles, dpd_growth: Singles) -> Singles:
    """The matrix of every row in every interval, as the trees were fitted on, shape (n * K, n_columns); row by row."""
    n, k = len(features), len(days_ahead)
    matrix = np.empty((n, k, features.shape[1] + INTERVAL_COLUMNS), dtype=np.float32)
    matrix[:, :, :-2] = features[:, None, :]
    matrix[:, :, -2] = days_ahead
    matrix[:, :, -1] = dpd[:, None] + dpd_growth
    return matrix.reshape(n * k, -1)


def rows_on_the_thresholds(trees: list[Tree], n_columns: int) -> tuple[Singles, Singles, Singles, Singles]:
    """Features, days ahead, dpd and its growth on which a wrong reading of a tree would show.

    Each value is drawn from the thresholds of its column, the next single above each, zero, what is nearly zero, the
    two infinities and NaN. In two of the four intervals nothing is added to `dpd`, so that it too meets its thresholds.
    """
    rng = np.random.default_rng(7)
    column = np.concatenate([np.zeros(0, dtype=np.int64), *(tree.column for tree in trees)])
    threshold = rounded_down(np.concatenate([np.zeros(0), *(tree.threshold for tree in trees)]))
    always = np.array([0.0, 1e-36, -1e-36, np.inf, -np.inf, np.nan], dtype=np.float32)

    def draw(at: int, size: int) -> Singles:
        own = threshold[column == at]
        with np.errstate(over="ignore"):
            above = np.nextafter(own, np.float32(np.inf))
        return rng.choice(np.concatenate([own, above, always]), size)

    matrix = np.stack([draw(at, CHECKED_ROWS) for at in range(n_columns)], axis=1)
    return matrix[:, :-2], draw(n_columns - 2, 4), matrix[:, -1], np.array([0.0, 0.0, 7.0, 30.5], dtype=np.float32)
