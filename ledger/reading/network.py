"""A process without a network. It imports nothing heavy, for libraries may start threads, and then it is too late."""

import ctypes
import sys
from collections.abc import Mapping

OWN_NAMESPACE = "own network namespace"
REFUSED_BY_HOOK = "sockets refused by a hook"

_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000


def leave_network() -> str:
    """Go into a network of one's own, which leads nowhere, and give up what one may do to the machine as root.

    Only for a process of one thread.

    Returns:
        `OWN_NAMESPACE`, or `REFUSED_BY_HOOK` where the kernel does not allow that and `lockdown.py` alone must do.
    """
    if sys.platform == "linux" and ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        return OWN_NAMESPACE
    return REFUSED_BY_HOOK


def lean_environment(python_path: str, own: Mapping[str, str]) -> dict[str, str]:
    """The environment of a reader: where its code is, one thread (it will fork), and no secrets of ours."""
    kept = {name: own[name] for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TZDIR", "PATH") if name in own}
    return kept | {
        "PYTHONPATH": python_path,
        "PYTHONUTF8": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
