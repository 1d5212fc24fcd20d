"""The trees of a model laid out for `kernels.tree_walk`: one after the other, their leaves from left to right."""

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from models.kernels.tree_walk import TINY, Leaves, Splits, add_up_trees
from models.readings import Floats
from models.tree_text import MISSING_NONE, MISSING_ZERO, Tree

Singles = npt.NDArray[np.float32]

MOST_LEAVES = 64
"""A leaf is a bit, and a word has 64."""

INTERVAL_COLUMNS = 2
"""How many columns tell the interval, the last ones: its first day, and the days past due on it."""

LARGEST = float(np.finfo(np.float32).max)

Sight = tuple[int, float, float, float]
"""A column, and what some splits see in it for a missing value, for zero, and at most (`kernels.tree_walk.Splits`)."""


@dataclass(frozen=True, eq=False)
class FlatTrees:
    """All trees in the arrays that the compiled loop reads. Makes the sums; `models.curve_scoring` checks them.

    Attributes:
        item, day, dpd: the splits on the item's own columns, on `days_ahead` and on `dpd_then`.
        leaves: what the leaves say.
    """

    item: Splits
    day: Splits
    dpd: Splits
    leaves: Leaves

    @classmethod
    def of(cls, trees: list[Tree], n_columns: int) -> Self:
        """Lay out trees over `n_columns` columns, the last two of which tell the interval; at most 64 leaves each."""
        widest = max((len(tree.leaf_value) for tree in trees), default=1)
        word = np.uint32 if widest <= 32 else np.uint64  # half the width: twice the rows side by side
        item, day, dpd = _Layout(), _Layout(), _Layout()
        layouts = [item] * (n_columns - INTERVAL_COLUMNS) + [day, dpd]
        values: list[Floats] = []
        for tree in trees:
            order = _lay_out(tree, layouts)
            values.append(tree.leaf_value[order])
            for layout in (item, day, dpd):
                layout.end_tree()
        starts = np.cumsum([0, *(len(value) for value in values)], dtype=np.int64)
        leaves = Leaves(starts, np.concatenate([*values, np.zeros(0)]))
        return cls(item.splits(word), day.splits(word), dpd.splits(word), leaves)

    def sums(self, features: Singles, days_ahead: Singles, dpd: Singles, dpd_growth: Singles) -> Floats:
        """What the trees add up to for each row and interval, shape (n, K). Shapes are the caller's care."""
        # For an array that may not be written to, or does not lie in one piece, the loop would be compiled anew.
        features, dpd, growth = (np.require(given, np.float32, ["C", "W"]) for given in (features, dpd, dpd_growth))
        out = np.empty((len(features), len(days_ahead)), dtype=np.float64)
        add_up_trees(features, dpd, growth, self.item, self.dpd, self._possible_by_day(days_ahead), self.leaves, out)
        return out

    def _possible_by_day(self, days_ahead: Singles) -> npt.NDArray[Any]:
        """The leaves that splits on `days_ahead` leave possible, shape (n_trees, K): the same for every row."""
        splits = self.day
        everything = np.invert(splits.keep.dtype.type(0))
        missing, zero, largest = (
            column[splits.sight][:, None] for column in (splits.when_missing, splits.when_zero, splits.largest)
        )
        seen = np.where(np.abs(days_ahead) <= TINY, zero, np.minimum(days_ahead, largest))
        seen = np.where(np.isnan(days_ahead), missing, seen)
        possible = np.full((len(splits.start) - 1, len(days_ahead)), everything)
        tree = np.repeat(np.arange(len(possible)), np.diff(splits.start))
        np.bitwise_and.at(possible, tree, np.where(seen > splits.threshold[:, None], splits.keep[:, None], everything))
        return possible


@dataclass
class _Layout:
    """Splits of one sort while trees are laid out."""

    places: dict[Sight, int] = field(default_factory=dict)
    start: list[int] = field(default_factory=lambda: [0])
    sight: list[int] = field(default_factory=list)
    threshold: list[float] = field(default_factory=list)
    ruled_out: list[int] = field(default_factory=list)

    def add(self, sight: Sight, threshold: float, ruled_out: int) -> None:
        self.sight.append(self.places.setdefault(sight, len(self.places)))
        self.threshold.append(threshold)
        self.ruled_out.append(ruled_out)

    def end_tree(self) -> None:
        self.start.append(len(self.sight))

    def splits(self, word: type[np.uint32] | type[np.uint64]) -> Splits:
        column, missing, zero, largest = zip(*self.places, strict=True) if self.places else ((), (), (), ())
        return Splits(
            start=np.array(self.start, dtype=np.int64),
            sight=np.array(self.sight, dtype=np.int64),
            threshold=rounded_down(np.array(self.threshold, dtype=np.float64)),
            keep=np.invert(np.array(self.ruled_out, dtype=word)),
            column=np.array(column, dtype=np.int64),
            when_missing=np.array(missing, dtype=np.float32),
            when_zero=np.array(zero, dtype=np.float32),
            largest=np.array(largest, dtype=np.float32),
        )


def _lay_out(tree: Tree, layouts: list[_Layout]) -> list[int]:
    """Put each split of a tree into the layout of its column; the leaves from left to right."""
    order: list[int] = []

    def visit(at: int) -> None:
        if at < 0:
            order.append(~at)
            return
        first = len(order)
        visit(int(tree.left[at]))
        to_the_left = (1 << len(order)) - (1 << first)
        column = int(tree.column[at])
        layouts[column].add(sight_of(tree, at), float(tree.threshold[at]), to_the_left)
        visit(int(tree.right[at]))

    visit(0 if len(tree.column) else ~0)
    return order


def sight_of(tree: Tree, at: int) -> Sight:
    """How a split sees its column."""
    return int(tree.column[at]), *_stands_for(tree, at), _at_most(tree, at)


def _stands_for(tree: Tree, at: int) -> tuple[float, float]:
    """What a split sees where the value is missing, and where it is zero.

    An endless value is on its side of every threshold, so that the loop need not know which way a split sends what is
    missing. A split that knows nothing missing takes NaN for 0.
    """
    if tree.missing[at] == MISSING_NONE:
        return 0.0, 0.0
    side = -np.inf if tree.default_left[at] else np.inf
    return (side, side) if tree.missing[at] == MISSING_ZERO else (side, 0.0)


def _at_most(tree: Tree, at: int) -> float:
    """The largest value a split sees: where it asks only what is missing (its threshold is endless), a finite one."""
    return LARGEST if np.isposinf(tree.threshold[at]) else np.inf


def rounded_down(thresholds: Floats) -> Singles:
    """The largest finite single not above each threshold, or minus infinity.

    LightGBM asks whether x <= t in doubles, where x came as a single. No single lies between t and the largest single
    below it, so asking for x <= that one gives the same answer; the nearest single, which may lie above t, does not.

    >>> rounded_down(np.array([0.5, 0.1])) <= np.array([0.5, 0.1])
    array([ True,  True])
    """
    with np.errstate(over="ignore"):
        nearest = np.minimum(thresholds, LARGEST).astype(np.float32)
    return np.where(nearest.astype(np.float64) > thresholds, np.nextafter(nearest, np.float32(-np.inf)), nearest)
