"""What the commands of the shelf do: its versions, which one scores, and audit log and registry in line with it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ledger.errors import PayriskError

if TYPE_CHECKING:
    from models.shelf import Shelf
    from models.shelf_entry import ShelfEntry
    from payrisk.gate import Gate


def shelf_body(shelf: "Shelf") -> dict[str, Any]:
    """Every version, the newest first, with what became of it.

    Raises `NoChampion` when the version in use cannot be told; the sentence says what is there.
    """
    champion, challenger = shelf.champion(), shelf.challenger()
    return {
        "champion": champion.version if champion else None,
        "challenger": challenger.version if challenger else None,
        "versions": [_entry_body(entry) for entry in reversed(shelf.sound_versions())],
        "damaged": list(shelf.damaged()),
        "history": [asdict(change) for change in shelf.history()],
    }


def _entry_body(entry: "ShelfEntry") -> dict[str, Any]:
    return asdict(entry) | {"trained_as_of": entry.trained_as_of.isoformat()}


def promote(
    gate: "Gate", version: str, by: str, *, also_called: Sequence[str] = (), why: str = "", request: str = "",
    on: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Approve a version in the name of a person who did not train it; it scores from now on."""
    entry = gate.shelf.promote(version, by, gate.now, also_called=also_called, why=why, request=request, on=on)
    return {"version": entry.version, "kind": entry.kind, "approved_by": entry.approved_by}


def rollback(gate: "Gate", by: str | None = None, *, why: str = "", request: str = "", on: str = "") -> dict[str, Any]:
    """Put the version to use that was in use before."""
    done = gate.shelf.rollback(by, gate.now, why=why, request=request, on=on)
    entry = done.entry
    return {
        "version": entry.version,
        "kind": entry.kind,
        "approved_by": entry.approved_by,
        "instead_of": done.instead_of,
        "skipped": list(done.skipped),
    }


def audit_shelf(gate: "Gate") -> str | None:
    """Enter in the audit log what it does not tell of the shelf; what is to be said when that cannot be."""
    from serving.audit.shelf_audit import enter_shelf_changes

    if not (history := gate.shelf.history()):
        return None
    try:
        with gate.store.writing() as connection:
            enter_shelf_changes(connection, history)
    except PayriskError as refusal:
        return f"The audit log does not tell of the change yet; the next daily run enters it. {refusal}"
    return None


def align_registry(gate: "Gate") -> tuple[str, ...]:
    """Bring MLflow's registry in line with the shelf; what is to be said when that cannot be, for it is no failure.

    Without anything to do it costs a few file names.
    """
    from training.in_line import is_in_line

    if is_in_line(gate.shelf, gate.settings.tracking_folder):
        return ()
    try:
        if tracking := gate.tracking():
            tracking.align(gate.shelf, gate.now)
    except PayriskError as refusal:
        return (str(refusal),)
    return ()
