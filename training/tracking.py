"""Tracking: runs and versions recorded in MLflow, a library on a local SQL store. The only file that imports it.

What is recorded is for people to look at. Nothing is loaded back from it: serving takes its bundles from the shelf, and
where the two disagree, as they do when a process ended between them, the registry is brought in line with the shelf.
"""

import fcntl
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

# Read by mlflow while it is imported.
os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
os.environ["DO_NOT_TRACK"] = "true"

import mlflow.store.db.utils as mlflow_database
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from ledger.errors import PayriskError
from models.errors import BundleRefused, NoChampion
from models.shelf import Shelf
from models.shelf_entry import ShelfEntry
from training.in_line import DATABASE, mark_in_line, mark_out_of_line

EXPERIMENT = "payrisk"
MODEL = "payment-curve"
SHELF_VERSION = "shelf_version"
"""The tag by which runs and registered versions name a version on the shelf."""


class NotRecorded(PayriskError):
    """MLflow's store cannot be written; the version itself is safe."""

    code = "not_recorded"

    def __init__(self, version: str, why: str) -> None:
        super().__init__(
            f"Version {version} is on the shelf and can be used, but MLflow could not record it: {why}. "
            "Mend or move away the mlflow folder of the home; the next command records it."
        )


class NotInLine(PayriskError):
    """MLflow's registry cannot be brought in line; nothing else needs it."""

    code = "not_in_line"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"MLflow's registry could not be brought in line with the shelf: {why}. Scores and queues do without it. "
            "Mend or move away the mlflow folder of the home; the next command records every version again."
        )


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
        artifacts: Mapping[str, bytes] = {},
        tags: Mapping[str, str] = {},
    ) -> str:
        """Record one trained version and return the id of its run. Raises `NotRecorded`.

        Args:
            version: its name on the shelf.
            files: the bundle's folder, copied as the run's artifacts.
            parameters: how it was fitted, written as text.
            metrics: numbers; None and NaN are left out.
            alias: `champion` or `challenger`, given to the registered version; empty for one that asks for nothing.
            at: the instant of the training.
            artifacts: further files of the run, such as plots: name, with folders as in `plots/calibration.png`, and
                content. Names that lead out of the run, or into its `bundle/`, are refused.
            tags: further tags of the run and of the registered version, such as `model_hash`.
        """
        _require_names(artifacts)
        with _or(lambda why: NotRecorded(version, why)), self._alone(wait=True):
            mark_out_of_line(self.folder)
            client = self._client()
            run_id = self._run(client, version, files, parameters, metrics, at, artifacts, tags)
            number = self._register(client, version, run_id, tags)
            if alias:
                client.set_registered_model_alias(MODEL, alias, number)
            return run_id

    def align(self, shelf: Shelf, at: datetime) -> None:
        """Bring the registry in line with the shelf; without anything to do it changes nothing.

        Every sound version is registered (from its run, or recorded again from its bundle, without plots), the aliases
        `champion` and `challenger` are those of the shelf, tags say what became of each version, and runs that a
        process left unfinished are closed. While another process writes to the store, that is left to the next time.

        Args:
            at: the instant, for runs that are recorded again.

        Raises `NotInLine`.
        """
        with _or(NotInLine), self._alone(wait=False) as is_alone:
            if not is_alone:
                return
            state, entries = shelf.state(), shelf.sound_versions()
            mark_out_of_line(self.folder)
            client = self._client()
            self._close_unfinished(client, at)
            numbers = self._numbers(client)
            for entry in entries:
                if entry.version not in numbers and (number := self._registered_again(client, shelf, entry, at)):
                    numbers[entry.version] = [number]
            self._tell(client, numbers, {entry.version: entry for entry in entries})
            self._point(client, numbers, shelf)
            mark_in_line(self.folder, state)

    @contextmanager
    def _alone(self, *, wait: bool) -> Iterator[bool]:
        """Nobody else writes to the store meanwhile; yields False at once when somebody does and we do not wait."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".lock").open("ab") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True

    def _client(self) -> MlflowClient:
        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.ERROR)
        # A file that is no database stays none: MLflow would try ten times, for minutes.
        mlflow_database.MAX_RETRY_COUNT = 1
        uri = f"sqlite:///{(self.folder / DATABASE).resolve()}"
        return MlflowClient(tracking_uri=uri, registry_uri=uri)

    def _run(
        self,
        client: MlflowClient,
        version: str,
        files: Path,
        parameters: Mapping[str, Any],
        metrics: Mapping[str, float | None],
        at: datetime,
        artifacts: Mapping[str, bytes],
        tags: Mapping[str, str],
    ) -> str:
        """A finished run. It carries the tag of its version from its first instant, so that a torso is known."""
        instant = int(at.timestamp() * 1000)
        run = client.create_run(
            self._experiment(client), start_time=instant, run_name=version, tags={**tags, SHELF_VERSION: version}
        )
        run_id = str(run.info.run_id)
        for name, value in sorted(parameters.items()):
            client.log_param(run_id, name, value)
        for name, figure in sorted(metrics.items()):
            if figure is not None and figure == figure:
                client.log_metric(run_id, name, figure, timestamp=instant)
        client.log_artifacts(run_id, str(files), "bundle")
        if artifacts:
            with tempfile.TemporaryDirectory() as folder:
                _write_below(Path(folder), artifacts)
                client.log_artifacts(run_id, folder)
        client.set_terminated(run_id, end_time=instant)
        return run_id

    def _experiment(self, client: MlflowClient) -> str:
        experiment = client.get_experiment_by_name(EXPERIMENT)
        if experiment:
            return str(experiment.experiment_id)
        place = (self.folder / "artifacts").resolve().as_uri()
        return str(client.create_experiment(EXPERIMENT, artifact_location=place))

    @staticmethod
    def _register(client: MlflowClient, version: str, run_id: str, tags: Mapping[str, str]) -> str:
        try:
            client.get_registered_model(MODEL)
        except MlflowException:
            client.create_registered_model(MODEL)
        source = f"{client.get_run(run_id).info.artifact_uri}/bundle"
        made = client.create_model_version(MODEL, source, run_id=run_id, tags={**tags, SHELF_VERSION: version})
        return str(made.version)

    def _registered_again(self, client: MlflowClient, shelf: Shelf, entry: ShelfEntry, at: datetime) -> str | None:
        """Register a version that lacks it: by its finished run, else by a new one; None for a damaged bundle."""
        runs = self._runs(client, f"tags.{SHELF_VERSION} = '{entry.version}' and attributes.status = 'FINISHED'")
        if runs:
            return self._register(client, entry.version, runs[0].info.run_id, _own_tags(runs[0].data.tags))
        try:
            bundle = shelf.bundle(entry.version)
        except BundleRefused:
            return None
        told = {"kind": bundle.kind, "trained_as_of": bundle.trained_as_of, "grace_days": bundle.grace_days}
        tags = {"recorded": "again, from the shelf"}
        files = shelf.folder_of(entry.version)
        run_id = self._run(client, entry.version, files, told, bundle.metrics, at, {}, tags)
        return self._register(client, entry.version, run_id, tags)

    def _close_unfinished(self, client: MlflowClient, at: datetime) -> None:
        for run in self._runs(client, f"tags.{SHELF_VERSION} LIKE '%' and attributes.status = 'RUNNING'"):
            client.set_terminated(run.info.run_id, status="KILLED", end_time=int(at.timestamp() * 1000))

    def _runs(self, client: MlflowClient, where: str) -> list[Any]:
        return list(client.search_runs([self._experiment(client)], where))

    @staticmethod
    def _numbers(client: MlflowClient) -> dict[str, list[str]]:
        """The registered numbers of each version on the shelf, oldest first."""
        found, token = [], None
        while True:
            page = client.search_model_versions(f"name='{MODEL}'", page_token=token)
            found += list(page)
            token = page.token
            if not token:
                break
        numbers: dict[str, list[str]] = {}
        for one in sorted(found, key=lambda one: int(one.version)):
            numbers.setdefault(one.tags.get(SHELF_VERSION, ""), []).append(str(one.version))
        return numbers

    @staticmethod
    def _tell(client: MlflowClient, numbers: Mapping[str, list[str]], entries: Mapping[str, ShelfEntry]) -> None:
        """The tags of every registered version, written where they differ."""
        for version, registered in numbers.items():
            wanted = _tags_of(entries.get(version))
            for number in registered:
                there = client.get_model_version(MODEL, number).tags
                for name, value in wanted.items():
                    if there.get(name) != value:
                        client.set_model_version_tag(MODEL, number, name, value)

    @staticmethod
    def _point(client: MlflowClient, numbers: Mapping[str, list[str]], shelf: Shelf) -> None:
        """The two aliases; one that the shelf has no version for is taken away."""
        try:
            wanted = {"champion": shelf.champion(), "challenger": shelf.challenger()}
        except NoChampion:
            wanted = {"champion": None, "challenger": None}
        if not numbers:
            return
        there = {alias: str(number) for alias, number in client.get_registered_model(MODEL).aliases.items()}
        for alias, entry in wanted.items():
            registered = numbers.get(entry.version, []) if entry else []
            if registered and there.get(alias) != registered[-1]:
                client.set_registered_model_alias(MODEL, alias, registered[-1])
            elif not registered and alias in there:
                client.delete_registered_model_alias(MODEL, alias)


def _tags_of(entry: ShelfEntry | None) -> dict[str, str]:
    """What the registry says of a version; of one that is gone from the shelf only that."""
    if entry is None:
        return {"on_shelf": "no"}
    return {
        "on_shelf": "yes",
        "passed": "yes" if entry.passed else "no",
        "trained_by": entry.trained_by,
        "approved_by": entry.approved_by or "",
    }


def _own_tags(tags: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in tags.items() if not name.startswith("mlflow.")}


def _require_names(artifacts: Mapping[str, bytes]) -> None:
    """That every name stays within the run and out of its bundle. Raises ValueError: ours are written in the code."""
    for name in artifacts:
        path = PurePosixPath(name)
        if not path.parts or path.is_absolute() or ".." in path.parts or path.parts[0] == "bundle":
            raise ValueError(f"an artifact cannot be called {name!r}")


def _write_below(folder: Path, contents: Mapping[str, bytes]) -> None:
    for name, content in sorted(contents.items()):
        path = folder / PurePosixPath(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@contextmanager
def _or(refused: Any) -> Iterator[None]:
    """Whatever the store and the libraries below it raise, as one error of ours: `refused(why)`."""
    try:
        yield
    except PayriskError:
        raise
    except Exception as error:  # a damaged file raises errors of SQL, which stays in the stores
        raise refused((str(error) or type(error).__name__).splitlines()[0][:200]) from error
