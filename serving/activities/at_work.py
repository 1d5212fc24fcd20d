"""That a request which may be sent again is worked on once at a time in this process, and what a key may be."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from serving.activities.errors import BadKey, StillRunning
from serving.activities.key_store import Sent

MOST_KEY_CHARACTERS = 200


class AtWork:
    """The requests of this process that are being answered; those of others wait for the transaction."""

    def __init__(self) -> None:
        self._running: set[tuple[str, str, str]] = set()
        self._lock = threading.Lock()

    @contextmanager
    def alone(self, sent: Sent | None) -> Iterator[None]:
        """That no other request with this key is at work here. Raises `StillRunning`."""
        if sent is None:
            yield
            return
        mine = sent.person_id, sent.route, sent.key
        with self._lock:
            if mine in self._running:
                raise StillRunning
            self._running.add(mine)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(mine)


def checked_key(key: str) -> str:
    """A key that may be kept. Raises `BadKey`."""
    if not (1 <= len(key) <= MOST_KEY_CHARACTERS and key.isprintable()):
        raise BadKey(len(key))
    return key
