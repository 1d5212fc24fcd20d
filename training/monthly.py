"""The monthly run, top to bottom: judge, fit, decide, keep.

Try to learn a payment curve; if there is too little to learn from, or the backtest's gates decline it, keep the habit
curve instead and say why. On an empty shelf what was made is put to use at once, marked as not yet approved.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from math import isnan
from typing import TYPE_CHECKING

from features.catalogue import fingerprint
from ledger.book import Ledger
from ledger.days import NEVER, to_date
from ledger.view import LedgerView
from models.bundle import Bundle, Kind
from models.errors import NothingToFit
from models.habit_curve import HabitCurve
from models.payment_curve import PaymentCurve
from models.shelf import Shelf
from training.backtest import backtest, holdout_of
from training.cutoffs import months_between
from training.errors import NothingSettled
from training.fit import TrainingSet, fit_habit_curve, fit_payment_curve, training_sets
from training.leak_guard import Suspect
from training.promotion import (
    Gate,
    beats_simple_orders,
    calibrated,
    enough_history,
    knows_no_future,
    may_serve,
    ranks_better_than_chance,
)

if TYPE_CHECKING:  # mlflow is heavy, and not there without the training extra
    from training.tracking import Tracking

Progress = Callable[[str], None]


@dataclass(frozen=True)
class TrainingResult:
    """What one run made.

    Attributes:
        version: its name on the shelf.
        kind: `model`, or `habit` where a model could not be learned or was declined.
        installed: whether it was put to use by this run (only on an empty shelf).
        metrics: what the backtest measured, see `training.backtest`; empty without one.
        gates: every gate asked, with its reason.
        seconds: wall time.
    """

    version: str
    kind: Kind
    installed: bool
    metrics: dict[str, float]
    gates: tuple[Gate, ...]
    seconds: float


def train(
    ledger: Ledger,
    as_of: date,
    shelf: Shelf,
    *,
    now: datetime,
    grace_days: int = 5,
    by: str = "",
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
        tracking: where runs are recorded; None records none.
        progress: told one line at each step.

    Raises:
        NothingSettled: when no item was settled by then.
    """
    began = time.perf_counter()
    view = ledger.as_of(as_of)
    settled = view.settlements[view.settlements["taken_back_on"] == NEVER]
    if not settled["by_cash"].any():
        raise NothingSettled(as_of, len(view.open_items()))
    history = enough_history(len(settled), months_between(settled["known_on"]))
    learned, metrics, gates = _learn(ledger, view, history, progress) if history.passed else (None, {}, (history,))

    curve: PaymentCurve | HabitCurve
    if learned is not None and may_serve(gates):
        curve = fit_payment_curve(learned)
        progress("fitted the payment curve")
    else:
        curve = fit_habit_curve(view)
        progress("fitted the habit curve: " + next(gate.reason for gate in gates if gate.blocks and not gate.passed))
    bundle = Bundle(
        curve=curve,
        trained_as_of=as_of,
        grace_days=grace_days,
        fingerprint=fingerprint(),
        passed=True,
        metrics={name: None if isnan(value) else value for name, value in metrics.items()},
        gates=tuple(asdict(gate) for gate in gates),
        trained_by=by,
    )
    version, installed = _keep(bundle, shelf, now)
    progress(f"version {version} is on the shelf" + (", in use, not yet approved" if installed else ""))
    if tracking is not None:
        _record(tracking, shelf, bundle, installed, now)
        progress("recorded the run")
    return TrainingResult(version, bundle.kind, installed, metrics, gates, time.perf_counter() - began)


def _learn(
    ledger: Ledger, view: LedgerView, history: Gate, progress: Progress
) -> tuple[TrainingSet | None, dict[str, float], tuple[Gate, ...]]:
    """What to fit on, what the backtest measured, and every gate's answer."""
    split, found, learned = holdout_of(view), None, None
    if split is not None:
        past = ledger.as_of(to_date(split.cutoff))
        try:
            learned, learned_then = training_sets(ledger, [view, past])
        except NothingToFit:  # every item was paid on the evening it became known
            return None, {}, (history, *_judged({}, None))
        progress(f"collected {len(learned.intervals):,} intervals of past evenings")
        found = backtest(ledger, view, past, learned_then, split)
        progress(f"judged on the evenings after {past.day.isoformat()}")
    metrics = found.metrics if found else {}
    return learned, metrics, (history, *_judged(metrics, found.suspects if found else None))


def _judged(metrics: dict[str, float], suspects: tuple[Suspect, ...] | None) -> tuple[Gate, ...]:
    return (
        knows_no_future(None if suspects is None else [(one.feature, one.why) for one in suspects]),
        ranks_better_than_chance(metrics),
        beats_simple_orders(metrics),
        calibrated(metrics),
    )


def _keep(bundle: Bundle, shelf: Shelf, now: datetime) -> tuple[str, bool]:
    version = shelf.put(bundle)
    if shelf.champion() is not None:
        return version, False
    shelf.install_first(version, now)
    return version, True


def _record(tracking: "Tracking", shelf: Shelf, bundle: Bundle, installed: bool, now: datetime) -> None:
    parameters = {"kind": bundle.kind, "trained_as_of": bundle.trained_as_of, "grace_days": bundle.grace_days}
    if isinstance(bundle.curve, PaymentCurve):
        size = {name: value for name, value in bundle.curve.get_params().items() if name != "monotone"}
        parameters |= size
    tracking.record(
        bundle.version,
        shelf.folder_of(bundle.version),
        parameters=parameters,
        metrics=bundle.metrics,
        alias="champion" if installed else "challenger",
        at=now,
    )
