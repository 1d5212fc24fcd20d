"""The whole payment curve of every open item: our sums over the trees against LightGBM's own, in one run.

A booster is trained on drawn snapshots (83 columns, a tenth of the values missing, and two that tell the interval) with
the parameters of `models.payment_curve`. Then each open item is scored in each interval. LightGBM is given the rows of
items and intervals written out beforehand, which flatters it: making them is not in its time. It is timed on a sample
of the items (`--sample`) and its seconds are told for all in proportion; on the sample every sum is compared, bit by
bit. Ours is timed on all items, and once more with what makes a curve of the sums.

    python benchmarks/score.py [--items 1000000] [--sample 20000] [--trees 150] [--leaves 31] [--columns 83] [--json]

The number of intervals is what one would save on, so several are shown: 4, 8 and 12. Memory is the most that the
process held, with the matrix of the items.
"""

import lightgbm as lgb
import numpy as np
from measure import Timed, arguments, peak_mb, show, timed

from models.curve_scoring import CurveScorer, pairs
from models.payment_curve import softplus
from models.readings import EDGES

INTERVALS = {
    4: (0, 14, 30, 60, 90),
    8: (0, 7, 14, 21, 30, 45, 60, 90, 180),
    12: (0, 1, 3, 7, 10, 14, 21, 30, 45, 60, 90, 120, 180),
}
"""Edges of the intervals, by how many there are; those of eight are the ones we ship."""

HEADLINE = 8
TRAINED_ON = 200_000
"""(item, interval) rows to learn from: enough for trees of their full size."""

Numbers = np.ndarray


def open_items(n: int, columns: int, seed: int) -> tuple[Numbers, Numbers]:
    """Drawn features, a third of them whole numbers, a third shares, a tenth of all missing; and days past due."""
    rng = np.random.default_rng(seed)
    features = np.empty((n, columns), dtype=np.float32)
    for at in range(columns):
        column = rng.random(n, dtype=np.float32) if at % 3 == 2 else rng.standard_normal(n, dtype=np.float32)
        if at % 3 == 0:
            column = np.round(20 * column)
        column[rng.random(n, dtype=np.float32) < 0.1] = np.nan
        features[:, at] = column
    dpd = rng.integers(-60, 200, n).astype(np.float32)
    features[:, 0] = dpd
    return features, dpd


