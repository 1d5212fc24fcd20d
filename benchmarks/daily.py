"""The whole morning: from stored facts to a published list, with every open item's curve scored and explained.

A company of three years (ten invoices a customer; `benchmarks/train.py`) with what a team leaves behind: contacts,
promises, disputes. A process of its own books it, and fits the two curves that are shipped (the hazard, and the stacked
classifier beside it for what is not past due) on a smaller company of the same kind: their size is printed. Then
`serving.daily.run_evening` with a store, as `payrisk daily` calls it, each time in a new process: once with the
columnar cache cold, once warm. Setting up is not timed. The steps are told by the run itself; what stands under "of it"
is part of the step above it, timed around the call. Memory is the most that the process has held by the end of each
step, 0 where it was not looked at.

The naive way is LightGBM's own `predict` of every interval and `pred_contrib` of those up to the horizon of the
headline, on the matrix written out beforehand: timed on a sample of the items, and told for all in proportion. It is
held against our scoring, which also makes the sentences.

    python benchmarks/daily.py [--invoices 50000] [--learned-from 40000] [--trees 150] [--leaves 31] [--sample 200]
                               [--capacity 400] [--open-percent 0] [--json]

`--open-percent 8` leaves so many of a hundred invoices open, those issued lately; 0: as the company pays.

`--small` takes a tenth of the invoices: does it work?
"""

import json
import shutil
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
from measure import arguments, peak_mb, show, timed
from train import EVENING, LAST_DAY, NOW, _apart, company, opened

from features.catalogue import fingerprint
from features.compute import feature_rows
from features.table import FeatureTable
from ledger.facts import Facts
from models.bundle import Bundle
from models.payment_curve import PaymentCurve
from models.scoring import readings_of
from models.shelf import Shelf
from models.until_due_curve import PaymentCurveUntilDue
from payrisk.migrations.run import upgrade
from serving import daily
from serving.daily import EveningSettings, run_evening
from serving.listing import placing
from serving.published import told_accounts
from serving.published.store import ServingStore
from serving.scoring import scored_rows
from training.fit import Recipe, fit_until_due_curve, training_sets

INVOICES_PER_CUSTOMER = 10

COUNTRY = "IN"
"""Where the customers are: one that works on 1 January, the day of the list. Elsewhere nobody would be called."""

LATELY_DAYS = 180
LEARNED_ROWS = 200_000
"""Intervals that the curve is fitted on at most."""

PARTS = {
    scored_rows: ("item_gains",),
    placing: ("customer_facts", "covered_of", "accounts_of", "ranked_alone", "queue_in_places"),
    told_accounts: ("account_texts", "place_members"),
    daily: ("_scored", "decided_digest", "queue_run", "evening_reports"),
}
"""Of the steps that `run_evening` tells, the calls that are timed for themselves: the module that calls, and names."""

Row = tuple[str, float, float, float]


