"""What the commands of models do: a training, and what lies on the shelf, each as one JSON value."""

import json
from dataclasses import asdict
from datetime import date, timedelta
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from payrisk.errors import NotAReport, NothingInUse
from payrisk.outcome import training_outcome
from serving.progress import Progress

if TYPE_CHECKING:
    from models.overruled import Overruled
    from payrisk.gate import Gate
    from training.monthly import TrainingResult


def train(gate: "Gate", as_of: date | None, by: str | None, progress: Progress, **plan: Any) -> dict[str, Any]:
    """Fit a version with the knowledge of an evening and put it on the shelf.

    Beyond the newest day of the ledger nothing has been observed, so that day is learned from instead, and said.

    Args:
        by: who trains; without a name the service account of the scheduled run. Somebody else approves.
        plan: what `training.monthly.Plan` takes: `trials`, `minutes`, `seed`, `threads`; what is None is left as it is.
    """
    from training.monthly import Plan, train

    by = by or gate.settings.service_account
    wanted = gate.evening(as_of)
    learned = min(wanted, gate.ledger.newest_day())
    result = train(
        gate.ledger,
        learned,
        gate.shelf,
        grace_days=gate.settings.grace_days,
        by=by,
        plan=Plan(**{name: value for name, value in plan.items() if value is not None}),
        tracking=gate.tracking(),
        progress=progress,
        now=gate.now,
    )
    return {
        "version": result.version,
        "model_hash": result.model_hash,
        "kind": result.kind,
        "as_of": learned.isoformat(),
        "trained_by": by,
        "installed": result.installed,
        "outcome": _outcome(gate, result, wanted, learned),
        "metrics": {name: None if isnan(value) else value for name, value in result.metrics.items()},
        "gates": [asdict(gate) for gate in result.gates],
        "skipped": list(result.skipped),
        "seconds": round(result.seconds, 1),
    }


def backtest(gate: "Gate", as_of: date | None, months: int, out: Path | None, progress: Progress) -> dict[str, Any]:
    """Walk forward over the last months and tell what it showed; written to `out`, an .html or .json file, when given.

    Raises `NothingToJudge` where there is no past evening to learn from and be judged on.
    """
    from training.backtest import backtest
    from training.backtest_page import page
    from training.backtest_text import About, backtest_text
    from training.cutoffs import FOLD_DAYS
    from training.errors import NothingToJudge
    from training.walk_forward import folds_of

    day = min(gate.evening(as_of), gate.ledger.newest_day())
    _refuse_other_endings(out)
    view = gate.ledger.as_of(day)
    found = backtest(gate.ledger, view, folds_of(view, months), say=progress, grace_days=gate.settings.grace_days)
    if found is None or not any(asked.rows for asked in found.measured.horizons.values()):
        raise NothingToJudge(day)
    folds = found.walked.folds
    span = round((folds[-1].cutoff - folds[0].cutoff) / FOLD_DAYS) + 1
    about = About(day, span, gate.settings.grace_days, found.walked.currency)
    gates = tuple(gate for gate in found.gates() if gate.name != "no_worse_than_champion")  # none was asked
    body = {
        "as_of": day.isoformat(),
        "months": span,
        "chosen": found.choice.why,
        "gates": [asdict(gate) for gate in gates],
        "text": backtest_text(found.measured, about, gates),
        "measured": found.measured.as_dict(),
    }
    if out is not None:
        _write_report(out, page(found.measured, about, gates), body)
    return body


def drift(
    gate: "Gate", as_of: date | None, version: str | None, out: Path | None, progress: Progress
) -> dict[str, Any]:
    """How far the world has moved from a version's training: the champion's unless one is named.

    The report is kept on the shelf, where the desk reads it. Raises `NothingInUse` on an empty shelf, and what
    `Shelf.bundle` raises.
    """
    from models.bundle_files import canonical
    from models.papers import Papers
    from serving.scoring.ladder import require_own_catalogue
    from training.drift import drift_report
    from training.drift_page import drift_page

    _refuse_other_endings(out)
    day = gate.evening(as_of)
    champion = gate.shelf.champion()
    if version is None and champion is None:
        raise NothingInUse
    progress("comparing tonight's open items with those of training")
    bundle = gate.shelf.bundle(version or (champion.version if champion else ""))
    require_own_catalogue(bundle)
    report = drift_report(
        gate.ledger,
        bundle.curve,
        bundle.reference,
        day,
        version=bundle.version,
        trained_as_of=bundle.trained_as_of,
        grace_days=bundle.grace_days,
        modes=gate.store.modes(day),
        overrides=_overrides(gate, day),
    )
    body = report.as_dict()
    Papers(gate.shelf).keep_drift(bundle.version, canonical(body))
    if out is not None:
        _write_report(out, drift_page(report), body)
    return body


def _overrides(gate: "Gate", day: date) -> "list[Overruled]":
    """How often people overruled the list, by what was recorded up to a day."""
    from ledger.desk_journal import known_between
    from serving.activities.overruled import LONGEST_DAYS, overruled

    with gate.store.reading() as connection:
        rows = known_between(connection, day - timedelta(LONGEST_DAYS), day)
    return overruled(rows, day)


def _refuse_other_endings(out: Path | None) -> None:
    if out is not None and out.suffix.lower() not in (".html", ".json"):
        raise NotAReport(out)


def _write_report(out: Path, page: str, body: dict[str, Any]) -> None:
    from serving.files import write_whole

    told = page if out.suffix.lower() == ".html" else json.dumps(body, indent=1, ensure_ascii=False)
    write_whole(out, lambda unfinished: unfinished.write_text(told, encoding="utf-8"))


def _outcome(gate: "Gate", result: "TrainingResult", wanted: date, learned: date) -> str:
    from models.errors import NoChampion

    entries = {entry.version: entry for entry in gate.shelf.sound_versions()}
    try:
        in_use = gate.shelf.champion()
    except NoChampion:  # what was trained is safe; the queue says what is wrong with the pointer
        in_use = None
    return training_outcome(result, entries[result.version], in_use, wanted, learned)
