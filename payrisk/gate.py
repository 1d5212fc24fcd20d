"""`Gate`: the settings, the clock and the rooms behind one object, as the commands use it.

Each method is one command's work without its printing. Only here do ledger, shelf and serving store meet.
"""

import os
from dataclasses import asdict, dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.errors import PayriskError
from payrisk.clock import now, today
from payrisk.outcome import training_outcome
from payrisk.program import program_version
from payrisk.settings import Settings, read_settings
from serving.progress import Progress, silent

if TYPE_CHECKING:
    from ledger.book import Ledger
    from ledger.report import ImportReport
    from models.shelf import Shelf
    from serving.daily import EveningSettings
    from serving.store import ServingStore
    from training.tracking import Tracking

DEMO_MARK = "demo.json"


class HomeNotWritable(PayriskError):
    """The home folder cannot be made or written to."""

    code = "home_not_writable"

    def __init__(self, home: Path, why: str) -> None:
        super().__init__(f"{home} cannot be written to ({why}). Set PAYRISK_HOME to a folder that you may write to.")


class DemoHome(PayriskError):
    """Real files were about to be mixed with the invented company's."""

    code = "demo_home"

    def __init__(self, home: Path) -> None:
        super().__init__(
            f"{home} holds the demo company, and invented money is never mixed with yours. "
            "Import into a home of its own: PAYRISK_HOME=my-data payrisk import …"
        )


class BeyondKnowledge(PayriskError):
    """An evening that has not come yet."""

    code = "as_of_beyond_knowledge"
    field = "as_of"

    def __init__(self, as_of: date, newest: date) -> None:
        super().__init__(
            f"{as_of.isoformat()} has not come yet; the ledger knows what happened up to {newest.isoformat()}. "
            f"Ask for {newest.isoformat()} or an earlier day, or leave --as-of out."
        )


