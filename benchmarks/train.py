"""Fitting the payment curve of a large ledger: where time and memory go, and what our wrapping costs beside LightGBM.

A company of three years (one customer per 50 invoices with terms and habits of its own; a twentieth pays in two parts,
some leave by credit or write-off) is booked into SQLite by a process of its own. Then, step by step: the view, its
facts in numbers, the snapshots with their features, the labels, the fit of the hazard and of the stacked classifier
that stands beside it. Person-period rows are capped as in the monthly run. Memory is the most that the process has held
by the end of each step.

Two comparisons follow, on fewer rows. `PaymentCurve.fit` on given intervals against LightGBM's bare `train` on the same
matrix with the same parameters, written out beforehand; the trees must be equal. And the hash of the trees with 1, 2
and 4 threads, which must be one.

Before all that, in a process of its own, the whole monthly run of that ledger within a budget of minutes: tuned, judged
over five months, asked at every gate, fitted, with its card. What it left out to keep the budget is printed.

    python benchmarks/train.py [--invoices 1000000] [--cap 3000000] [--compared 500000] [--threads 1] [--minutes 60]
                               [--small] [--json]

`--minutes 0` leaves the monthly run out. `--small` takes 5,000 invoices and leaves it out: does it work?
"""

import hashlib
import json
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import lightgbm as lgb
import numpy as np
import pandas as pd
from measure import arguments, peak_mb, show, timed

from features.compute import feature_rows
from features.from_view import facts_of
from ledger.book import Ledger
from ledger.days import to_day
from ledger.facts import Facts
from models.habit_curve import history_of, rhythm_of
from models.payment_curve import PaymentCurve
from models.readings import EDGES
from models.shelf import Shelf
from payrisk.migrations.run import upgrade
from training.fit import TrainingSet, fit_payment_curve, fit_stacked_curve, training_sets
from training.labels import outcomes, person_periods
from training.monthly import Plan, train
from training.snapshot import snapshots

FIRST_DAY, LAST_DAY = to_day(date(2023, 1, 1)), to_day(date(2025, 12, 31))
EVENING = date(2025, 12, 31)
NOW = datetime(2026, 1, 1, tzinfo=UTC)

T = TypeVar("T")


