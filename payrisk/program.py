"""This program as a person calls it: its version, and the words that start it again."""

import os
import shutil
import sys
from importlib.metadata import version
from pathlib import Path


def program_version() -> str:
    """The version of payrisk that runs."""
    return version("payrisk")


def this_program() -> str:
    """What to type to call payrisk again: `payrisk` where that is on the PATH, else the path of what runs now."""
    if shutil.which("payrisk"):
        return "payrisk"
    running = Path(sys.argv[0]).absolute()
    if not os.access(running, os.X_OK) or running.is_dir():  # python -m payrisk.cli
        return f"{sys.executable} -m payrisk.cli"
    from_here = os.path.relpath(running)
    if os.sep not in from_here:
        from_here = os.path.join(os.curdir, from_here)
    return min(from_here, str(running), key=len)
