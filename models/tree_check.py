"""Whether a text is one that LightGBM can read: it trusts what it is given, and ends the program where that is broken.

Asked of a saved version's trees before LightGBM sees them. Hashes tell that a file is what was saved; this tells that
what was saved are trees.
"""

import re
from itertools import pairwise

import numpy as np

from models.errors import TreesRefused
from models.tree_text import Tree, lines, trees_in

OF_SPLITS = (
    "split_feature", "split_gain", "threshold", "decision_type", "left_child", "right_child", "internal_value",
    "internal_weight", "internal_count",
)  # fmt: skip
OF_LEAVES = ("leaf_value", "leaf_weight", "leaf_count")
PLAIN = {"num_cat": "0", "is_linear": "0"}


def require_readable(text: str) -> None:
    """Raises `TreesRefused`, or `ValueError` or `KeyError` for numbers that are none or are not there."""
    head, *parts = text.partition("\nend of trees")[0].split("\nTree=")
    told = lines(head)
    starts = [found.start() for found in re.finditer("^Tree=", text, re.MULTILINE)]
    sizes = [end - start for start, end in pairwise([*starts, text.find("end of trees")])]
    if [int(size) for size in told["tree_sizes"].split()] != sizes or not parts:
        raise TreesRefused("other lengths than they say")
    width = len(told["feature_names"].split())
    if int(told["max_feature_idx"]) != width - 1:
        raise TreesRefused("another number of columns than they say")
    for part, tree in zip(parts, trees_in(text), strict=True):
        if not (_is_complete(lines(part)) and _leads_to_leaves(tree, width)):
            raise TreesRefused("splits that lead nowhere")


def _is_complete(told: dict[str, str]) -> bool:
    """Whether each line has as many numbers as the tree has splits or leaves."""
    leaves = int(told["num_leaves"])
    lengths = dict.fromkeys(OF_SPLITS, leaves - 1) | dict.fromkeys(OF_LEAVES, leaves)
    if leaves == 1:  # a tree that says one thing tells of no split, and not always of the leaf's rows
        lengths = {"leaf_value": 1}
    numbers = {name: [float(number) for number in told[name].split()] for name in lengths}
    complete = all(len(numbers[name]) == length for name, length in lengths.items())
    return complete and all(told[name] == value for name, value in PLAIN.items())


def _leads_to_leaves(tree: Tree, width: int) -> bool:
    """Whether each split reads a column there is, and each other split and leaf is come to exactly once."""
    splits, leaves = len(tree.column), len(tree.leaf_value)
    led = np.concatenate([tree.left, tree.right])
    later = np.all((led < 0) | (led > np.tile(np.arange(splits), 2)))
    once = sorted(led.tolist()) == [*range(-leaves, 0), *range(1, splits)] or splits == 0
    columns = np.all((tree.column >= 0) & (tree.column < width))
    known = np.isfinite(tree.leaf_value).all() and not np.isnan(tree.threshold).any()
    return bool(leaves == splits + 1 and later and once and columns and known)
