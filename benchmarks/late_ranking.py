"""Who is overdue and unpaid h days on? The trained model against each customer's own habit and the simple orders.

A ledger is imported and trained on as of a day, then every open item due within the horizon is judged on every seventh
evening for twelve weeks, against what the ledger knows at its end. Of a folder of public ledgers (PAYRISK_PUBLIC_DATA,
by default ../shared/data) the two with history are judged; without it, and with --small, a simulated company.

The ratios compare the pairs of items ranked the wrong way round, 1 - AUC, averaged over all rows of the table: how many
the peer has for each of ours.

    python benchmarks/late_ranking.py [--json] [--small]
"""

import os
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from measure import arguments, peak_mb, show, timed

from features.compute import feature_rows
from features.table import FeatureTable
from ledger.book import Ledger
from ledger.days import to_day
from ledger.importing import import_files
from models.shelf import Shelf
from payrisk.migrations.run import upgrade
from simulation.company import generate
from simulation.export import write_export
from training.fit import fit_habit_curve
from training.metrics import auc, ece
from training.monthly import train

NOW = datetime(2026, 4, 1, tzinfo=UTC)
HORIZONS = (14, 30)
PUBLIC = Path(os.environ.get("PAYRISK_PUBLIC_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
WINDOWS = (
    ("ibm_ar", "ibm_ar/*.csv", date(2013, 6, 30)),
    ("ibm_ar", "ibm_ar/*.csv", date(2013, 8, 31)),
    ("vendor_invoices", "vendor_invoices/*.csv", date(2015, 6, 30)),
    ("vendor_invoices", "vendor_invoices/*.csv", date(2015, 12, 31)),
    ("vendor_invoices", "vendor_invoices/*.csv", date(2016, 2, 29)),
)

Judged = dict[str, float]


def judge(files: list[Path], mapping: str | None, as_of: date, folder: Path) -> Judged:
    """Figures by `NAME_HORIZON`: `auc`, `habit_auc`, `simple_auc` (the best simple order), `ece`, `items`, `unpaid`."""
    url = f"sqlite:///{folder / 'ledger.db'}"
    upgrade(url)
    ledger, shelf = Ledger.open(url), Shelf(folder / "models")
    import_files(ledger, files, mapping=mapping, today=NOW.date(), recorded_at=NOW)
    train(ledger, as_of, shelf, now=NOW)
    picked = shelf.pick(as_of)
    assert picked is not None
    bundle, habit = picked[0], fit_habit_curve(ledger.as_of(as_of))
    last = ledger.newest_day()
    cleared = ledger.as_of(last).settlements.drop_duplicates("item_id", keep="last").set_index("item_id")["cleared_on"]
    evenings = [as_of + timedelta(days=7 * week) for week in range(1, 13)]
    rows = pd.concat(
        [
            answers(feature_rows(ledger.as_of(day)), day, h, cleared, bundle.curve, habit)
            for h in HORIZONS
            for day in evenings
            if day + timedelta(days=h) <= last
        ]
    )
    ledger.close()
    return {name: value for h in HORIZONS for name, value in figures(rows[rows["horizon"] == h], h).items()}


def answers(
    table: FeatureTable, day: date, horizon: int, cleared: "pd.Series[int]", curve: object, habit: object
) -> pd.DataFrame:
    """The items due within the horizon: what was said of them, and whether they were unpaid at its end."""
    end = to_day(day) + horizon
    due = table.take(np.flatnonzero(table.keys["due_on"].to_numpy() <= end).tolist())
    paid_on = due.keys["item_id"].map(cleared)
    said: Callable[[object], np.ndarray] = lambda model: model.survival(due).survival_at(np.full(len(due), horizon))  # type: ignore[attr-defined] # noqa: E731
    return pd.DataFrame(
        {
            "horizon": horizon,
            "unpaid": ~(paid_on <= end).to_numpy(),
            "model": said(curve),
            "habit": said(habit),
            "amount": due.keys["open_minor"].to_numpy(),
            "age": due.keys["dpd"].to_numpy(),
        }
    )


def figures(rows: pd.DataFrame, h: int) -> Judged:
    unpaid = rows["unpaid"].to_numpy()
    ranked = {name: auc(rows[name].to_numpy(dtype=float), unpaid) for name in ("model", "habit", "amount", "age")}
    return {
        f"items_{h}": len(rows),
        f"unpaid_{h}": round(float(unpaid.mean()), 3),
        f"auc_{h}": round(ranked["model"], 3),
        f"habit_auc_{h}": round(ranked["habit"], 3),
        f"simple_auc_{h}": round(max(ranked["amount"], ranked["age"]), 3),
        f"ece_{h}": round(ece(rows["model"].to_numpy(), unpaid), 3),
    }


def main() -> None:
    options = arguments(__doc__ or "", invoices=20_000)
    public = [] if options.small else [w for w in WINDOWS if sorted(PUBLIC.glob(w[1]))]
    found: dict[str, Judged] = {}
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)

        def run() -> None:
            if not public:
                evening = date(2026, 3, 31)
                company = generate(7, evening, customers=max(40, options.invoices // 50), invoices=options.invoices)
                files = write_export(company, home / "export")
                found["simulated company"] = judge(files, None, evening - timedelta(days=120), home)
            for number, (mapping, pattern, day) in enumerate(public):
                (home / str(number)).mkdir()
                files = sorted(PUBLIC.glob(pattern))
                found[f"{mapping} {day}"] = judge(files, mapping, day, home / str(number))

        cost = timed(run, repeat=1)
    head = ("ledger, fitted as of", "h", "items", "unpaid", "AUC", "habit", "simple", "ECE")
    names = ("items", "unpaid", "auc", "habit_auc", "simple_auc", "ece")
    lines = [(key, h, *(said[f"{n}_{h}"] for n in names)) for key, said in found.items() for h in HORIZONS]
    flat = {f"{key.replace(' ', '_')}_{name}": value for key, said in found.items() for name, value in said.items()}
    wrong = {n: sum(1.0 - said[f"{n}_{h}"] for said in found.values() for h in HORIZONS) for n in names if "auc" in n}
    ratios = {f"ratio_vs_{peer}": round(wrong[f"{peer}_auc"] / wrong["auc"], 2) for peer in ("habit", "simple")}
    facts = {
        "benchmark": "late_ranking",
        **ratios,
        **flat,
        "cpu_s": round(cost.cpu_s, 1),
        "peak_mb": round(peak_mb(), 1),
    }
    title = f"Who is overdue and unpaid h days on? Pairs ranked wrongly for each of ours: {ratios}"
    show(title, [head, *lines], facts, options.json)


if __name__ == "__main__":
    main()
