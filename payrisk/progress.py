"""Progress of long work: one line on standard error that is written over; silent when nobody is looking."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from serving.progress import Progress

_WIPE = "\r\x1b[K"


@contextmanager
def live_line(head: str = "") -> Iterator[Progress]:
    """Tells what is being done, behind `head`; wiped away at the end."""
    live = sys.stderr.isatty()

    def say(what: str) -> None:
        if live:
            print(f"{_WIPE}{head}{what} …", end="", file=sys.stderr, flush=True)

    try:
        yield say
    finally:
        if live:
            print(_WIPE, end="", file=sys.stderr, flush=True)
