"""Trees: LightGBM as a learner of one probability from a matrix, with exact contributions of its columns."""

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from models.readings import Floats

if TYPE_CHECKING:
    from models.curve_scoring import CurveScorer
    from models.tree_shap import TreeShap

Matrix = npt.NDArray[np.float32]


class Trees:
    """Boosted trees for the log-odds of a share in [0, 1], on top of a start that is known beforehand.

    Args:
        parameters: of LightGBM, as `models.payment_curve.PaymentCurve` chose them; those that make a run repeatable
            (one thread, row-wise, deterministic) are always ours.
    """

    def __init__(self, parameters: dict[str, Any] | None = None) -> None:
        self.parameters = dict(parameters or {})
        self._text: str | None = None

    def fit(
        self,
        matrix: Matrix,
        share: Floats,
        weight: Floats,
        start: Floats,
        columns: Sequence[str],
        signs: Sequence[int],
        rounds: int,
        threads: int = 1,
    ) -> Self:
        """Learn `share` where `start` is what is known already.

        Args:
            matrix: shape (n, n_columns), with missing values.
            share: what came, in [0, 1], shape (n,).
            weight: > 0, shape (n,).
            start: log-odds to begin from, shape (n,).
            columns: names of the columns.
            signs: -1, 0 or 1 per column, the direction its effect must have.
            rounds: trees.
            threads: of LightGBM; the trees are the same to the bit with any number.
        """
        data = lgb.Dataset(
            matrix,
            label=share.astype(np.float32),
            weight=weight.astype(np.float32),
            init_score=start,
            feature_name=list(columns),
            params={**self._fixed(threads), "max_bin": self.parameters.get("max_bin", 127)},
            free_raw_data=True,
        )
        asked = {"objective": "cross_entropy", "monotone_constraints": list(signs)}
        chosen = {**self.parameters, **self._fixed(threads), **asked}
        self._text = None
        self.booster_ = lgb.train(chosen, data, num_boost_round=rounds)
        return self

    def raw(self, matrix: Matrix, rounds: int = -1) -> Floats:
        """What the trees (or the first `rounds` of them) add to the start, in log-odds, shape (n,)."""
        found = self.booster_.predict(matrix, raw_score=True, num_iteration=rounds, num_threads=1)
        return np.asarray(found, dtype=np.float64)

    def contributions(self, matrix: Matrix) -> Floats:
        """Path-dependent SHAP values and, last, their base: shape (n, n_columns + 1), adding up to `raw`."""
        found, base = self.shap.explain(matrix)
        return np.column_stack([found, np.full(len(found), base)])

    @cached_property
    def scorer(self) -> "CurveScorer":
        """The trees laid out for whole curves; made when first asked for."""
        from models.curve_scoring import CurveScorer  # compiled loops, which reading a bundle does without

        return CurveScorer.of(self.booster_)

    def raw_curves(self, features: Matrix, days: Matrix, dpd: Matrix, dpd_growth: Matrix) -> Floats:
        """`raw` of every row in every interval, to the same bits; see `models.curve_scoring`. Shape (n, K)."""
        return self.scorer.raw(features, days, dpd, dpd_growth)

    @cached_property
    def shap(self) -> "TreeShap":
        """The trees laid out for contributions; made when first asked for."""
        from models.tree_shap import TreeShap

        return TreeShap(self.booster_)

    @property
    def leaves(self) -> int:
        """Leaves of all trees together."""
        return int(sum(tree["num_leaves"] for tree in self.booster_.dump_model()["tree_info"]))

    def to_text(self) -> str:
        """LightGBM's own text, without the parameters it prints last: the number of threads is among them.

        Trees that were read say what was read: LightGBM would not spell them the same way again.
        """
        if self._text is not None:
            return self._text
        text = str(self.booster_.model_to_string())
        return text[: text.index("\nparameters:\n")] + "\n" if "\nparameters:\n" in text else text

    @classmethod
    def from_text(cls, text: str) -> "Trees":
        """The trees that `to_text` wrote. Only text whose hash was checked may come here."""
        trees = cls()
        trees.booster_, trees._text = lgb.Booster(model_str=text), text
        return trees

    def _fixed(self, threads: int) -> dict[str, Any]:
        return {
            "deterministic": True,
            "force_row_wise": True,
            "seed": self.parameters.get("seed", 7),
            "num_threads": threads,
            "verbosity": -1,
        }
