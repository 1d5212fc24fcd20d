"""Runs and versions in MLflow."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from model_builders import EVENING, random_habit_curve

from features.catalogue import fingerprint
from models.bundle import Bundle
from models.shelf import Shelf
from training.in_line import is_in_line

mlflow = pytest.importorskip("mlflow")
tracking_room = pytest.importorskip("training.tracking")

NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)
CURVE = random_habit_curve(items=40, customers=3)


def test_a_version_is_recorded_with_its_numbers_files_and_alias(tmp_path, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shelf = Shelf(tmp_path / "shelf")
    version = shelf.put(Bundle(random_habit_curve(), EVENING, grace_days=5, fingerprint=fingerprint(), passed=True))
    tracking = tracking_room.Tracking(tmp_path / "mlflow")
    files = shelf.folder_of(version)

    first = tracking.record(
        version, files, parameters={"kind": "habit"}, metrics={"auc_30": 0.7, "ece_30": None}, alias="champion", at=NOW
    )
    tracking.record("another", files, parameters={}, metrics={}, alias="challenger", at=NOW)

    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow' / 'mlflow.db'}")
    run = client.get_run(first)
    assert run.info.run_name == version
    assert client.get_experiment(run.info.experiment_id).name == tracking_room.EXPERIMENT
    assert run.data.params["kind"] == "habit"
    assert run.data.metrics == {"auc_30": 0.7}
    assert {file.path for file in client.list_artifacts(first, "bundle")} == {
        f"bundle/{path.name}" for path in files.iterdir()
    }
    assert client.get_model_version_by_alias(tracking_room.MODEL, "champion").run_id == first
    assert client.get_model_version_by_alias(tracking_room.MODEL, "challenger").tags == {"shelf_version": "another"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mlflow", "shelf"]
    out, err = capfd.readouterr()
    assert out == ""
    assert err == ""


def test_a_store_that_cannot_be_written_leaves_the_version_and_says_so(tmp_path):
    (tmp_path / "mlflow").write_text("in the way")

    with pytest.raises(tracking_room.NotRecorded, match="on the shelf and can be used"):
        tracking_room.Tracking(tmp_path / "mlflow").record(
            "v", tmp_path, parameters={}, metrics={}, alias="champion", at=NOW
        )


def test_telemetry_is_off_before_mlflow_is_imported():
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert os.environ["DO_NOT_TRACK"] == "true"


@pytest.fixture
def shelf(tmp_path):
    return Shelf(tmp_path / "shelf")


@pytest.fixture(scope="module")
def empty_store(tmp_path_factory):
    """A store with its tables, made once: making them costs more than all that is tested."""
    folder = tmp_path_factory.mktemp("store") / "mlflow"
    tracking_room.Tracking(folder).align(Shelf(folder / "none"), NOW)
    return folder


@pytest.fixture
def tracking(tmp_path, empty_store):
    (tmp_path / "mlflow").mkdir()
    shutil.copy(empty_store / "mlflow.db", tmp_path / "mlflow" / "mlflow.db")
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow' / 'mlflow.db'}")
    assert client.search_registered_models() == []
    return tracking_room.Tracking(tmp_path / "mlflow")


def bundle(month: int, **also) -> Bundle:
    return Bundle(
        CURVE, date(2026, month, 28), **{"grace_days": 5, "fingerprint": fingerprint(), "passed": True, **also}
    )


def registry(tracking):
    """Aliases by version of the shelf, and the tags of each registered version."""
    client = mlflow.MlflowClient(f"sqlite:///{tracking.folder / 'mlflow.db'}")
    tags = {str(one.version): one.tags for one in client.search_model_versions(f"name='{tracking_room.MODEL}'")}
    aliases = client.get_registered_model(tracking_room.MODEL).aliases
    return {alias: tags[str(number)]["shelf_version"] for alias, number in aliases.items()}, tags


def test_plots_and_tags_are_recorded_with_a_version(shelf, tracking):
    version = shelf.put(bundle(3))

    run = tracking.record(
        version,
        shelf.folder_of(version),
        parameters={},
        metrics={},
        alias="challenger",
        at=NOW,
        artifacts={"plots/calibration.png": b"PNG", "card.html": b"<p>"},
        tags={"model_hash": "abc"},
    )

    client = mlflow.MlflowClient(f"sqlite:///{tracking.folder / 'mlflow.db'}")
    assert {file.path for file in client.list_artifacts(run)} == {"bundle", "plots", "card.html"}
    assert Path(client.download_artifacts(run, "plots/calibration.png")).read_bytes() == b"PNG"
    assert client.get_run(run).data.tags["model_hash"] == "abc"
    assert client.get_model_version_by_alias(tracking_room.MODEL, "challenger").tags["model_hash"] == "abc"


@pytest.mark.parametrize("name", ["../out.png", "/etc/out.png", "bundle/trees.txt", "", "a/../../b"])
def test_an_artifact_that_would_lie_elsewhere_is_refused(shelf, tracking, name):
    version = shelf.put(bundle(3))

    with pytest.raises(ValueError, match="cannot be called"):
        tracking.record(
            version, shelf.folder_of(version), parameters={}, metrics={}, alias="champion", at=NOW,
            artifacts={name: b""},
        )  # fmt: skip


def test_a_store_that_was_moved_away_is_made_again_from_the_shelf(shelf, tracking):
    first, second, third = (shelf.put(bundle(month, metrics={"auc_30": 0.7})) for month in (1, 2, 3))
    shelf.promote(first, by="Mara", at=NOW)
    shelf.promote(second, by="Omar", at=NOW)

    tracking.align(shelf, NOW)

    aliases, tags = registry(tracking)
    assert aliases == {"champion": second, "challenger": third}
    assert {told["shelf_version"]: told["approved_by"] for told in tags.values()} == {
        first: "Mara", second: "Omar", third: "",
    }  # fmt: skip
    client = mlflow.MlflowClient(f"sqlite:///{tracking.folder / 'mlflow.db'}")
    run = client.get_run(client.get_model_version_by_alias(tracking_room.MODEL, "champion").run_id)
    assert run.data.metrics == {"auc_30": 0.7}


def test_in_line_once_it_is_not_done_again_and_any_change_of_the_shelf_is(shelf, tracking):
    shelf.put(bundle(1))
    assert not is_in_line(shelf, tracking.folder)
    tracking.align(shelf, NOW)
    before = registry(tracking)
    assert is_in_line(shelf, tracking.folder)

    tracking.align(shelf, NOW)
    assert registry(tracking) == before

    shelf.promote(shelf.put(bundle(2)), by="Mara", at=NOW)
    assert not is_in_line(shelf, tracking.folder)
    tracking.align(shelf, NOW)
    (tracking.folder / "mlflow.db").unlink()
    assert not is_in_line(shelf, tracking.folder)


def test_without_versions_and_without_a_store_there_is_nothing_to_bring_in_line(shelf, tmp_path):
    assert is_in_line(shelf, tmp_path / "mlflow")


def test_a_version_that_asks_for_nothing_takes_no_alias_from_another(tracking, tmp_path):
    files = tmp_path / "bundle"
    files.mkdir()
    tracking.record("first", files, parameters={}, metrics={}, alias="challenger", at=NOW)

    tracking.record("declined", files, parameters={}, metrics={}, alias="", at=NOW)

    assert registry(tracking)[0] == {"challenger": "first"}


def test_aliases_follow_promotion_and_rollback_and_what_is_gone_is_said_to_be(shelf, tracking):
    first, second, gone = (shelf.put(bundle(month)) for month in (2, 3, 1))
    shelf.promote(first, by="Mara", at=NOW)
    shelf.promote(second, by="Omar", at=NOW)
    tracking.align(shelf, NOW)
    shelf.rollback("Vera", NOW)
    shutil.rmtree(shelf.folder_of(gone))

    tracking.align(shelf, NOW)

    aliases, tags = registry(tracking)
    assert aliases == {"champion": first}
    assert {told["shelf_version"]: told["on_shelf"] for told in tags.values()} == {
        first: "yes", second: "yes", gone: "no",
    }  # fmt: skip


def test_where_the_version_in_use_cannot_be_told_none_is_called_champion(shelf, tracking):
    shelf.promote(shelf.put(bundle(1)), by="Mara", at=NOW)
    tracking.align(shelf, NOW)
    (shelf.folder / "champion.json").write_text("{")

    tracking.align(shelf, NOW)

    assert registry(tracking)[0] == {}


def test_a_damaged_bundle_is_not_recorded_and_keeps_no_other_from_it(shelf, tracking):
    sound, damaged = shelf.put(bundle(1)), shelf.put(bundle(2))
    (shelf.folder_of(damaged) / "habit.json").write_text("{}")

    tracking.align(shelf, NOW)

    assert [told["shelf_version"] for told in registry(tracking)[1].values()] == [sound]


@pytest.mark.parametrize("content", [b"damaged" * 1000, b"SQLite format 3\x00" + b"\xff" * 9000])
def test_a_damaged_store_is_said_in_a_moment_and_nothing_else(shelf, tmp_path, content):
    shelf.put(bundle(1))
    (tmp_path / "mlflow").mkdir()
    (tmp_path / "mlflow" / "mlflow.db").write_bytes(content)
    began = time.perf_counter()

    with pytest.raises(tracking_room.NotInLine, match="do without it"):
        tracking_room.Tracking(tmp_path / "mlflow").align(shelf, NOW)

    assert time.perf_counter() - began < 10


def test_while_another_process_writes_to_the_store_a_start_does_not_wait(shelf, tracking):
    shelf.put(bundle(1))
    with (tracking.folder / ".lock").open("ab") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        tracking.align(shelf, NOW)

    assert not is_in_line(shelf, tracking.folder)
    tracking.align(shelf, NOW)
    assert is_in_line(shelf, tracking.folder)


def test_killed_at_any_step_the_registry_is_in_line_after_the_next_start(tmp_path):
    tests = Path(__file__).parent.parent
    sample = 6 * int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1"))
    done = subprocess.run(
        [sys.executable, tests / "registry_killed.py", tmp_path, str(sample)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(tests), str(tests.parent)))},
    )
    assert done.returncode == 0, done.stdout + done.stderr

    told = json.loads(done.stdout.splitlines()[-1])

    assert told["steps"] > 30
    assert {step: wrong for step, wrong in told["found"].items() if wrong} == {}
    assert len(told["found"]) == min(sample, told["steps"])
