"""Contributions of whole models: LightGBM's own, of rows and of items over their intervals, whoever works at them."""

import hashlib
import logging
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pytest
from curve_builders import TREES_OF_ANOTHER_KIND, fitted
from model_builders import random_table

import models.flat_trees
import models.kernels.shap_lanes
import models.kernels.tree_shap
import models.shap_layout
import models.tree_shap
from models.errors import TreesRefused, WrongShape
from models.kernels.tree_shap import explain_rows
from models.tree_shap import TreeShap, rows_on_the_thresholds
from models.tree_text import read_trees

QUIET = {"verbosity": -1, "num_threads": 1}
DAYS = np.array([0, 7, 14, 30], dtype=np.float32)


def trained(
    rows: int = 1_500, columns: int = 12, rounds: int = 20, leaves: int = 31, seed: int = 1, **also: object
) -> lgb.Booster:
    """Trees that look at every column, some of them twice on a path."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(rows, columns))
    matrix[:, ::3] = np.round(3 * matrix[:, ::3])
    matrix[rng.random(matrix.shape) < 0.1] = np.nan
    label = np.nan_to_num(matrix) @ rng.normal(size=columns) + np.nan_to_num(matrix[:, 0] * matrix[:, 1])
    return lgb.train({**QUIET, "num_leaves": leaves, **also}, lgb.Dataset(matrix, label), num_boost_round=rounds)


def trained_on_a_chain(columns: int, rounds: int = 2) -> lgb.Booster:
    """Trees whose longest path asks every column once: what counts is how many of the first columns are 1."""
    rng = np.random.default_rng(1)
    matrix = (rng.random((4_000, columns)) < 0.97).astype(np.float64)
    leading = np.argmin(np.column_stack([matrix, np.zeros(len(matrix))]), axis=1)
    parameters = {**QUIET, "num_leaves": columns + 1, "min_data_in_leaf": 1, "min_sum_hessian_in_leaf": 0}
    return lgb.train(parameters, lgb.Dataset(matrix, leading.astype(float) ** 2), num_boost_round=rounds)


def by_lightgbm(booster: lgb.Booster, rows: np.ndarray) -> np.ndarray:
    return booster.predict(rows, pred_contrib=True, num_threads=1)


def rows_of(booster: lgb.Booster, n: int = 100, seed: int = 3) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(n, booster.num_feature())) * 2
    drawn[np.random.default_rng(seed).random(drawn.shape) < 0.1] = np.nan
    return drawn


# ------------------------------------------------------------------ the same contributions


@pytest.mark.parametrize("family", ["hazard", "stacked"])
def test_contributions_of_real_curves_are_lightgbms(family):
    curve, table = fitted(family), random_table(60, seed=4)
    rows, k = np.repeat(np.arange(60), 8), np.tile(np.arange(8), 60)
    matrix = curve.interval_matrix(table, rows, k)
    theirs = by_lightgbm(curve.trees_.booster_, matrix)

    found, base = TreeShap(curve.trees_.booster_).explain(matrix)

    assert np.abs(found - theirs[:, :-1]).max() < 1e-9
    assert base == pytest.approx(theirs[0, -1], abs=1e-12)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_singles_and_doubles_are_read_as_they_are(kind):
    booster = trained()
    rows = rows_on_the_thresholds(read_trees(booster), 12)
    with np.errstate(over="ignore"):
        rows = rows.astype(kind)

    found, _ = TreeShap(booster).explain(rows)

    assert np.abs(found - by_lightgbm(booster, rows)[:, :-1]).max() < 1e-9


@pytest.mark.parametrize("columns", [16, 17, 24])
def test_paths_over_many_columns_are_explained(columns):
    booster = trained_on_a_chain(columns)
    rows = (np.random.default_rng(2).random((70, columns)) < 0.9).astype(np.float64)
    rows[:5] = 1.0

    shap = TreeShap(booster)
    found, _ = shap.explain(rows)

    assert shap.fast
    assert np.abs(found - by_lightgbm(booster, rows)[:, :-1]).max() < 1e-9


def exactly(booster: lgb.Booster, row: np.ndarray, column: int) -> Fraction:
    """A column's contribution in whole fractions: v (o - z) times the integral of the product over the others."""
    total = Fraction(0)

    def visit(node: dict, path: dict[int, tuple[Fraction, bool]]) -> None:
        nonlocal total
        if "left_child" not in node:
            if column in path:
                product = [Fraction(1)]  # coefficients of a polynomial in p
                for z, follows in (edge for name, edge in path.items() if name != column):
                    rise = follows - z  # z (1 - p) + o p
                    product = [z * a + rise * b for a, b in zip([*product, 0], [0, *product], strict=True)]
                integral = sum(a / (power + 1) for power, a in enumerate(product))
                z, follows = path[column]
                total += Fraction(node["leaf_value"]) * (follows - z) * integral
            return
        for side in ("left_child", "right_child"):
            child, asked = node[side], node["split_feature"]
            z, follows = path.get(asked, (Fraction(1), True))
            share = Fraction(child.get("internal_count", child.get("leaf_count")), node["internal_count"])
            goes = (row[asked] <= node["threshold"]) == (side == "left_child")
            visit(child, {**path, asked: (z * share, follows and goes)})

    for tree in booster.dump_model()["tree_info"]:
        visit(tree["tree_structure"], {})
    return total


