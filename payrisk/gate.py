"""`Gate`: the settings, the clock and the rooms behind one object, as the commands use it.

Each method is one command's work without its printing. Only here do ledger, shelf and serving store meet.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.errors import PayriskError
from payrisk.clock import instant, now, today
from payrisk.compiled import keep_compiled
from payrisk.errors import BeyondKnowledge, DemoHome, EndsBefore, HomeNotWritable, KnownBeforeDay
from payrisk.program import program_version
from payrisk.settings import Settings, read_settings
from serving.progress import Progress, silent

if TYPE_CHECKING:
    from ledger.book import Ledger
    from ledger.mapping import ColumnMapping
    from ledger.options import ImportOptions
    from ledger.report import ImportReport
    from ledger.scorecard.card import Scorecard
    from ledger.view import LedgerView
    from ledger.watch import ImportWatch
    from models.shelf import Shelf
    from serving.activities.people import Actor
    from serving.activities.recording import Recorder
    from serving.daily import EveningSettings
    from serving.imports.room import ImportRoom
    from serving.people.company_sign_in import CompanySignIn
    from serving.people.front_door import FrontDoor
    from serving.people.people_store import PeopleStore
    from serving.people.register import Register
    from serving.published.store import ServingStore
    from serving.star_schema.writing import Format
    from serving.team.team import Team
    from training.tracking import Tracking

DEMO_MARK = "demo.json"

PLAN_SECONDS = 120.0
"""For a daily run that is started from the desk to be planned: the ledger is opened for it."""


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
        root = Path(__file__).parent.parent
        keep_compiled(home, [root / floor / "kernels" for floor in ("features", "models")])
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
        """The ledger, with all that was recorded at the desk by now."""
        from ledger.book import Ledger

        ledger = Ledger.open(self.settings.url, self.settings.cache_folder)
        ledger.hear_desk(self.now)
        return ledger

    @cached_property
    def shelf(self) -> "Shelf":
        from models.shelf import Shelf

        return Shelf(self.settings.shelf_folder)

    @cached_property
    def store(self) -> "ServingStore":
        from serving.published.store import ServingStore

        return ServingStore(self.settings.url)

    @cached_property
    def recorder(self) -> "Recorder":
        """Writes what people do about accounts."""
        from serving.activities.recording import Recorder
        from serving.published.desk import Desk

        return Recorder(Desk(self.store), today=lambda: self.today, now=lambda: self.now)

    @cached_property
    def import_room(self) -> "ImportRoom":
        """Takes files in over the desk."""
        from payrisk.import_work import room_of

        return room_of(self)

    @cached_property
    def people(self) -> "PeopleStore":
        from serving.people.people_store import PeopleStore

        return PeopleStore(self.settings.url)

    @property
    def register(self) -> "Register":
        """Who works here; what is changed at the command line stands in the audit log as the console's."""
        from serving.activities.people import Actor
        from serving.people.register import Register

        return Register(self.people, instant, Actor("console", "console"))

    def import_files(
        self, files: Sequence[Path], *, mapping: str | None = None, options: "ImportOptions | None" = None
    ) -> "ImportReport":
        """Read files into the ledger, all or nothing, in turn with the imports over the desk.

        Raises `DemoHome` in the invented company's home, `ImportRunning` where somebody else imports.
        """
        from payrisk.import_work import import_in_turn

        self.require_own_home(options)
        return import_in_turn(self, files, mapping, options)

    def require_own_home(self, options: "ImportOptions | None") -> None:
        """That real files are not loaded into the invented company's home. Raises `DemoHome`."""
        if self.is_demo and not (options and options.dry_run):
            raise DemoHome(self.settings.home)

    def read_in(
        self,
        files: Sequence[Path],
        *,
        mapping: "ColumnMapping | str | None" = None,
        options: "ImportOptions | None" = None,
        watch: "ImportWatch | None" = None,
    ) -> "ImportReport":
        """The import itself, whoever's files they are; zone, posting lag and largest file are those of the settings."""
        from ledger.importing import import_files
        from ledger.options import ImportOptions
        from ledger.reading.sheet import Limits
        from ledger.watch import NOBODY

        return import_files(
            self.ledger,
            files,
            mapping=mapping,
            options=replace(
                options or ImportOptions(),
                tenant_tz=self.settings.time_zone,
                posting_lag_days=self.settings.posting_lag_days,
                limits=Limits(max_bytes=self.settings.max_file_mb * 2**20),
            ),
            today=self.today,
            recorded_at=self.now,
            mapping_folder=self.settings.mapping_folder,
            watch=watch or NOBODY,
        )

    def write_quarantine(self, report: "ImportReport", folder: Path) -> list[Path]:
        """The rows that were set aside, as files that import again once corrected."""
        from serving.imports.quarantine import write_quarantine

        return write_quarantine(report, folder)

    def evening(self, as_of: date | None) -> date:
        """The evening meant: the newest the ledger knows unless given. Raises `BeyondKnowledge` for days to come."""
        newest = self.ledger.newest_day()
        if as_of is not None and as_of > max(newest, self.today):
            raise BeyondKnowledge(as_of, newest)
        return as_of or newest

    def aging(
        self,
        as_of: date | None = None,
        *,
        known_by: date | None = None,
        by_customer: bool = False,
        base: str | None = None,
        invoice_date: bool = False,
        out: Path | None = None,
    ) -> dict[str, Any]:
        """The aging of an evening; in a reporting currency too when `base` names one. Written to `out` when given."""
        from ledger.books.aging_report import aging
        from ledger.books.conversion import rates_of
        from payrisk.books import aging_body, write_aging

        view = self._evening_known_by(as_of, known_by)
        report = aging(view, rates=rates_of(view, base) if base else None, basis="invoice" if invoice_date else "due")
        body = aging_body(report, by_customer=by_customer)
        if out:
            write_aging(body, out)
        return body

    def reconcile(
        self,
        as_of: date | None = None,
        *,
        opening: date | None = None,
        control: Path | None = None,
        base: str | None = None,
    ) -> dict[str, Any]:
        """The proof of an evening, and the roll-forward from an earlier one (default: the end of the month before)."""
        from ledger.books.control_file import read_control
        from ledger.books.reconcile import reconcile
        from ledger.books.roll_forward import roll_forward
        from payrisk.books import month_before, reconciliation_body

        told = None if control is None else read_control(control)
        view = self._evening_known_by(as_of, None)
        rolled = roll_forward(view.earlier(opening or month_before(view.day)), view, base=base)
        return reconciliation_body(reconcile(view, told), rolled)

    def _evening_known_by(self, as_of: date | None, known_by: date | None) -> "LedgerView":
        day = self.evening(as_of)
        if known_by is not None and known_by < day:
            raise KnownBeforeDay(day, known_by)
        return self.ledger.as_of(day, known_by=None if known_by is None else self.evening(known_by))

    def train(
        self, as_of: date | None = None, progress: Progress = silent, *, by: str | None = None, **plan: Any
    ) -> dict[str, Any]:
        """Fit a version with the knowledge of an evening and put it on the shelf; see `payrisk.model_work`."""
        from payrisk.model_work import train

        return train(self, as_of, by or self.settings.service_account, progress, **plan)

    def backtest(
        self, as_of: date | None, months: int, out: Path | None = None, progress: Progress = silent
    ) -> dict[str, Any]:
        """How well the estimates would have been on past months; see `payrisk.model_work`."""
        from payrisk.model_work import backtest

        return backtest(self, as_of, months, out, progress)

    def drift(
        self, as_of: date | None, version: str | None, out: Path | None = None, progress: Progress = silent
    ) -> dict[str, Any]:
        """Whether a version still fits what it sees; see `payrisk.model_work`."""
        from payrisk.model_work import drift

        return drift(self, as_of, version, out, progress)

    def score(
        self,
        as_of: date | None,
        out: Path,
        progress: Progress = silent,
        *,
        until: date | None = None,
        every: int = 7,
        at_issue: bool = False,
        grace_days: int | None = None,
        version: str | None = None,
        allow_later: bool = False,
        with_reasons: bool = True,
    ) -> dict[str, Any]:
        """Score the open items of an evening, or of many, and write the file; what was written, in one summary.

        The options are those of `serving.scoring.score_file.ScoreRequest`. Raises `EndsBefore`.
        """
        from serving.scoring.score_file import ScoreRequest, score_to_file

        first = self.evening(as_of)
        last = first if until is None else self.evening(until)
        if last < first:
            raise EndsBefore(first, last)
        request = ScoreRequest(
            first, last, every, at_issue, version, allow_later, grace_days, with_reasons,
            rule_grace_days=self.settings.grace_days, best_before_days=self.settings.model_best_before_days,
        )  # fmt: skip
        return score_to_file(self.ledger, self.shelf, request, out, progress=progress)

    def queue(
        self, as_of: date | None = None, progress: Progress = silent, *, release: str | None = None
    ) -> dict[str, Any]:
        """The body of an evening's queue; made and published first unless it stands as it would be made now.

        Args:
            as_of: the evening; without it the newest day that the ledger knows.
            release: the name of the person who says that data which look wrong are right.

        Raises `DataHeld` for an export that looks wrong and was released by nobody.
        """
        from serving.published.desk import queue_body

        day = self.evening(as_of)
        if not self._is_published(day):
            self._publish(day, progress, self._released(day, release))
        return queue_body(self.store, day)

    def replay(self, as_of: date) -> dict[str, Any]:
        """The list published for an evening made again from what is stored, and whether it is the same.

        Raises `NothingPublished`, and what `serving.published.replay.replayed` raises.
        """
        from payrisk.salt import kept_salt
        from serving.errors import NothingPublished
        from serving.published.replay import replayed

        run = self.store.newest_run(as_of)
        if run is None:
            raise NothingPublished(as_of)
        found = replayed(self.ledger, self.shelf, self.store, run, kept_salt(self.settings.home))
        return {
            "as_of": as_of.isoformat(),
            "published": found.published,
            "again": found.again,
            "same": found.same,
            "features_same": found.features_same,
            "reports_same": found.reports_same,
            "differing": list(found.differing),
            "differing_count": found.differing_count,
            "erased": found.erased,
        }

    def explain(
        self, asked: str, as_of: date | None, if_paid: Sequence[str] = (), progress: Progress = silent
    ) -> dict[str, Any]:
        """One item or account explained, and supposed to be paid; see `payrisk.explaining`."""
        from payrisk.explaining import explain

        return explain(self, asked, as_of, if_paid, progress)

    def scorecard(self, report: "ImportReport") -> "Scorecard | None":
        """What there is to know of the data that an import brought; None where it brought no export of the book."""
        from payrisk.hold import examine

        if not (report.loaded and report.is_export):
            return None
        return examine(self.ledger, report.as_of, report)

    def _released(self, day: date, by: str | None) -> tuple[str, ...]:
        """What to say of data that look wrong and were released; nothing of others. Raises `DataHeld`."""
        from payrisk import hold

        if by and (card := hold.examine(self.ledger, day)).holds:
            hold.release(self.settings.home, by, self.now, card)
        return hold.released(self.settings.home, self.ledger, day)

    def _is_published(self, day: date) -> bool:
        """Whether the newest run of an evening is what would be made now."""
        from serving.daily import made_of

        run = self.store.newest_run(day)
        if run is None:
            return False
        now = made_of(self.ledger, self.shelf, day, self.evening_settings(day), program_version())
        return bool(run.head.get("made_of") == now)

    def _publish(self, day: date, progress: Progress, notices: tuple[str, ...]) -> None:
        from serving.daily import run_evening

        run_evening(
            self.ledger,
            self.shelf,
            day,
            self.evening_settings(day),
            now=self.now,
            program=program_version(),
            store=self.store,
            notices=notices,
            progress=progress,
        )

    def evening_settings(self, day: date) -> "EveningSettings":
        """What is settled about an evening: settings, strategy, team, and the list published before.

        Raises `BadStrategy`, `TwoStrategies` or `BadTeam` for files that cannot be used.
        """
        from payrisk.salt import salt_of
        from serving.daily import EveningSettings
        from serving.strategy.reading import strategy_for

        strategy = strategy_for(self.settings.strategy_folder, day)
        return EveningSettings(
            capacity=self.settings.calls_per_day,
            strategy=strategy,
            team=self.team(day),
            salt=salt_of(self.settings.home) if strategy.exploration.on else "",
            before=self.store.listed_before(day),
            reporting_currency=self.settings.reporting_currency,
            grace_days=self.settings.grace_days,
            best_before_days=self.settings.model_best_before_days,
        )

    def team(self, day: date | None = None) -> "Team | None":
        """The team of the file, with what managers recorded until an evening (None: by now) about who looks after whom;
        None where no file names anybody. Raises `BadTeam`."""
        from serving.activities.said import Assignment
        from serving.team.ownership import assigned_to, team_with
        from serving.team.reading import read_team

        file = self.settings.team_file
        if not file.exists():
            return None
        return team_with(read_team(file), assigned_to(self.recorder.of_kinds([Assignment.kind], until=day)))

    def write_workbook(self, body: dict[str, Any], path: Path) -> None:
        """The queue as a workbook, to be filled in (`record_call_sheet`)."""
        from serving.published.workbook import write_queue

        write_queue(body, path, self.recorder.versions())

    def record_call_sheet(self, path: Path, by: "Actor") -> dict[str, Any]:
        """Record what was filled into a workbook of `write_workbook`; what became of each row.

        Raises `FileRefused` for a file that is none.
        """
        from serving.call_sheet.reading import read_sheet
        from serving.call_sheet.recording import record_sheet

        return record_sheet(self.recorder, read_sheet(path), by).to_json()

    def export(
        self, folder: Path, as_of: date | None = None, *, kind: "Format" = "parquet", base: str | None = None
    ) -> dict[str, Any]:
        """Write the star schema of an evening into a new folder; what was written. See `payrisk.export_work`."""
        from payrisk.export_work import export

        return export(self, folder, as_of, kind, base)

    def promote(
        self, version: str, by: str, *, also_called: Sequence[str] = (), why: str = "", request: str = ""
    ) -> dict[str, Any]:
        """Approve a version in the name of a person who did not train it; it scores from now on."""
        entry = self.shelf.promote(version, by, self.now, also_called=also_called, why=why, request=request)
        return {"version": entry.version, "kind": entry.kind, "approved_by": entry.approved_by}

    def rollback(self, by: str | None = None, *, why: str = "", request: str = "") -> dict[str, Any]:
        """Put the version to use that was in use before."""
        done = self.shelf.rollback(by, self.now, why=why, request=request)
        entry = done.entry
        return {
            "version": entry.version,
            "kind": entry.kind,
            "approved_by": entry.approved_by,
            "instead_of": done.instead_of,
            "skipped": list(done.skipped),
        }

    def models(self) -> dict[str, Any]:
        """What is on the shelf: every version, which one is in use, which asks to replace it, what is damaged."""
        from payrisk.model_work import shelf_body

        return shelf_body(self.shelf)

    def audit_shelf(self) -> str | None:
        """Enter in the audit log what it does not tell of the shelf; what is to be said when that cannot be."""
        from serving.audit.shelf_audit import enter_shelf_changes

        if not (history := self.shelf.history()):
            return None
        try:
            with self.store.writing() as connection:
                enter_shelf_changes(connection, history)
        except PayriskError as refusal:
            return f"The audit log does not tell of the change yet; the next daily run enters it. {refusal}"
        return None

    def align_registry(self) -> tuple[str, ...]:
        """Bring MLflow's registry in line with the shelf; what is to be said when that cannot be, for it is no failure.

        Without anything to do it costs a few file names.
        """
        from training.in_line import is_in_line

        if is_in_line(self.shelf, self.settings.tracking_folder):
            return ()
        try:
            if tracking := self._tracking():
                tracking.align(self.shelf, self.now)
        except PayriskError as refusal:
            return (str(refusal),)
        return ()

    def back_up(self, target: Path, *, verify: bool = True) -> dict[str, Any]:
        """Everything that cannot be made again, in one file; see `payrisk.backup`. Opened without `prepare`."""
        from payrisk.backup import back_up

        return back_up(self.settings, target, now=self.now, program=program_version(), verify=verify)

    def restore(self, backup: Path) -> dict[str, Any]:
        """A backup in its place, in an empty home and database. Opened without `prepare`."""
        from payrisk.backup import restore

        return restore(self.settings, backup)

    def web_app(self, host: str) -> Any:
        """The API and the pages over what was published, answering to loopback, `host` and the trusted hosts."""
        from payrisk.migrations.run import require_current
        from payrisk.side_process import command
        from serving.morning.asked_runs import AskedRuns
        from serving.people.front_door import FrontDoor
        from serving.published.desk import Desk
        from serving.side import Side, once
        from serving.strategy.reading import strategy_for
        from serving.versions.version_changes import VersionChanges
        from serving.versions.version_shelf import VersionShelf
        from serving.web.app import create_app
        from serving.web.guard import LOOPBACK_HOSTS
        from serving.web.models_api import ModelRooms

        def start_run(as_of: date | None, asked_by: str) -> dict[str, Any]:
            return once(command("daily", asked_by, *([as_of.isoformat()] if as_of else [])), PLAN_SECONDS)

        trusted = (*LOOPBACK_HOSTS, host, *self.settings.trusted_hosts)
        front = FrontDoor(self.people, instant)
        # Two: a change of the version in use does not wait for scores.
        changes = VersionChanges(self.store, self.shelf, Side(command()), lambda: self.now)
        return create_app(
            Desk(self.store),
            front,
            demo=self.is_demo,
            trusted_hosts=trusted,
            version=program_version(),
            open_ledger=lambda: self.ledger,
            recorder=self.recorder,
            imports=self.import_room,
            require_current=lambda: require_current(self.store.engine, self.store.url),
            company=self._company(front),
            models=ModelRooms(VersionShelf(self.shelf), changes, Side(command())),
            asked_runs=AskedRuns(self.store, start_run, lambda: self.now),
            team=self.team,
            strategy=lambda: strategy_for(self.settings.strategy_folder, self.today),
        )

    def _company(self, front: "FrontDoor") -> "CompanySignIn | None":
        from serving.people.company_sign_in import CompanySignIn
        from serving.people.provider import Provider

        settings = self.settings.provider
        return None if settings is None else CompanySignIn(front, Provider(settings, instant))

    def close(self) -> None:
        """Give the database connections back."""
        for name in ("ledger", "store", "people"):
            if name in self.__dict__:
                self.__dict__[name].close()

    def _tracking(self) -> "Tracking | None":
        from importlib.util import find_spec

        if find_spec("mlflow") is None:
            return None
        from training.tracking import Tracking

        return Tracking(self.settings.tracking_folder)
