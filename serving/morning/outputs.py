"""What the steps of one run leave on the disk: one JSON file each, whole or not at all.

A file is written beside its place, synced, and renamed; its SHA-256 is recorded only afterwards (`run_log.py`). A file
that is not what was recorded of it is damaged, and its step is made again.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Collection
from pathlib import Path

from ledger.disk import sync
from serving.morning.errors import RunNotWritten
from serving.published.bodies import Json


class Outputs:
    """The files of one run, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, step: str, body: Json) -> str:
        """Put what a step made in its place; returns its SHA-256. Raises `RunNotWritten`."""
        content = json.dumps(body, ensure_ascii=False, allow_nan=False).encode("utf-8", "surrogatepass")
        path = self.path(step)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f".{path.name}.unfinished")
            with unfinished.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, path)
            sync(self.folder)
        except OSError as error:
            raise RunNotWritten(path, error.strerror or str(error)) from error
        return hashlib.sha256(content).hexdigest()

    def read(self, step: str, recorded: str) -> Json | None:
        """What a step made; None when it is not there, or not what was recorded of it."""
        try:
            content = self.path(step).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(content).hexdigest() != recorded:
            return None
        body: Json = json.loads(content.decode("utf-8", "surrogatepass"))
        return body

    def path(self, step: str) -> Path:
        """Where a step's file lies."""
        return self.folder / f"{step}.json"


def forget_but(folder: Path, kept: Collection[str]) -> None:
    """Remove the outputs of all runs but those with the keys named. What cannot be removed stays for the next time."""
    for path in folder.iterdir():
        if path.is_dir() and path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)