def company(invoices: int, seed: int = 7, per_customer: int = 50) -> Facts:
    """Three years of invoices and what was paid by their end."""
    rng = np.random.default_rng(seed)
    customers = max(1, invoices // per_customer)
    who = rng.integers(0, customers, invoices)
    issued = np.sort(rng.integers(FIRST_DAY, LAST_DAY + 1, invoices))
    due = issued + rng.choice([14, 30, 60], customers)[who]
    amount = np.exp(rng.normal(7, 1.2, invoices)).astype(np.int64) * 100 + 1_000
    late = rng.gamma(2.0, 8.0, customers)[who] - 10 + rng.normal(0, 6, invoices)
    paid = np.maximum(due + np.round(late).astype(np.int64), issued + 1)
    parts = np.flatnonzero(rng.random(invoices) < 0.05)
    first = amount.copy()
    first[parts] //= 2
    # The second parts come after all others, twenty days later.
    row = np.concatenate([np.arange(invoices), parts])
    happened = paid[row] + np.repeat([0, 20], [invoices, len(parts)])
    known = happened + rng.integers(0, 4, invoices)[row]
    kind = rng.choice(["cash", "credit", "write_off"], invoices, p=[0.96, 0.03, 0.01])
    seen = (known <= LAST_DAY) & (rng.random(invoices) > 0.01)[row]  # one in a hundred is never paid
    names = _names("INV", invoices)
    items = pd.DataFrame(
        {
            "item_id": names, "customer_id": _names("C", customers).take(who).reset_index(drop=True),
            "issued_on": issued, "due_on": due, "amount_minor": amount,
            "currency": rng.choice(["EUR", "USD"], invoices, p=[0.8, 0.2]), "known_on": issued,
        }
    )  # fmt: skip
    applications = pd.DataFrame(
        {
            "application_id": _names("P", len(row)), "item_id": names.take(row).reset_index(drop=True),
            "kind": np.concatenate([kind, np.full(len(parts), "cash")]),
            "amount_minor": np.concatenate([first, (amount - first)[parts]]),
            "happened_on": happened, "known_on": known, "known_assumed": False,
        }
    )  # fmt: skip
    return Facts.of(items=items, applications=applications[seen].reset_index(drop=True))


def _names(letter: str, count: int) -> "pd.Series[str]":
    return pd.Series([f"{letter}-{number:08d}" for number in range(count)], dtype="str")


def opened(folder: Path) -> Ledger:
    """The ledger in that folder."""
    return Ledger.open(f"sqlite:///{folder / 'ledger.db'}", folder / "cache")


def book(folder: str, invoices: int) -> None:
    """Book the company there, and look once, as every morning but the first finds it."""
    upgrade(f"sqlite:///{Path(folder) / 'ledger.db'}")
    ledger = opened(Path(folder))
    ledger.load(company(invoices))
    ledger.as_of(EVENING)


def booked_apart(folder: str, invoices: int) -> None:
    """The same in a process of its own: making the company takes no memory of ours."""
    _apart(book, folder, invoices)


def _apart(call: Callable[..., None], *arguments: object) -> None:
    child = multiprocessing.get_context("spawn").Process(target=call, args=arguments)
    child.start()
    child.join()
    if child.exitcode:
        raise SystemExit(f"{call.__name__} failed in its own process; the error stands above.")


class Steps:
    """The seconds of each step and the peak after it, as rows of a table and facts."""

    def __init__(self) -> None:
        self.rows: list[tuple[object, ...]] = [("step", "rows", "CPU s", "wall s", "peak MB")]
        self.facts: dict[str, object] = {"start_mb": round(peak_mb(), 1)}
        self.cpu_s = self.wall_s = 0.0

    def run(self, name: str, call: Callable[[], T], size: Callable[[T], int] = lambda made: 0) -> T:
        """The result of the step."""
        found = timed(call, 1)
        self.cpu_s, self.wall_s = self.cpu_s + found.cpu_s, self.wall_s + found.wall_s
        self.rows.append((name, size(found.result), found.cpu_s, found.wall_s, round(peak_mb())))
        key = name.replace(" ", "_")
        self.facts |= {f"{key}_cpu_s": round(found.cpu_s, 3), f"{key}_wall_s": round(found.wall_s, 3)}
        self.facts[f"{key}_peak_mb"] = round(peak_mb(), 1)
        return found.result


def fitted(ledger: Ledger, cap: int, threads: int, steps: Steps) -> None:
    """From the view to a fitted curve, each step once."""
    view = steps.run("view", lambda: ledger.as_of(EVENING), lambda made: len(made.items))
    steps.run("facts", lambda: facts_of(view), lambda made: len(made.item_ids))
    (taken,) = steps.run("snapshots", lambda: snapshots([view], [cap]), lambda made: len(made[0].table))
    first = int(taken.table.keys["day"].min())
    found = steps.run("outcomes", lambda: outcomes(ledger, view, first), lambda made: len(made.events))
    rows = steps.run("labels", lambda: person_periods(taken.table.keys, found, EDGES, taken.weight), len)
    rhythm = steps.run("rhythm", lambda: rhythm_of(history_of(view)))
    learned = TrainingSet(taken.table, taken.weight, found, rows, rhythm, taken.share).thinned(cap)
    steps.facts |= {"snapshots": len(learned.table), "rows": len(learned.intervals), "share": round(learned.share, 4)}
    curve = steps.run("fit", lambda: fit_payment_curve(learned, threads=threads), lambda made: len(learned.intervals))
    beside = steps.run("stacked", lambda: fit_stacked_curve(learned, threads=threads))
    steps.facts["leaves"] = curve.leaves + beside.leaves


def bare(
    curve: PaymentCurve, matrix: "np.ndarray[Any, Any]", learned: TrainingSet, start: "np.ndarray[Any, Any]"
) -> str:
    """LightGBM's own `train` with what our curve asks of it; its trees as text."""
    assert curve.trees_ is not None
    fixed = {"deterministic": True, "force_row_wise": True, "seed": curve.seed, "num_threads": 1, "verbosity": -1}
    signs = [(curve.monotone or {}).get(name, 0) for name in curve.columns_]
    asked = {**curve.trees_.parameters, **fixed, "objective": "cross_entropy", "monotone_constraints": signs}
    data = lgb.Dataset(
        matrix, label=learned.intervals["paid_share"].to_numpy(np.float32),
        weight=learned.intervals["weight"].to_numpy(np.float32), init_score=start,
        feature_name=list(curve.columns_), params={**fixed, "max_bin": curve.trees_.parameters["max_bin"]},
    )  # fmt: skip
    return text_of(lgb.train(asked, data, num_boost_round=curve.rounds))


def text_of(booster: lgb.Booster) -> str:
    """The trees without the parameters, which name the threads."""
    return str(booster.model_to_string()).partition("\nparameters:\n")[0]


def compared(learned: TrainingSet, repeat: int, steps: Steps) -> None:
    """Our fit against the bare one on the same rows, and our trees with more threads."""
    ours = timed(lambda: fit_payment_curve(learned), repeat)
    curve, k = ours.result, learned.intervals["k"].to_numpy()
    matrix, start = curve.interval_matrix(learned.table, learned.intervals["row"].to_numpy(), k), curve.typical_[k]
    theirs = timed(lambda: bare(curve, matrix, learned, start), repeat)
    hashes = {threads: _hash(fit_payment_curve(learned, threads=threads)) for threads in (1, 2, 4)}
    assert curve.trees_ is not None
    assert text_of(curve.trees_.booster_) == theirs.result, "the trees differ"
    assert len(set(hashes.values())) == 1, f"the trees depend on the number of threads: {hashes}"
    count, rows = len(learned.intervals), steps.rows
    rows.append(("our fit, compared", count, ours.cpu_s, ours.wall_s, round(peak_mb())))
    rows.append(("LightGBM's bare train", count, theirs.cpu_s, theirs.wall_s, "-"))
    rows += [(f"hash with {threads} threads: {found}", "-", "-", "-", "-") for threads, found in hashes.items()]
    steps.facts |= {
        "compared_rows": count, "ours_cpu_s": round(ours.cpu_s, 3), "lightgbm_cpu_s": round(theirs.cpu_s, 3),
        "times_lightgbm": round(ours.cpu_s / theirs.cpu_s, 3),
        "ratio_vs_lightgbm": round(theirs.cpu_s / ours.cpu_s, 3),
        "ratio_vs_lightgbm_wall": round(theirs.wall_s / ours.wall_s, 3), "model_hash": hashes[1],
    }  # fmt: skip


def _hash(curve: PaymentCurve) -> str:
    assert curve.trees_ is not None
    return hashlib.sha256(curve.trees_.to_text().encode()).hexdigest()[:16]


def monthly(folder: str, cap: int, threads: int, minutes: int) -> None:
    """The whole monthly run on an empty shelf; what came of it as JSON, in `folder`."""
    began, cpu = time.perf_counter(), time.process_time()
    ledger = opened(Path(folder))
    plan = Plan(minutes=minutes, threads=threads, row_cap=cap)

    def say(line: str) -> None:
        print(f"{line}; {time.process_time() - cpu:,.0f} CPU s, {peak_mb():,.0f} MB", file=sys.stderr, flush=True)

    made = train(ledger, EVENING, Shelf(Path(folder) / "shelf"), now=NOW, plan=plan, progress=say)
    facts = {
        "monthly_minutes_allowed": minutes,
        "monthly_wall_s": round(time.perf_counter() - began, 1),
        "monthly_cpu_s": round(time.process_time() - cpu, 1),
        "monthly_peak_mb": round(peak_mb(), 1),
        "monthly_kind": made.kind,
        "monthly_declined_by": " ".join(gate.name for gate in made.gates if gate.blocks and not gate.passed),
        "monthly_left_out": "; ".join(made.skipped) or "nothing",
    }
    (Path(folder) / MADE).write_text(json.dumps(facts))


MADE = "monthly.json"


def monthly_apart(folder: str, cap: int, threads: int, minutes: int) -> dict[str, object]:
    """The same in a process of its own, so that the memory is its own; and what came of it."""
    _apart(monthly, folder, cap, threads, minutes)
    found: dict[str, object] = json.loads((Path(folder) / MADE).read_text())
    return found


def main() -> None:
    sizes = {"invoices": 1_000_000, "cap": 3_000_000, "compared": 500_000, "threads": 1, "minutes": 60}
    options = arguments(__doc__ or "", scale=("invoices", "cap", "compared"), **sizes)
    if options.small:
        options.invoices, options.compared = max(1, options.invoices // 20), max(1, options.compared // 3)
        options.minutes = 0
    with tempfile.TemporaryDirectory() as warm:
        # Compiled before anything is timed, as every process but the first of an installation finds it.
        book(warm, 300)
        feature_rows(opened(Path(warm)).as_of(EVENING))
    with tempfile.TemporaryDirectory() as folder:
        booked_apart(folder, options.invoices)
        whole = monthly_apart(folder, options.cap, options.threads, options.minutes) if options.minutes else {}
        ledger, steps = opened(Path(folder)), Steps()
        fitted(ledger, options.cap, options.threads, steps)
        peak = peak_mb()
        (learned,) = training_sets(ledger, [ledger.as_of(EVENING)], options.compared)
        compared(learned, options.repeat, steps)
    facts = {"benchmark": "train", "invoices": options.invoices, "threads": options.threads, **whole, **steps.facts}
    facts |= {"cpu_s": round(steps.cpu_s, 2), "wall_s": round(steps.wall_s, 2), "peak_mb": round(peak, 1)}
    show(
        f"A payment curve from {options.invoices:,} invoices: {steps.cpu_s:,.1f} CPU s, {steps.wall_s:,.1f} s by the "
        f"clock, peak {peak:,.0f} MB; our fit takes {facts['times_lightgbm']} times LightGBM's bare train (CPU)",
        steps.rows,
        facts,
        options.json,
    )
    if whole and not options.json:
        print("The whole monthly run: " + ", ".join(f"{key.removeprefix('monthly_')} {v}" for key, v in whole.items()))


if __name__ == "__main__":
    main()
