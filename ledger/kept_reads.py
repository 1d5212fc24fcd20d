"""`KeptReads`: what was read from a database, kept until somebody writes to it."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

from ledger.database import Written

Value = TypeVar("Value")


class KeptReads(Generic[Value]):
    """Answers of a database by question; all of them are forgotten as soon as anything was committed to it.

    Args:
        written: how far the database is written (`ledger.database.written`); while it gives None nothing is kept.
        most: answers kept at a time; of more the oldest go.

    >>> state, asked = [(1, 1, b"")], []
    >>> reads = KeptReads(lambda: state[0])
    >>> [reads.get("who", lambda: asked.append(1) or len(asked)) for _ in range(3)], reads.known("who")
    ([1, 1, 1], 1)
    >>> state[0] = (1, 1, b"more")
    >>> reads.known("who"), reads.get("who", lambda: asked.append(1) or len(asked))
    (None, 2)
    """

    def __init__(self, written: Callable[[], Written | None], most: int = 1_000) -> None:
        self._written, self._most = written, most
        self._kept: tuple[Written | None, dict[Hashable, Value]] = (None, {})
        self._keeping = Lock()

    def known(self, key: Hashable) -> Value | None:
        """The answer, where it is certain without asking the database."""
        state, kept = self._kept
        return kept.get(key) if kept and state == self._written() else None

    def get(self, key: Hashable, read: Callable[[], Value | None]) -> Value | None:
        """The answer; asked for where it is not certain. That there is none is not kept."""
        now = self._written()  # before it is read: what is committed meanwhile is another state
        state, kept = self._kept
        if state != now:
            self._kept = state, kept = now, {}
        if (found := kept.get(key)) is not None:
            return found
        found = read()
        if found is not None and now is not None:
            with self._keeping:
                while len(kept) >= self._most:
                    del kept[next(iter(kept))]
                kept[key] = found
        return found
