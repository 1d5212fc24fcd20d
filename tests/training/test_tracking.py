"""Runs and versions in MLflow."""

import os
from datetime import UTC, datetime

import pytest
from model_builders import EVENING, random_habit_curve

from features.catalogue import fingerprint
from models.bundle import Bundle
from models.shelf import Shelf

mlflow = pytest.importorskip("mlflow")
tracking_room = pytest.importorskip("training.tracking")

NOW = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)


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
    tracking.crown("another")
    tracking.crown("never recorded")
    assert client.get_model_version_by_alias(tracking_room.MODEL, "champion").tags == {"shelf_version": "another"}
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
