"""What the steps of one run leave on the disk: one file of JSON each, a value a line, whole or not at all.

A file is written beside its place, synced, and renamed; its SHA-256 is recorded only afterwards (`run_log.py`). A file
that is not what was recorded of it is damaged, and its step is made again.
"""

import hashlib
import json
import os
import shutil
import weakref
from array import array
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from ledger.disk import sync
from serving.morning.errors import RunNotWritten
from serving.published.bodies import Json, MadeWhenRead


class Outputs:
    """The files of one run, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, step: str, body: Json) -> str:
        """Put what a step made in its place; returns its SHA-256. Raises `RunNotWritten`."""
        return self.write_lines(step, [json.dumps(body, allow_nan=False).encode()])

    def write_lines(self, step: str, lines: Iterable[bytes]) -> str:
        """The same of lines without their ends, one after the other."""
        digest, path = hashlib.sha256(), self.path(step)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f".{path.name}.unfinished")
            with unfinished.open("wb") as file:
                for line in lines:
                    file.write(line + b"\n")
                    digest.update(line + b"\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, path)
            sync(self.folder)
        except OSError as error:
            raise RunNotWritten(path, error.strerror or str(error)) from error
        return digest.hexdigest()

    def lines(self, step: str, recorded: str) -> Sequence[bytes] | None:
        """What a step made, each line read when it is asked for; None when it is not there, or not what was recorded
        of it."""
        digest, ends, line = hashlib.sha256(), array("q", [0]), b""
        try:
            with self.path(step).open("rb") as file:
                for line in file:
                    digest.update(line)
                    ends.append(ends[-1] + len(line))
                handle = os.dup(file.fileno())
        except OSError:
            return None
        found = MadeWhenRead(len(ends) - 1, lambda at: os.pread(handle, ends[at + 1] - ends[at] - 1, ends[at]))
        weakref.finalize(found, os.close, handle)
        return found if digest.hexdigest() == recorded and line.endswith(b"\n") else None

    def path(self, step: str) -> Path:
        """Where a step's file lies."""
        return self.folder / f"{step}.json"


def forget_but(folder: Path, kept: Collection[str]) -> None:
    """Remove the outputs of all runs but those with the keys named. What cannot be removed stays for the next time."""
    for path in folder.iterdir():
        if path.is_dir() and path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)
