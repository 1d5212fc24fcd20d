"""What waits for a manager: ranks that were contested, what was escalated, disputes over their date. Pure.

A contest or an escalation waits until a manager records anything about the account after it; a dispute until it ends.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from ledger.desk_journal import Recorded
from serving.activities.effort import standing
from serving.activities.said import Contest, Dispute, Escalation, Resolution

ASKED = frozenset({Contest.kind, Escalation.kind})
KINDS = (*sorted(ASKED), Dispute.kind, Resolution.kind)
"""What has to be read to know what waits, beside what managers recorded."""

SETTLED_WITHIN = timedelta(10)
"""Days after which a dispute without a date is over its date."""

ASKED_WITHIN = timedelta(60)
"""How long a contest or an escalation is kept waiting; older ones are history."""


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: the row that says it, and since when it is late (of disputes)."""

    row: Recorded
    late_since: date | None = None


def waiting(rows: Iterable[Recorded], answers: Iterable[Recorded], today: date) -> list[Waiting]:
    """What waits, what is late the longest first, then what was asked last.

    Args:
        rows: rows of `KINDS` and undos; answers: what managers recorded.
    """
    stand = standing(rows)
    answered: dict[str, int] = {}
    for row in answers:
        answered[row.customer_id] = max(answered.get(row.customer_id, 0), row.sequence)
    ended = {row.refers_to for row in stand if row.kind == Resolution.kind}
    asked = [
        Waiting(row)
        for row in stand
        if row.kind in ASKED
        and row.known_on > today - ASKED_WITHIN
        and answered.get(row.customer_id, 0) <= row.sequence
    ]
    late = [
        Waiting(row, due)
        for row in stand
        if row.kind == Dispute.kind and row.activity_id not in ended and (due := due_on(row)) < today
    ]
    return sorted(late, key=lambda one: (one.late_since, one.row.sequence)) + sorted(
        asked, key=lambda one: -one.row.sequence
    )


def due_on(dispute: Recorded) -> date:
    """The day by which a dispute is to be settled."""
    told = dispute.said.get("due_on")
    return date.fromisoformat(told) if told else dispute.known_on + SETTLED_WITHIN
