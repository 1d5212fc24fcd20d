"""The paths of a model's trees laid out for `kernels.tree_shap`: how each ends, and what is constant about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from models.errors import TreesRefused
from models.flat_trees import LARGEST, Sight, sight_of
from models.kernels.shap_lanes import HEAD, LEAF, MOST_NODES, SOFT, TWIG, TWO_SOFT, nodes_and_weights
from models.kernels.tree_shap import Endings, Sights, Splits
from models.readings import Floats
from models.tree_text import Tree

MOST_FEATURES = 200
"""A path over more features is not laid out: nobody has looked whether its nodes are still exact."""

SLOW = -1

Edge = tuple[int, float]
"""An edge, and the share of the training's rows that pass it and the edges above it on the same column."""

Path = dict[int, Edge]
"""Of each column on the way the last edge."""


@dataclass(frozen=True)
class Ending:
    """One way in which paths end.

    Attributes:
        kind: of `shap_lanes`, or `SLOW`.
        path: column and edge of the features that are told by their masks.
        last: see `shap_lanes.explain_ending`.
        head: the constants of the ending; of a slow one the leaf's value.
        value: what the product is multiplied by.
        features: how many distinct features there are.
    """

    kind: int
    path: tuple[tuple[int, Edge], ...]
    last: tuple[int, int, int, int]
    head: tuple[float, ...]
    value: float
    features: int

    @property
    def nodes(self) -> int:
        """Enough for a polynomial of a degree one below the number of features."""
        return (self.features + 1) // 2

    @property
    def order(self) -> tuple[int, int]:
        return self.kind, self.nodes


@dataclass(frozen=True, eq=False)
class Layout:
    """All trees in the arrays that the compiled loop reads, and what they say on the whole.

    Attributes:
        expected: the mean over the training's rows, tree by tree: what contributions start from.
    """

    sights: Sights
    splits: Splits
    endings: Endings
    constants: Floats
    slow_constants: Floats
    nodes: Floats
    node_weights: Floats
    expected: float

    @classmethod
    def of(cls, trees: Sequence[Tree], soft: Sequence[int] = ()) -> "Layout":
        """Lay out trees. `soft`: the columns, at most two, that differ between the intervals of an item.

        Raises:
            TreesRefused: for no tree at all, a split or leaf that no row of the training came to, and endless paths.
        """
        if not trees:
            raise TreesRefused("no tree")
        writing = _Writing(tuple(soft))
        for tree in trees:
            writing.add(tree)
        return writing.layout()


