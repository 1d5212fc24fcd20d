"""The work of `payrisk export`: the star schema of an evening, in a folder of its own."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from payrisk.program import program_version
from serving.star_schema.writing import require_free, write_folder

if TYPE_CHECKING:
    from ledger.view import LedgerView
    from payrisk.gate import Gate
    from serving.star_schema.writing import Format


def export(gate: "Gate", folder: Path, as_of: date | None, kind: "Format", base: str | None) -> dict[str, Any]:
    """Write the folder; the content of its `export.json`.

    Args:
        as_of: the evening; None: the newest the ledger knows.
        base: the reporting currency; None: that of the evening's list, else the one that is set, else the ledger's.

    Raises `CannotWrite` for a place that is taken, and what `Gate.evening` raises.
    """
    from serving.star_schema.export import star_schema
    from serving.star_schema.tables import TABLES
    from serving.trials.decision_log import DecisionLog

    require_free(folder)
    day = gate.evening(as_of)
    view = gate.ledger.as_of(day)
    told_in = base or _reporting_currency(gate, view)
    log = DecisionLog(gate.settings.url)
    try:
        tables = star_schema(view, gate.store, log, told_in, _names(gate))
    finally:
        log.close()
    about = {
        "as_of": day.isoformat(),
        "reporting_currency": told_in,
        "ledger_version": view.version,
        "payrisk": program_version(),
        "format": kind,
        "rows": {name: table.num_rows for name, table in tables.items()},
        "imports": [one.name for one in TABLES if one.imports and tables[one.name].num_rows],
    }
    write_folder(folder, tables, about, kind)
    return {"folder": str(folder), **about}


def _reporting_currency(gate: "Gate", view: "LedgerView") -> str:
    """The currency of the evening's list, so that figures are the reports' own; as the list would choose it else."""
    run = gate.store.newest_run(view.day)
    if run is not None:
        return str(run.head["summary"]["overdue"]["currency"])
    counts = view.open_items()["currency"].value_counts()
    bases = sorted(set(view.rates["base"]))
    most = min(counts.index, key=lambda name: (-counts[name], name), default="EUR")
    return gate.settings.reporting_currency or (bases[0] if len(bases) == 1 and len(counts) > 1 else str(most))


def _names(gate: "Gate") -> dict[str, str]:
    from serving.team.reading import read_team

    file = gate.settings.team_file
    if not file.exists():
        return {}
    return {one.collector_id: one.name for one in read_team(file).collectors}
