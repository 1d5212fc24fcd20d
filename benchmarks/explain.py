"""The contributions of every column to every score: ours against LightGBM's own and the fastest peer's, in one run.

A booster is trained on drawn snapshots (a tenth of the values missing; see `benchmarks/score.py`). LightGBM's
`pred_contrib` and woodelf_explainer are timed on a sample of the rows, ours on all; seconds are told for all in
proportion, and on the sample the values are compared. woodelf_explainer does its fixed work anew for each call, so it
is given a sample of its own, as large as all by default, once; it is left out where it is not installed.

    python benchmarks/explain.py [--rows 100000] [--sample 200] [--peer 100000] [--trees 400] [--columns 53] [--json]

Also told: trees of 63 leaves; one row with what there is around it; the intervals of an item explained together
against one of them; compiling, in a process that finds nothing compiled, and the next one; memory beside the answer.
"""

import os
import subprocess
import sys
import tempfile
import time
import tracemalloc
from contextlib import redirect_stdout
from importlib.util import find_spec

import lightgbm as lgb
import numpy as np
from measure import arguments, peak_mb, show, timed
from score import open_items, trained

from models.readings import EDGES
from models.tree_shap import TreeShap

Numbers = np.ndarray
LEAVES = (31, 63)

FIRST_CALL = """
import sys, time
import lightgbm, numpy
import models.trees
booster = lightgbm.Booster(model_file=sys.argv[1])
wall, cpu = time.perf_counter(), time.process_time()
from models.tree_shap import TreeShap
TreeShap(booster).explain(numpy.zeros((1, booster.num_feature())))
print(time.perf_counter() - wall, time.process_time() - cpu)
"""


