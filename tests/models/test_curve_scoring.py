"""The sums over the trees, made for all intervals of an item at once, are LightGBM's own to the last bit."""

import logging
import re

import lightgbm as lgb
import numpy as np
import pytest
from curve_builders import TREES_OF_ANOTHER_KIND

import models.flat_trees
from models.curve_scoring import CurveScorer, by_lightgbm, pairs
from models.errors import TreesRefused, WrongShape
from models.flat_trees import LARGEST, FlatTrees, rounded_down
from models.kernels.tree_walk import add_up_trees
from models.tree_text import MISSING_NAN, MISSING_NONE, MISSING_ZERO, read_trees

DAYS = np.array([0, 7, 14, 30, 60], dtype=np.float32)
FEATURES = 6

NO_MISSING = {"use_missing": False}
ZERO_MISSING = {"zero_as_missing": True}


def fitted(
    seed: int = 1, *, missing: float = 0.2, rounds: int = 8, leaves: int = 15, **parameters: object
) -> lgb.Booster:
    """Trees on drawn rows: whole numbers around zero, fractions, a column of zeros, and the two of the interval."""
    rng = np.random.default_rng(seed)
    matrix = rng.normal(size=(800, FEATURES + 2)).astype(np.float32)
    matrix[:, :3] = np.round(2 * matrix[:, :3])
    matrix[:, 3] = 0
    matrix[rng.random(matrix.shape) < missing] = np.nan
    matrix[:, -2] = rng.choice(DAYS, 800)
    matrix[:, -1] = rng.integers(-30, 60, 800) + matrix[:, -2]
    paid = np.where(np.isnan(matrix[:, 0]), 2.0, matrix[:, 0]) - np.nan_to_num(matrix[:, 4]) * (matrix[:, -1] > 10)
    label = paid - 0.05 * matrix[:, -2] + rng.normal(size=800)
    chosen = {"num_leaves": leaves, "min_data_in_leaf": 2, "verbosity": -1, "num_threads": 1, "seed": seed}
    return lgb.train(chosen | parameters, lgb.Dataset(matrix, label), num_boost_round=rounds)


