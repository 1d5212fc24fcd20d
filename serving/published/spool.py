"""A spool: texts in a file of their own, in the order in which they came, so that they take no memory meanwhile.

The file has no name in any folder and is gone with the spool, however the process ends.
"""

import os
import tempfile
import weakref
from array import array
from collections.abc import Iterable, Iterator
from itertools import groupby

import numpy as np
import pyarrow as pa

from serving.errors import NoRoomToWork

_TOGETHER = 1 << 24
"""Bytes that are read at a time, more for a text that is longer by itself."""


class Spool:
    """Texts on the disk; `TMPDIR` says where. Raises `NoRoomToWork` where the disk takes no more."""

    def __init__(self) -> None:
        try:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # open as long as the spool is
        except OSError as error:
            raise NoRoomToWork(error.strerror or str(error)) from error
        weakref.finalize(self, self._file.close)
        self._ends = array("q", [0])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, texts: pa.BinaryArray) -> None:
        """Put texts behind the others; none of them is null."""
        ends = np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset :][: len(texts) + 1].astype(np.int64)
        left = memoryview(texts.buffers()[2] or b"")[ends[0] : ends[-1]]
        try:
            while left:
                left = left[self._file.write(left) :]
        except OSError as error:
            raise NoRoomToWork(error.strerror or str(error)) from error
        self._ends.extend((ends[1:] + (self._ends[-1] - ends[0])).tolist())

    def read(self, at: int) -> bytes:
        """The text that came as number `at`, from 0."""
        return next(self.read_all([at]))

    def read_all(self, numbers: Iterable[int]) -> Iterator[bytes]:
        """The texts of these numbers; what stands behind each other is read together, `_TOGETHER` bytes at most."""
        for _, run in groupby(enumerate(numbers), lambda of: of[1] - of[0]):
            rows = [number for _, number in run]
            while rows:
                begins = self._ends[rows[0]]
                count = max(1, sum(self._ends[row + 1] - begins <= _TOGETHER for row in rows))
                there = self._between(begins, self._ends[rows[count - 1] + 1])
                for row in rows[:count]:
                    yield there[self._ends[row] - begins : self._ends[row + 1] - begins]
                rows = rows[count:]

    def _between(self, begins: int, ends: int) -> bytes:
        """All that lies there; the system gives 2 GB at a time at most."""
        parts = []
        while begins < ends and (part := os.pread(self._file.fileno(), ends - begins, begins)):
            parts.append(part)
            begins += len(part)
        if begins < ends:
            raise NoRoomToWork("what was laid aside is gone")
        return b"".join(parts)
