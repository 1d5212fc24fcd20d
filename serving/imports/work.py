"""The work of imports, in a process of its own: what waits is imported in the order in which it came, one at a time.

It calls the very import that `payrisk import` calls. What a person has to settle makes the import ask; all else that is
refused ends it, and changes nothing.
"""

import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from ledger.desk_journal import Connection
from ledger.errors import PayriskError
from ledger.mapping import ColumnMapping, load_mapping
from ledger.mapping_file import mapping_content, save_mapping, saved_mappings
from ledger.options import ImportOptions
from ledger.preview import preview
from ledger.reading.files import SourceFile
from ledger.refusals import FileRefused, UnknownMapping
from ledger.report import ImportReport
from ledger.watch import ImportWatch, Step
from serving.imports.asked import Asked
from serving.imports.import_store import REPORT_LOST, FileImport, ImportStore, State, enter
from serving.imports.previews import without_cells
from serving.imports.quarantine import write_quarantine
from serving.imports.questions import confirm, question_of
from serving.imports.spool import Spool
from serving.morning.alone import alone
from serving.published.bodies import Json

SHARES: dict[Step, float] = {"reading": 0.25, "checking": 0.05, "comparing": 0.20, "writing": 0.50}
"""The share of an import's time that each step takes, as measured on 200,000 new invoices; only for telling what is
left."""

_SAY_EVERY = 0.3


class ReadIn(Protocol):
    """The import of the gate: files into the ledger, all or nothing."""

    def __call__(
        self,
        files: Sequence[Path],
        *,
        mapping: ColumnMapping | str | None,
        options: ImportOptions,
        watch: ImportWatch,
    ) -> ImportReport: ...


@dataclass(frozen=True)
class Worker:
    """Imports what waits.

    Attributes:
        read_in: the import itself.
        afterwards: what there is to say of the ledger after an import: `scorecard` and `open`.
        calendar, clock: give the day and the instant.
    """

    imports: ImportStore
    spool: Spool
    mapping_folder: Path
    read_in: ReadIn
    afterwards: Callable[[ImportReport], Json]
    calendar: Callable[[], date]
    clock: Callable[[], datetime]

    def run(self) -> int:
        """Import what waits, when our turn comes; returns how many there were."""
        self.spool.prepare()
        count = 0
        with alone(self.spool.turn, wait=True):
            while (one := self.imports.take_next(self.instant(), self.spool.here())) is not None:
                self._work(one)
                count += 1
        return count

    def _work(self, one: FileImport) -> None:
        watch = Watch(self, one)
        try:
            mapping = watch.mapping = self._mapping(watch.asked)
            watch.options = replace(options_of(watch.asked), dry_run=one.stage == "check")
            report = self.read_in(self.spool.files(one.import_id), mapping=mapping, options=watch.options, watch=watch)
            self._told(one, watch, report)
        except PayriskError as refused:
            self._refused(one, watch, refused)
        except Exception:  # whatever it is, the next import has its turn
            # The trace is for whoever runs payrisk, and lies beside the import; a visitor cannot mend it.
            (self.spool.folder / one.import_id / "fault.txt").write_text(traceback.format_exc(), encoding="utf-8")
            problem = {
                "code": "import_failed", "detail": "A fault of ours ended the import. Nothing of it is in the ledger.",
                "field": None, "remedy": "Tell the person who runs payrisk the time; the trace is in imports/.",
            }  # fmt: skip
            self._end(one, watch, "failed", problem=problem)

    def _mapping(self, asked: Asked) -> ColumnMapping | str | None:
        """The mapping by name; where columns were said anew, the mapping that will be saved."""
        content = self.new_mapping(asked)
        if content is None:
            return asked.mapping or None
        return ColumnMapping.parse(content, asked.save_as or "not-saved-yet")

    def new_mapping(self, asked: Asked) -> Json | None:
        """What the new mapping says; None where the columns were not said anew."""
        if not asked.columns:
            return None
        content: Json = {}
        if asked.mapping:
            known = saved_mappings(self.mapping_folder)
            if asked.mapping not in known:
                raise UnknownMapping(asked.mapping, known)
            content = mapping_content(asked.mapping, known[asked.mapping])
        settled = {name: asked.options[name] for name in ("decimal", "date_order", "layout") if name in asked.options}
        if "currency" in asked.options and "currency" not in asked.columns:
            settled["constants"] = content.get("constants", {}) | {"currency": asked.options["currency"]}
        described = {"description": content.get("description") or "Saved on the imports page."}
        return described | content | settled | {"columns": dict(asked.columns)}

    def _told(self, one: FileImport, watch: "Watch", report: ImportReport) -> None:
        """What became of an import that was not refused: done, or read on trial and to be confirmed."""
        if one.stage == "check":
            self._keep_set_aside(one, report)
            told = _report_json(report, time.monotonic() - watch.began)
            question = confirm(told["rows_read"], report.accepted)
            self.imports.ask(one.import_id, question=question, preview=watch.preview, report=told)
            return
        self.finish(one, watch, report, self.afterwards(report))

    def finish(self, one: FileImport, watch: "Watch", report: ImportReport, afterwards: Json) -> None:
        """End an import that is in the ledger: its report, and the rows that were set aside."""
        self._keep_set_aside(one, report)
        watch.save_mapping()
        told = _report_json(report, time.monotonic() - watch.began) | afterwards
        self._end(one, watch, "done", report=told, problem=None)

    def _keep_set_aside(self, one: FileImport, report: ImportReport) -> None:
        self.spool.drop_set_aside(one.import_id)
        if not report.quarantined:
            return
        self.spool.keep_rows(one.import_id, [row for file in report.as_dict()["files"] for row in _rows(file)])
        write_quarantine(report, self.spool.set_aside(one.import_id))

    def refuse(self, one: FileImport, watch: "Watch", refused: PayriskError) -> None:
        """End an import of which nothing is in the ledger."""
        if self._end(one, watch, "refused", problem=_problem(refused)) == "refused":
            self.spool.drop(one.import_id)

    def _refused(self, one: FileImport, watch: "Watch", refused: PayriskError) -> None:
        """Ask where a word would settle it, and where somebody looks at an import that could be read; else end it."""
        question = None
        if isinstance(refused, FileRefused):
            question = question_of(refused, watch.near, watch.headers)
        looked_at = watch.asked.review and bool(watch.preview) and refused.code != "demo_home"
        if question is None and not looked_at:
            self.refuse(one, watch, refused)
            return
        self.imports.ask(
            one.import_id, question=question, problem=_problem(refused), preview=watch.preview, report=None
        )

    def _end(self, one: FileImport, watch: "Watch", state: State, **values: Any) -> State:
        """End an import; as what it ended. One that the ledger accepted is done, whatever came afterwards."""
        now = self.imports.one(one.import_id) or one
        if now.ledger_version is not None and state != "done":
            state, values = "done", {"problem": REPORT_LOST}
        self.imports.end(now, state, self.instant(), preview=without_cells(watch.preview), question=None, **values)
        self.spool.drop_files(one.import_id)
        return state

    def instant(self) -> str:
        """This instant, as it is stored."""
        return self.clock().astimezone(UTC).isoformat()


