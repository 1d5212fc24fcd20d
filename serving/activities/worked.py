"""What was worked of a list: the newest thing that somebody recorded about each account since its evening, and that
nobody took back."""

from collections.abc import Sequence

from ledger.desk_journal import Recorded


def worked(since: Sequence[Recorded]) -> dict[str, Recorded]:
    """Customer → the newest row that stands, the account worked last first.

    Args:
        since: the rows that the list does not know, newest first.
    """
    taken_back = {row.refers_to for row in since if row.kind == "undo"}
    found: dict[str, Recorded] = {}
    for row in since:
        if row.kind != "undo" and row.activity_id not in taken_back:
            found.setdefault(row.customer_id, row)
    return found
