"""The public ledgers, walked forward: the trained model against the figures reached before and the simple orders.

Models are made by the monthly job at month ends (`public_data.month_ends`) and judged on the evenings until the next,
with the tasks of `public_judging`. Without the public ledgers, and with --small, a simulated company.

Each row says what was *reached* before on the ledger, ours in the two ways of `public_figures` with the 95 % interval
over customers, above which figure a leak is suspected, and the paired difference to each simple order. A line says what
each model reaches that is made once and judged to the end: so the figures to reach were made, at a cutoff that nobody
told. Two warnings stand beside the honest figure of 30 days: the same learner trained on closed items alone, and judged
on a random half of the rows it could have learned from. A ledger whose model is declined says by which gate.

    python benchmarks/public_ledgers.py [--json] [--small] [--ledger NAME] [--keep FOLDER] [--bare [FAMILY]]
"""

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from measure import peak_mb, show, timed
from public_data import LEDGERS, NOW, SIMULATED, cutoffs, is_here, ledger_home
from public_figures import Figures, figures_of
from public_judging import BASELINES, HORIZONS, TASKS, Asked, Bools, Floats, Task, ask, chances, simple_orders

from features.table import FeatureTable
from ledger.book import Ledger
from ledger.days import NEVER, to_day
from models.habit_curve import HabitCurve
from models.payment_curve import PaymentCurve
from models.readings import LAST_DAY, Curves
from models.shelf import Shelf
from training.fit import TrainingSet, fit_payment_curve, fit_stacked_curve, fit_until_due_curve, training_sets
from training.labels import unpaid_after
from training.metrics import Interval, auc, log_loss
from training.promotion import ALLOWED_AUC_LOSS

if TYPE_CHECKING:
    from training.monthly import TrainingResult

Curve = PaymentCurve | HabitCurve

REACHED: dict[str, dict[str, tuple[float, float]]] = {
    "ibm_ar": {
        "late_0": (0.876, 0.90), "late_5": (0.868, 0.90), "unpaid_14": (0.787, 0.89), "unpaid_30": (0.902, 0.95),
    },
    "vendor_invoices": {
        "late_0": (0.829, 0.90), "late_5": (0.810, 0.88), "late_30": (0.752, 0.85),
        "unpaid_14": (0.710, 0.81), "unpaid_30": (0.770, 0.87),
    },
    "superlender": {
        "late_0": (0.659, 0.74), "late_5": (0.705, 0.78), "unpaid_14": (0.708, 0.81), "unpaid_30": (0.802, 0.90),
    },
    "traffic_fines": {"late_0": (0.543, 0.65)},
}  # fmt: skip
"""By ledger and task: the AUC that a careful LightGBM reached, and the AUC above which a leak is suspected."""

REACHED_DAYS = {"ibm_ar": 5.95, "vendor_invoices": 16.6, "superlender": 5.6}
"""Mean absolute error of the payment date, in days, reached before."""

BARE: dict[str, Callable[[TrainingSet], PaymentCurve]] = {
    "hazard": fit_payment_curve, "stacked": fit_stacked_curve, "until_due": fit_until_due_curve,
}  # fmt: skip
"""Families that can be judged without the monthly run."""

NO_SIGNAL = frozenset({"traffic_fines"})
"""Ledgers whose model must be declined: nobody's history is in them."""

SLACK = 0.005
HIGHEST_ECE = 0.065


@dataclass(frozen=True)
class Warned:
    """Unpaid in 30 days, honestly and not: AUC and log loss on the same rows, and AUC on the random half."""

    honest: tuple[float, float]
    closed_only: tuple[float, float]
    random_split: float


@dataclass(frozen=True)
class Judged:
    """One ledger: figures by task, what is said of the training, and the warnings.

    Attributes:
        date_error: mean absolute error of the expected payment date at issue, over what was paid; in days.
        once: by task, the AUC of each cutoff's model on every evening after it; NaN where one outcome came alone.
        trained: what the monthly job made of each cutoff; None where only the curve was fitted.
        warned: None where no curve was served.
    """

    figures: dict[str, Figures]
    once: dict[str, list[float]]
    date_error: float
    trained: "dict[date, TrainingResult | None]"
    warned: Warned | None


WARNED = Task(False, 30)


