"""The monthly run, top to bottom: judge, choose, fit, decide, keep.

Try to learn a payment curve; if there is too little to learn from, or a gate of trust says no, keep the habit curve
instead and say why. On an empty shelf what was made is put to use at once, marked as not yet approved; later versions
wait for a person, and those that a gate of promotion declined cannot be promoted.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import cached_property
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from features.catalogue import fingerprint
from features.compute import feature_rows
from features.table import FeatureTable
from ledger.book import Ledger
from ledger.days import NEVER, to_date, to_day
from ledger.view import LedgerView
from models.bundle import Bundle, Kind
from models.errors import BundleRefused
from models.habit_curve import HabitCurve
from models.payment_curve import PaymentCurve
from models.readings import horizon_days
from models.reference import SCORE, Reference
from models.shelf import Shelf
from training.backtest import Backtest, Champion, backtest
from training.budget import Budget, Pace
from training.card import card_page
from training.cutoffs import FOLDS, months_between
from training.drift import reference_of
from training.errors import NothingSettled
from training.fit import ROW_CAP, Recipe, TrainingSet, fit_habit_curve, fit_payment_curve, fit_stacked_curve
from training.promotion import (
    Gate,
    enough_history,
    light_enough,
    may_be_promoted,
    may_serve,
    scores_stay_near_the_champion,
)
from training.walk_forward import folds_of

if TYPE_CHECKING:  # mlflow is heavy, and not there without the training extra
    from training.tracking import Tracking

Progress = Callable[[str], None]

TRIALS = 12
"""Recipes tried where the caller does not say."""

BUDGET_MINUTES = 60.0
TUNING_SHARE = 0.3
"""Of the budget, after which no further recipe is tried."""

FOLDS_SHARE = 0.75
"""Of the budget, by which the folds must be done: the curve to be kept is still to be fitted."""

ENOUGH_TO_COMPARE = 200
"""Open items below which an index of ten bins is chance."""

SERVICE = "service"
"""Who trains where nobody is named: the schedule."""


@dataclass(frozen=True)
class TrainingResult:
    """What one run made.

    Attributes:
        version: its name on the shelf.
        kind: `model`, or `habit` where a model could not be learned or was declined.
        installed: whether it was put to use by this run (only on an empty shelf).
        metrics: what the backtest measured, see `training.measured`; empty without one.
        gates: every gate asked, with its reason.
        seconds: wall time.
        model_hash: of what predicts; see `Bundle.model_hash`.
        skipped: what was left out to keep the time budget, in sentences.
    """

    version: str
    kind: Kind
    installed: bool
    metrics: dict[str, float]
    gates: tuple[Gate, ...]
    seconds: float
    model_hash: str = ""
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """How a run goes about it.

    Attributes:
        folds: months walked forward over, at most.
        trials: recipes tried; 0 tunes nothing.
        minutes: the time budget; what did not fit in is left out, newest evidence last, and said.
        seed: of everything that draws.
        threads: of LightGBM; the version is the same with any number.
        row_cap: intervals that the kept curve reads at most.
    """

    folds: int = FOLDS
    trials: int = TRIALS
    minutes: float = BUDGET_MINUTES
    seed: int = 7
    threads: int = 1
    row_cap: int = ROW_CAP


@dataclass
class _Run:
    """What the steps of one run share."""

    ledger: Ledger
    view: LedgerView
    shelf: Shelf
    plan: Plan
    budget: Budget
    say: Progress
    champion: Bundle | None = None
    champion_version: str | None = None
    gates: list[Gate] = field(default_factory=list)
    tuning: str = ""

    @cached_property
    def tonight(self) -> FeatureTable:
        """The feature rows of tonight's open items."""
        return feature_rows(self.view)


