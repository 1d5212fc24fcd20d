"""Changes of the version in use, entered in the audit log.

What the shelf remembers is the truth (`models.pointer`); the log is brought in line with it. So a change is told of
whoever made it, page, API or command, and one that was killed before its entry was written is told of next time.
"""

from collections.abc import Mapping, Sequence

from ledger.desk_journal import Connection
from models.pointer import Change as ShelfChange
from serving.audit.audit_store import MODELS, append, take_turn, told_of
from serving.audit.chain import Change

NOBODY = "payrisk"
"""The actor of a change that no person made: the first version, put to use by its training."""


def enter_shelf_changes(
    connection: Connection,
    history: Sequence[ShelfChange],
    roles: Mapping[str, str] = {},
    request_ids: Mapping[str, str] = {},
) -> int:
    """Enter every change of the shelf that the log does not tell of, in the caller's transaction; returns how many.

    Args:
        history: of the shelf, oldest first.
        roles, request_ids: of what asked for changes, by `Change.request`; '' where that is not known.
    """
    take_turn(connection)
    known, before, entered = told_of(connection, MODELS), "", 0
    for change in history:
        if change.digest not in known:
            entered += 1
            append(
                connection,
                Change(
                    actor=change.by or NOBODY, role=roles.get(change.request, ""), at=change.at,
                    action=f"model.{change.what}", object=MODELS + change.version, before=before, after=change.digest,
                    request_id=request_ids.get(change.request, ""),
                ),
            )  # fmt: skip
        before = change.digest
    return entered
