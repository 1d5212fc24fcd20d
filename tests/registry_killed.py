"""A program: a training, a promotion, a rollback and that training again, killed at any step, then the next start.

`python registry_killed.py FOLDER SAMPLE` prints, as JSON, how many steps there are and, for each step that it was
killed at, what disagreed after the next start: nothing, if all is well. It forks, so it opens no store itself.
"""

import json
import os
import shutil
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from mlflow import MlflowClient
from model_builders import random_habit_curve
from stopped import KILLED, Steps, apart

from features.catalogue import fingerprint
from models.bundle import Bundle
from models.shelf import Shelf
from training.in_line import is_in_line
from training.tracking import MODEL, SHELF_VERSION, Tracking

NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
CURVE = random_habit_curve(items=40, customers=3)
OLD, NEW = (Bundle(CURVE, date(2026, month, 28), 5, fingerprint(), passed=True) for month in (1, 2))
WRITES = (
    "create_experiment", "create_run", "log_param", "log_metric", "log_artifacts", "set_terminated",
    "create_registered_model", "create_model_version", "set_registered_model_alias", "delete_registered_model_alias",
    "set_model_version_tag",
)  # fmt: skip


def record(shelf: Shelf, tracking: Tracking, bundle: Bundle, alias: str) -> None:
    tracking.record(
        bundle.version,
        shelf.folder_of(bundle.version),
        parameters={"kind": bundle.kind},
        metrics={"auc_30": 0.7},
        alias=alias,
        at=NOW,
        artifacts={"plots/a.png": b"a"},
    )


def begin(place: Path) -> int:
    """A version in use, recorded and in line."""
    shelf, tracking = Shelf(place / "models"), Tracking(place / "mlflow")
    shelf.keep(OLD, NOW)
    record(shelf, tracking, OLD, "champion")
    tracking.align(shelf, NOW)
    return 0


def work(place: Path, step: int, count: Path | None = None) -> int:
    steps = Steps(step)
    for name in ("replace", "rename", "fsync"):
        steps.watch(os, name)
    for name in ("write_text", "unlink"):
        steps.watch(Path, name)
    for name in WRITES:
        steps.watch(MlflowClient, name)
    shelf, tracking = Shelf(place / "models"), Tracking(place / "mlflow")
    shelf.keep(NEW, NOW)
    record(shelf, tracking, NEW, "challenger")
    shelf.promote(NEW.version, by="Omar", at=NOW)
    tracking.align(shelf, NOW)
    shelf.rollback("Vera", NOW)
    tracking.align(shelf, NOW)
    record(shelf, tracking, OLD, "challenger")  # trained again, the same version: the shelf stays as it is
    tracking.align(shelf, NOW)
    if count:
        count.write_bytes(str(steps.made).encode())
    return 0


def look(place: Path, answer: Path) -> int:
    """The next start, and what disagrees after it."""
    shelf, tracking = Shelf(place / "models"), Tracking(place / "mlflow")
    if not is_in_line(shelf, tracking.folder):
        tracking.align(shelf, NOW)
    client = MlflowClient(f"sqlite:///{(place / 'mlflow' / 'mlflow.db').resolve()}")
    registered = {str(one.version): one.tags for one in client.search_model_versions(f"name='{MODEL}'")}
    aliases = {
        alias: registered[str(number)][SHELF_VERSION]
        for alias, number in client.get_registered_model(MODEL).aliases.items()
    }
    champion, challenger = shelf.champion(), shelf.challenger()
    wanted = {"champion": champion and champion.version, "challenger": challenger and challenger.version}
    runs = client.search_runs([one.experiment_id for one in client.search_experiments()])
    names = [tags[SHELF_VERSION] for tags in registered.values()]
    told = {tags[SHELF_VERSION]: tags["approved_by"] or None for tags in registered.values()}
    wrong = []
    if aliases != {alias: version for alias, version in wanted.items() if version}:
        wrong.append(f"aliases {aliases}, shelf {wanted}")
    if set(names) != {entry.version for entry in shelf.versions()} or names.count(NEW.version) > 1:
        wrong.append(f"registered {names}")
    if told != {entry.version: entry.approved_by for entry in shelf.versions()}:
        wrong.append(f"approved {told}")
    if [run for run in runs if run.info.status == "RUNNING"]:
        wrong.append("a run was left unfinished")
    if not is_in_line(shelf, tracking.folder):
        wrong.append("the next start would do it again")
    answer.write_text(json.dumps(wrong))
    return 0


def main(folder: Path, sample: int) -> None:
    ready, place, answer = folder / "ready", folder / "home", folder / "answer"
    if apart(lambda: begin(place)) != 0:
        raise SystemExit("the beginning failed")
    shutil.copytree(place, ready)
    if apart(lambda: work(place, 0, folder / "count")) != 0:
        raise SystemExit("the work failed")
    total = int((folder / "count").read_text())
    chosen = np.unique(np.linspace(1, total, min(sample, total)).round().astype(int)).tolist()
    found = {}
    for step in chosen:
        shutil.rmtree(place)
        shutil.copytree(ready, place)
        answer.unlink(missing_ok=True)
        code = apart(lambda step=step: work(place, step))
        looked = apart(lambda: look(place, answer))
        wrong = json.loads(answer.read_text()) if looked == 0 else [f"the next start ended with {looked}"]
        found[step] = wrong if code == KILLED else [f"ended with {code}", *wrong]
    print(json.dumps({"steps": total, "found": found}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
