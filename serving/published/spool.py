"""A spool: texts in a file of their own, in the order in which they came, so that they take no memory meanwhile.

The file has no name in any folder and is gone with the spool, however the process ends.
"""

import os
import tempfile
import weakref
from array import array


class Spool:
    """Texts on the disk; `TMPDIR` says where."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # it is open as long as the spool is
        weakref.finalize(self, self._file.close)
        self._ends = array("q", [0])

    def __len__(self) -> int:
        return len(self._ends) - 1

    def add(self, text: bytes) -> None:
        """Put a text behind the others."""
        self._file.write(text)
        self._ends.append(self._ends[-1] + len(text))

    def read(self, at: int) -> bytes:
        """The text that came as number `at`, from 0."""
        self._file.flush()
        begins, ends = self._ends[at], self._ends[at + 1]
        return os.pread(self._file.fileno(), ends - begins, begins)
