"""What became of a training, told to the person who asked for it."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from payrisk.program import this_program

if TYPE_CHECKING:
    from models.shelf_entry import ShelfEntry
    from training.monthly import TrainingResult


def training_outcome(
    result: "TrainingResult", entry: "ShelfEntry", in_use: "ShelfEntry | None", wanted: date, learned: date
) -> str:
    """The sentences of one training.

    Args:
        entry: what it put on the shelf.
        in_use: the champion after it; None without one.
        wanted: the evening asked for; `learned`: the one learned from.
    """
    return " ".join(_sentences(result, entry, in_use, wanted, learned))


def _sentences(
    result: "TrainingResult", entry: "ShelfEntry", in_use: "ShelfEntry | None", wanted: date, learned: date
) -> Iterator[str]:
    refused = [gate for gate in result.gates if gate.blocks and not gate.passed]
    if result.kind == "habit":
        if refused and refused[0].name == "enough_history":
            yield f"Too little history for a model: {refused[0].reason}."
        else:
            yield "No model fits this ledger yet."
        yield f"Each customer's own payment habit {'is used' if entry.in_use else 'was learned'} instead."
    if result.installed:
        yield "In use from now on: first version, not yet approved."
    elif entry.in_use:
        approved = f", approved by {entry.approved_by}" if entry.approved_by else ""
        yield f"The same version again: it is in use{approved}. Nothing changed."
    elif not entry.passed:
        stays = f"{in_use.version} stays in use" if in_use else "nothing is in use"
        names = ", ".join(gate.name.replace("_", " ") for gate in refused)
        yield f"Kept on the shelf, and cannot be put to use ({names}): {stays}."
    elif result.kind == "habit" and in_use is not None and in_use.kind == "model":
        yield f"It waits as the fallback of {in_use.version}, which stays in use."
    else:
        approve = f"{this_program()} promote {result.version} --by NAME"
        yield f"On the shelf beside the one in use. Approve it with: {approve} (another person than {entry.trained_by})"
    if wanted != learned:
        yield f"Learned from {learned.isoformat()}, the newest day that the ledger knows."
