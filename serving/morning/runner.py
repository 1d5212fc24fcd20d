"""The runner of the daily run: step by step, each done once, and after any interruption the next one.

    planned    what is to be made, of what, and the instant that its list will say (`plan.py`)
    ingested   the ledger read as it stood when the run was planned, and its columns kept
    validated  the newest export looks right, or a person released it
    staged     features, scores, reasons and ranks: the list, as the JSON that will be read
    published  that very JSON, in one transaction with its record
    reported   counts, seconds and notices, in `report.json`

Features, scores and reasons are no steps of their own: `serving.daily.run_evening` makes them at once, because a
version whose reasons do not add up is not used, and another one scores from the features on. What lies between them is
of no use to anybody else; made again from the same plan it is the same to the last bit.

A step's output lies on the disk before its record is written. A runner that finds a record looks at the output, and
makes again what is missing or damaged; publishing never makes anything, it reads what was staged.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ledger.errors import PayriskError
from models.shelf import Shelf
from serving.daily import EveningSettings, made_of, run_evening
from serving.morning.alone import alone
from serving.morning.errors import RunNotWritten
from serving.morning.outputs import Outputs, forget_but
from serving.morning.plan import Plan
from serving.morning.report import report_json
from serving.morning.run_log import RunLog
from serving.morning.staged import is_staged_so, staged_lines, staged_run
from serving.progress import Progress, silent
from serving.published.bodies import Json
from serving.published.store import ServingStore

if TYPE_CHECKING:
    from ledger.book import Ledger

KEPT_RUNS = 7
"""Runs whose outputs stay on the disk."""

_REPORT = "report"


@dataclass(frozen=True)
class Rooms:
    """What a daily run works with.

    Attributes:
        folder: of the outputs of all runs.
        examine: what to say of an evening's data that look wrong and were released; raises for those that nobody
            released.
        stopwatch: seconds since some moment.
    """

    ledger: "Ledger"
    shelf: Shelf
    store: ServingStore
    folder: Path
    settings: EveningSettings
    program: str
    examine: Callable[["Ledger", date], tuple[str, ...]]
    stopwatch: Callable[[], float]


@dataclass(frozen=True)
class Done:
    """How a start ended.

    Attributes:
        state: published: a list was made, or an interrupted run was brought to its end; stands: the list of the evening
            is already what would be made; under_way: another runner works.
        report: of the run that was made.
    """

    state: Literal["published", "stands", "under_way"]
    key: str | None = None
    run_id: str | None = None
    report: Json | None = None


Planned = Callable[[str], object]
"""Told the key of a run as soon as it is planned."""


def nobody(key: str) -> None:
    """Nobody is told."""


def run_daily(
    rooms: Rooms,
    as_of: date,
    now: datetime,
    progress: Progress = silent,
    planned: Planned = nobody,
    *,
    asked_by: str = "",
) -> Done:
    """Make and publish the list of an evening, or go on where an interrupted run of the same stopped.

    Args:
        now: the instant that a list planned by this start says; an interrupted run keeps its own.
        progress: told each step as it begins.
        planned: told the key of the run once it is recorded, before its first step.
        asked_by: who asks for it; of an interrupted run the first who did.

    Raises what a step refuses, once the run is recorded as failed: `DataHeld`, `RunNotWritten`, `EmptyLedger`, what the
    database says. The list published before stays. The next start plans a failed run anew.
    """
    log = RunLog(rooms.store)
    with alone(rooms.folder / ".alone") as here, log.alone() as everywhere:
        if not (here and everywhere):
            return Done("under_way")
        plan = _planned(rooms, as_of, now, asked_by)
        before = log.run(plan.key)
        if before is not None and before.state == "running":
            plan, attempt = before.plan, log.take_over(before)
        elif run_id := _standing(rooms.store, plan):
            return Done("stands", plan.key, run_id)
        else:
            attempt = log.begin(plan)
        planned(plan.key)
        run = _Run(rooms, log, plan, attempt, progress)
        report = run.to_the_end()
        forget_but(rooms.folder, log.newest_keys(KEPT_RUNS))
        return Done("published", plan.key, str(report["run_id"]), report)


def remember_unplanned(store: ServingStore, folder: Path, plan: Plan, reason: str) -> None:
    """Record that no run could be planned, so that readers are told why the list before is shown again.

    Nothing is recorded while another runner works.

    Args:
        plan: of what was to be made, as far as it is known.
    """
    log = RunLog(store)
    with alone(folder / ".alone") as here, log.alone() as everywhere:
        if here and everywhere:
            log.fail(plan.key, log.begin(plan), reason)


def _planned(rooms: Rooms, as_of: date, now: datetime, asked_by: str) -> Plan:
    version = rooms.ledger.version
    made = made_of(rooms.ledger.at(version), rooms.shelf, as_of, rooms.settings, rooms.program)
    return Plan.of(as_of, made, version, now, asked_by)


def _standing(store: ServingStore, plan: Plan) -> str | None:
    """The list of the evening, when it was made of just what it would be made of now."""
    newest = store.newest_run(plan.as_of)
    return newest.run_id if newest is not None and newest.head.get("made_of") == plan.made_of else None


@dataclass
class _Run:
    """One attempt at a planned run."""

    rooms: Rooms
    log: RunLog
    plan: Plan
    attempt: int
    progress: Progress
    seconds: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ledger = self.rooms.ledger.at(self.plan.ledger_version)
        self.outputs = Outputs(self.rooms.folder / self.plan.key)

    def to_the_end(self) -> Json:
        """Do what is left to do; returns the report."""
        try:
            for step in self._left():
                self._do(step)
            return self._report()
        except Exception as error:
            self._remember_failure(error)
            raise

    def _left(self) -> Iterator[str]:
        recorded = self._recorded()
        if "published" in recorded:
            return
        sound = True
        for step in ("ingested", "validated", "staged"):
            sound = sound and self._output(step) is not None
            if not sound:
                yield step
        yield "published"

    def _do(self, step: str) -> None:
        self.progress(step)
        began = self.rooms.stopwatch()
        if step == "published":
            self._publish()
        else:
            made = {"ingested": self._ingest, "validated": self._validate, "staged": self._stage}[step]()
            self.log.record(self.plan.key, self.attempt, step, made)
        self.seconds[step] = self.rooms.stopwatch() - began

    def _ingest(self) -> str:
        view = self.ledger.as_of(self.plan.as_of)
        kinds = (
            "items",
            "applications",
            "customers",
            "rates",
            "disputes",
            "contacts",
            "promises",
            "holds",
            "callbacks",
        )
        rows = {kind: len(getattr(view, kind)) for kind in kinds}
        told = {"ledger_version": self.plan.ledger_version, "rows": rows, "open_items": len(view.open_items())}
        return self.outputs.write("ingested", told)

    def _validate(self) -> str:
        notices = list(self.rooms.examine(self.ledger, self.plan.as_of))
        return self.outputs.write("validated", {"notices": notices})

    def _stage(self) -> str:
        run = run_evening(
            self.ledger,
            self.rooms.shelf,
            self.plan.as_of,
            self.rooms.settings,
            now=self.plan.now,
            program=self.rooms.program,
            notices=tuple(json.loads(self._sound("validated")[0])["notices"]),
            progress=self.progress,
        )
        return self.outputs.write_lines("staged", staged_lines(run))

    def _publish(self) -> None:
        run = staged_run(self._sound("staged"))
        recording = self.log.recording(self.plan.key, self.attempt, "published", run.run_id)
        self.rooms.store.publish(run, also=recording)

    def _report(self) -> Json:
        self.progress("reported")
        recorded = self._recorded()
        published = self.rooms.store.run(recorded["published"])
        assert published is not None, "what was recorded as published in one transaction is there"
        ingested = self._output("ingested")
        told = json.loads(ingested[0]) if ingested else {}
        report = report_json(self.plan, published.head, told, self.seconds)
        self.log.finish(self.plan.key, self.attempt, "reported", self.outputs.write(_REPORT, report))
        return report

    def _recorded(self) -> dict[str, str]:
        run = self.log.run(self.plan.key)
        return {} if run is None else dict(run.steps)

    def _output(self, step: str) -> Sequence[bytes] | None:
        recorded = self._recorded().get(step)
        found = None if recorded is None else self.outputs.lines(step, recorded)
        return None if found is not None and step == "staged" and not is_staged_so(found) else found

    def _sound(self, step: str) -> Sequence[bytes]:
        """What a step made, made again once if it was damaged since."""
        found = self._output(step)
        if found is None:
            self._do(step)
            found = self._output(step)
        if found is None:
            raise RunNotWritten(self.outputs.path(step), "it is not what was written a moment ago")
        return found

    def _remember_failure(self, error: Exception) -> None:
        reason = str(error) if isinstance(error, PayriskError) else f"An unexpected error ({type(error).__name__})."
        with suppress(Exception):  # the database may be what failed; the first error is the one to tell
            if "published" not in self._recorded():
                self.log.fail(self.plan.key, self.attempt, reason)
