"""`ImportRoom`: what the web process does for an import: takes its files in, answers, and tells how it stands.

The work itself is done by another process (`work.py`), which outlives this one; whichever looks next finds a dead one.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from ledger.mapping_file import mapping_content, saved_mappings
from serving.activities.key_store import Answer, InHand, answered, remember, sent_of
from serving.activities.once import Once
from serving.activities.people import Actor
from serving.errors import BadCursor
from serving.etags import etag, named_in
from serving.imports.asked import Asked, BadImportOption, checked_mapping_name, checked_options
from serving.imports.errors import (
    ImportChanged,
    ImportVersionMissing,
    MappingExists,
    NameNeeded,
    NoAnswer,
    NotAsking,
    TooManyWaiting,
    UnknownImport,
)
from serving.imports.import_store import OPEN, REPORT_LOST, FileImport, ImportStore, Keep, enter, nothing
from serving.imports.previews import without_cells
from serving.imports.spool import Spool
from serving.morning.alone import alone
from serving.published.bodies import Json
from serving.published.store import ServingStore

ACCEPTED = 202
ROUTE = "POST imports"
MOST_WAITING = 20
"""Open imports of one person: nobody answers more."""

PATIENCE = timedelta(days=7)
"""How long a question waits for its answer; then the files are forgotten."""

AGAIN_SECONDS = 10.0
"""How long after a process that imports ended in a fault, before its turn, the next one is started."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bringer:
    """Who brings files, or answers.

    Attributes:
        name: as colleagues read it; via: page, api or command.
    """

    actor: Actor
    name: str
    via: str
    request_id: str = ""


@dataclass(frozen=True)
class ImportAnswer:
    """What a person answers: options, which header each column is, that it goes on, or that it does not."""

    options: Mapping[str, str]
    columns: Mapping[str, str] | None = None
    save_as: str = ""
    go: bool = False
    withdraw: bool = False


