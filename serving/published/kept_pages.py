"""`KeptPages`: answers that were made once and are asked for again and again, as the bytes that are sent."""

import sys
from collections.abc import Callable, Hashable
from threading import Lock
from typing import NamedTuple


class _Kept(NamedTuple):
    page: bytes
    size: int


class KeptPages:
    """Pages by all that decides what stands on them; those asked for last, up to so many bytes with their keys.

    >>> pages = KeptPages(most_bytes=2 * (size_of("abc") + 3))
    >>> [pages.get(key, key.encode) for key in ("abc", "de", "abc", "f")]
    [b'abc', b'de', b'abc', b'f']
    >>> pages.get("abc", lambda: b"made again"), pages.get("de", lambda: b"made again")
    (b'abc', b'made again')
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._pages: dict[Hashable, _Kept] = {}
        self._bytes = 0
        self._using = Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The page of a key; made where it is not kept. Of two that ask for it at once both may make it."""
        with self._using:
            if (kept := self._pages.pop(key, None)) is not None:
                self._pages[key] = kept  # the one asked for last
                return kept.page
        return self._kept(key, make())

    def known(self, key: Hashable) -> bytes | None:
        """The page of a key, where it is kept."""
        kept = self._pages.get(key)
        return None if kept is None else kept.page

    def _kept(self, key: Hashable, made: bytes) -> bytes:
        new = _Kept(made, size_of(key) + len(made))
        with self._using:
            before = self._pages.pop(key, None)
            self._bytes += new.size - (before.size if before else 0)
            self._pages[key] = new
            while self._bytes > self.most_bytes:
                self._bytes -= self._pages.pop(next(iter(self._pages))).size
        return made


def size_of(key: Hashable) -> int:
    """What a key takes, bytes: itself and, of a tuple or a set, all its parts. What keys share counts for each of them.

    >>> size_of(("a", "b")) == size_of(("a",)) + size_of(("b",)) - size_of(())
    True
    """
    parts = key if isinstance(key, tuple | frozenset) else ()
    return sys.getsizeof(key) + sum(map(size_of, parts))
