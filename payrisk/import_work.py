"""Imports at the gate: those over the desk and those of the command take turns, and stand in one history."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.errors import PayriskError
from payrisk.import_job import launch
from serving.imports.asked import Asked
from serving.imports.errors import ImportRunning
from serving.imports.import_store import FileImport, ImportStore
from serving.imports.room import ImportRoom
from serving.imports.spool import Spool
from serving.morning.alone import alone

if TYPE_CHECKING:
    from ledger.options import ImportOptions
    from ledger.report import ImportReport
    from payrisk.gate import Gate
    from serving.imports.work import Worker

COMMAND = "command"


def room_of(gate: "Gate") -> ImportRoom:
    """What the web process needs of imports."""
    return ImportRoom(
        gate.store,
        gate.settings.import_folder,
        mapping_folder=gate.settings.mapping_folder,
        now=lambda: gate.now,
        launch=lambda: launch(gate.settings),
        most_bytes=gate.settings.max_file_mb * 2**20,
    )


def worker_of(gate: "Gate") -> "Worker":
    """What imports: the import of the command, and what there is to say of the ledger afterwards."""
    from serving.imports.work import Worker

    def read_in(files: Sequence[Path], **said: Any) -> "ImportReport":
        gate.require_own_home(said["options"])
        return gate.read_in(files, **said)

    return Worker(
        ImportStore(gate.store),
        Spool(gate.settings.import_folder),
        gate.settings.mapping_folder,
        read_in=read_in,
        afterwards=lambda report: afterwards(gate, report),
        calendar=lambda: gate.today,
        clock=lambda: gate.now,
    )


def import_in_turn(
    gate: "Gate", files: Sequence[Path], mapping: str | None, options: "ImportOptions | None"
) -> "ImportReport":
    """The import of a command, entered in the history; a trial (`dry_run`) is not. Raises `ImportRunning`."""
    from ledger.options import ImportOptions
    from serving.imports.work import Watch

    options = options or ImportOptions()
    if options.dry_run:
        return gate.read_in(files, mapping=mapping, options=options)
    worker = worker_of(gate)
    worker.spool.prepare()
    with alone(worker.spool.turn) as ours:
        if not ours:
            running = next(iter(worker.imports.in_state("running")), None)
            raise ImportRunning(running.person_name if running else "", running.names if running else "")
        one = _begun(gate, worker, files, Asked(mapping or "", said_options(options)))
        watch = Watch(worker, one, shows=False)
        watch.options = options
        try:
            report = gate.read_in(files, mapping=mapping, options=options, watch=watch)
        except PayriskError as refused:
            worker.refuse(one, watch, refused)
            raise
        worker.finish(one, watch, report, {})
    return report


def afterwards(gate: "Gate", report: "ImportReport") -> dict[str, Any]:
    """What there is to say of the ledger after an import: its scorecard, and what is open, proved against what was
    billed and paid; nothing where no export of the book came."""
    card = gate.scorecard(report)
    if card is None:
        return {}
    rows = gate.reconcile(report.as_of)["rows"]
    names = ("entity", "currency", "open", "difference")
    return {"scorecard": card.as_dict(), "open": [{name: row[name] for name in names} for row in rows]}


def said_options(options: "ImportOptions") -> dict[str, str]:
    """What a command said, in the words of the history."""
    names = ("as_of", "layout", "encoding", "delimiter", "decimal", "date_order", "sheet", "amount_scale", "net_eom")
    said = {name: str(value) for name in names if (value := getattr(options, name)) is not None}
    said |= {name: "yes" for name in ("allow_shrink", "allow_shift") if getattr(options, name)}
    if options.default_currency:
        said["currency"] = options.default_currency
    return said | {"mode": options.mode}


def _begun(gate: "Gate", worker: "Worker", files: Sequence[Path], asked: Asked) -> FileImport:
    """The import in the history, running; its person is the operating system's, who let them in."""
    import_id, now = worker.spool.begin(), gate.now.astimezone(UTC).isoformat()
    one = FileImport(
        import_id, gate.settings.service_account, gate.settings.service_account, "console", COMMAND, asked.to_json(),
        [_described(path) for path in files], now, started_at=now, state="running",
    )  # fmt: skip
    with worker.imports.writing() as connection:
        return replace(worker.imports.add(connection, one))


def _described(path: Path) -> dict[str, Any]:
    """A file by name, size and hash; one that cannot be read has neither, and is refused by the import itself."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return {"name": path.name, "bytes": path.stat().st_size, "sha256": digest}
    except OSError:
        return {"name": path.name, "bytes": 0, "sha256": ""}
