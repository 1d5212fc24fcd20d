"""The process that reads files for another: it has all readers loaded and forks one locked-down child per import.

It never opens a file itself, has no network and no secrets, and ends when the other side of its channel does.
Started by `apart.py` through `__main__.py`.
"""

import codecs
import gc
import os
import select
import signal
import socket
import time
import traceback
import zoneinfo  # noqa: F401  loaded before the fork, for time stamps with a zone
from errno import EFBIG
from typing import Any, NoReturn

from ledger.reading.files import read_open
from ledger.reading.handover import HandoverWriter
from ledger.reading.lockdown import lock_down
from ledger.reading.messages import receive, send
from ledger.reading.sheet import Limits
from ledger.refusals import FileRefused

OUT_OF_MEMORY, OUT_OF_SPACE = 71, 72
"""What a child exits with when its memory, or the room for what it hands back, was not enough."""


def serve(channel: socket.socket, network: str) -> None:
    """Say how this process is kept from the network, then answer requests until the other side ends."""
    send(channel, {"network": network})
    gc.collect()
    gc.freeze()
    while True:
        try:
            request, handles = receive(channel)
        except (EOFError, OSError):
            return
        child = os.fork()
        if child == 0:
            channel.close()
            _read_and_exit(request, handles)
        for handle in handles:
            os.close(handle)
        send(channel, _outcome(child, channel, request["limits"]["max_wall_seconds"]))


def _outcome(child: int, channel: socket.socket, seconds: float) -> dict[str, Any]:
    """How the child ended: by itself, by a signal, or by us because its time was over or nobody waits for it."""
    in_time = _ended(child, channel, seconds)
    if not in_time:
        os.kill(child, signal.SIGKILL)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {"in_time": in_time, "status": status}


def _ended(child: int, channel: socket.socket, seconds: float) -> bool:
    if hasattr(os, "pidfd_open"):
        ended = os.pidfd_open(child)
        ready, _, _ = select.select([ended, channel.fileno()], [], [], seconds)
        os.close(ended)
        return ended in ready
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            return True
        time.sleep(0.005)
    return False


def _read_and_exit(request: dict[str, Any], handles: list[int]) -> NoReturn:
    status = 1
    try:
        gc.disable()
        status = _read(request, handles[0], handles[1:])
    except MemoryError:
        status = OUT_OF_MEMORY
    except OSError as error:
        status = OUT_OF_SPACE if error.errno == EFBIG else 1
    finally:
        os._exit(status)


def _read(request: dict[str, Any], out: int, handles: list[int]) -> int:
    limits = Limits(**request["limits"])
    how = {"encoding": request["encoding"], "delimiter": request["delimiter"]}
    writer = HandoverWriter(out)
    writer.begin(0)
    _load_codec(request["encoding"])
    lock_down(limits)
    try:
        for number, (name, handle) in enumerate(zip(request["names"], handles, strict=True)):
            writer.begin(number)
            with open(handle, "rb") as file:
                writer.add(read_open(name, file, limits, **how))
        writer.finish()
    except FileRefused as refused:
        writer.refuse(refused)
    except MemoryError:
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno == EFBIG:
            raise
        writer.fail(traceback.format_exc())
    return 0


def _load_codec(encoding: str | None) -> None:
    for codec in (encoding, "cp1252", "utf-16", "utf-32", "utf-8-sig", "utf-16-le", "utf-16-be"):
        try:
            codecs.lookup(codec or "utf-8")
        except (LookupError, ValueError):
            continue
