"""Tracking: runs and versions recorded in MLflow, a library on a local SQL store. The only file that imports it.

What is recorded is for people to look at. Nothing is loaded back from it: serving takes its bundles from the shelf.
"""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

# Read by mlflow while it is imported.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from ledger.errors import PayriskError

EXPERIMENT = "payrisk"
MODEL = "payment-curve"


class NotRecorded(PayriskError):
    """MLflow's store cannot be written; the version itself is safe."""

    code = "not_recorded"

    def __init__(self, version: str, why: str) -> None:
        super().__init__(
            f"Version {version} is on the shelf and can be used, but MLflow could not record it: {why}. "
            "Mend or move away the mlflow folder of the home; training again records it."
        )


@contextmanager
def _told(version: str) -> Iterator[None]:
    try:
        yield
    except (MlflowException, OSError) as error:
        raise NotRecorded(version, str(error).splitlines()[0][:200]) from error


class Tracking:
    """MLflow's store in one folder: `mlflow.db` and `artifacts/`, made when something is first recorded."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def record(
        self,
        version: str,
        files: Path,
        *,
        parameters: Mapping[str, Any],
        metrics: Mapping[str, float | None],
        alias: str,
        at: datetime,
    ) -> str:
        """Record one trained version and return the id of its run.

        Args:
            version: its name on the shelf.
            files: the bundle's folder, copied as the run's artifacts.
            parameters: how it was fitted, written as text.
            metrics: numbers; None and NaN are left out.
            alias: `champion` or `challenger`, given to the registered version.
            at: the instant of the training.
        """
        with _told(version):
            client = self._client()
            experiment = client.get_experiment_by_name(EXPERIMENT)
            place = (self.folder / "artifacts").resolve().as_uri()
            number = (
                experiment.experiment_id
                if experiment
                else client.create_experiment(EXPERIMENT, artifact_location=place)
            )
            instant = int(at.timestamp() * 1000)
            run = client.create_run(number, start_time=instant, run_name=version)
            run_id = str(run.info.run_id)
            for name, value in sorted(parameters.items()):
                client.log_param(run_id, name, value)
            for name, figure in sorted(metrics.items()):
                if figure is not None and figure == figure:
                    client.log_metric(run_id, name, figure, timestamp=instant)
            client.log_artifacts(run_id, str(files), "bundle")
            client.set_terminated(run_id, end_time=instant)
            self._register(client, version, run_id, f"{run.info.artifact_uri}/bundle", alias)
            return run_id

    def crown(self, version: str) -> None:
        """Give the alias `champion` to a version that a person promoted; a version never recorded is left alone."""
        with _told(version):
            client = self._client()
            found = client.search_model_versions(f"name='{MODEL}' and tags.shelf_version='{version}'")
            if found:
                client.set_registered_model_alias(MODEL, "champion", found[0].version)

    def _client(self) -> MlflowClient:
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.ERROR)
        uri = f"sqlite:///{(self.folder / 'mlflow.db').resolve()}"
        return MlflowClient(tracking_uri=uri, registry_uri=uri)

    @staticmethod
    def _register(client: MlflowClient, version: str, run_id: str, source: str, alias: str) -> None:
        try:
            client.get_registered_model(MODEL)
        except MlflowException:
            client.create_registered_model(MODEL)
        made = client.create_model_version(MODEL, source, run_id=run_id, tags={"shelf_version": version})
        client.set_registered_model_alias(MODEL, alias, made.version)
