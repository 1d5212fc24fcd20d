"""What became of a training, told to the person who asked for it."""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from payrisk.program import this_program

if TYPE_CHECKING:
    from models.shelf import ShelfEntry
    from training.monthly import TrainingResult


def training_outcome(result: "TrainingResult", in_use: "ShelfEntry | None", wanted: date, learned: date) -> str:
    """The sentences of one training.

    Args:
        in_use: the champion after it.
        wanted: the evening asked for; `learned`: the one learned from.
    """
    return " ".join(_sentences(result, in_use, wanted, learned))


def _sentences(result: "TrainingResult", in_use: "ShelfEntry | None", wanted: date, learned: date) -> Iterator[str]:
    if result.kind == "habit":
        why = next((gate for gate in result.gates if gate.blocks and not gate.passed), None)
        if why is not None and why.name == "enough_history":
            yield f"Too little history for a model: {why.reason}."
        else:
            yield "No model fits this ledger yet."
        yield "Each customer's own payment habit is used instead."
    if result.installed:
        yield "In use from now on: first version, not yet approved."
    elif in_use is not None and in_use.version == result.version:
        approved = f", approved by {in_use.approved_by}" if in_use.approved_by else ""
        yield f"The same version again: it is in use{approved}. Nothing changed."
    else:
        approve = f"{this_program()} promote {result.version} --by NAME"
        yield f"On the shelf beside the one in use. Approve it with: {approve}"
    if wanted != learned:
        yield f"Learned from {learned.isoformat()}, the newest day that the ledger knows."