@dataclass(frozen=True)
class Gate:
    """One process's way in. Open it with `Gate.open()`; nothing is connected before it is needed."""

    settings: Settings

    @classmethod
    def open(cls, *, prepare: bool = True) -> "Gate":
        """Read the settings; with `prepare` make the home folder and bring the database to the current revision.

        Raises `BadSettings`, `HomeNotWritable`, or what the database says.
        """
        gate = cls(read_settings())
        if prepare:
            gate._prepare()
        return gate

    def _prepare(self) -> None:
        home = self.settings.home
        try:
            home.mkdir(parents=True, exist_ok=True)
            if not os.access(home, os.W_OK):
                raise PermissionError(13, "no permission to write")
        except OSError as error:
            raise HomeNotWritable(home, error.strerror or str(error)) from None
        from payrisk.migrations.run import upgrade

        upgrade(self.settings.url)

    @property
    def today(self) -> date:
        return today(self.settings)

    @property
    def now(self) -> datetime:
        return now(self.settings)

    @property
    def is_demo(self) -> bool:
        """Whether this home holds the invented company."""
        return (self.settings.home / DEMO_MARK).is_file()

    @cached_property
    def ledger(self) -> "Ledger":
        from ledger.book import Ledger

        return Ledger.open(self.settings.url)

    @cached_property
    def shelf(self) -> "Shelf":
        from models.shelf import Shelf

        return Shelf(self.settings.shelf_folder)

    @cached_property
    def store(self) -> "ServingStore":
        from serving.store import ServingStore

        return ServingStore(self.settings.url)

    def import_files(
        self, files: list[Path], *, mapping: str | None = None, as_of: date | None = None, dry_run: bool = False
    ) -> "ImportReport":
        """Read files into the ledger, all or nothing. Raises `DemoHome` in the invented company's home."""
        if self.is_demo and not dry_run:
            raise DemoHome(self.settings.home)
        return self.read_in(files, mapping=mapping, as_of=as_of, dry_run=dry_run)

    def read_in(
        self, files: list[Path], *, mapping: str | None = None, as_of: date | None = None, dry_run: bool = False
    ) -> "ImportReport":
        """The import itself, whoever's files they are."""
        from ledger.importing import import_files

        return import_files(
            self.ledger,
            files,
            mapping=mapping,
            as_of=as_of,
            today=self.today,
            recorded_at=self.now,
            posting_lag_days=self.settings.posting_lag_days,
            dry_run=dry_run,
            mapping_folder=self.settings.mapping_folder,
        )

    def evening(self, as_of: date | None) -> date:
        """The evening meant: the newest the ledger knows unless given. Raises `BeyondKnowledge` for days to come."""
        newest = self.ledger.newest_day()
        if as_of is not None and as_of > max(newest, self.today):
            raise BeyondKnowledge(as_of, newest)
        return as_of or newest

    def train(self, as_of: date | None = None, progress: Progress = silent) -> dict[str, Any]:
        """Fit a version with the knowledge of an evening and put it on the shelf.

        Beyond the newest day of the ledger nothing has been observed, so that day is learned from instead, and said.
        """
        from training.monthly import train

        wanted = self.evening(as_of)
        learned = min(wanted, self.ledger.newest_day())
        result = train(
            self.ledger,
            learned,
            self.shelf,
            grace_days=self.settings.grace_days,
            tracking=self._tracking(),
            progress=progress,
            now=self.now,
        )
        return {
            "version": result.version,
            "kind": result.kind,
            "as_of": learned.isoformat(),
            "installed": result.installed,
            "outcome": training_outcome(result, self.shelf.champion(), wanted, learned),
            "metrics": result.metrics,
            "gates": [asdict(gate) for gate in result.gates],
            "seconds": round(result.seconds, 1),
        }

    def score(self, as_of: date | None, out: Path, progress: Progress = silent) -> dict[str, Any]:
        """Score every open item of an evening and write the file; what was written, in one summary."""
        from serving.daily import score_items
        from serving.exports import write_scores

        scored = score_items(
            self.ledger,
            self.shelf,
            self.evening(as_of),
            grace_days=self.settings.grace_days,
            best_before_days=self.settings.model_best_before_days,
            progress=progress,
        )
        write_scores(scored.scores, out)
        return {
            "as_of": scored.as_of.isoformat(),
            "items": len(scored.scores),
            "mode": scored.mode,
            "model_version": scored.model_version,
            "notices": list(scored.notices),
            "out": str(out),
        }

    def queue(self, as_of: date | None = None, progress: Progress = silent) -> dict[str, Any]:
        """The body of an evening's queue; made and published first unless it stands as it would be made now.

        Without a day: the newest day that the ledger knows.
        """
        from serving.desk import queue_body

        day = self.evening(as_of)
        if not self._is_published(day):
            self._publish(day, progress)
        return queue_body(self.store, day)

    def _is_published(self, day: date) -> bool:
        """Whether the newest run of an evening is what would be made now."""
        from serving.daily import made_of

        run = self.store.newest_run(day)
        if run is None:
            return False
        now = made_of(self.ledger, self.shelf, day, self._evening_settings(), program_version())
        return bool(run.head.get("made_of") == now)

    def _publish(self, day: date, progress: Progress) -> None:
        from serving.daily import run_evening

        run_evening(
            self.ledger,
            self.shelf,
            day,
            self._evening_settings(),
            now=self.now,
            program=program_version(),
            store=self.store,
            progress=progress,
        )

    def _evening_settings(self) -> "EveningSettings":
        from serving.daily import EveningSettings

        return EveningSettings(
            capacity=self.settings.calls_per_day,
            reporting_currency=self.settings.reporting_currency,
            grace_days=self.settings.grace_days,
            best_before_days=self.settings.model_best_before_days,
        )

    def write_workbook(self, body: dict[str, Any], path: Path) -> None:
        """The queue as a workbook."""
        from serving.workbook import write_queue

        write_queue(body, path)

    def promote(self, version: str, by: str) -> dict[str, Any]:
        """Approve a version in the name of a person; it scores from now on, and is MLflow's champion too."""
        entry = self.shelf.promote(version, by, self.now)
        if tracking := self._tracking():
            tracking.crown(version)
        return {"version": entry.version, "kind": entry.kind, "approved_by": entry.approved_by}

    def web_app(self, host: str) -> Any:
        """The API and the pages over what was published, answering to loopback, `host` and the trusted hosts."""
        from serving.desk import Desk
        from serving.web.app import create_app
        from serving.web.guard import LOOPBACK_HOSTS

        trusted = (*LOOPBACK_HOSTS, host, *self.settings.trusted_hosts)
        return create_app(Desk(self.store), demo=self.is_demo, trusted_hosts=trusted, version=program_version())

    def close(self) -> None:
        """Give the database connections back."""
        for name in ("ledger", "store"):
            if name in self.__dict__:
                self.__dict__[name].close()

    def _tracking(self) -> "Tracking | None":
        from importlib.util import find_spec

        if find_spec("mlflow") is None:
            return None
        from training.tracking import Tracking

        return Tracking(self.settings.tracking_folder)