def with_activity(made: Facts, seed: int = 8) -> Facts:
    """The same company with master records, a rate, and what a team left behind."""
    rng = np.random.default_rng(seed)
    customers = np.sort(made.items["customer_id"].astype(str).unique())
    unpaid = made.items[~made.items["item_id"].isin(made.applications["item_id"])]
    called = rng.choice(customers, len(customers) // 2)
    day = rng.integers(LAST_DAY - 120, LAST_DAY, len(called))
    promised = unpaid.iloc[: len(unpaid) // 20]
    disputed = unpaid.iloc[len(unpaid) // 20 : len(unpaid) // 10]
    outcomes = ["no_answer", "right_party", "promise"]
    return Facts.of(
        items=made.items,
        applications=made.applications,
        customers=pd.DataFrame(
            {"customer_id": customers, "customer_name": [f"{name} Ltd" for name in customers], "country": COUNTRY,
             "debtor_class": "legal_person", "known_on": int(made.items["known_on"].min())}
        ),
        rates=pd.DataFrame(
            [{"currency": "USD", "base": "EUR", "rate": "0.9", "rate_on": LAST_DAY - 30, "known_on": LAST_DAY - 30}]
        ),
        contacts=pd.DataFrame(
            {"contact_id": [f"K-{at}" for at in range(len(called))], "customer_id": called, "channel": "phone",
             "outcome": rng.choice(outcomes, len(called)), "happened_on": day, "known_on": day}
        ),
        promises=pd.DataFrame(
            {"promise_id": [f"V-{at}" for at in range(len(promised))], "customer_id": promised["customer_id"],
             "currency": promised["currency"], "amount_minor": promised["amount_minor"], "made_on": LAST_DAY - 9,
             "promised_on": LAST_DAY - 9 + rng.integers(0, 20, len(promised)), "known_on": LAST_DAY - 9}
        ),
        disputes=pd.DataFrame(
            {"dispute_id": [f"D-{at}" for at in range(len(disputed))], "item_id": disputed["item_id"],
             "amount_minor": disputed["amount_minor"], "opened_on": LAST_DAY - 5, "known_on": LAST_DAY - 5}
        ),
    )  # fmt: skip


def with_open(made: Facts, percent: int, seed: int = 6) -> Facts:
    """The same company with so many of a hundred invoices open: of those issued lately fewer are paid yet."""
    items, applications = made.items, made.applications
    settled = items["item_id"].isin(applications["item_id"]).to_numpy()
    lately = np.flatnonzero(settled & (items["issued_on"].to_numpy(dtype=np.int64) > LAST_DAY - LATELY_DAYS))
    missing = len(items) * percent // 100 - int((~settled).sum())
    reopened = np.random.default_rng(seed).choice(lately, min(max(0, missing), len(lately)), replace=False)
    paid = ~applications["item_id"].isin(items["item_id"].iloc[reopened])
    return Facts.of(items=items, applications=applications[paid].reset_index(drop=True))


def set_up(folder: str, invoices: int, learned_from: int, trees: int, leaves: int, open_percent: int = 0) -> None:
    """Book the company, and put a curve in use that learned from a smaller one."""
    made = company(invoices, per_customer=INVOICES_PER_CUSTOMER)
    _booked(Path(folder), with_open(made, open_percent) if open_percent else made)
    with tempfile.TemporaryDirectory() as smaller:
        _booked(Path(smaller), company(learned_from, seed=9))
        ledger = opened(Path(smaller))
        (learned,) = training_sets(ledger, [ledger.as_of(EVENING)], LEARNED_ROWS)
    curve = fit_until_due_curve(learned, Recipe(num_leaves=leaves, rounds=trees))
    shelf = Shelf(Path(folder) / "shelf")
    shelf.keep(Bundle(curve, EVENING, grace_days=5, fingerprint=fingerprint(), passed=True), NOW)


def _booked(folder: Path, made: Facts) -> None:
    upgrade(_url(folder))
    ledger = opened(folder)
    ledger.load(with_activity(made))
    ledger.as_of(EVENING)


def _url(folder: Path) -> str:
    return f"sqlite:///{folder / 'ledger.db'}"


class Watch:
    """The processor and wall seconds of the steps that a run tells, and of calls within them."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self._step, self._parts = "", dict[str, tuple[float, float]]()
        self._began = (0.0, 0.0)

    def told(self, step: str) -> None:
        """A step begins, and the one before it ends; '' ends the last one."""
        now = time.process_time(), time.perf_counter()
        if self._step:
            self.rows.append((self._step, now[0] - self._began[0], now[1] - self._began[1], peak_mb()))
            self.rows += [(f"  of it {name}", *spent, 0.0) for name, spent in self._parts.items()]
        self._step, self._parts = "scoring" if step.startswith("scoring") else step, {}
        self._began = time.process_time(), time.perf_counter()

    def around(self, module: ModuleType, name: str) -> None:
        """Time what the module calls by that name."""
        call: Callable[..., Any] = getattr(module, name)

        def watched(*given: Any, **named: Any) -> Any:
            began = time.process_time(), time.perf_counter()
            made = call(*given, **named)
            before = self._parts.get(name, (0.0, 0.0))
            spent = time.process_time() - began[0], time.perf_counter() - began[1]
            self._parts[name] = before[0] + spent[0], before[1] + spent[1]
            return made

        setattr(module, name, watched)


def morning(folder: str, warm_up: str, capacity: int, sample: int) -> None:
    """One morning in this process; its steps as JSON in the folder. With a sample the naive way is timed as well."""
    settings = EveningSettings(capacity=capacity)
    shelf = Shelf(Path(folder) / "shelf")
    for home in (warm_up, folder):  # the first compiles what is compiled; the second counts
        watch = Watch()
        if home == folder:
            for module, names in PARTS.items():
                for name in names:
                    watch.around(module, name)
        store = ServingStore(_url(Path(home)))
        run = run_evening(
            opened(Path(home)), shelf, EVENING, settings, now=NOW, store=store, program="benchmark",
            progress=watch.told,
        )  # fmt: skip
        watch.told("")
        store.close()
    picked = shelf.pick(EVENING)
    assert picked is not None
    assert isinstance(picked[0].curve, PaymentCurveUntilDue)
    boosters = [one.trees_.booster_ for one in (picked[0].curve, picked[0].curve.stacked_) if one.trees_ is not None]
    facts: dict[str, object] = {
        "run_id": run.run_id,
        "mode": run.head["mode"],
        "accounts": len(run.accounts),
        "listed": len(run.lines),
        "items": sum(len(one["items"]) for one in run.accounts),
        "trees": " + ".join(str(one.num_trees()) for one in boosters),
        "most_leaves": max(tree["num_leaves"] for one in boosters for tree in one.dump_model()["tree_info"]),
    }
    naive_s = naive(folder, picked[0], sample) if sample else None
    (Path(folder) / MADE).write_text(json.dumps({"rows": watch.rows, "facts": facts, "naive_cpu_s": naive_s}))


MADE = "morning.json"


def naive(folder: str, bundle: Bundle, sample: int) -> float:
    """Processor seconds an item of LightGBM's own scores and contributions."""
    curve = bundle.curve
    assert isinstance(curve, PaymentCurve)
    table = feature_rows(opened(Path(folder)).as_of(EVENING))
    table = table.take(np.linspace(0, len(table) - 1, min(sample, len(table))).astype(int).tolist())
    horizons = readings_of(curve, table, bundle.grace_days).late_risk_days
    spent = 0.0
    for part, share in curve.parts(table):
        rows = np.flatnonzero(share)
        spent += _naive(part, table.take(rows.tolist()), horizons[rows]) if len(rows) else 0.0
    return spent / len(table)


def _naive(curve: PaymentCurve, table: FeatureTable, horizons: "np.ndarray[Any, Any]") -> float:
    """The same of one curve and all of these items, together."""
    assert curve.trees_ is not None
    booster = curve.trees_.booster_
    rows, k, _ = curve.steps_until(horizons, table.keys["dpd"].to_numpy(dtype=np.int64))
    explained = curve.interval_matrix(table, rows, k)
    spans = len(curve.edges) - 1
    every = np.repeat(np.arange(len(table)), spans), np.tile(np.arange(spans), len(table))
    scored = curve.interval_matrix(table, *every)
    scores = timed(lambda: booster.predict(scored, raw_score=True, num_threads=1), 1)
    reasons = timed(lambda: booster.predict(explained, pred_contrib=True, num_threads=1), 1)
    return scores.cpu_s + reasons.cpu_s


def morning_apart(folder: str, warm_up: str, capacity: int, sample: int = 0) -> dict[str, Any]:
    """The same in a process of its own, so that the memory is its own."""
    _apart(morning, folder, warm_up, capacity, sample)
    found: dict[str, Any] = json.loads((Path(folder) / MADE).read_text())
    return found


def main() -> None:
    sizes = {
        "invoices": 50_000, "learned_from": 40_000, "trees": 150, "leaves": 31, "sample": 200, "capacity": 400,
        "open_percent": 0,
    }  # fmt: skip
    options = arguments(__doc__ or "", scale=("invoices", "learned_from", "trees"), **sizes)
    assert EVENING + timedelta(days=1) <= NOW.date()
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as small:
        _apart(_booked, Path(small), company(500))
        sizes_of = (options.invoices, options.learned_from, options.trees, options.leaves, options.open_percent)
        _apart(set_up, folder, *sizes_of)
        shutil.rmtree(Path(folder) / "cache")
        cold = morning_apart(folder, small, options.capacity)
        warm = morning_apart(folder, small, options.capacity, options.sample)
    told(options.invoices, options.sample, cold, warm, options.json)


def told(invoices: int, sample: int, cold: dict[str, Any], warm: dict[str, Any], as_json: bool) -> None:
    """The table of both mornings."""
    assert cold["facts"]["run_id"] == warm["facts"]["run_id"], "the cache changed the list"
    facts = {"benchmark": "daily", "invoices": invoices, **warm["facts"]}
    items = int(warm["facts"]["items"])
    rows: list[tuple[object, ...]] = [("step", "CPU s", "wall s", "peak MB", "CPU s, cache cold", "peak MB, cold")]
    for (name, cpu_s, wall_s, peak), (_, cold_s, _, cold_peak) in zip(warm["rows"], cold["rows"], strict=True):
        rows.append((name, cpu_s, wall_s, round(peak), cold_s, round(cold_peak)))
        facts[f"{name.strip().replace(' ', '_')}_cpu_s"] = round(cpu_s, 3)
    for key, run in (("", warm), ("cold_", cold)):
        steps = [row for row in run["rows"] if not row[0].startswith(" ")]
        facts[f"{key}cpu_s"] = round(sum(row[1] for row in steps), 2)
        facts[f"{key}wall_s"] = round(sum(row[2] for row in steps), 2)
        facts[f"{key}peak_mb"] = round(max(row[3] for row in steps), 1)
    rows.append(("all", facts["cpu_s"], facts["wall_s"], round(float(facts["peak_mb"])), facts["cold_cpu_s"],
                 round(float(facts["cold_peak_mb"]))))  # fmt: skip
    naive_s = float(warm["naive_cpu_s"]) * items
    ours = next(row[1] for row in warm["rows"] if row[0] == "scoring")
    facts |= {"naive_cpu_s": round(naive_s, 1), "ratio_vs_lightgbm": round(naive_s / ours, 2)}
    rows.append((f"LightGBM of {sample} items, told for all", naive_s, "-", "-", "-", "-"))
    show(
        f"The morning of {invoices:,} invoices: {items:,} open items of {facts['accounts']:,} accounts, "
        f"{facts['listed']:,} listed; {facts['trees']} trees of up to {facts['most_leaves']} leaves, mode "
        f"{facts['mode']}; LightGBM takes {facts['ratio_vs_lightgbm']} times our scoring with its sentences (CPU)",
        rows,
        facts,
        as_json,
    )


if __name__ == "__main__":
    main()
