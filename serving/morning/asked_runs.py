"""Daily runs that a person asks for at the desk: entered in the audit log, started once for one idempotency key.

The entry is written before the run is started, for that somebody asked is true whatever comes of it; the log of runs
names who asked for the run that was planned. The same inputs are the same run, so one that is asked for again, after
whatever crash, does no harm.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from ledger.desk_journal import Connection
from serving.activities.key_store import Answer, sent_of
from serving.activities.once import Once
from serving.activities.people import Actor
from serving.audit.audit_store import append
from serving.audit.chain import Change
from serving.published.store import ServingStore

Start = Callable[[date | None, str], dict[str, Any]]
"""Starts the daily run of an evening (None: the newest the ledger knows) for a person in a process of its own. Gives
`state` (running; stands; under_way for another runner) and `id`, its key. Raises what keeps it from being planned."""

ACCEPTED = 202
ROUTE = "POST runs"
RUNS = "runs/"
"""What the object of an entry about a daily run begins with; then its evening, or `newest`."""


class AskedRuns:
    """Starts daily runs.

    Args:
        now: gives the instant.
    """

    def __init__(self, store: ServingStore, start: Start, now: Callable[[], datetime]) -> None:
        self._start, self._once = start, Once(store, now)

    def ask(
        self,
        as_of: date | None,
        by: Actor,
        told: Callable[[dict[str, Any]], dict[str, Any]],
        *,
        key: str | None = None,
        request_id: str = "",
    ) -> Answer:
        """Start the run of an evening; of a request that was answered before, only its answer.

        Args:
            told: what to answer about a run that began. What it raises, and what the start raises, is not kept.

        Raises `BadKey`, `KeyUsedOtherwise`, `StillRunning`.
        """
        evening = "newest" if as_of is None else as_of.isoformat()

        def enter(connection: Connection, now: datetime) -> None:
            change = Change(
                actor=by.person_id, role=by.role, at=now.isoformat(), action="run.ask", object=RUNS + evening,
                before="", after="", request_id=request_id,
            )  # fmt: skip
            append(connection, change)

        return self._once.answer(
            sent_of(by.person_id, ROUTE, key, evening),
            lambda: Answer(ACCEPTED, 0, told(self._start(as_of, by.person_id))),
            enter,
        )