def first_call(booster: lgb.Booster) -> list[tuple[float, float]]:
    """Wall and processor seconds of the first explanation of a process that finds nothing compiled, and of the next."""
    with tempfile.TemporaryDirectory() as folder:
        model = os.path.join(folder, "model.txt")
        booster.save_model(model)
        environment = os.environ | {"NUMBA_CACHE_DIR": folder, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", FIRST_CALL, model]
        said = [subprocess.run(command, env=environment, capture_output=True, text=True, check=True) for _ in range(2)]
    return [(float(wall), float(cpu)) for wall, cpu in (one.stdout.split() for one in said)]


def woodelf(booster: lgb.Booster, rows: Numbers) -> tuple[float, Numbers] | None:
    """Processor seconds a row of woodelf_explainer, and its values; None where it is not installed."""
    if find_spec("woodelf") is None:
        return None
    import pandas as pd
    from woodelf import WoodelfExplainer

    table = pd.DataFrame(rows, columns=booster.feature_name())
    explainer = WoodelfExplainer(booster)
    with redirect_stdout(sys.stderr):  # it talks while it works
        run = timed(lambda: explainer.shap_values(table), 1)
    return run.cpu_s / len(rows), np.asarray(run.result)


def one_row(shap: TreeShap, rows: Numbers) -> float:
    """Milliseconds of one row, by the wall clock: the median of a hundred."""
    taken = []
    for at in range(100):
        start = time.perf_counter()
        shap.explain(rows[at % len(rows)][None, :])
        taken.append(time.perf_counter() - start)
    return float(np.median(taken)) * 1e3


def held_beside_mb(shap: TreeShap, rows: Numbers) -> float:
    """The most that was held while explaining, without the answer, in megabytes; what is laid out once is not in it."""
    tracemalloc.start()
    found, _ = shap.explain(rows)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return float(most - found.nbytes) / 1e6


def main() -> None:
    options = arguments(
        __doc__ or "", scale=("rows", "sample", "peer", "trees"),
        rows=100_000, sample=200, peer=100_000, trees=400, columns=53,
    )  # fmt: skip
    features, dpd = open_items(options.rows, options.columns, seed=1)
    days = np.array(EDGES[:-1], dtype=np.float32)
    matrix = np.column_stack([features, np.full(options.rows, 14, np.float32), dpd + 14]).astype(np.float32)
    weights = np.random.default_rng(2).random((options.rows, len(days)))
    sample = min(options.sample, options.rows)
    facts: dict[str, object] = {"rows": options.rows, "sample": sample, "columns": options.columns + 2}
    rows: list[tuple[object, ...]] = [
        ("trees x leaves", "ours CPU us/row", "LightGBM", "times ours", "woodelf", "times ours",
         f"{len(days)} intervals", "times one", "one row ms", "ready in s")
    ]  # fmt: skip
    for leaves in LEAVES:
        booster = trained(options.columns, options.trees, leaves, EDGES)
        TreeShap(booster).explain(matrix[:1])  # compiled before anything is timed
        made = timed(lambda booster=booster: TreeShap(booster), 1)
        shap = made.result
        assert shap.fast, "the explanation was left to LightGBM"
        we = timed(lambda shap=shap: shap.explain(matrix), options.repeat)
        ours = we.cpu_s / options.rows * 1e6
        they = timed(
            lambda booster=booster: booster.predict(matrix[:sample], pred_contrib=True, num_threads=1), options.repeat
        )
        theirs = they.cpu_s / sample * 1e6
        apart = float(np.abs(we.result[0][:sample] - they.result[:, :-1]).max())
        assert apart < 1e-9, f"contributions are {apart} apart"
        shap.explain_intervals(features[:1], days, dpd[:1], weights[:1])  # laid out
        together = timed(lambda shap=shap: shap.explain_intervals(features, days, dpd, weights), options.repeat)
        all_of_it = together.cpu_s / options.rows * 1e6
        peer = woodelf(booster, matrix[: options.peer])
        if peer is not None:
            assert np.abs(peer[1][:sample] - we.result[0][:sample]).max() < 1e-4, "woodelf's contributions differ"
        its = float("nan") if peer is None else peer[0] * 1e6
        alone = one_row(shap, matrix)
        size = f"{booster.num_trees()} x {leaves}"
        rows.append(
            (size, ours, theirs, theirs / ours, its, its / ours, all_of_it, all_of_it / ours, alone, made.wall_s)
        )
        facts |= {
            f"size_{leaves}": size, f"cpu_us_per_row_{leaves}": round(ours, 2), f"wall_s_{leaves}": round(we.wall_s, 3),
            f"lightgbm_cpu_us_per_row_{leaves}": round(theirs, 1),
            f"ratio_vs_lightgbm_{leaves}": round(theirs / ours, 1),
            f"apart_{leaves}": apart, f"intervals_cpu_us_per_item_{leaves}": round(all_of_it, 2),
            f"intervals_vs_one_{leaves}": round(all_of_it / ours, 2), f"one_row_ms_{leaves}": round(alone, 3),
            f"ready_s_{leaves}": round(made.wall_s, 3),
        }  # fmt: skip
        if peer is not None:
            facts |= {
                f"woodelf_cpu_us_per_row_{leaves}": round(its, 1),
                f"ratio_vs_woodelf_{leaves}": round(its / ours, 1),
            }
        if leaves == LEAVES[0]:
            (cold, cold_cpu), (warm, _) = first_call(booster)
            held = held_beside_mb(shap, matrix)
            facts |= {
                "compile_wall_s": round(cold, 2),
                "compile_cpu_s": round(cold_cpu, 2),
                "again_wall_s": round(warm, 2),
            }
            facts |= {"held_beside_mb": round(held, 1)}
    facts |= {"cpu_s": round(float(str(facts["cpu_us_per_row_31"])) * options.rows / 1e6, 3)}
    facts |= {"ratio_vs_lightgbm": facts["ratio_vs_lightgbm_31"], "peak_mb": round(peak_mb(), 1)}
    show(
        f"Contributions of {options.rows:,} rows, {options.columns + 2} columns, one thread; LightGBM: {sample:,}. "
        f"First call with compiling {facts['compile_wall_s']} s ({facts['compile_cpu_s']} CPU), in the next process "
        f"{facts['again_wall_s']} s; {facts['held_beside_mb']} MB beside the answer, peak {peak_mb():,.0f} MB",
        rows,
        facts,
        options.json,
    )


if __name__ == "__main__":
    main()
