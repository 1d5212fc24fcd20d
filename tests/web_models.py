"""A small shelf for the tests of the desk: a version in use and one that asks to replace it, with papers.

Changes are made in this process, by the answers that the side process gives (`payrisk.side_process`).
"""

import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from all_tables import make_tables
from judged_rows import ORDERS, random_judged
from model_builders import random_habit_curve
from starlette.testclient import TestClient
from web_clients import app_of, client_of

from features.catalogue import fingerprint
from models.bundle import Bundle
from models.bundle_files import canonical
from models.papers import Papers
from models.shelf import Shelf
from payrisk.gate import Gate
from payrisk.settings import Settings
from payrisk.side_process import Answers
from serving.published.store import ServingStore
from serving.side import Refused
from serving.versions.version_changes import VersionChanges
from serving.versions.version_shelf import VersionShelf
from serving.web.models.api import ModelRooms
from training.judgement import measure
from training.measured import NeverSeen, NeverSeenAt
from training.metrics import Interval
from training.promotion import Gate as Judged

NOW = datetime(2026, 4, 1, 8, tzinfo=UTC)
DATA_HASH = "4f1c" + "0" * 56 + "008a"
GATES = (
    Judged("ranks_better_than_chance", True, "AUC in 30 days: 0.8 (at least 0.7)"),
    Judged("calibrated", False, "calibration error in 30 days: 0.081 (allowed 0.065)", blocks=""),
    Judged("light_enough", True, "4,650 leaves (allowed 20,000)", blocks="promotion"),
)
DECLINED = Judged("no_segment_collapses", False, "currency SEK -0.080 (at most -0.055)", blocks="promotion")
LEFT_OUT_AT = NeverSeenAt(
    rows=1_412, customers=17, unpaid=160, auc=Interval(0.712, 0.66, 0.76), seen=Interval(0.731, 0.69, 0.77),
    gain=Interval(-0.019, -0.04, 0.002), best="oldest", best_auc=0.655,
)  # fmt: skip
LEFT_OUT = NeverSeen(date(2026, 1, 27), 0.2, 19, 74, {14: replace(LEFT_OUT_AT, rows=980), 30: LEFT_OUT_AT})


@cache
def backtest() -> bytes:
    """The figures of a backtest over two past months."""
    measured = measure(random_judged(400, months=2), ("model", "habit", "logistic"), ORDERS, "EUR")
    measured = replace(measured, never_seen=LEFT_OUT)
    gates = [asdict(gate) for gate in GATES]
    told = {
        "as_of": "2026-03-31",
        "months": 2,
        "chosen": "",
        "gates": gates,
        "text": "",
        "measured": measured.as_dict(),
    }
    return canonical(told)


def version_of(day: date, by: str = "service", *, judged: bool = True, passed: bool = True, **also: Any) -> Bundle:
    """A version of that day; its curve is drawn, its backtest real."""
    gates = GATES if passed else (*GATES, DECLINED)
    metrics = {"auc_30": 0.8, "ece_30": 0.081, "money_found20_30": 0.64, "auc_gain_30": 0.1}
    bundle = Bundle(
        curve_drawn(), day, 5, fingerprint(), passed=passed, metrics=metrics, gates=tuple(map(asdict, gates)),
        trained_by=by, learned_from={"data_hash": DATA_HASH, "items": 120, "customers": 12, "seed": 7}, **also,
    )  # fmt: skip
    card = canonical({"model_hash": bundle.model_hash, "warnings": [], "tonight": None})
    papers = {"card.html": b"<h1>card</h1>", "card.json": card}
    return bundle.with_papers(papers | ({"backtest.json": backtest()} if judged else {}))


@cache
def curve_drawn() -> Any:
    """A habit curve: the cheapest there is."""
    return random_habit_curve(items=40, customers=3)


