"""`KeptPages`: answers that were made once and are asked for again and again, as the bytes that are sent."""

from collections.abc import Callable, Hashable
from threading import Lock


class KeptPages:
    """Pages by all that decides what stands on them; those asked for last, up to so many bytes.

    >>> pages = KeptPages(most_bytes=5)
    >>> [pages.get(key, key.encode) for key in ("abc", "de", "abc", "f")]
    [b'abc', b'de', b'abc', b'f']
    >>> pages.get("abc", lambda: b"made again"), pages.get("de", lambda: b"made again")
    (b'abc', b'made again')
    """

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._pages: dict[Hashable, bytes] = {}
        self._bytes = 0
        self._using = Lock()

    def get(self, key: Hashable, make: Callable[[], bytes]) -> bytes:
        """The page of a key; made where it is not kept. Of two that ask for it at once both may make it."""
        with self._using:
            if (kept := self._pages.pop(key, None)) is not None:
                self._pages[key] = kept  # the one asked for last
                return kept
        return self._kept(key, make())

    def known(self, key: Hashable) -> bytes | None:
        """The page of a key, where it is kept."""
        return self._pages.get(key)

    def _kept(self, key: Hashable, made: bytes) -> bytes:
        with self._using:
            self._bytes += len(made) - len(self._pages.pop(key, b""))
            self._pages[key] = made
            while self._bytes > self.most_bytes:
                self._bytes -= len(self._pages.pop(next(iter(self._pages))))
        return made
