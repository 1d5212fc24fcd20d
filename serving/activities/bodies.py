"""Activities as the API, the command line and the pages say them."""

from collections.abc import Sequence
from typing import Any

from ledger.desk_journal import Recorded

Json = dict[str, Any]


def activity_json(row: Recorded, referring: Sequence[Recorded]) -> Json:
    """One activity; `referring` are the account's rows that undo or resolve others."""
    undo = next((one for one in referring if one.refers_to == row.activity_id and one.kind == "undo"), None)
    return {
        "activity_id": row.activity_id,
        "customer_id": row.customer_id,
        "account_version": row.account_version,
        "kind": row.kind,
        "said": row.said,
        "of": row.refers_to or None,
        "by": row.actor,
        "recorded_at": row.recorded_at.isoformat(timespec="seconds"),
        "known_on": row.known_on.isoformat(),
        "undone": None if undo is None else {"by": undo.actor, "at": undo.recorded_at.isoformat(timespec="seconds")},
    }


def page_of(
    customer_id: str, version: int, rows: Sequence[Recorded], referring: Sequence[Recorded], limit: int
) -> Json:
    """A page of an account's activities, newest first; of `limit + 1` rows the last one says that there are more."""
    shown = rows[:limit]
    return {
        "customer_id": customer_id,
        "account_version": version,
        "items": [activity_json(row, referring) for row in shown],
        "next_cursor": str(shown[-1].account_version) if len(rows) > len(shown) else None,
    }
