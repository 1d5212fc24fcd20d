"""What a process that reads untrusted files gives up before it opens one: memory, time, files, privileges, sockets.

Linux has all of it; elsewhere the limits that exist are set.
"""

import ctypes
import os
import resource
import sys
from typing import Any

from ledger.reading.sheet import Limits

_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_SIGKILL = 9
_MAX_OPEN_FILES = 64
_REFUSED = ("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system", "os.fork", "os.kill", "ctypes.", "pty.")


def lock_down(limits: Limits) -> None:
    """Give up, for good, all that reading does not need; the memory limit counts from what the process has by now."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, _SIGKILL, 0, 0, 0)
        libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    sys.addaudithook(_refuse)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, _MAX_OPEN_FILES)
    _limit(resource.RLIMIT_FSIZE, limits.max_memory_bytes)
    _limit(resource.RLIMIT_CPU, limits.max_cpu_seconds, grace=1)
    _limit(resource.RLIMIT_AS, _address_space() + limits.max_memory_bytes)


def _refuse(event: str, args: Any) -> None:
    if event.startswith(_REFUSED):
        raise PermissionError(f"{event} is not for a reader of files")
    if event == "open" and _writes(args):
        raise PermissionError("a reader of files writes none")


def _writes(args: Any) -> bool:
    _, mode, flags = args
    if isinstance(args[0], int):
        return False
    return (isinstance(mode, str) and mode.strip("rbtU") != "") or bool(
        isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    )


def _limit(what: int, soft: int, grace: int = 0) -> None:
    _, most = resource.getrlimit(what)
    hard = soft + grace if most == resource.RLIM_INFINITY else min(most, soft + grace)
    try:
        resource.setrlimit(what, (min(soft, hard), hard))
    except (ValueError, OSError):
        if sys.platform == "linux":
            raise


def _address_space() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0