def trained(columns: int, trees: int, leaves: int, edges: tuple[int, ...]) -> lgb.Booster:
    """A booster for shares paid that depend on age, interval and a dozen habits."""
    days = np.array(edges[:-1], dtype=np.float32)
    features, dpd = open_items(TRAINED_ON // len(days), columns, seed=7)
    matrix = pairs(features, days, dpd, days)
    rng = np.random.default_rng(8)
    habits = np.nan_to_num(matrix[:, 2 : 2 + 3 * 12 : 3], nan=0.5) @ np.linspace(-2, 2, 12)[: len(range(2, columns, 3))]
    length = np.repeat(np.diff(edges)[None, :], len(dpd), axis=0).ravel()
    due = matrix[:, -1] / 15
    log_odds = habits + np.log(length / 20) + 1.5 * np.exp(-(due**2)) - np.maximum(due, 0) / 4
    paid = (rng.random(len(matrix)) < 1 / (1 + np.exp(-log_odds))).astype(np.float32)
    parameters = {
        "objective": "cross_entropy", "num_leaves": leaves, "min_data_in_leaf": max(100, len(matrix) // 500),
        "learning_rate": 0.05, "lambda_l2": 5.0, "feature_fraction": 0.8, "bagging_fraction": 0.8, "bagging_freq": 1,
        "deterministic": True, "force_row_wise": True, "seed": 7, "num_threads": 1, "verbosity": -1, "max_bin": 127,
    }  # fmt: skip
    return lgb.train(parameters, lgb.Dataset(matrix, paid), num_boost_round=trees)


def curve(raw: Numbers) -> Numbers:
    """-log S at the edges, as `PaymentCurve.survival` makes it of the sums."""
    return np.cumsum(softplus(raw), axis=1)


def told_for_all(run: Timed[Numbers], sample: int, items: int) -> tuple[float, float]:
    """Processor and wall seconds of a sample, in proportion for all items."""
    return run.cpu_s * items / sample, run.wall_s * items / sample


def by_splits(booster: lgb.Booster) -> tuple[float, float]:
    """The shares of all splits that lie on the first day of the interval, and on the days past due on it."""
    used = booster.feature_importance("split")
    return float(used[-2] / used.sum()), float(used[-1] / used.sum())


def main() -> None:
    sizes = {"items": 1_000_000, "sample": 20_000, "trees": 150, "leaves": 31, "columns": 83}
    options = arguments(__doc__ or "", scale=("items", "sample", "trees"), **sizes)
    assert INTERVALS[HEADLINE] == EDGES, "the curve's edges have changed: show theirs"
    features, dpd = open_items(options.items, options.columns, seed=1)
    sample = min(options.sample, options.items)
    facts: dict[str, object] = {"items": options.items, "sample": sample, "columns": options.columns + 2}
    rows: list[tuple[object, ...]] = [
        ("intervals x trees x leaves", "ours CPU s", "wall s", "with the curve, CPU s", "LightGBM CPU s", "wall s",
         "times ours (CPU)", "ready in s", "splits on interval")
    ]  # fmt: skip
    for count, edges in INTERVALS.items():
        booster, days = trained(options.columns, options.trees, options.leaves, edges), np.array(edges[:-1], np.float32)
        CurveScorer.of(booster).raw(features[:64], days, dpd[:64])  # compiled before anything is timed
        made = timed(lambda booster=booster: CurveScorer.of(booster), 1)
        scorer = made.result
        assert scorer.fast, "the scorer left the sums to LightGBM"
        we = timed(lambda scorer=scorer, days=days: scorer.raw(features, days, dpd), options.repeat)
        whole = timed(lambda scorer=scorer, days=days: curve(scorer.raw(features, days, dpd)), 1)
        matrix = pairs(features[:sample], days, dpd[:sample], days)
        they = timed(
            lambda booster=booster, matrix=matrix: booster.predict(matrix, raw_score=True, num_threads=1),
            options.repeat,
        )
        assert we.result[:sample].tobytes() == they.result.tobytes(), "the sums differ"
        cpu, wall = told_for_all(they, sample, options.items)
        on_day, on_dpd = by_splits(booster)
        leaves = max(tree["num_leaves"] for tree in booster.dump_model()["tree_info"])
        size = f"{count} x {booster.num_trees()} x {leaves}"
        rows.append((size, we.cpu_s, we.wall_s, whole.cpu_s, cpu, wall, cpu / we.cpu_s, made.wall_s,
                     f"{on_day + on_dpd:.0%}"))  # fmt: skip
        facts |= {
            f"size_{count}": size, f"cpu_s_{count}": round(we.cpu_s, 3), f"wall_s_{count}": round(we.wall_s, 3),
            f"curve_cpu_s_{count}": round(whole.cpu_s, 3), f"lightgbm_cpu_s_{count}": round(cpu, 2),
            f"ratio_vs_lightgbm_{count}": round(cpu / we.cpu_s, 2),
            f"ratio_vs_lightgbm_wall_{count}": round(wall / we.wall_s, 2), f"ready_s_{count}": round(made.wall_s, 3),
            f"share_of_splits_on_day_{count}": round(on_day, 3), f"share_of_splits_on_dpd_{count}": round(on_dpd, 3),
        }  # fmt: skip
    facts |= {"cpu_s": facts[f"curve_cpu_s_{HEADLINE}"], "ratio_vs_lightgbm": facts[f"ratio_vs_lightgbm_{HEADLINE}"]}
    facts["peak_mb"] = round(peak_mb(), 1)
    show(
        f"The curve of {options.items:,} open items, {options.columns + 2} columns, one thread; equal bits. "
        f"LightGBM timed on {sample:,} of them and told for all; peak {peak_mb():,.0f} MB",
        rows,
        facts,
        options.json,
    )


if __name__ == "__main__":
    main()