class ImportRoom:
    """Imports over the desk.

    Args:
        folder: where their files lie, in the home; mapping_folder: where own mappings are saved.
        now: gives this instant, with its zone.
        launch: starts a process that imports what waits; gives what says whether it still runs (`poll`).
        most_bytes: of one file.
    """

    def __init__(
        self,
        store: ServingStore,
        folder: Path,
        *,
        mapping_folder: Path,
        now: Callable[[], datetime],
        launch: Callable[[], Any],
        most_bytes: int,
    ) -> None:
        self.imports, self.spool = ImportStore(store), Spool(folder)
        self.mapping_folder, self.most_bytes = mapping_folder, most_bytes
        self._now, self._launch = now, launch
        self._in_hand, self._launched, self._launched_at = InHand(), None, 0.0
        self.once = Once(store, now)

    def begin(self, person_id: str) -> str:
        """The id of an import whose files are to come. Raises `TooManyWaiting`."""
        if sum(one.person_id == person_id for one in self.imports.in_state(*OPEN)) >= MOST_WAITING:
            raise TooManyWaiting(MOST_WAITING)
        import_id = self.spool.begin()
        self.spool.sweep(self.imports.ids(), import_id)
        return import_id

    def submit(self, import_id: str, files: list[Json], asked: Asked, by: Bringer, key: str | None = None) -> Answer:
        """Take in files that lie in the spool; they are imported at their turn. Where it raises, they are gone.

        Raises `BadImportOption` for a mapping that is not there, `BadKey`, `KeyUsedOtherwise`, `StillRunning`.
        """
        try:
            answer = self._taken_in(import_id, files, asked, by, key)
        except BaseException:
            self.spool.drop(import_id)
            raise
        self._start()
        return answer

    def _taken_in(self, import_id: str, files: list[Json], asked: Asked, by: Bringer, key: str | None) -> Answer:
        if asked.mapping and asked.mapping not in self.mappings():
            raise BadImportOption("mapping", asked.mapping, f"one of {', '.join(self.mappings())}, or none")
        now = self._instant()
        new = FileImport(
            import_id, by.actor.person_id, by.name, by.actor.role, by.via, asked.to_json(), files, now,
            request_id=by.request_id, stage="check" if asked.review else "load",
        )  # fmt: skip
        body = [[[file["name"], file["sha256"]] for file in files], asked.to_json()]
        sent = sent_of(by.actor.person_id, ROUTE, key, body)
        with self._in_hand.alone(sent), self.imports.writing() as connection:
            if sent is not None and (known := answered(connection, sent, self._now())) is not None:
                self.spool.drop(import_id)
                return known
            answer = Answer(ACCEPTED, 0, self.body(self.imports.add(connection, new), named=True))
            if sent is not None:
                remember(connection, sent, answer, self._now())
        return answer

    def answer(
        self, import_id: str, said: ImportAnswer, by: Bringer, if_match: str | None, keep: Keep = nothing
    ) -> FileImport:
        """Go on with an import that asks.

        Args:
            if_match: the versions of the import that the answer may be made on, as an If-Match header has them.
            keep: is called in the transaction of the answer, once it is given.

        Raises `UnknownImport`, `NotAsking`, `ImportVersionMissing`, `ImportChanged`, `NoAnswer`, `BadImportOption`,
        `NameNeeded`, `MappingExists`.
        """
        one = self.one(import_id)
        if one.state != "asking":
            raise NotAsking(one.state)
        if not (named := named_in(if_match)):
            raise ImportVersionMissing
        if etag(one.version) not in named:
            raise ImportChanged
        if said.withdraw:
            return self._withdrawn(one, by, keep)
        asked = Asked(**one.asked)
        if not (said.options or said.columns is not None or said.go):
            raise NoAnswer
        asked = asked.with_said(checked_options(said.options), said.columns, said.save_as.strip())
        if asked.columns and (said.go or asked.save_as):
            self._require_name(asked)
        stage = "load" if said.go or not asked.review else "check"
        with self.imports.writing() as connection:
            waits = {"state": "uploaded", "stage": stage, "asked": asked.to_json(), "request_id": by.request_id}
            now = self.imports.read(connection, import_id)
            if now is None or now.version != one.version:
                raise ImportChanged
            self.imports.change(connection, import_id, "asking", **waits)
            enter(connection, _by(one, by), "answered", self._instant())
            keep(connection)
        self._start()
        return self.one(import_id)

    def one(self, import_id: str) -> FileImport:
        """One import as it stands. Raises `UnknownImport`."""
        self.settle()
        found = self.imports.one(import_id)
        if found is None:
            raise UnknownImport(import_id)
        return found

    def newest(self, count: int, before: str | None = None) -> list[FileImport]:
        """The imports that came last, the newest first. Raises `BadCursor`."""
        self.settle()
        if before is not None and self.imports.one(before) is None:
            raise BadCursor(before)
        return self.imports.newest(count, before)

    def month(self) -> list[FileImport]:
        """The imports of this month."""
        now = self._now().astimezone(UTC)
        return self.imports.since(now.replace(day=1, hour=0, minute=0, second=0, microsecond=0).isoformat())

    def rows(self, import_id: str, start: int, count: int) -> list[Json]:
        """Rows that an import set aside, from the one at `start` on."""
        return list(islice(self.spool.rows(import_id), start, start + count))

    def mappings(self) -> dict[str, str]:
        """The saved mappings by name, each with its description; one that is no TOML is there too, without."""
        return {name: _description(name, path) for name, path in saved_mappings(self.mapping_folder).items()}

    def body(self, one: FileImport, *, named: bool, short: bool = False) -> Json:
        """An import as the API tells it (`ImportOut`).

        Args:
            named: whether its reader may see cells of the files: names, numbers and amounts of customers.
            short: without the preview, as in a list.
        """
        asked = Asked(**one.asked)
        running = one.state == "running"
        preview = None if short else one.preview if named else without_cells(one.preview)
        return {
            "id": one.import_id,
            "state": one.state,
            "stage": one.stage,
            "by": one.person_name,
            "via": one.via,
            "created_at": one.created_at,
            "started_at": one.started_at,
            "ended_at": one.ended_at,
            "files": one.files,
            "mapping": asked.save_as or asked.mapping or None,
            "options": dict(asked.options),
            "progress": self._progress(one) if running else None,
            "waits_for": self._waits_for(one) if one.state == "uploaded" else None,
            "question": one.question if named else _without_cell(one.question),
            "problem": one.problem if named or one.problem is None else {**one.problem, "detail": None},
            "preview": preview,
            "report": one.report,
            "ledger_version": one.ledger_version,
        }

    def settle(self) -> None:
        """Find imports whose process ended and questions that nobody answered, and start what waits."""
        there = self.imports.in_state(*OPEN)
        if not there:
            return
        overdue = (self._now() - PATIENCE).astimezone(UTC).isoformat()
        for one in there:
            if one.state == "asking" and (one.started_at or one.created_at) < overdue:
                self._ended(one, "refused", _problem("not_answered", "Nobody answered for seven days."), was="asking")
        if all(one.state == "asking" for one in there):
            return
        self.spool.prepare()
        with alone(self.spool.turn) as nobody_works:
            if not nobody_works:
                return
            here = self.spool.here()
            for one in self.imports.in_state("running"):
                if one.import_id in here:
                    self._dead(one)
        waiting = any(one.import_id in here for one in self.imports.in_state("uploaded"))
        if waiting and not self._is_starting() and not self._just_failed():
            self._start()

    def _dead(self, one: FileImport) -> None:
        if one.ledger_version is not None:
            self._ended(one, "done", REPORT_LOST)
            return
        said = "The process that imported it ended before it was done. Nothing of it is in the ledger."
        self._ended(one, "failed", _problem("import_interrupted", said, "Import the files again."))

    def _withdrawn(self, one: FileImport, by: Bringer, keep: Keep) -> FileImport:
        problem = _problem("withdrawn", f"{by.name} left it. Nothing of it is in the ledger.")
        if not self._ended(_by(one, by), "refused", problem, was="asking", keep=keep):
            raise ImportChanged
        return self.one(one.import_id)

    def _ended(self, one: FileImport, state: Any, problem: Json, *, was: Any = "running", keep: Keep = nothing) -> bool:
        ended = self.imports.end(one, state, self._instant(), was=was, keep=keep, problem=problem, question=None,
                                 preview=without_cells(one.preview))  # fmt: skip
        if ended and state == "done":
            self.spool.drop_files(one.import_id)
        elif ended:
            self.spool.drop(one.import_id)
        return ended

    def _require_name(self, asked: Asked) -> None:
        if not asked.save_as:
            raise NameNeeded
        name = checked_mapping_name(asked.save_as)
        if name != asked.mapping and name in {*self.mappings(), "canonical"}:
            raise MappingExists(name)

    def _progress(self, one: FileImport) -> Json | None:
        told = self.spool.progress(one.import_id)
        if told is None:
            return None
        since = time.monotonic() - told.pop("at")  # one clock for all processes of a machine
        left = told["seconds_left"]
        return told | {"seconds_left": None if left is None else max(1, round(left - since))}

    def _waits_for(self, one: FileImport) -> Json | None:
        ahead = next((other for other in self.imports.in_state("running") if other.import_id != one.import_id), None)
        return None if ahead is None else {"by": ahead.person_name, "files": ahead.names}

    def _start(self) -> None:
        """Start a process. What was brought is taken in already, so where it cannot start, whoever looks next does."""
        if self._launched is not None and (ended := self._launched.poll() or 0) > 0:
            log.error("The process that imports ended with %d; %s says why.", ended, self.spool.faults.name)
        try:
            self._launched, self._launched_at = self._launch(), time.monotonic()
        except OSError as error:
            log.error(
                "The process that imports cannot be started (%s); whoever looks next tries again.", error.strerror
            )

    def _is_starting(self) -> bool:
        return self._launched is not None and self._launched.poll() is None

    def _just_failed(self) -> bool:
        """Whether a process that was started lately ended in a fault: to start it at each look would not help."""
        failed = self._launched is not None and (self._launched.poll() or 0) > 0
        return failed and time.monotonic() - self._launched_at < AGAIN_SECONDS

    def _instant(self) -> str:
        return self._now().astimezone(UTC).isoformat()


def _by(one: FileImport, by: Bringer) -> FileImport:
    """The import as somebody else than who brought it acts on it, for the audit log."""
    return replace(one, person_id=by.actor.person_id, role=by.actor.role, request_id=by.request_id)


def _problem(code: str, detail: str, remedy: str | None = None) -> Json:
    return {"code": code, "detail": detail, "field": None, "remedy": remedy}


def _without_cell(question: Json | None) -> Json | None:
    """A question without the cell that it is about: ids and amounts of customers are not for everybody."""
    return None if question is None else {**question, "title": None, "why": None, "answers": []}


def _description(name: str, path: Path) -> str:
    try:
        return str(mapping_content(name, path).get("description", ""))
    except Exception:  # what it lacks is said by whoever uses it
        return ""
