"""Tree text: what LightGBM has learned, split by split, read from its own text.

The text tells every number to the last bit (17 digits) and is what a bundle keeps, so nothing is asked of LightGBM's
memory. Of all that its trees can hold we read the kind that we train: numeric splits and constant leaves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from models.errors import TreesRefused
from models.readings import Floats

MISSING_NONE, MISSING_ZERO, MISSING_NAN = range(3)
"""What a split takes for missing: nothing (NaN is 0 to it), zero and NaN, or NaN."""

_CATEGORICAL, _DEFAULT_LEFT, _MISSING_SHIFT = 1, 2, 2
"""The bits of LightGBM's `decision_type`."""


@dataclass(frozen=True, eq=False)
class Tree:
    """One tree of n splits and n + 1 leaves; split 0 is the root, and a tree of one leaf has no split.

    Attributes:
        column: the column that each split looks at, shape (n,).
        threshold: a value up to this one goes left, shape (n,).
        missing: one of `MISSING_NONE`, `MISSING_ZERO`, `MISSING_NAN`, shape (n,).
        default_left: whether a missing value goes left, shape (n,).
        left, right: the split that comes next, or ~leaf; shape (n,).
        leaf_value: what each leaf says, shape (n + 1,).
        split_rows, leaf_rows: how many rows of the training came to each split, and to each leaf; shapes (n,),
            (n + 1,). A tree of one leaf may leave them out.
    """

    column: npt.NDArray[np.int64]
    threshold: Floats
    missing: npt.NDArray[np.int64]
    default_left: npt.NDArray[np.bool_]
    left: npt.NDArray[np.int64]
    right: npt.NDArray[np.int64]
    leaf_value: Floats
    split_rows: Floats
    leaf_rows: Floats

    @classmethod
    def parse(cls, told: Mapping[str, str]) -> "Tree":
        """A tree from its lines. Raises `TreesRefused` for categories and for leaves with a formula."""
        kind = _numbers(told, "decision_type", np.int64)
        if (kind & _CATEGORICAL).any():
            raise TreesRefused("splits on categories")
        if told.get("is_linear", "0") != "0":
            raise TreesRefused("leaves that hold a linear formula")
        return cls(
            column=_numbers(told, "split_feature", np.int64),
            threshold=_numbers(told, "threshold", np.float64),
            missing=kind >> _MISSING_SHIFT,
            default_left=(kind & _DEFAULT_LEFT) > 0,
            left=_numbers(told, "left_child", np.int64),
            right=_numbers(told, "right_child", np.int64),
            leaf_value=_numbers(told, "leaf_value", np.float64),
            split_rows=_numbers(told, "internal_count", np.float64),
            leaf_rows=_numbers(told, "leaf_count", np.float64),
        )


def read_trees(booster: lgb.Booster) -> list[Tree]:
    """The trees that `booster.predict` adds up, in their order: up to the best round where training stopped early.

    Raises:
        TreesRefused: for categories, linear leaves, several classes, and forests whose trees are averaged.
    """
    return trees_in(str(booster.model_to_string()))


def trees_in(text: str) -> list[Tree]:
    """The same, of LightGBM's text."""
    head, *parts = text.partition("\nend of trees")[0].split("\nTree=")
    if lines(head)["num_tree_per_iteration"] != "1":
        raise TreesRefused("several classes")
    if "average_output" in head.splitlines():
        raise TreesRefused("a mean of trees instead of their sum")
    return [Tree.parse(lines(part)) for part in parts]


def lines(text: str) -> dict[str, str]:
    """What a block of `name=value` lines says."""
    pairs = (line.partition("=") for line in text.splitlines())
    return {name: value for name, mark, value in pairs if mark}


def _numbers(told: Mapping[str, str], name: str, kind: Any) -> npt.NDArray[Any]:
    return np.array(told.get(name, "").split(), dtype=np.float64).astype(kind)
