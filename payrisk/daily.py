"""The daily run at the gate: its settings, its clock and its rooms; the work is in `serving.morning`."""

import time
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from ledger.errors import PayriskError
from payrisk import hold, shelf_work
from payrisk.audit_work import anchor_audit
from payrisk.program import program_version
from serving.morning.plan import Plan
from serving.morning.runner import Planned, Rooms, nobody, remember_unplanned, run_daily
from serving.progress import Progress, silent

if TYPE_CHECKING:
    from payrisk.gate import Gate


def daily_and_anchor(
    gate: "Gate", as_of: date | None = None, progress: Progress = silent, planned: Planned = nobody
) -> dict[str, Any]:
    """The whole morning: `daily`, then what the audit log lacks of the shelf, and its end kept in the file of anchors.

    Returns what `daily` returns, and `notes`: what could not be kept, in sentences.
    """
    done = daily(gate, as_of, progress, planned)
    notes = (shelf_work.audit_shelf(gate), anchor_audit(gate.settings, gate.today))
    return done | {"notes": [note for note in notes if note]}


def daily(
    gate: "Gate", as_of: date | None = None, progress: Progress = silent, planned: Planned = nobody
) -> dict[str, Any]:
    """Make and publish the list of an evening (None: the newest the ledger knows), or finish an interrupted run of it.

    Args:
        planned: told the key of the run as soon as it is planned, or goes on.

    Returns what was done: `state` (published, stands, or under_way for another runner), `key`, `run_id`, and the
    `report` of the run that was made. Raises `DataHeld` and what else `run_daily` raises.
    """
    day, folder = gate.evening(as_of), gate.settings.home / "runs"
    try:
        settings = gate.evening_settings(day)
    except PayriskError as refusal:
        plan = Plan.of(day, "not-planned", gate.ledger.version, gate.now)
        remember_unplanned(gate.store, folder, plan, str(refusal))
        raise
    rooms = Rooms(
        ledger=gate.ledger,
        shelf=gate.shelf,
        store=gate.store,
        folder=folder,
        settings=settings,
        program=program_version(),
        examine=partial(hold.released, gate.settings.home),
        stopwatch=time.monotonic,
    )
    done = run_daily(rooms, day, gate.now, progress, planned)
    return {"state": done.state, "key": done.key, "run_id": done.run_id, "report": done.report}