def judge(
    ledger: Ledger, shelves: Path, days: tuple[date, ...], judged_share: float, bare: str | None = None
) -> Judged:
    """Train at each cutoff, ask on the evenings until the next, compare with what came.

    Args:
        shelves: a folder for a shelf of each cutoff: every model is the first of a company that starts on that day.
        days: the cutoffs, rising; what each model says until the next is pooled.
        judged_share: share of the items judged.
        bare: fit a curve of this family of `BARE` alone, without backtest and gates: what is judged is never what
            serves instead.
    """
    asked = ask(ledger, days, judged_share)
    trained: dict[date, TrainingResult | None] = {}
    parts: dict[str, list[pd.DataFrame]] = {task.name: [] for task in TASKS}
    once: dict[str, list[float]] = {task.name: [] for task in TASKS}
    errors: list[Floats] = []
    for number, day in enumerate(days):
        after = asked.day > to_day(day)
        until = to_day(days[number + 1]) if number + 1 < len(days) else NEVER
        trained[day], curve = _made(ledger, Shelf(shelves / day.isoformat()), day, bare)
        curves = _survival(curve, asked.table, after)
        closed = _closed_only(ledger, day) if isinstance(curve, PaymentCurve) else None
        for task in TASKS:
            said, there = chances(curves, asked, after, task), after & asked.of(task)
            once[task.name].append(auc(said[there[after]], asked.happened(task)[there]))
            rows = there & (asked.day <= until)
            if not rows.any():
                continue
            answers = _answers(asked, rows, task, said[rows[after]], to_day(day)).assign(cutoff=number)
            if task == WARNED and closed is not None:
                answers["closed_only"] = _survival(closed, asked.table, rows).survival_at(task.days)
            parts[task.name].append(answers)
        paid = (asked.at_issue & (asked.day <= until) & (asked.cleared < NEVER))[after]
        expected = np.nan_to_num(curves.first_day_at(0.5)[paid], nan=LAST_DAY)
        errors.append(np.abs(expected - (asked.cleared - asked.day)[after][paid]))
    found = {name: pd.concat(rows, ignore_index=True) for name, rows in parts.items() if sum(map(len, rows))}
    return Judged(
        figures={name: figures_of(rows) for name, rows in found.items()},
        once=once,
        date_error=float(np.concatenate(errors).mean()),
        trained=trained,
        warned=_warned(ledger, found.get(WARNED.name, pd.DataFrame()), to_day(days[0])),
    )


def _made(ledger: Ledger, shelf: Shelf, day: date, bare: str | None) -> "tuple[TrainingResult | None, Curve]":
    if bare:
        (learned,) = training_sets(ledger, [ledger.as_of(day)])
        return None, BARE[bare](learned)
    from training.monthly import train  # brings along all that the whole run needs

    result = train(ledger, day, shelf, now=NOW)
    return result, shelf.bundle(result.version).curve


def _survival(curve: Curve, table: FeatureTable, rows: Bools) -> Curves:
    return curve.survival(table.take(np.flatnonzero(rows).tolist()))


def _answers(asked: Asked, rows: Bools, task: Task, said: Floats, cutoff: int) -> pd.DataFrame:
    """One row per question: whose, what came, what we and the simple orders said, knowing what the cutoff knew."""
    learn = asked.of(task) & (asked.day < cutoff) & (asked.until(task) <= cutoff)
    facts = {"customer": asked.table.keys["customer_id"][rows], "happened": asked.happened(task)[rows], "ours": said}
    return pd.DataFrame(facts | simple_orders(asked, rows, learn, task))


def _closed_only(ledger: Ledger, day: date) -> Curve:
    """The curve learned from items that were closed by the evening `day`: the usual notebook."""
    view = ledger.as_of(day)
    (learned,) = training_sets(ledger, [view])
    closed = learned.table.keys["item_id"].isin(view.settlements["item_id"]).to_numpy()
    return _fitted_on(learned, closed)


def _warned(ledger: Ledger, rows: pd.DataFrame, first: int) -> Warned | None:
    """The figures that flatter or mislead, beside the honest ones on the same rows."""
    if "closed_only" not in rows:
        return None
    rows = rows.dropna(subset=["closed_only"])
    honest, closed = (
        (auc(rows[name], rows["happened"]), log_loss(rows[name], rows["happened"])) for name in ("ours", "closed_only")
    )
    return Warned(honest, closed, _random_split(ledger, first))


