"""Messages between a process and its reader of files: JSON, with open files beside it."""

import json
import socket
import struct
from collections.abc import Sequence
from typing import Any

MAX_FILES = 40
"""Open files that one message carries: as many as a reader may hold open, and some to spare (`lockdown.py`)."""


def send(channel: socket.socket, message: dict[str, Any], handles: Sequence[int] = ()) -> None:
    stored = json.dumps(message).encode()
    socket.send_fds(channel, [struct.pack("<I", len(stored))], handles)
    channel.sendall(stored)


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """The next message and the files that came with it.

    Raises:
        EOFError: the other side has ended.
    """
    head, handles, _, _ = socket.recv_fds(channel, 4, MAX_FILES + 1)
    (length,) = struct.unpack("<I", head + _exactly(channel, 4 - len(head)) if head else _exactly(channel, 4))
    message = json.loads(_exactly(channel, length))
    return message, handles


def _exactly(channel: socket.socket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = channel.recv(size - len(found))
        if not more:
            raise EOFError
        found += more
    return found
