"""Work that needs heavy libraries, done for the serving process by a child that lives for the length of it.

A process that had once loaded pyarrow would keep its memory for good, and every worker of the server would.
"""

import os
import subprocess
import sys
import threading
from pathlib import Path

from ledger.reading.network import lean_environment
from serving.errors import ChildFailed

MOST_AT_ONCE = 2
"""Children; others wait for their turn."""

MOST_SECONDS = 90

_turns = threading.BoundedSemaphore(MOST_AT_ONCE)


def run_apart(module: str, given: bytes) -> bytes:
    """What a module of ours, run by itself, says of what it is given: standard input to standard output.

    It has none of our environment's secrets. Raises `ChildFailed` where it does not end well, or in time.
    """
    root = str(Path(__file__).parents[1])
    path = os.pathsep.join([root, *filter(None, [os.environ.get("PYTHONPATH")])])
    try:
        with _turns:
            done = subprocess.run(
                [sys.executable, "-P", "-m", module], input=given, capture_output=True, timeout=MOST_SECONDS,
                env=lean_environment(path, os.environ), cwd="/",
            )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ChildFailed(module, str(error)) from error
    if done.returncode:
        raise ChildFailed(module, f"it ended with {done.returncode}")
    return done.stdout
