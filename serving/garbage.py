"""Garbage: to make a list takes millions of small objects, all kept and none in a cycle; looking for cycles among them
again and again costs a seventh of the work and finds nothing. What a server has loaded stays until it ends."""

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_search_for_cycles() -> Iterator[None]:
    """Have Python not look for cyclic garbage meanwhile; what nothing refers to is freed as always.

    It holds for the whole process. Nested, or where the search is off anyway, it changes nothing.
    """
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()


def leave_what_stays() -> None:
    """Have Python never again look for cyclic garbage among what lives now: all modules and the application, for a
    server. A search over them holds up the request that it falls into by a tenth of a second."""
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Give memory that was freed back to the system.

    The C library keeps what large columns leave free for columns to come, and small objects cannot use it: after a pass
    over ten million invoices that is more than half a gigabyte.
    """
    import pyarrow as pa  # which a server does without

    pa.default_memory_pool().release_unused()
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)) is not None:
        trim(0)