def _random_split(ledger: Ledger, first: int) -> float:
    """AUC on a random half of the snapshots after `first`, learned from the other half: neighbours on both sides."""
    (learned,) = training_sets(ledger, [ledger.as_of(ledger.newest_day())])
    keys = learned.table.keys
    held = np.random.default_rng(7).random(len(keys)) < 0.5
    unpaid, known = unpaid_after(keys, learned.outcomes, WARNED.days)
    rows = held & known & (keys["day"] > first).to_numpy() & (keys["due_on"] <= keys["day"] + WARNED.days).to_numpy()
    said = _survival(_fitted_on(learned, ~held), learned.table, rows).survival_at(WARNED.days)
    return auc(said, unpaid[rows])


def _fitted_on(learned: TrainingSet, rows: Bools) -> Curve:
    kept = learned.intervals[rows[learned.intervals["row"].to_numpy()]]
    return fit_payment_curve(replace(learned, intervals=kept.reset_index(drop=True)))


def _verdict(name: str, task: str, judged: Judged) -> str:
    """`leak?` above what is believed, `below` where what was reached is missed, `ece` where it is badly calibrated.

    Of a ledger without signal only whether each of its models was declined.
    """
    found = judged.figures[task]
    if name in NO_SIGNAL:
        made = {result.kind if result else "" for result in judged.trained.values()}
        return "not asked" if "" in made else "declined, as it must be" if made == {"habit"} else "NOT DECLINED"
    if np.isnan(found.within.auc.value):
        return "one outcome alone"
    reached, suspicious = REACHED.get(name, {}).get(task, (0.0, 1.0))
    said = []
    for way, ranked in found.ways.items():
        said += [f"{way}: leak?"] if ranked.auc.value > suspicious else []
        said += [f"{way}: below"] if round(ranked.auc.value, 3) < reached - SLACK else []
        no_gain = [peer for peer, gain in ranked.gains.items() if task in _S2 and not gain.low > 0]
        said += [f"{way}: no gain on {' '.join(no_gain)}"] if no_gain else []
        said += [f"{way}: logistic better"] if ranked.gains["logistic"].value < -ALLOWED_AUC_LOSS else []
    said += ["ece"] if found.ece > HIGHEST_ECE else []
    return ", ".join(said) or "good"


_S2 = tuple(Task(False, h).name for h in HORIZONS)


def _facts(name: str, judged: Judged) -> dict[str, object]:
    """Everything, flat, under `LEDGER_TASK_MEASURE`."""
    facts: dict[str, object] = {}
    for task, found in judged.figures.items():
        said = {
            "rows": found.rows, "share": found.share, "ece": found.ece, "brier": found.brier,
            "log_loss": found.log_loss,
        }  # fmt: skip
        for way, ranked in found.ways.items():
            said |= {f"{way}_auc": ranked.auc.value, f"{way}_low": ranked.auc.low, f"{way}_high": ranked.auc.high}
            for peer, gain in ranked.gains.items():
                said |= {f"{way}_{peer}_auc": ranked.simple[peer], f"{way}_{peer}_gain": gain.value}
                said |= {f"{way}_{peer}_gain_low": gain.low, f"{way}_{peer}_gain_high": gain.high}
        facts |= {f"{name}_{task}_{measure}": _number(value) for measure, value in said.items()}
        facts[f"{name}_{task}_verdict"] = _verdict(name, task, judged)
    facts[f"{name}_date_error_days"] = _number(judged.date_error)
    facts[f"{name}_kinds"] = " ".join(result.kind if result else "bare" for result in judged.trained.values())
    if judged.warned:
        facts[f"{name}_closed_only_auc_30"] = _number(judged.warned.closed_only[0])
        facts[f"{name}_random_split_auc_30"] = _number(judged.warned.random_split)
    return facts


def _number(value: float) -> float | None:
    return None if np.isnan(value) else round(float(value), 4)


_HEAD = (
    "ledger", "task", "rows", "share", "reached", "pooled", "within", "from", "to", "suspect", "ECE", "Brier",
    "log loss", "verdict",
)  # fmt: skip


def _lines(name: str, judged: Judged) -> list[tuple[object, ...]]:
    return [
        (name, task, f.rows, f.share, reached if reached else "", f.pooled.auc.value, f.within.auc.value,
         f.within.auc.low, f.within.auc.high, suspect, f.ece, f.brier, f.log_loss, _verdict(name, task, judged))
        for task, f in judged.figures.items()
        for reached, suspect in [REACHED.get(name, {}).get(task, ("", ""))]
    ]  # fmt: skip


