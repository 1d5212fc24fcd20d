"""That one runner works at a time on this machine: a lock of the operating system on a file.

It ends with its process, however that ends: after a crash nobody waits for a lease to run out, and no clock is asked.
Runners of other machines, which only PostgreSQL can have, are held off by a lock in the database (`RunLog.alone`).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from serving.morning.errors import RunNotWritten


@contextmanager
def alone(path: Path, *, wait: bool = False) -> Iterator[bool]:
    """Whether this process is the only one in the block; at once, or after its turn has come (`wait`).

    Raises `RunNotWritten`.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise RunNotWritten(path, error.strerror or str(error)) from error
    try:
        yield _locked(handle, wait)
    finally:
        os.close(handle)


def _locked(handle: int, wait: bool) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    return True
