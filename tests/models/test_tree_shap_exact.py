"""The contributions are Shapley's own, added up over all subsets of the columns, on small trees of every kind."""

import os
from collections import Counter
from functools import cache
from math import factorial

import lightgbm as lgb
import numpy as np
import pytest

from models.tree_shap import TreeShap

MODELS = 520 * int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1"))
MISSING = ({}, {"use_missing": False}, {"zero_as_missing": True})
NOTHING = {"verbosity": -1, "min_data_in_leaf": 1, "min_sum_hessian_in_leaf": 0, "num_threads": 1}


def drawn_model(seed: int) -> tuple[lgb.Booster, np.ndarray]:
    """One to four trees of up to a dozen leaves over one to six columns, and rows on and beside their thresholds."""
    rng = np.random.default_rng(seed)
    columns, missing = int(rng.integers(1, 7)), float(rng.choice([0.0, 0.1, 0.5]))
    matrix = rng.normal(size=(60, columns))
    matrix[:, ::2] = np.round(2 * matrix[:, ::2])
    matrix[rng.random(matrix.shape) < missing] = np.nan
    label = np.nan_to_num(matrix, nan=float(rng.normal())) @ rng.normal(size=columns) + rng.normal(size=60)
    parameters = {
        **NOTHING,
        **MISSING[seed % 3],
        "num_leaves": int(rng.integers(2, 13)),
        "learning_rate": 0.5,
        "max_bin": 15,
    }
    booster = lgb.train(parameters, lgb.Dataset(matrix, label, params={"min_data_in_bin": 1}), int(rng.integers(1, 5)))
    near = np.array([node["threshold"] for node in splits(booster)] or [0.0])
    pool = np.concatenate([near, np.nextafter(near, np.inf), np.nextafter(near, -np.inf),
                           [0.0, 1e-36, -1e-36, np.inf, -np.inf, np.nan, np.nan]])  # fmt: skip
    return booster, rng.choice(pool, (4, columns))


def structures(booster: lgb.Booster) -> list[dict]:
    return [tree["tree_structure"] for tree in booster.dump_model()["tree_info"]]


def splits(booster: lgb.Booster) -> list[dict]:
    def below(node: dict) -> list[dict]:
        return [node, *below(node["left_child"]), *below(node["right_child"])] if "left_child" in node else []

    return [node for tree in structures(booster) for node in below(tree)]


def goes_left(node: dict, value: float) -> bool:
    """What LightGBM does at a numeric split. It hands its trees 0 for whatever is nearly 0."""
    if abs(value) <= np.float32(1e-35) or (np.isnan(value) and node["missing_type"] != "NaN"):
        value = 0.0
    missing = np.isnan(value) if node["missing_type"] == "NaN" else node["missing_type"] == "Zero" and value == 0.0
    return node["default_left"] if missing else value <= node["threshold"]


def known_by_subset(node: dict, row: np.ndarray, subsets: np.ndarray) -> np.ndarray:
    """What a tree says on average when the columns of a subset (a bit each) are known, shape (2^columns,)."""
    if "left_child" not in node:
        return np.full(len(subsets), node["leaf_value"])
    left, right = (known_by_subset(node[side], row, subsets) for side in ("left_child", "right_child"))
    rows = [child.get("internal_count", child.get("leaf_count")) for child in (node["left_child"], node["right_child"])]
    mean = (rows[0] * left + rows[1] * right) / node["internal_count"]
    known = (subsets >> node["split_feature"]) & 1
    return np.where(known, left if goes_left(node, row[node["split_feature"]]) else right, mean)


@cache
def shapley_weights(columns: int) -> np.ndarray:
    """Shapley's definition as a matrix: contributions = weights @ values of the subsets, shape (columns, 2^columns)."""
    weights = np.zeros((columns, 2**columns))
    for column in range(columns):
        for subset in range(2**columns):
            if not subset >> column & 1:
                size = subset.bit_count()
                share = factorial(size) * factorial(columns - size - 1) / factorial(columns)
                weights[column, subset] -= share
                weights[column, subset | 1 << column] += share
    return weights


def shapley(booster: lgb.Booster, rows: np.ndarray) -> tuple[np.ndarray, float]:
    """Contributions of each row, and the value of the empty subset."""
    columns = rows.shape[1]
    subsets = np.arange(2**columns)
    told = [sum(known_by_subset(tree, row, subsets) for tree in structures(booster)) for row in rows]
    return np.stack([shapley_weights(columns) @ values for values in told]), float(told[0][0])


@pytest.mark.parametrize("part", range(13))
def test_contributions_are_shapleys_on_small_trees(part):
    for seed in range(part, MODELS, 13):
        booster, rows = drawn_model(seed)
        expected, base = shapley(booster, rows)

        shap = TreeShap(booster)
        found, value = shap.explain(rows)

        assert shap.fast, seed
        assert np.abs(found - expected).max() < 1e-9, seed
        assert abs(value - base) < 1e-9, seed


@pytest.mark.parametrize("part", range(3))
def test_intervals_told_together_are_shapleys_of_each_one_added_up(part):
    for seed in range(part, MODELS // 6, 3):
        booster, _ = drawn_model(seed)
        columns, rng = booster.num_feature(), np.random.default_rng(seed)
        if columns < 2:
            continue
        near = np.array([node["threshold"] for node in splits(booster)] or [0.0]).clip(-1e30, 1e30).astype(np.float32)
        features, days = rng.choice(near, (3, columns - 2)), rng.choice(near, 4)
        late, growth, weights = (
            rng.choice(near, 3),
            np.array([0.0, 0.0, 1.0, 2.5], dtype=np.float32),
            rng.normal(size=(3, 4)),
        )
        weights[0] = np.abs(weights[0])
        weights[1] = [0.0, 0.7, 0.0, 0.0]

        shap = TreeShap(booster)
        found = shap.explain_intervals(features, days, late, weights, growth)

        assert shap.fast_intervals, seed
        for at in range(3):
            rows = [[*features[at], day, late[at] + more] for day, more in zip(days, growth, strict=True)]
            assert (
                np.abs(found[at] - weights[at] @ shapley(booster, np.array(rows, dtype=np.float64))[0]).max() < 1e-9
            ), seed


def test_the_drawn_trees_are_of_every_kind():
    met, repeated, leaves = Counter(), 0, Counter()
    for seed in range(120):
        booster, _ = drawn_model(seed)
        met.update((node["missing_type"], node["default_left"]) for node in splits(booster))
        for tree in booster.dump_model()["tree_info"]:
            leaves[tree["num_leaves"]] += 1
            repeated += splits_again(tree["tree_structure"], frozenset())
    assert {mode for mode, _ in met} == {"None", "Zero", "NaN"}
    assert set(met) >= {(mode, side) for mode in ("Zero", "NaN") for side in (False, True)}
    assert repeated > 60
    assert min(leaves[2], leaves[12]) > 2


def splits_again(node: dict, above: frozenset) -> int:
    """How many splits look at a column that a split above them looks at."""
    if "left_child" not in node:
        return 0
    under = above | {node["split_feature"]}
    return (node["split_feature"] in above) + sum(
        splits_again(node[side], under) for side in ("left_child", "right_child")
    )