def _gain_lines(name: str, judged: Judged) -> list[tuple[object, ...]]:
    return [
        (name, task, way, *(f"{ranked.simple[p]:.3f} {_told(ranked.gains[p])}" for p in BASELINES))
        for task, found in judged.figures.items()
        for way, ranked in found.ways.items()
    ]


def _told(gain: Interval) -> str:
    return f"{gain.value:+.3f} ({gain.low:+.3f} {gain.high:+.3f})"


def _remarks(name: str, judged: Judged) -> list[str]:
    """Sentences: the payment date, what each model reaches alone, the warnings, and what the gates said."""
    reached = f" (reached {REACHED_DAYS[name]})" if name in REACHED_DAYS else ""
    said = [f"{name}: payment date {judged.date_error:.2f} days off on average at issue{reached}"]
    for task in judged.figures:
        told = (f"{day} {value:.3f}" for day, value in zip(judged.trained, judged.once[task], strict=True))
        said.append(f"{name}, {task}, AUC of a model made once, to the end: " + ", ".join(told))
    if judged.warned:
        ours, closed = judged.warned.honest, judged.warned.closed_only
        said.append(
            f"{name}, {WARNED.name}, AUC (log loss): honest {ours[0]:.3f} ({ours[1]:.3f}). Warnings: trained on closed "
            f"items only {closed[0]:.3f} ({closed[1]:.3f}); judged on a random half {judged.warned.random_split:.3f}"
        )
    for day, result in judged.trained.items():
        if result is None:
            continue
        stopped = [f"{gate.name} ({gate.reason})" for gate in result.gates if gate.blocks and not gate.passed]
        told = f"declined by {'; '.join(stopped)}" if stopped else "passed its gates"
        said.append(f"{name}, made on {day}: {result.kind}, {told}, {result.seconds:.0f} s")
    return said


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one flat JSON object instead of the tables")
    parser.add_argument("--small", action="store_true", help="a small simulated company alone: does it work?")
    parser.add_argument("--ledger", choices=[*LEDGERS, SIMULATED], help="one ledger; all that are here by default")
    parser.add_argument("--keep", type=Path, help="a folder that keeps imported ledgers for the next run")
    bare = "fit the curve of this family alone (hazard where none is named), without backtest and gates"
    parser.add_argument("--bare", nargs="?", const="hazard", choices=BARE, help=bare)
    return parser.parse_args()


def main() -> None:
    options = _options()
    names = [options.ledger] if options.ledger else [name for name in LEDGERS if is_here(name)]
    if options.small or not names:
        names = [SIMULATED]
    found: dict[str, Judged] = {}
    with tempfile.TemporaryDirectory() as made:
        home = Path(made)

        def run() -> None:
            for name in names:
                url = ledger_home(name, (options.keep or home) / name, invoices=2_000 if options.small else 20_000)
                ledger, share = Ledger.open(url), LEDGERS[name].judged_share if name in LEDGERS else 1.0
                found[name] = judge(ledger, home / "shelves" / name, cutoffs(name, ledger), share, options.bare)
                ledger.close()

        cost = timed(run, repeat=1)
    facts: dict[str, object] = {"benchmark": "public_ledgers"}
    for name, judged in found.items():
        facts |= _facts(name, judged)
    facts |= {"cpu_s": round(cost.cpu_s, 1), "peak_mb": round(peak_mb(), 1)}
    rows = [_HEAD, *(line for name, judged in found.items() for line in _lines(name, judged))]
    show(
        "AUC: reached before, ours in two ways (from-to over customers is of within), suspect a leak above",
        rows,
        facts,
        options.json,
    )
    if not options.json:
        gains = [line for name, judged in found.items() for line in _gain_lines(name, judged)]
        head = ("ledger", "task", "way", *BASELINES)
        show("Simple orders: AUC, ours minus theirs (from-to over customers)", [head, *gains], {}, False)
        print("\n".join(line for name, judged in found.items() for line in _remarks(name, judged)))
        print(f"{cost.cpu_s:.0f} CPU s, {peak_mb():.0f} MB")


if __name__ == "__main__":
    main()
