"""Imports at the gate: those over the desk and those of the command take turns, and stand in one history."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.errors import PayriskError
from payrisk.book_work import reconcile, scorecard
from payrisk.errors import DemoHome
from payrisk.import_job import launch
from serving.imports.asked import Asked
from serving.imports.errors import ImportRunning
from serving.imports.import_store import FileImport, ImportStore
from serving.imports.room import ImportRoom
from serving.imports.spool import Spool
from serving.morning.alone import alone

if TYPE_CHECKING:
    from ledger.mapping import ColumnMapping
    from ledger.options import ImportOptions
    from ledger.report import ImportReport
    from ledger.watch import ImportWatch
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

    def their_files(files: Sequence[Path], **said: Any) -> "ImportReport":
        _require_own_home(gate, said["options"])
        return read_in(gate, files, **said)

    return Worker(
        ImportStore(gate.store),
        Spool(gate.settings.import_folder),
        gate.settings.mapping_folder,
        read_in=their_files,
        afterwards=lambda report: afterwards(gate, report),
        calendar=lambda: gate.today,
        clock=lambda: gate.now,
    )


def read_in(
    gate: "Gate",
    files: Sequence[Path],
    *,
    mapping: "ColumnMapping | str | None" = None,
    options: "ImportOptions | None" = None,
    watch: "ImportWatch | None" = None,
) -> "ImportReport":
    """The import itself, whoever's files they are; zone, posting lag and largest file are those of the settings."""
    from ledger import importing
    from ledger.options import ImportOptions
    from ledger.reading.sheet import Limits
    from ledger.watch import NOBODY

    return importing.import_files(
        gate.ledger,
        files,
        mapping=mapping,
        options=replace(
            options or ImportOptions(),
            tenant_tz=gate.settings.time_zone,
            posting_lag_days=gate.settings.posting_lag_days,
            limits=Limits(max_bytes=gate.settings.max_file_mb * 2**20),
        ),
        today=gate.today,
        recorded_at=gate.now,
        mapping_folder=gate.settings.mapping_folder,
        watch=watch or NOBODY,
    )


def import_files(
    gate: "Gate", files: Sequence[Path], *, mapping: str | None = None, options: "ImportOptions | None" = None
) -> "ImportReport":
    """Read files into the ledger, all or nothing, in turn with the imports over the desk, and enter it in the history;
    a trial (`dry_run`) is not entered. Raises `DemoHome` in the invented company's home, `ImportRunning`."""
    from ledger.options import ImportOptions
    from serving.imports.work import Watch

    _require_own_home(gate, options)
    options = options or ImportOptions()
    if options.dry_run:
        return read_in(gate, files, mapping=mapping, options=options)
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
            report = read_in(gate, files, mapping=mapping, options=options, watch=watch)
        except PayriskError as refused:
            worker.refuse(one, watch, refused)
            raise
        worker.finish(one, watch, report, {})
    return report


def afterwards(gate: "Gate", report: "ImportReport") -> dict[str, Any]:
    """What there is to say of the ledger after an import: its scorecard, and what is open, proved against what was
    billed and paid; nothing where no export of the book came."""
    card = scorecard(gate, report)
    if card is None:
        return {}
    rows = reconcile(gate, report.as_of)["rows"]
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


def _require_own_home(gate: "Gate", options: "ImportOptions | None") -> None:
    """That real files are not loaded into the invented company's home. Raises `DemoHome`."""
    if gate.is_demo and not (options and options.dry_run):
        raise DemoHome(gate.settings.home)
