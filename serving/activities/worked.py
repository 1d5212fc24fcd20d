"""What was worked of a list: the newest thing that somebody recorded about each account since its evening, and that
nobody took back."""

from collections.abc import Sequence

from ledger.desk_journal import Recorded
from serving.activities.effort import work


def worked(since: Sequence[Recorded]) -> dict[str, Recorded]:
    """Customer → the newest row that stands, the account worked last first.

    Args:
        since: the rows that the list does not know, newest first.
    """
    found: dict[str, Recorded] = {}
    for row in work(since):
        found.setdefault(row.customer_id, row)
    return found


def versions(since: Sequence[Recorded]) -> dict[str, int]:
    """Customer → the version that the account is at, of those with any such row; newest first."""
    found: dict[str, int] = {}
    for row in since:
        found.setdefault(row.customer_id, row.account_version)
    return found
