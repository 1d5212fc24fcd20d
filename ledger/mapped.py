"""Mapped files: they take memory where they are looked at, until it is given back.

What a process has looked at of a mapped file counts as its memory, although the system has the same in its own cache.
Who goes through a large ledger a part at a time gives it back after each part; what is looked at again is there again.
"""

import mmap
import weakref
from pathlib import Path

import pyarrow as pa

_MAPPED: "weakref.WeakSet[mmap.mmap]" = weakref.WeakSet()


def mapped(path: Path) -> pa.Buffer:
    """The content of a file, read where it is looked at. Raises `OSError`; `ValueError` for an empty file."""
    with path.open("rb") as file:
        found = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    _MAPPED.add(found)
    return pa.py_buffer(found)


def let_go() -> None:
    """Give back the memory of all mapped files. Nothing changes for who reads them."""
    if hasattr(mmap, "MADV_DONTNEED"):
        for one in list(_MAPPED):
            one.madvise(mmap.MADV_DONTNEED)
