"""Quiet: what a compiled library prints past Python goes nowhere, so that standard output stays ours."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without_output() -> Iterator[None]:
    """Inside, what is written to the descriptor of standard output itself is lost; Python's own is written before.

    HiGHS now and then prints a line of its debugging there, which would spoil a command's JSON.
    """
    try:
        sys.stdout.flush()
        kept = os.dup(1)
    except (OSError, ValueError):  # closed, or not there at all
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(nowhere)
        os.close(kept)