def test_contributions_add_up_over_a_hundred_columns_on_one_path():
    booster = trained_on_a_chain(100, rounds=1)
    rows = np.ones((3, 100))
    rows[1, 60] = rows[2, 3] = 0.0

    found, base = TreeShap(booster).explain(rows)

    assert np.abs(found.sum(axis=1) + base - booster.predict(rows, raw_score=True)).max() < 1e-8


def test_where_lightgbm_has_lost_the_digits_ours_are_exact():
    booster = trained_on_a_chain(40, rounds=1)
    rows = np.ones((2, 40))
    rows[1, 25] = 0.0
    raw = booster.predict(rows, raw_score=True)
    assert np.abs(by_lightgbm(booster, rows).sum(axis=1) - raw).max() > 1e-6

    shap = TreeShap(booster)
    found, base = shap.explain(rows)

    assert shap.fast
    assert np.abs(found.sum(axis=1) + base - raw).max() < 1e-9
    assert [[abs(found[at, column] - float(exactly(booster, rows[at], column))) < 1e-9 for column in (0, 25, 39)]
            for at in range(2)] == [[True] * 3] * 2  # fmt: skip


def test_paths_over_many_columns_are_explained_over_intervals_too():
    booster = trained_on_a_chain(24)
    features = (np.random.default_rng(2).random((10, 22)) < 0.97).astype(np.float32)
    weights = np.random.default_rng(3).random((10, 4))
    shap = TreeShap(booster)
    days, late, growth = (
        np.array(given, dtype=np.float32) for given in ([0, 1, 0, 1], np.arange(10) % 2, [0, 0, 1, 1])
    )

    found = shap.explain_intervals(features, days, late, weights, growth)

    assert shap.fast_intervals
    assert np.abs(found - shap.plain_intervals(features, days, late, weights, growth)).max() < 1e-9


def test_a_constant_tree_adds_to_the_base_alone():
    booster = lgb.train({**QUIET, "min_data_in_leaf": 1}, lgb.Dataset(np.ones((50, 3)), np.full(50, 2.5)), 3)

    found, base = TreeShap(booster).explain(np.zeros((2, 3)))

    assert found.tolist() == [[0.0] * 3] * 2
    assert base == 2.5


def test_only_the_trees_up_to_the_best_round_are_explained():
    booster = trained()
    booster.best_iteration = 4
    rows = rows_of(booster)

    assert np.abs(TreeShap(booster).explain(rows)[0] - by_lightgbm(booster, rows)[:, :-1]).max() < 1e-9


# ------------------------------------------------------------------ rows, threads, cost


@pytest.mark.parametrize("n", [0, 1, 17, 64, 65])
def test_a_row_is_explained_the_same_alone_and_among_others(n):
    booster = trained()
    rows, shap = rows_of(booster, n), TreeShap(booster)

    found, _ = shap.explain(rows)

    assert found.shape == (n, 12)
    for at in range(n):
        assert shap.explain(rows[at : at + 1])[0].tobytes() == found[at].tobytes()


def test_any_number_of_threads_finds_the_same_bits(monkeypatch):
    booster = trained()
    rows, shap = rows_of(booster, 500), TreeShap(booster)
    alone, _ = shap.explain(rows)
    monkeypatch.setattr("models.tree_shap.CHUNK", 64)

    assert [shap.explain(rows, threads)[0].tobytes() == alone.tobytes() for threads in (1, 2, 5)] == [True] * 3


def test_arrays_of_any_layout_are_read_by_the_loop_that_is_compiled():
    booster = trained()
    rows, shap = rows_of(booster), TreeShap(booster)
    expected, compiled = shap.explain(rows)[0], list(explain_rows.signatures)
    by_column = np.asfortranarray(rows)
    by_column.setflags(write=False)

    assert shap.explain(by_column)[0].tobytes() == expected.tobytes()
    assert list(explain_rows.signatures) == compiled


def test_what_is_compiled_is_kept_for_the_next_process():
    TreeShap(trained(rounds=1)).explain(np.zeros((1, 12)))

    stats = explain_rows.stats
    assert sum(stats.cache_hits.values()) + sum(stats.cache_misses.values()) == len(explain_rows.signatures)