def train(
    ledger: Ledger,
    as_of: date,
    shelf: Shelf,
    *,
    now: datetime,
    grace_days: int = 5,
    by: str = SERVICE,
    plan: Plan = Plan(),
    tracking: "Tracking | None" = None,
    progress: Progress = lambda line: None,
) -> TrainingResult:
    """Make a version from what was known on the evening of `as_of`, and put it on the shelf.

    Args:
        ledger: the facts.
        as_of: the evening; nothing learned later has any influence.
        shelf: where the version goes; if it was empty, the version is put to use.
        now: the instant, for the records only.
        grace_days: days after due within which a payment is not late.
        by: who trains: a person or a service account.
        plan: how much to try, and how long it may take.
        tracking: where runs are recorded; None records none.
        progress: told one line at each step.

    Raises:
        NothingSettled: when no item was settled by then.
    """
    view = ledger.as_of(as_of)
    settled = view.settlements[view.settlements["taken_back_on"] == NEVER]
    if not settled["by_cash"].any():
        raise NothingSettled(as_of, len(view.open_items()))
    budget = Budget(plan.minutes)
    run = _Run(ledger, view, shelf, plan, budget, lambda line: progress(f"{line} ({budget.told})"))
    run.champion_version, run.champion = _champion(shelf, as_of)
    run.gates.append(enough_history(len(settled), months_between(settled["known_on"])))
    judged = _judge(run) if run.gates[0].passed else None
    bundle = _model_bundle(run, judged, grace_days, by) if judged is not None and may_serve(run.gates) else None
    serves = bundle is not None and (bundle.passed or _in_use(shelf))
    # Beside a model the habit curve waits for the day on which that one is damaged.
    habit = _habit_bundle(run, judged, grace_days, by, alone=not serves)
    if bundle is None or not serves:
        bundle = habit
    version, installed = shelf.keep(bundle, now)
    if bundle is not habit:
        shelf.put(habit)
    progress(f"version {version} is on the shelf" + (", in use, not yet approved" if installed else ""))
    if tracking is not None:
        progress(_recorded(tracking, run, bundle, installed, now))
    return TrainingResult(
        version=version,
        kind=bundle.kind,
        installed=installed,
        metrics=judged.measured.metrics() if judged else {},
        gates=tuple(run.gates),
        seconds=run.budget.spent_s,
        model_hash=bundle.model_hash,
        skipped=tuple(run.budget.skipped),
    )


def _in_use(shelf: Shelf) -> bool:
    """Whether a version is in use; a damaged pointer counts as one, for a person must say which."""
    try:
        return shelf.champion() is not None
    except BundleRefused:
        return True


def _champion(shelf: Shelf, as_of: date) -> tuple[str | None, Bundle | None]:
    """The version in use, where it can be compared with: whole, and not trained later than this run."""
    try:
        entry = shelf.champion()
        if entry is None:
            return None, None
        bundle = shelf.bundle(entry.version)
    except BundleRefused:
        return None, None
    return entry.version, bundle if bundle.trained_as_of <= as_of else None


def _judge(run: _Run) -> Backtest | None:
    """Walk forward and ask every gate that it answers; without a backtest the gates say that nothing was seen."""
    folds = folds_of(run.view, run.plan.folds)
    champion: tuple[Champion, int] | None = None
    if run.champion is not None and run.champion.fingerprint == fingerprint():
        champion = run.champion.curve.survival, to_day(run.champion.trained_as_of)
    found = backtest(
        run.ledger,
        run.view,
        folds,
        recipe=lambda learned: _recipe(run, learned),
        champion=champion,
        may_fit=Pace(run.budget, len(folds), FOLDS_SHARE),
        say=run.say,
        cap=run.plan.row_cap,
    )
    if found is None:
        run.gates.append(Gate("can_be_judged", False, "there was no past evening to learn from and be judged on"))
        return None
    run.gates += found.gates(run.champion_version if champion is not None else None)
    return found


def _recipe(run: _Run, learned: TrainingSet) -> Recipe:
    from training.tuning import tune  # optuna, which only a run that tunes needs

    base = Recipe(seed=run.plan.seed)
    began, tried = run.budget.spent_s, 0

    def may_go_on() -> bool:
        nonlocal tried
        tried += 1  # asked before each trial but the first
        return run.budget.allows((run.budget.spent_s - began) / tried, TUNING_SHARE)

    tuned = tune(learned, base, run.plan.trials, may_go_on, run.say)
    if tuned.tried and tuned.tried < run.plan.trials:
        run.budget.skip(f"{run.plan.trials - tuned.tried} of {run.plan.trials} recipes were not tried")
    run.tuning = tuned.why
    run.say(tuned.why)
    return tuned.recipe


def _model_bundle(run: _Run, judged: Backtest, grace_days: int, by: str) -> Bundle:
    curve = _fitted(run, judged)
    run.say(f"fitted the payment curve on {len(judged.walked.tonight.intervals):,} intervals")
    leaves = curve.trees_.leaves if curve.trees_ is not None else 0
    run.gates.append(light_enough(leaves, len(curve.edges) - 1))
    reference = reference_of(run.view, curve, grace_days)
    run.gates.append(scores_stay_near_the_champion(_moved(run, curve, grace_days)))
    return _bundle(run, curve, reference, judged, grace_days, by)


def _fitted(run: _Run, judged: Backtest) -> PaymentCurve:
    learned, choice = judged.walked.tonight, judged.choice
    if choice.stacked:
        curve = fit_stacked_curve(learned, judged.recipe, run.plan.threads)
    else:
        curve = fit_payment_curve(learned, judged.recipe, choice.linear_share, run.plan.threads)
    return curve.recalibrated(choice.recalibration)


def _habit_bundle(run: _Run, judged: Backtest | None, grace_days: int, by: str, *, alone: bool) -> Bundle:
    curve = fit_habit_curve(run.view)
    if not alone:
        return _bundle(run, curve, None, None, grace_days, by)
    why = next(gate.reason for gate in run.gates if gate.blocks and not gate.passed)
    run.say(f"fitted the habit curve: {why}")
    return _bundle(run, curve, reference_of(run.view, curve, grace_days), judged, grace_days, by)


