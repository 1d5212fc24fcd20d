"""Files read in another process, with limits and without a network: a crafted file can end that one, and no other.

Read `zygote.py` (the other side), `lockdown.py` (what it gives up) and `handover.py` (what comes back).
"""

import atexit
import contextlib
import fcntl
import mmap
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Any

import ledger
from ledger.reading.files import SourceFile, open_file
from ledger.reading.handover import BrokenHandover, file_at, take_over
from ledger.reading.messages import MAX_FILES, receive, send
from ledger.reading.network import lean_environment
from ledger.reading.sheet import Limits
from ledger.reading.zygote import OUT_OF_MEMORY, OUT_OF_SPACE
from ledger.refusals import FileRefused

_START_SECONDS = 60
_GRACE_SECONDS = 15
_REMEDY = "Save it again with another program, or export it in parts."


def read_apart(
    paths: Sequence[Path], limits: Limits, *, encoding: str | None = None, delimiter: str | None = None
) -> list[SourceFile]:
    """The cells of the files of one import, read by one child process.

    Args:
        encoding, delimiter: override what is detected in text files.

    Raises:
        FileRefused: what reading finds; `corrupt_file` naming the file at which the child died or broke a limit;
            `unreadable_file` when no process can be started.
    """
    read: list[SourceFile] = []
    for at in range(0, len(paths), MAX_FILES):
        with ExitStack() as opened:
            batch = paths[at : at + MAX_FILES]
            handles = [opened.enter_context(open_file(path, limits)).fileno() for path in batch]
            request = {
                "names": [path.name for path in batch], "limits": asdict(limits), "encoding": encoding,
                "delimiter": delimiter,
            }  # fmt: skip
            read += _read(request, handles, limits)
    return read


def isolation() -> str:
    """What keeps readers of files from the network here: "own network namespace" or "sockets refused by a hook".

    Raises:
        OSError, EOFError: no reader can be started.
    """
    with _lock:
        return _reader().network


class _Reader:
    """The zygote of this process."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        root = str(Path(ledger.__file__).parents[1])
        python_path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "ledger.reading", str(theirs.fileno())],
                pass_fds=[theirs.fileno()], env=lean_environment(python_path, os.environ), start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/",
            )  # fmt: skip
        self._channel = ours
        ours.settimeout(_START_SECONDS)
        try:
            self.network = str(receive(ours)[0]["network"])
        except BaseException:
            self.end()
            raise

    def ask(self, request: dict[str, Any], handles: Sequence[int]) -> dict[str, Any]:
        self._channel.settimeout(request["limits"]["max_wall_seconds"] + _GRACE_SECONDS)
        send(self._channel, request, handles)
        return receive(self._channel)[0]

    def end(self) -> None:
        self._channel.close()
        self._process.kill()
        self._process.wait()

    def forget(self) -> None:
        """In a fork of our process: it is the other's."""
        self._channel.close()
        self._process.returncode = 0


_lock = threading.Lock()
_running: _Reader | None = None


def _reader() -> _Reader:
    global _running
    if _running is None:
        _running = _Reader()
    return _running


def _end() -> None:
    global _running
    ended, _running = _running, None
    if ended is not None:
        ended.end()


def _forget() -> None:
    global _lock, _running
    _lock = threading.Lock()
    forgotten, _running = _running, None
    if forgotten is not None:
        forgotten.forget()


atexit.register(_end)
os.register_at_fork(after_in_child=_forget)


def _read(request: dict[str, Any], handles: Sequence[int], limits: Limits) -> list[SourceFile]:
    names: list[str] = request["names"]
    for last_try in (False, True):
        out = _nameless_file()
        try:
            with _lock:
                outcome = _asked(request, [out, *handles])
            if outcome is not None:
                handed = _sealed(out)
                return _taken(outcome, handed, names, limits)
        finally:
            os.close(out)
        if last_try:
            break
    raise FileRefused(
        "unreadable_file", names[0], "The process that reads files does not answer.",
        remedy="Ask the person who runs payrisk to look at: payrisk doctor",
    )  # fmt: skip


def _asked(request: dict[str, Any], handles: Sequence[int]) -> dict[str, Any] | None:
    """How the child ended; None when the zygote is no more, or was just ended because it did not answer."""
    try:
        return _reader().ask(request, handles)
    except (EOFError, OSError, ValueError, LookupError):
        _end()
        return None
    except BaseException:
        _end()
        raise


def _taken(outcome: dict[str, Any], handed: memoryview, names: Sequence[str], limits: Limits) -> list[SourceFile]:
    reason = _death(outcome, limits)
    try:
        if reason is None:
            return take_over(handed, names, limits)
        raise BrokenHandover(reason)
    except BrokenHandover as broken:
        at = min(file_at(handed), len(names) - 1)
        sentence = f"The file could not be read: {reason or 'its reader failed'}."
        raise FileRefused("corrupt_file", names[at], sentence, remedy=_REMEDY) from broken


def _death(outcome: dict[str, Any], limits: Limits) -> str | None:
    """What ended the child before it was done; None when nothing did."""
    status = outcome["status"]
    if not outcome["in_time"]:
        return f"it took more than {limits.max_wall_seconds:,} seconds"
    if status == -signal.SIGXCPU:
        return f"it took more than {limits.max_cpu_seconds:,} seconds of computing"
    if status in (OUT_OF_MEMORY, -signal.SIGABRT):
        return f"it took more than {limits.max_memory_bytes:,} bytes of memory"
    if status == OUT_OF_SPACE:
        return f"its cells take more than {limits.max_memory_bytes:,} bytes"
    if status < 0:
        return f"its reader died (signal {-status})"
    return "its reader failed" if status else None


def _nameless_file() -> int:
    if hasattr(os, "memfd_create"):
        return os.memfd_create("payrisk-sheets", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _sealed(handle: int) -> memoryview:
    """The bytes handed over, which nobody can change any more."""
    if hasattr(fcntl, "F_ADD_SEALS"):
        with contextlib.suppress(OSError):
            fcntl.fcntl(handle, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
            size = os.fstat(handle).st_size
            return memoryview(mmap.mmap(handle, size, flags=mmap.MAP_PRIVATE, prot=mmap.PROT_READ) if size else b"")
    size = os.fstat(handle).st_size
    return memoryview(os.pread(handle, size, 0))