def test_the_loop_is_compiled_anew_when_its_lanes_change():
    """numba looks at the file of the loop alone, so this file has to change with the other."""
    lanes = hashlib.sha256(Path(models.kernels.shap_lanes.__file__).read_bytes()).hexdigest()
    assert lanes[:16] == models.kernels.tree_shap.COMPILED_WITH, f'say COMPILED_WITH = "{lanes[:16]}" in tree_shap.py'


def test_explaining_costs_a_fifth_of_lightgbms_way_at_most():
    """It is a hundredth; a loop that is not vectorised any more would take ten times as long."""
    booster = trained(rounds=60)
    rows, shap = rows_of(booster, 256), TreeShap(booster)

    def cheapest(call):
        taken = []
        for _ in range(3):
            start = time.process_time()
            call()
            taken.append(time.process_time() - start)
        return min(taken)

    assert 5 * cheapest(lambda: shap.explain(rows)) < cheapest(lambda: by_lightgbm(booster, rows))


# ------------------------------------------------------------------ the intervals of an item


@pytest.mark.parametrize("family", ["hazard", "stacked"])
@pytest.mark.parametrize("weights", ["all", "one", "none", "some below 0"])
def test_intervals_told_together_are_those_told_one_by_one_added_up(family, weights):
    curve, table, rng = fitted(family), random_table(70, seed=4), np.random.default_rng(1)
    shap, count = TreeShap(curve.trees_.booster_), len(curve.edges) - 1
    counted = {
        "all": rng.random((70, count)),
        "one": np.eye(count)[rng.integers(0, count, 70)],
        "none": np.zeros((70, count)),
        "some below 0": rng.normal(size=(70, count)),
    }[weights]
    rows, k = np.repeat(np.arange(70), count), np.tile(np.arange(count), 70)
    each, _ = shap.explain(curve.interval_matrix(table, rows, k))
    expected = (each.reshape(70, count, -1) * counted[:, :, None]).sum(axis=1)
    days, growth = curve.interval_columns(np.zeros(count, dtype=np.float32), np.arange(count))

    found = shap.explain_intervals(
        curve.encoding_.matrix(table.values), days, table.keys["dpd"].to_numpy(np.float32), counted, growth
    )

    assert shap.fast_intervals
    assert np.abs(found - expected).max() < 1e-9


def test_without_intervals_there_is_nothing_to_tell():
    nothing = np.zeros(0, dtype=np.float32)
    found = TreeShap(trained()).explain_intervals(np.zeros((3, 10)), nothing, np.zeros(3), np.zeros((3, 0)))
    assert found.tolist() == [[0.0] * 12] * 3


# ------------------------------------------------------------------ when LightGBM answers itself


def wrong_value(monkeypatch):
    right = models.tree_shap.explain_rows
    monkeypatch.setattr(models.tree_shap, "explain_rows", lambda *given: (right(*given), given[-1].__iadd__(1e-6)))


def missing_to_the_left(monkeypatch):
    monkeypatch.setattr(models.flat_trees, "_stands_for", lambda tree, at: (-np.inf, 0.0))


def repeated_columns_forgotten(monkeypatch):
    right = models.shap_layout._beyond
    monkeypatch.setattr(models.shap_layout, "_beyond", lambda tree, at, side, path: right(tree, at, side, {}))


