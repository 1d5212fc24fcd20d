"""Files that leave the house: there whole or not at all. What makes their texts harmless: `ledger.neutral`."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from serving.errors import CannotWrite


def write_whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Have `write` make the file beside its place, then put it there in one step.

    Raises `CannotWrite`; what was there before is untouched then.
    """
    if path.is_dir():
        raise CannotWrite(str(path), "it is a folder")
    unfinished = path.with_name(f".{path.name[:40]}.{os.getpid()}.unfinished")
    try:
        try:
            write(unfinished)
            with unfinished.open("rb+") as file:
                os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CannotWrite(str(path), error.strerror or str(error)) from error