def _bundle(
    run: _Run,
    curve: PaymentCurve | HabitCurve,
    reference: Reference | None,
    judged: Backtest | None,
    grace_days: int,
    by: str,
) -> Bundle:
    metrics = judged.measured.metrics() if judged else {}
    bundle = Bundle(
        curve=curve,
        trained_as_of=run.view.day,
        grace_days=grace_days,
        fingerprint=fingerprint(),
        passed=isinstance(curve, HabitCurve) or may_be_promoted(run.gates),
        metrics={name: None if isnan(value) else value for name, value in metrics.items()},
        gates=tuple(asdict(gate) for gate in run.gates),
        trained_by=by,
        learned_from=_learned_from(run, judged),
        reference=reference,
    )
    return bundle.with_papers(card_page(bundle, judged, run.tonight if judged is not None else None))


def _learned_from(run: _Run, judged: Backtest | None) -> Mapping[str, Any]:
    """The data window, the recipe and what was left out, as plain JSON values."""
    told: dict[str, Any] = {
        "ledger_version": run.view.version,
        "data_hash": data_hash(run.view),
        "first_known": to_date(int(run.view.items["known_on"].min())).isoformat(),
        "items": int(run.view.items["item_id"].nunique()),
        "customers": int(run.view.items["customer_id"].nunique()),
        "seed": run.plan.seed,
        "skipped": list(run.budget.skipped),
    }
    if judged is not None:
        told |= {
            "snapshots": len(judged.walked.tonight.table),
            "intervals": len(judged.walked.tonight.intervals),
            "folds": [to_date(fold.cutoff).isoformat() for fold in judged.walked.folds],
            "recipe": asdict(judged.recipe),
            "tuning": run.tuning,
            "family": judged.choice.family,
            "family_why": judged.choice.why,
            "recalibration": asdict(judged.choice.recalibration),
        }
    return told


def data_hash(view: LedgerView) -> str:
    """SHA-256 over the facts that an evening knows, whatever their order: the same facts, the same hash."""
    digest = hashlib.sha256()
    facts = (view.items, view.applications, view.customers, view.rates, view.disputes)
    for frame in (*facts, view.absences, view.contacts, view.promises):
        rows = pd.util.hash_pandas_object(frame.astype(str), index=False).to_numpy()
        digest.update(np.sort(rows).tobytes())
    return digest.hexdigest()


def _moved(run: _Run, curve: PaymentCurve, grace_days: int) -> float | None:
    """PSI of tonight's late risk between the version in use and the new curve; None where the one cannot say."""
    if run.champion is None or run.champion.kind != "model" or run.champion.fingerprint != fingerprint():
        return None  # a learned curve is meant to spread its scores otherwise than habits do
    table = run.tonight
    if len(table) < ENOUGH_TO_COMPARE:
        return None
    horizons = horizon_days(table.keys["due_on"].to_numpy() + grace_days - to_day(run.view.day))
    ours, theirs = (one.survival(table).survival_at(horizons) for one in (curve, run.champion.curve))
    moved = Reference.of(table, theirs).psi(table.values, ours)
    psi = float(moved["psi"].to_numpy(dtype=np.float64)[moved["name"].to_numpy() == SCORE][0])
    return None if isnan(psi) else psi


def _recorded(tracking: "Tracking", run: _Run, bundle: Bundle, installed: bool, now: datetime) -> str:
    """Record the run in MLflow; where its store is damaged the version is safe all the same. What to say of it."""
    from models.shap_plots import plots  # shap and matplotlib, like mlflow of the training extra
    from training.tracking import NotRecorded

    parameters: dict[str, Any] = {
        "kind": bundle.kind,
        "trained_as_of": bundle.trained_as_of,
        "grace_days": bundle.grace_days,
    }
    parameters |= {"trained_by": bundle.trained_by, "data_hash": bundle.learned_from["data_hash"]}
    if isinstance(bundle.curve, PaymentCurve):
        parameters |= {name: value for name, value in bundle.curve.get_params().items() if name != "monotone"}
    pictures = plots(bundle.curve, run.tonight) if isinstance(bundle.curve, PaymentCurve) else {}
    papers = {f"papers/{name}": content for name, content in bundle.papers.items()}
    try:
        tracking.record(
            bundle.version,
            run.shelf.folder_of(bundle.version),
            parameters=parameters,
            metrics=bundle.metrics,
            alias="champion" if installed else "challenger",
            at=now,
            artifacts=papers | {f"plots/{name}": content for name, content in pictures.items()},
            tags={"model_hash": bundle.model_hash},
        )
    except NotRecorded as error:
        return str(error)
    return "recorded the run"