def too_few_nodes(monkeypatch):
    monkeypatch.setattr(models.shap_layout.Ending, "nodes", property(lambda ending: max(1, ending.features // 2)))


@pytest.mark.parametrize("misreading", [wrong_value, missing_to_the_left, repeated_columns_forgotten, too_few_nodes])
def test_a_misreading_is_noticed_told_and_left_to_lightgbm(monkeypatch, caplog, misreading):
    booster = trained()
    rows = rows_of(booster, 20)
    misreading(monkeypatch)

    with caplog.at_level(logging.WARNING):
        shap = TreeShap(booster)
    found, base = shap.explain(rows)

    assert not shap.fast
    assert caplog.messages == ["tree_shap_plain reason=differs trees=20"]
    assert np.column_stack([found, np.full(20, base)]).tobytes() == by_lightgbm(booster, rows).tobytes()


def test_paths_over_too_many_columns_are_left_to_lightgbm(monkeypatch, caplog):
    monkeypatch.setattr(models.shap_layout, "MOST_FEATURES", 96)
    booster = trained_on_a_chain(100, rounds=1)

    with caplog.at_level(logging.WARNING):
        shap = TreeShap(booster)

    assert not shap.fast
    assert caplog.messages == ["tree_shap_plain reason=paths_over_more_than_96_columns trees=1"]
    assert shap.explain_intervals(np.ones((2, 98)), DAYS, np.ones(2), np.ones((2, 4))).shape == (2, 100)


def test_digits_that_lightgbm_has_lost_are_no_misreading(monkeypatch):
    monkeypatch.setattr(models.tree_shap, "rows_on_the_thresholds", lambda trees, columns: np.ones((4, columns)))
    assert TreeShap(trained_on_a_chain(40, rounds=1)).fast


def test_a_misreading_of_intervals_is_noticed_told_and_left_to_lightgbm(monkeypatch, caplog):
    booster = trained()
    shap = TreeShap(booster)
    monkeypatch.setattr(TreeShap, "_run_weighted", lambda self, layout, rows, soft, weights, out: out.fill(0.0))

    with caplog.at_level(logging.WARNING):
        found = shap.explain_intervals(np.ones((2, 10)), DAYS, np.ones(2), np.eye(2, 4))

    assert caplog.messages == ["tree_shap_plain reason=intervals_differ trees=20"]
    rows = np.column_stack([np.ones((2, 10)), DAYS[:2], DAYS[:2] + 1])
    assert np.abs(found - by_lightgbm(booster, rows)[:, :-1]).max() < 1e-9


def test_nobody_sees_the_layout_of_intervals_before_it_is_checked(monkeypatch):
    shap, right, seen = TreeShap(trained()), TreeShap._run_weighted, []

    def watched(self, *arguments):
        seen.append("_interval_layout" in vars(self))
        right(self, *arguments)

    monkeypatch.setattr(TreeShap, "_run_weighted", watched)

    assert shap.fast_intervals
    assert seen
    assert not any(seen)


def test_trees_that_were_never_grown_add_nothing(caplog):
    rows = np.arange(40.0).reshape(20, 2)
    data = lgb.Dataset(rows, rows[:, 0] > 20, params={"verbose": -1})
    shap = TreeShap(lgb.Booster({"objective": "binary", "verbose": -1}, data))

    contributions, expected = shap.explain(rows)

    assert not shap.fast
    assert "reason=no_tree" in caplog.text
    assert (contributions == 0.0).all()
    assert expected == 0.0


def test_trees_over_one_column_have_no_intervals():
    rows = np.arange(20.0)[:, None]
    settings = {"objective": "binary", "verbose": -1, "num_threads": 1, "min_data_in_leaf": 1}
    shap = TreeShap(lgb.train(settings, lgb.Dataset(rows, rows[:, 0] > 10), 3))

    assert shap.fast
    assert not shap.fast_intervals


def test_trees_that_tell_no_counts_are_left_to_lightgbm(monkeypatch, caplog):
    untold = [replace(tree, leaf_rows=np.zeros(0)) for tree in read_trees(trained(rounds=2))]
    monkeypatch.setattr(models.tree_shap, "read_trees", lambda booster: untold)

    with caplog.at_level(logging.WARNING):
        shap = TreeShap(trained(rounds=2))

    assert not shap.fast
    assert caplog.messages == ["tree_shap_plain reason=leaves_that_no_row_of_the_training_came_to trees=2"]


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(("kind", "parameters"), TREES_OF_ANOTHER_KIND)
def test_trees_of_another_kind_are_refused(kind, parameters):
    matrix = np.random.default_rng(1).integers(0, 3, (300, 4)).astype(np.float64)
    booster = lgb.train({**QUIET, **parameters}, lgb.Dataset(matrix, matrix[:, 0]), num_boost_round=2)

    with pytest.raises(TreesRefused, match=kind):
        TreeShap(booster)


def test_rows_in_lists_are_rows():
    shap = TreeShap(trained(rounds=1))
    rows = rows_of(shap.booster, 3)
    assert shap.explain(rows.tolist())[0].tobytes() == shap.explain(rows)[0].tobytes()


@pytest.mark.parametrize("shape", [(3, 11), (3, 13), (12,), (2, 3, 12)])
def test_rows_of_another_width_are_refused(shape):
    with pytest.raises(WrongShape, match=r"expected \(n, 12\); came"):
        TreeShap(trained(rounds=1)).explain(np.zeros(shape))


@pytest.mark.parametrize(
    ("features", "days", "late", "weights", "told"),
    [
        ((3, 12), 4, 3, (3, 4), r"expected \(3, 10\), one row for each dpd; came \(3, 12\)"),
        ((3, 10), 4, (3, 1), (3, 4), r"dpd \(3, 1\)"),
        ((3, 10), (4, 1), 3, (3, 4), "days_ahead: expected"),
        ((3, 10), 4, 3, (3, 5), r"weights: expected \(3, 4\); came \(3, 5\)"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(features, days, late, weights, told):
    shap = TreeShap(trained(rounds=1))
    with pytest.raises(WrongShape, match=told):
        shap.explain_intervals(*(np.zeros(shape, dtype=np.float32) for shape in (features, days, late, weights)))