class Watch(ImportWatch):
    """Keeps what the import is seen to do: how far it is, how its files are read, and that the ledger accepted it.

    Args:
        shows: whether somebody may want to see how the files are read.
    """

    def __init__(self, worker: Worker, one: FileImport, *, shows: bool = True) -> None:
        self.shows = shows
        self.worker, self.one, self.asked = worker, one, Asked(**one.asked)
        self.options = ImportOptions()
        self.mapping: ColumnMapping | str | None = None
        self.preview: list[Json] | None = None
        self.began, self.said, self.rows = time.monotonic(), 0.0, 0
        worker.spool.forget_progress(one.import_id)  # of the turn before

    @property
    def near(self) -> date:
        return self.options.as_of or self.worker.calendar()

    @property
    def headers(self) -> dict[str, str]:
        """Canonical column → header, as far as the files were understood."""
        tables = self.preview or []
        return {one["read_as"]: one["header"] for table in tables for one in table["columns"] if one["read_as"]}

    def read(self, files: Sequence[SourceFile]) -> None:
        """Keep how they are understood before anything can be refused."""
        if not self.shows:
            return
        said = self.mapping
        mapping = said if isinstance(said, ColumnMapping) else load_mapping(said, self.worker.mapping_folder)
        self.preview = [asdict(table) for table in preview(files, mapping, self.options, near=self.near)]

    def step(self, step: Step, done: int, of: int) -> None:
        """Tell how far it is, now and then; rows are those of the files, whatever a step counts in."""
        self.rows = of if step == "checking" else self.rows
        now = time.monotonic()
        if done and now - self.said < _SAY_EVERY:
            return
        self.said = now
        before = sum(share for name, share in list(SHARES.items())[: list(SHARES).index(step)])
        whole = 1 - (SHARES["writing"] if self.options.dry_run else 0)
        share = (before + SHARES[step] * (done / of if of else 0)) / whole
        left = (now - self.began) * (1 - share) / share if share else None
        progress = {"step": step, "rows_done": round(share * self.rows), "rows": self.rows or None}
        self.worker.spool.say(self.one.import_id, progress | {"seconds_left": left, "at": now})

    def accepting(self, connection: Connection, version: int) -> None:
        """With the ledger's acceptance, in one transaction: the entry in the audit log, and that it was accepted."""
        now = self.worker.instant()
        self.worker.imports.change(connection, self.one.import_id, "running", ledger_version=version)
        enter(connection, self.one, "done", now)
        self.save_mapping()

    def save_mapping(self) -> None:
        """Keep the new mapping under its name, once its export is in the ledger."""
        content = self.worker.new_mapping(self.asked)
        if content is not None:
            save_mapping(self.asked.save_as, content, self.worker.mapping_folder)


def options_of(asked: Asked) -> ImportOptions:
    """The options of an import as the importer takes them. Raises `BadOption`."""
    said = asked.options
    plain: dict[str, Any] = {
        name: said[name]
        for name in ("mode", "layout", "encoding", "delimiter", "decimal", "date_order", "sheet", "net_eom")
        if name in said
    }
    if "as_of" in said:
        plain["as_of"] = date.fromisoformat(said["as_of"])
    if "currency" in said:
        plain["default_currency"] = said["currency"]
    if "amount_scale" in said:
        plain["amount_scale"] = Decimal(said["amount_scale"])
    if "max_bad" in said:
        plain["max_quarantine_ratio"] = float(said["max_bad"])
    plain |= {name: said[name] == "yes" for name in ("allow_shrink", "allow_shift") if name in said}
    return ImportOptions(**plain)


def _report_json(report: ImportReport, seconds: float) -> Json:
    """The report without the rows that were set aside: they are kept beside it."""
    told = report.as_dict()
    files = [{name: value for name, value in file.items() if name != "quarantine"} for file in told["files"]]
    return told | {"files": files, "seconds": round(seconds, 1), "scorecard": None, "open": []}


def _problem(refused: PayriskError) -> Json:
    return {"code": refused.code, "detail": str(refused), "field": refused.field, "remedy": refused.remedy}


def _rows(file: Json) -> list[Json]:
    return [{"file": file["name"], **row} for row in file["quarantine"]]