def shelf_of(home: Path) -> tuple[Shelf, str, str]:
    """The shelf of a home with two versions: one of January in use, approved by Omar, and one of February, trained by
    Ann, that asks."""
    shelf = Shelf(home / "models")
    old, new = (shelf.put(version_of(date(2026, month, 28), by)) for month, by in ((1, "service"), (2, "Ann")))
    shelf.promote(old, "omar", NOW, why="the first")
    return shelf, old, new


class Here:
    """A side process that is none: it answers in this one. `asked` counts its questions."""

    def __init__(self, gate: Gate) -> None:
        self.answers, self.asked, self.ready = Answers(gate), 0, 0

    def ask(self, what: str, body: dict[str, Any], *, seconds: float) -> dict[str, Any]:
        self.asked += 1
        answer = self.answers.answer({"what": what, **body})
        if "error" in answer:
            raise Refused(answer["error"])
        return answer

    def get_ready(self) -> None:
        self.ready += 1


def gate_of(home: Path) -> Gate:
    """The gate of a home, the clock stopped on 1 April 2026."""
    return Gate(Settings(home=home, today=date(2026, 4, 1)))


def rooms_of(store: ServingStore, home: Path, now: Callable[[], datetime] = lambda: NOW) -> ModelRooms:
    """The rooms of the models over a store and a home."""
    shelf, side = Shelf(home / "models"), Here(gate_of(home))
    return ModelRooms(VersionShelf(shelf), VersionChanges(store, shelf, side, now), side)


def keep_drift(shelf: Shelf, version: str, **also: Any) -> None:
    """A drift report of a version, as `payrisk drift` keeps it."""
    moved = {
        "usual": 0.03, "limit": 0.25, "missing_then": 0.0, "missing_now": 0.0, "strange": 0.0, "commonest_then": 0.1,
        "commonest_now": 0.1, "is_text": False, "of_the_evening": False, "important": True,
    }  # fmt: skip
    report = {
        "as_of": "2026-03-31", "version": version, "trained_as_of": "2026-01-28", "age_days": 62, "rows": 900,
        "customers": 40, "verdict": "retrain", "findings": [{"verdict": "retrain", "text": "dpd has moved"}],
        "score": {"name": "late_risk", "psi": 0.02, "state": "fine", **moved},
        "features": [
            {"name": "dpd", "psi": 0.31, "state": "act", **moved},
            {"name": "days_late_mean_180d", "psi": 0.04, "state": "fine", **moved},
        ],
        "matured": {
            "rows": 300, "customers": 30, "first": "2026-01-28", "last": "2026-02-24", "said": 0.31, "happened": 0.36,
            "difference": -0.05, "low": -0.09, "high": -0.01, "fifths": [],
        },
        "matured_from": "2026-03-02", "runs": 9, "fallback_share": 0.0,
        "overrides": [
            {"period": "last 30 days", "worked": 200, "contested": 12, "put_off": 3, "overruled": 14},
            {"period": "2026-02", "worked": 90, "contested": 3, "put_off": 4, "overruled": 6},
            {"period": "2026-03", "worked": 1_210, "contested": 13, "put_off": 3, "overruled": 15},
        ],
        "override_share": 0.07,
    }  # fmt: skip
    Papers(shelf).keep_drift(version, canonical(report | also))


class ModelDesk:
    """A desk with these rooms, made once for a file of tests; `fresh` gives its shelf anew."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.home = folder, folder / "home"
        self.ready = shelf_of(folder / "ready")
        self.store = ServingStore(f"sqlite:///{folder / 'queues.db'}")
        make_tables(self.store)
        self.rooms = rooms_of(self.store, self.home)
        self.app = app_of(self.store, models=self.rooms)

    def fresh(self) -> tuple[Shelf, str, str]:
        """The shelf of `shelf_of`, as it was made."""
        shutil.rmtree(self.home, ignore_errors=True)
        shutil.copytree(self.folder / "ready", self.home)
        return Shelf(self.home / "models"), *self.ready[1:]

    def client(self, who: str) -> TestClient:
        """The client of one of the people."""
        return client_of(self.store, who, app=self.app)