@dataclass
class _Writing:
    soft: tuple[int, ...]
    split_start: list[int] = field(default_factory=lambda: [0])
    split_sight: list[Sight] = field(default_factory=list)
    threshold: list[float] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    run_start: list[int] = field(default_factory=lambda: [0])
    runs: list[tuple[int, int, int, int]] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    expected: float = 0.0

    def add(self, tree: Tree) -> None:
        """The splits and the endings of one tree, like ones together."""
        if len(tree.column) == 0:
            self.expected += float(tree.leaf_value[0])
        else:
            counted = len(tree.split_rows) == len(tree.column) and len(tree.leaf_rows) == len(tree.leaf_value)
            if not counted or min(tree.split_rows.min(), tree.leaf_rows.min()) <= 0.0:
                raise TreesRefused("leaves that no row of the training came to")
            self.expected += float(tree.leaf_rows @ tree.leaf_value / tree.split_rows[0])
            self._add_splits(tree)
        self.split_start.append(len(self.split_sight))
        found = sorted(self._endings(tree), key=lambda ending: ending.order)
        for (kind, nodes), alike in groupby(found, key=lambda ending: ending.order):
            first = len(self.endings)
            self.endings += alike
            self.runs.append((kind, nodes, first, len(self.endings)))
        self.run_start.append(len(self.runs))

    def _add_splits(self, tree: Tree) -> None:
        for at in range(len(tree.column)):
            self.split_sight.append(sight_of(tree, at))
            threshold = float(tree.threshold[at])  # an endless one asks only what is missing
            self.threshold.append(LARGEST if threshold == np.inf else threshold)
            self.before.append(-1)
        first = self.split_start[-1]
        for at, path in _ways(tree):
            column = int(tree.column[at])
            if column in path:
                self.before[first + at] = path[column][0]

    def _endings(self, tree: Tree) -> Iterator[Ending]:
        for at, path in _ways(tree):
            column = int(tree.column[at])
            left, right = (_beyond(tree, at, side, path) for side in (0, 1))
            children = int(tree.left[at]), int(tree.right[at])
            if max(children) < 0:
                low, high = (float(tree.leaf_value[~child]) for child in children)
                told = self._twig(column, left, right, low, high, path)
                if told is not None:
                    yield told
                    continue
            for child, edge in zip(children, (left, right), strict=True):
                if child < 0:
                    yield self._leaf({**path, column: edge}, float(tree.leaf_value[~child]))

    def _twig(self, column: int, left: Edge, right: Edge, low: float, high: float, path: Path) -> Ending | None:
        """Two leaves under one split; None where they are told apart better."""
        others = tuple((name, edge) for name, edge in path.items() if name != column)
        if any(name in self.soft for name, _ in others):
            return None
        kind = SOFT if column in self.soft else TWIG
        head = (low * left[1] + high * right[1], low, high)
        told = Ending(kind, others, (left[0], right[0], column, 0), head, 1.0, len(others) + 1)
        return told if told.nodes <= MOST_NODES else None

    def _leaf(self, path: Path, value: float) -> Ending:
        soft = [(name, edge) for name, edge in path.items() if name in self.soft]
        others = tuple((name, edge) for name, edge in path.items() if name not in self.soft)
        told: Ending
        if not soft:
            told = Ending(LEAF, others, (0, 0, 0, 0), (0.0, 0.0, 0.0), value, len(path))
        elif len(soft) == 1:
            ((name, (edge, z)),) = soft
            told = Ending(SOFT, others, (edge, edge, name, 0), (z, 1.0, 0.0), value, len(path))
        else:
            (name, (edge, z)), (second, (its_edge, its_z)) = soft
            told = Ending(TWO_SOFT, others, (edge, its_edge, name, second), (z, its_z, 0.0), value, len(path))
        return told if told.nodes <= MOST_NODES else self._slow(path, value)

    def _slow(self, path: Path, value: float) -> Ending:
        if len(path) > MOST_FEATURES:
            raise TreesRefused(f"paths over more than {MOST_FEATURES} columns")
        softly = any(name in self.soft for name in path)
        told = tuple((name, (~edge if name in self.soft else edge, z)) for name, (edge, z) in path.items())
        return Ending(SLOW, told, (int(softly), 0, 0, 0), (), value, len(path))

    def layout(self) -> Layout:
        ordered = sorted(set(self.split_sight), key=lambda sight: (sight[0] in self.soft, sight))
        place = {sight: at for at, sight in enumerate(ordered)}
        column, missing, zero, largest = zip(*ordered, strict=True) if ordered else ((), (), (), ())
        hard = sum(sight[0] not in self.soft for sight in ordered)
        shown = [self.soft.index(name) if name in self.soft else name for name in column]
        sights = Sights(_ints(shown), _floats(missing), _floats(zero), _floats(largest), hard)
        splits = Splits(
            _ints(self.split_start),
            _ints([place[sight] for sight in self.split_sight]),
            _floats(self.threshold),
            _ints(self.before),
        )
        fast, slow, starts = [np.zeros(0)], [np.zeros(0)], []
        sizes = {True: 0, False: 0}
        for ending in self.endings:
            is_slow = ending.kind == SLOW
            constants = _slow_constants(ending) if is_slow else _constants(ending)
            starts.append(sizes[is_slow])
            sizes[is_slow] += len(constants)
            (slow if is_slow else fast).append(constants)
        lengths = [len(ending.path) for ending in self.endings]
        endings = Endings(
            run_start=_ints(self.run_start),
            runs=_ints(self.runs).reshape(-1, 4),
            path_start=np.cumsum([0, *lengths], dtype=np.int64),
            path=_ints([edge for ending in self.endings for _, (edge, _) in ending.path]),
            row=_ints([name for ending in self.endings for name, _ in ending.path]),
            last=_ints([ending.last for ending in self.endings]).reshape(-1, 4),
            constant_start=_ints(starts),
        )
        most = max([ending.nodes for ending in self.endings if ending.kind == SLOW], default=0)
        nodes, node_weights = np.zeros((2, most + 1, most))
        for count in range(1, most + 1):
            nodes[count, :count], node_weights[count, :count] = nodes_and_weights(count)
        return Layout(
            sights, splits, endings, np.concatenate(fast), np.concatenate(slow), nodes, node_weights, self.expected
        )


def _ways(tree: Tree) -> Iterator[tuple[int, Path]]:
    """Each split with the path that leads to it."""
    waiting: list[tuple[int, Path]] = [(0, {})] if len(tree.column) else []
    while waiting:
        at, path = waiting.pop()
        yield at, path
        for side, child in enumerate((int(tree.left[at]), int(tree.right[at]))):
            if child >= 0:
                waiting.append((child, {**path, int(tree.column[at]): _beyond(tree, at, side, path)}))


def _beyond(tree: Tree, at: int, side: int, path: Path) -> Edge:
    """The edge that leads from a split to one side."""
    child = int((tree.left, tree.right)[side][at])
    rows = tree.split_rows[child] if child >= 0 else tree.leaf_rows[~child]
    _, before = path.get(int(tree.column[at]), (-1, 1.0))
    return 2 * at + side, before * float(rows) / float(tree.split_rows[at])


def _constants(ending: Ending) -> Floats:
    """The head; of each node the product where the row goes nowhere that way; of each feature and node what going that
    way changes, then the feature's share: (1 - z) w / (z (1 - p) + p)."""
    p, w = _rule(ending.nodes)
    z = np.array([z for _, (_, z) in ending.path])[:, None]
    off, on = z * (1.0 - p), z * (1.0 - p) + p
    start = np.multiply.reduce(off, axis=0) * ending.value
    told = np.concatenate([on / off, (1.0 - z) * w / on], axis=1)
    assert len(ending.head) == HEAD
    return np.concatenate([ending.head, start, told.ravel()])


def _slow_constants(ending: Ending) -> Floats:
    return np.array([ending.value, *(z for _, (_, z) in ending.path)])


@cache
def _rule(count: int) -> tuple[Floats, Floats]:
    return nodes_and_weights(count)


def _ints(numbers: Any) -> npt.NDArray[np.int64]:
    return np.array(numbers, dtype=np.int64)


def _floats(numbers: Any) -> Floats:
    return np.array(numbers, dtype=np.float64)
