"""The monthly run, top to bottom: judge, choose, fit, decide, keep.

Try to learn a payment curve; if there is too little to learn from, or a gate of trust says no, keep the habit curve
instead and say why. On an empty shelf what was made is put to use at once, marked as not yet approved; later versions
wait for a person, and those that a gate of promotion declined cannot be promoted.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from math import isnan
from typing import TYPE_CHECKING

from features.catalogue import fingerprint
from features.compute import feature_rows
from features.table import FeatureTable
from ledger.book import Ledger
from ledger.days import NEVER, to_date, to_day
from ledger.view import LedgerView
from models.bundle import Bundle
from models.bundle_files import Kind
from models.habit_curve import HabitCurve
from models.payment_curve import PaymentCurve
from models.reference import Reference
from models.shelf import Shelf
from training.backtest import Backtest, Champion, backtest
from training.budget import Budget, Pace, Until
from training.card import card_page
from training.card_pictures import Picture
from training.card_stability import progress as stability_lines
from training.card_tonight import Tonight
from training.champion import comparable_version, in_use, is_learned_likewise, scores_moved
from training.cutoffs import FOLDS, months_between
from training.drift import reference_of
from training.errors import NothingSettled
from training.fit import (
    FOLD_ROW_CAP,
    ROW_CAP,
    Recipe,
    TrainingSet,
    fit_family,
    fit_habit_curve,
)
from training.learned_from import learned_from
from training.promotion import (
    Gate,
    enough_history,
    light_enough,
    may_be_promoted,
    may_serve,
    scores_stay_near_the_champion,
)
from training.reason_stability import Other, redrawn
from training.recording import recorded
from training.walk_forward import folds_of

if TYPE_CHECKING:  # mlflow is heavy, and not there without the training extra
    from training.tracking import Tracking

Progress = Callable[[str], None]

TRIALS = 12
"""Recipes tried where the caller does not say."""

BUDGET_MINUTES = 60.0
TUNING_SHARE = 0.3
"""Of the budget, after which no further recipe is tried."""

FOLDS_SHARE = 0.6
"""Of the budget, by which the folds must be done: measures, looks for leaks and the curve to be kept are to come."""

LEAKS_SHARE = 0.7
"""Of the budget, by which leaks must have been looked for, but for the least that a gate of trust rests on."""

KEPT_SHARE = 0.85
"""Of the budget, by which the curve to be kept must be fitted: scores, the model card and the record are to come."""

LARGER_TREES = 2.0
"""An interval of the kept curve takes at most so many times as long as one of a fold, whose trees are smaller."""

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
        minutes: the time budget; what does not fit in is left out, the newest evidence last, and said.
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
    grace_days: int
    champion: Bundle | None = None
    champion_version: str | None = None
    gates: list[Gate] = field(default_factory=list)
    tuning: str = ""
    pictures: tuple[Picture, ...] = ()

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
    run = _Run(ledger, view, shelf, plan, budget, lambda line: progress(f"{line} ({budget.told})"), grace_days)
    run.champion_version, run.champion = comparable_version(shelf, as_of)
    run.gates.append(enough_history(len(settled), months_between(settled["known_on"])))
    judged = _judge(run) if run.gates[0].passed else None
    bundle = _model_bundle(run, judged, by) if judged is not None and may_serve(run.gates) else None
    serves = bundle is not None and (bundle.passed or in_use(shelf))
    # Beside a model the habit curve waits for the day on which that one is damaged.
    habit = _habit_bundle(run, judged, by, alone=not serves)
    if bundle is None or not serves:
        bundle = habit
    version, installed = shelf.keep(bundle, now)
    if bundle is not habit:
        shelf.put(habit)
    progress(f"version {version} is on the shelf" + (", in use, not yet approved" if installed else ""))
    if tracking is not None:
        progress(recorded(tracking, shelf.folder_of(version), bundle, installed, now, run.pictures))
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
        grace_days=run.grace_days,
        looks=Until(run.budget, LEAKS_SHARE),
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


def _model_bundle(run: _Run, judged: Backtest, by: str) -> Bundle:
    judged, began = _affordable(run, judged), run.budget.spent_s
    curve = _fitted(run, judged)
    took = run.budget.spent_s - began
    run.say(f"fitted the payment curve on {len(judged.walked.tonight.intervals):,} intervals")
    run.gates.append(light_enough(curve.leaves, len(curve.edges) - 1))
    reference = reference_of(run.view, curve, run.grace_days)
    run.gates.append(scores_stay_near_the_champion(scores_moved(run.champion, curve, run.tonight, run.grace_days)))
    return _bundle(run, curve, reference, judged, by, _others(run, judged, curve, took))


def _affordable(run: _Run, judged: Backtest) -> Backtest:
    """The same, with as many of tonight's intervals as the kept curve has time for.

    Never fewer than a fold reads: the gates spoke of curves of that size.
    """
    tonight, each = judged.walked.tonight, judged.walked.seconds_each * LARGER_TREES
    room = max(FOLD_ROW_CAP, run.budget.room(each, KEPT_SHARE)) if each > 0.0 else ROW_CAP
    if len(tonight.intervals) <= room:
        return judged
    learned = tonight.thinned(room)
    run.budget.skip(f"the curve learned from {len(learned.intervals):,} of {len(tonight.intervals):,} intervals")
    return replace(judged, walked=replace(judged.walked, tonight=learned))


def _others(run: _Run, judged: Backtest, curve: PaymentCurve, fit_seconds: float) -> list[Other]:
    """The curves whose reasons are held against those of the new version, `curve`.

    Args:
        fit_seconds: what fitting it took; one more fit, of no more intervals, tells what chance alone does.
    """
    walked, choice = judged.walked, judged.choice
    others = []
    if run.champion is not None and is_learned_likewise(run.champion):
        others.append(Other("in_use", run.champion.trained_as_of, run.champion.curve))
    earlier = walked.newest.get(choice.family)
    if isinstance(earlier, PaymentCurve):
        cutoff = to_date(walked.folds[-1].cutoff)
        others.append(Other("newest_month", cutoff, earlier.recalibrated(choice.recalibration)))
    if not run.budget.allows(fit_seconds):
        run.budget.skip("how much reasons move by chance was not measured")
        return others
    learned = redrawn(walked.tonight.thinned(FOLD_ROW_CAP), run.plan.seed)
    same = replace(judged.recipe, num_leaves=curve.num_leaves)  # fewer rows would choose smaller trees
    again = replace(judged, walked=replace(walked, tonight=learned), recipe=same)
    return [*others, Other("redrawn", run.view.day, _fitted(run, again))]


def _fitted(run: _Run, judged: Backtest) -> PaymentCurve:
    choice = judged.choice
    curve = fit_family(judged.walked.tonight, judged.recipe, choice.family, choice.linear_share, run.plan.threads)
    return curve.recalibrated(choice.recalibration)


def _habit_bundle(run: _Run, judged: Backtest | None, by: str, *, alone: bool) -> Bundle:
    known = judged.walked.tonight.habit if judged is not None else None
    curve = known or fit_habit_curve(run.view)
    if not alone:
        return _bundle(run, curve, None, None, by)
    why = next(gate.reason for gate in run.gates if gate.blocks and not gate.passed)
    run.say(f"fitted the habit curve: {why}")
    return _bundle(run, curve, reference_of(run.view, curve, run.grace_days), judged, by)


def _bundle(
    run: _Run,
    curve: PaymentCurve | HabitCurve,
    reference: Reference | None,
    judged: Backtest | None,
    by: str,
    others: Sequence[Other] = (),
) -> Bundle:
    metrics = _metrics(curve, judged)
    tonight = _tonights(run, curve, others) if judged is not None else None
    bundle = Bundle(
        curve=curve,
        trained_as_of=run.view.day,
        grace_days=run.grace_days,
        fingerprint=fingerprint(),
        passed=isinstance(curve, HabitCurve) or may_be_promoted(run.gates),
        metrics={name: None if isnan(value) else value for name, value in metrics.items()},
        gates=tuple(asdict(gate) for gate in run.gates),
        trained_by=by,
        learned_from=learned_from(run.view, judged, run.plan.seed, run.budget.skipped, run.tuning),
        reference=reference,
    )
    return bundle.with_papers(card_page(bundle, judged, tonight))


def _metrics(curve: PaymentCurve | HabitCurve, judged: Backtest | None) -> dict[str, float]:
    """What the backtest measured of this curve and of the others; of a habit curve not what the declined model did."""
    if judged is None:
        return {}
    return judged.measured.metrics() if isinstance(curve, PaymentCurve) else judged.measured.metrics_of_others()


def _tonights(run: _Run, curve: PaymentCurve | HabitCurve, others: Sequence[Other]) -> Tonight | None:
    """What the version tells of tonight's open items; without pictures where the time is over."""
    may_draw = run.budget.allows(0.0)
    if isinstance(curve, PaymentCurve) and not may_draw:
        run.budget.skip("the pictures were not drawn")
    found = Tonight.of(curve, run.tonight, run.grace_days, others, may_draw)
    if found is None:
        return None
    for line in stability_lines(found.stability):
        run.say(line)
    run.pictures = found.pictures.drawn
    return found