def asked(booster: lgb.Booster, n: int = 150, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Features and dpd drawn from the thresholds, their neighbours, zero, what is nearly zero, infinities and NaN."""
    text = booster.model_to_string()
    thresholds = np.array(" ".join(re.findall(r"^threshold=(.*)$", text, re.MULTILINE)).split(), dtype=np.float64)
    near = thresholds[np.abs(thresholds) < 1e30].astype(np.float32)
    also = np.array([0, 1, -1, 1e-36, -1e-36, 3e38, np.inf, -np.inf, np.nan, np.nan], dtype=np.float32)
    pool = np.concatenate([near, np.nextafter(near, np.float32(1e38)), np.nextafter(near, np.float32(-1e38)), also])
    drawn = np.random.default_rng(seed).choice(pool, (n, FEATURES + 1))
    return drawn[:, :-1], drawn[:, -1]


def plain(
    booster: lgb.Booster, features: np.ndarray, days: np.ndarray, dpd: np.ndarray, growth: np.ndarray | None = None
) -> np.ndarray:
    """What LightGBM says of each row in each interval, one written out after the other."""
    intervals = list(zip(days, days if growth is None else growth, strict=True))
    rows = [[*row, day, now + more] for row, now in zip(features, dpd, strict=True) for day, more in intervals]
    return booster.predict(np.array(rows, dtype=np.float32), raw_score=True).reshape(len(features), len(days))


def require_same_bits(ours: np.ndarray, theirs: np.ndarray) -> None:
    assert ours.dtype == theirs.dtype == np.float64
    assert ours.shape == theirs.shape
    assert ours.tobytes() == theirs.tobytes()


# ------------------------------------------------------------------ the same sums


@pytest.mark.parametrize("parameters", [{}, NO_MISSING, ZERO_MISSING], ids=["nan", "none", "zero"])
@pytest.mark.parametrize("seed", range(12))
def test_the_sums_are_lightgbms_to_the_last_bit(seed, parameters):
    rng = np.random.default_rng(seed)
    booster = fitted(seed, leaves=int(rng.integers(2, 65)), rounds=int(rng.integers(1, 30)),
                     missing=float(rng.choice([0.0, 0.05, 0.5])), **parameters)  # fmt: skip
    features, dpd = asked(booster, seed=seed)

    scorer = CurveScorer.of(booster)

    assert scorer.fast
    require_same_bits(scorer.raw(features, DAYS, dpd), plain(booster, features, DAYS, dpd))


def test_all_three_ways_of_missing_and_both_sides_are_met():
    boosters = [fitted(missing=0.0), fitted(), fitted(**NO_MISSING), fitted(**ZERO_MISSING)]
    met = {
        (int(mode), bool(left))
        for booster in boosters
        for tree in read_trees(booster)
        for mode, left in zip(tree.missing, tree.default_left, strict=True)
    }
    assert {mode for mode, _ in met} == {MISSING_NONE, MISSING_ZERO, MISSING_NAN}
    assert met >= {(mode, left) for mode in (MISSING_ZERO, MISSING_NAN) for left in (False, True)}


def test_trees_without_a_split_say_the_same_of_everything():
    booster = lgb.train({"verbosity": -1, "min_data_in_leaf": 1}, lgb.Dataset(np.ones((50, 3)), np.full(50, 2.5)), 3)

    raw = CurveScorer.of(booster).raw(np.zeros((2, 1), dtype=np.float32), DAYS, np.zeros(2, dtype=np.float32))

    assert raw.tolist() == [[2.5] * 5] * 2


def test_trees_of_two_leaves_are_scored():
    booster = fitted(leaves=2, rounds=20)
    features, dpd = asked(booster)
    require_same_bits(CurveScorer.of(booster).raw(features, DAYS, dpd), plain(booster, features, DAYS, dpd))


def test_a_tree_much_deeper_than_a_balanced_one_is_scored():
    # Each value is three times the one before: the best split always takes off the largest.
    column = np.arange(64, dtype=np.float64)
    matrix = np.stack([column, np.zeros(64), np.zeros(64)], axis=1)
    booster = lgb.train(
        {"num_leaves": 64, "min_data_in_leaf": 1, "min_sum_hessian_in_leaf": 0, "verbosity": -1},
        lgb.Dataset(matrix, 3.0**column, params={"min_data_in_bin": 1}),
        num_boost_round=2,
    )
    assert depth(booster) > 2 * 6
    features = np.arange(-1, 65, 0.5, dtype=np.float32)[:, None]
    dpd = np.zeros(len(features), dtype=np.float32)

    scorer = CurveScorer.of(booster)

    assert scorer.fast
    require_same_bits(scorer.raw(features, DAYS, dpd), by_lightgbm(booster, features, DAYS, dpd, DAYS))


def depth(booster: lgb.Booster) -> int:
    """The most splits one below the other."""

    def below(node: dict) -> int:
        return 1 + max(below(node["left_child"]), below(node["right_child"])) if "left_child" in node else 0

    return max(below(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"])


def test_an_endless_value_is_not_taken_for_a_missing_one():
    column = np.where(np.arange(100) % 2, np.nan, np.arange(100))
    matrix = np.stack([column, np.zeros(100), np.zeros(100)], axis=1)
    booster = lgb.train({"verbosity": -1, "num_leaves": 2}, lgb.Dataset(matrix, np.isnan(column)), num_boost_round=1)
    assert read_trees(booster)[0].threshold.tolist() == [np.inf]

    scorer = CurveScorer.of(booster)
    nothing, most, some = scorer.raw(np.array([[np.nan], [np.inf], [7.0]], dtype=np.float32), DAYS[:1], np.zeros(3))

    assert nothing > most == some


def test_only_the_trees_up_to_the_best_round_are_added_up():
    booster = fitted(rounds=12)
    booster.best_iteration = 4
    features, dpd = asked(booster)

    scorer = CurveScorer.of(booster)

    require_same_bits(scorer.raw(features, DAYS, dpd), plain(booster, features, DAYS, dpd))
    assert len(scorer.trees.leaves.start) == 4 + 1


def test_trees_that_were_kept_as_text_say_the_same():
    booster = fitted()
    features, dpd = asked(booster)
    restored = lgb.Booster(model_str=booster.model_to_string())
    require_same_bits(CurveScorer.of(restored).raw(features, DAYS, dpd), plain(booster, features, DAYS, dpd))


def test_a_threshold_is_rounded_to_the_single_below_it():
    between = np.float64(np.float32(0.1)) - 1e-12  # the nearest single is 0.1's, above it

    assert rounded_down(np.array([between]))[0] == np.nextafter(np.float32(0.1), np.float32(0))
    assert rounded_down(np.array([0.5, 1e300, -1e300])).tolist() == [0.5, LARGEST, -np.inf]


# ------------------------------------------------------------------ rows and intervals


@pytest.mark.parametrize("n", [1, 63, 64, 65, 200])
def test_a_row_is_scored_the_same_alone_and_among_others(n):
    booster = fitted()
    features, dpd = asked(booster, n)
    order = np.random.default_rng(3).permutation(n)
    scorer = CurveScorer.of(booster)

    raw = scorer.raw(features, DAYS, dpd)

    require_same_bits(scorer.raw(features[order], DAYS, dpd[order]), raw[order])
    alone = [scorer.raw(features[i : i + 1], DAYS, dpd[i : i + 1])[0] for i in range(n)]
    require_same_bits(np.stack(alone), raw)


@pytest.mark.parametrize("days", [[0], [30], [60, 0, 7], [7, 7], list(range(100))])
def test_intervals_may_be_any(days):
    booster, days = fitted(), np.array(days, dtype=np.float32)
    features, dpd = asked(booster)
    require_same_bits(CurveScorer.of(booster).raw(features, days, dpd), plain(booster, features, days, dpd))


def test_without_rows_or_intervals_there_is_nothing_to_say():
    scorer = CurveScorer.of(fitted())
    nobody, nothing = np.zeros((0, FEATURES), dtype=np.float32), np.zeros(0, dtype=np.float32)

    assert scorer.raw(nobody, DAYS, nothing).shape == (0, 5)
    assert scorer.raw(np.zeros((3, FEATURES), dtype=np.float32), nothing, np.zeros(3, dtype=np.float32)).shape == (3, 0)
    assert by_lightgbm(scorer.booster, nobody, DAYS, nothing, DAYS).shape == (0, 5)


def test_arrays_of_any_layout_are_read_by_the_loop_that_is_compiled():
    booster = fitted()
    scorer = CurveScorer.of(booster)
    compiled = list(add_up_trees.signatures)
    features, dpd = asked(booster)
    expected = plain(booster, features, DAYS, dpd)
    by_column, every_other = np.asfortranarray(features), np.repeat(dpd, 2)[::2]
    for array in (by_column, every_other):
        array.setflags(write=False)

    require_same_bits(scorer.raw(by_column, DAYS, every_other), expected)
    assert list(add_up_trees.signatures) == compiled


def test_the_pairs_are_each_row_in_each_interval():
    features, dpd, growth = (np.array(given, dtype=np.float32) for given in ([[5], [6]], [-3, 10], [0, 1]))
    assert pairs(features, DAYS[:2], dpd, growth).tolist() == [[5, 0, -3], [5, 7, -3 + 1], [6, 0, 10], [6, 7, 10 + 1]]


@pytest.mark.parametrize("growth", [[0, 0, 0, 0, 0], [1, 2, 3, -4, 0.5]])
def test_days_past_due_may_grow_otherwise_than_the_days_ahead(growth):
    booster, growth = fitted(), np.array(growth, dtype=np.float32)
    features, dpd = asked(booster)
    raw = CurveScorer.of(booster).raw(features, DAYS, dpd, growth)
    require_same_bits(raw, plain(booster, features, DAYS, dpd, growth))


# ------------------------------------------------------------------ when LightGBM answers itself


def sums_off_by_one_bit(monkeypatch):
    right = FlatTrees.sums
    monkeypatch.setattr(FlatTrees, "sums", lambda *given: np.nextafter(right(*given), np.inf))


def thresholds_to_the_nearest(monkeypatch):
    monkeypatch.setattr(models.flat_trees, "rounded_down", lambda thresholds: thresholds.astype(np.float32))


def missing_to_the_left(monkeypatch):
    monkeypatch.setattr(models.flat_trees, "_stands_for", lambda tree, at: (-np.inf, 0.0))


def zero_never_missing(monkeypatch):
    right = models.flat_trees._stands_for
    monkeypatch.setattr(models.flat_trees, "_stands_for", lambda tree, at: (right(tree, at)[0], 0.0))


def nan_always_missing(monkeypatch):
    monkeypatch.setattr(models.flat_trees, "MISSING_NONE", -1)


@pytest.mark.parametrize(
    ("misreading", "parameters"),
    [
        (sums_off_by_one_bit, {}),
        (thresholds_to_the_nearest, {}),
        (missing_to_the_left, {}),
        (zero_never_missing, ZERO_MISSING),
        (nan_always_missing, NO_MISSING),
    ],
)
def test_a_misreading_is_noticed_told_and_left_to_lightgbm(monkeypatch, caplog, misreading, parameters):
    booster = fitted(**parameters)
    features, dpd = asked(booster)
    misreading(monkeypatch)

    with caplog.at_level(logging.WARNING):
        scorer = CurveScorer.of(booster)

    assert not scorer.fast
    assert caplog.messages == ["curve_scoring_plain reason=differs trees=8"]
    require_same_bits(scorer.raw(features, DAYS, dpd), plain(booster, features, DAYS, dpd))


def test_trees_of_more_than_64_leaves_are_left_to_lightgbm(caplog):
    booster = fitted(leaves=65, rounds=2)
    features, dpd = asked(booster)

    with caplog.at_level(logging.WARNING):
        scorer = CurveScorer.of(booster)

    assert not scorer.fast
    assert caplog.messages == ["curve_scoring_plain reason=leaves leaves=65 most=64"]
    require_same_bits(scorer.raw(features, DAYS, dpd), plain(booster, features, DAYS, dpd))


def test_lightgbm_is_asked_a_part_at_a_time(monkeypatch):
    booster = fitted()
    features, dpd = asked(booster)
    monkeypatch.setattr("models.curve_scoring.CHUNK", 12)
    require_same_bits(by_lightgbm(booster, features, DAYS, dpd, DAYS), plain(booster, features, DAYS, dpd))


# ------------------------------------------------------------------ what is refused


@pytest.mark.parametrize(("kind", "parameters"), TREES_OF_ANOTHER_KIND)
def test_trees_of_another_kind_are_refused(kind, parameters):
    rng = np.random.default_rng(1)
    matrix = rng.integers(0, 3, (300, 4)).astype(np.float64)
    booster = lgb.train({"verbosity": -1, **parameters}, lgb.Dataset(matrix, matrix[:, 0]), num_boost_round=2)

    with pytest.raises(TreesRefused, match=kind):
        CurveScorer.of(booster)


def test_trees_that_see_no_interval_are_refused():
    booster = lgb.train({"verbosity": -1}, lgb.Dataset(np.ones((50, 1)), np.ones(50)), num_boost_round=1)
    with pytest.raises(WrongShape, match="at least 2 columns; came 1"):
        CurveScorer.of(booster)


@pytest.mark.parametrize(
    ("features", "days", "dpd", "growth", "told"),
    [
        ((3, FEATURES + 2), 5, 3, 5, r"expected \(3, 6\), one row for each dpd; came \(3, 8\)"),
        ((3, FEATURES), 5, 2, 5, r"expected \(2, 6\), one row for each dpd; came \(3, 6\)"),
        ((3, FEATURES), 5, (3, 1), 5, r"dpd \(3, 1\)"),
        ((3, FEATURES), (5, 1), 3, 5, r"days_ahead: expected .* came \(5, 1\)"),
        ((3, FEATURES), 5, 3, 4, r"came \(5,\) and \(4,\)"),
    ],
)
def test_arrays_that_do_not_fit_are_refused(features, days, dpd, growth, told):
    scorer = CurveScorer.of(fitted())
    with pytest.raises(WrongShape, match=told):
        scorer.raw(*(np.zeros(shape, dtype=np.float32) for shape in (features, days, dpd, growth)))
