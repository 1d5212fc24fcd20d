"""`Once`: a request with an idempotency key is answered once.

What is cut off between the work and its answer is worked again when it is asked again, where the work is of a kind that
may be done twice. Other work keeps its answer itself, in the transaction of its effect (`keep`;
`serving.activities.recording` has a way of its own).
"""

from collections.abc import Callable
from datetime import UTC, datetime

from ledger.desk_journal import Connection
from serving.activities.key_store import Answer, InHand, Sent, answered, remember
from serving.audit.audit_store import take_turn
from serving.published.store import ServingStore


class Once:
    """Answers requests.

    Args:
        now: gives the instant.
    """

    def __init__(self, store: ServingStore, now: Callable[[], datetime]) -> None:
        self.store, self._now = store, now
        self._in_hand = InHand()

    def answer(
        self,
        sent: Sent | None,
        work: Callable[[], Answer],
        entering: Callable[[Connection, datetime], object] | None = None,
    ) -> Answer:
        """The answer of the work; of a request that was answered before, only its answer.

        Args:
            sent: None for a request without a key.
            entering: what is written before a new request is worked, in a transaction that may append to the audit log.

        Raises `KeyUsedOtherwise`, `StillRunning`, and what the work raises: then nothing is kept of the key.
        """
        with self._in_hand.alone(sent):
            if sent is not None or entering is not None:
                with self.store.writing() as connection:
                    take_turn(connection)
                    if sent is not None and (known := answered(connection, sent, self._at())) is not None:
                        return known
                    if entering is not None:
                        entering(connection, self._at())
            answer = work()
            if sent is not None:
                with self.store.writing() as connection:
                    take_turn(connection)
                    # The work kept it, or another process was faster.
                    if (known := answered(connection, sent, self._at())) is not None:
                        return known
                    remember(connection, sent, answer, self._at())
            return answer

    def keep(self, connection: Connection, sent: Sent | None, answer: Answer) -> None:
        """Keep the answer in the transaction of the work, which is then never answered otherwise."""
        if sent is not None:
            remember(connection, sent, answer, self._at())

    def _at(self) -> datetime:
        return self._now().astimezone(UTC)
