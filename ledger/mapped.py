"""Mapped files: they take memory where they are looked at, until it is given back.

What a process has looked at of a mapped file counts as its memory, although the system has the same in its own cache.
Who goes through a large ledger gives it back all the while; what is looked at again is there again.
"""

import mmap
import tempfile
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

EVERY_SECONDS = 0.02
"""How long at most a process that lets go holds what it looked at; giving back takes some milliseconds."""

Number = TypeVar("Number", bound=np.number[Any])

_MAPPED: "weakref.WeakValueDictionary[int, mmap.mmap]" = weakref.WeakValueDictionary()
"""Every mapped file that somebody reads, by its identity: a set cannot be gone through while another thread adds."""


def mapped(path: Path) -> pa.Buffer:
    """The content of a file, read where it is looked at. Raises `OSError`; `ValueError` for an empty file."""
    with path.open("rb") as file:
        return pa.py_buffer(_mapped(file))


def laid_aside(numbers: NDArray[Number]) -> NDArray[Number]:
    """The same numbers in a file without a name, for reading; where the disk takes no more they stay in memory."""
    if not numbers.size:
        return numbers
    try:
        with tempfile.TemporaryFile() as file:
            file.write(np.ascontiguousarray(numbers).data)
            file.flush()
            found = _mapped(file)
    except OSError:
        return numbers
    return np.frombuffer(found, dtype=numbers.dtype).reshape(numbers.shape)


def _mapped(file: IO[bytes]) -> mmap.mmap:
    found = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    _MAPPED[id(found)] = found
    return found


def let_go() -> None:
    """Give back the memory of all mapped files. Nothing changes for who reads them."""
    if hasattr(mmap, "MADV_DONTNEED"):
        for refer in _MAPPED.valuerefs():  # as many as there were at one moment
            if (one := refer()) is not None:
                one.madvise(mmap.MADV_DONTNEED)


@contextmanager
def letting_go() -> Iterator[None]:
    """Let go again and again meanwhile, so that a pass over a whole ledger holds little of it at any time."""
    done = threading.Event()

    def again() -> None:
        while not done.wait(EVERY_SECONDS):
            let_go()

    thread = threading.Thread(target=again, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        let_go()
