"""What the commands of an evening do: its list, made if need be, the same again, and its scores as a file."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from payrisk.errors import EndsBefore
from payrisk.program import program_version
from serving.progress import Progress, silent

if TYPE_CHECKING:
    from payrisk.gate import Gate


def queue(
    gate: "Gate", as_of: date | None = None, progress: Progress = silent, *, release: str | None = None
) -> dict[str, Any]:
    """The body of an evening's queue; made and published first unless it stands as it would be made now.

    Args:
        as_of: the evening; without it the newest day that the ledger knows.
        release: the name of the person who says that data which look wrong are right.

    Raises `DataHeld` for an export that looks wrong and was released by nobody.
    """
    from serving.published.desk import queue_body

    day = gate.evening(as_of)
    if not _is_published(gate, day):
        _publish(gate, day, progress, _released(gate, day, release))
    return queue_body(gate.store, day)


def replay(gate: "Gate", as_of: date) -> dict[str, Any]:
    """The list published for an evening made again from what is stored, and whether it is the same.

    Raises `NothingPublished`, and what `serving.published.replay.replayed` raises.
    """
    from payrisk.salt import kept_salt
    from serving.errors import NothingPublished
    from serving.published.replay import replayed

    run = gate.store.newest_run(as_of)
    if run is None:
        raise NothingPublished(as_of)
    found = replayed(gate.ledger, gate.shelf, gate.store, run, kept_salt(gate.settings.home))
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


def score(
    gate: "Gate",
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

    first = gate.evening(as_of)
    last = first if until is None else gate.evening(until)
    if last < first:
        raise EndsBefore(first, last)
    request = ScoreRequest(
        first, last, every, at_issue, version, allow_later, grace_days, with_reasons,
        rule_grace_days=gate.settings.grace_days, best_before_days=gate.settings.model_best_before_days,
    )  # fmt: skip
    return score_to_file(gate.ledger, gate.shelf, request, out, progress=progress)


def _released(gate: "Gate", day: date, by: str | None) -> tuple[str, ...]:
    """What to say of data that look wrong and were released; nothing of others. Raises `DataHeld`."""
    from payrisk import hold

    if by and (card := hold.examine(gate.ledger, day)).holds:
        hold.release(gate.settings.home, by, gate.now, card)
    return hold.released(gate.settings.home, gate.ledger, day)


def _is_published(gate: "Gate", day: date) -> bool:
    """Whether the newest run of an evening is what would be made now."""
    from serving.daily import made_of

    run = gate.store.newest_run(day)
    if run is None:
        return False
    now = made_of(gate.ledger, gate.shelf, day, gate.evening_settings(day), program_version())
    return bool(run.head.get("made_of") == now)


def _publish(gate: "Gate", day: date, progress: Progress, notices: tuple[str, ...]) -> None:
    from serving.daily import run_evening

    run_evening(
        gate.ledger,
        gate.shelf,
        day,
        gate.evening_settings(day),
        now=gate.now,
        program=program_version(),
        store=gate.store,
        notices=notices,
        progress=progress,
    )


def write_workbook(gate: "Gate", body: dict[str, Any], path: Path) -> None:
    """The queue as a workbook, to be filled in (`record_call_sheet`)."""
    from serving.published.workbook import write_queue

    write_queue(body, path, gate.recorder.versions())
