"""Files that leave the house: there whole or not at all, and harmless in a spreadsheet."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ledger.words import FORMULA_STARTS
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


def neutral(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet could run it as a formula.

    >>> neutral("=1+1"), neutral("Acme - North")
    ("'=1+1", 'Acme - North')
    """
    return f"'{text}" if text.lstrip(" \u00a0\u200b\ufeff").startswith(FORMULA_STARTS) else text
