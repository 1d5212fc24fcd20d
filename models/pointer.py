"""The pointer to the version in use, and the history of its changes.

The pointer is one small file that is replaced whole: whoever reads it sees the old version or the new one. It carries
its own line of the history, so that a change which was interrupted before that line was written is still remembered.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ledger.disk import sync
from models.bundle_files import canonical, sha256, write_durably
from models.errors import NoChampion, ShelfNotWritten

POINTER, HISTORY, LOCK = "champion.json", "history.jsonl", ".lock"


@dataclass(frozen=True)
class Change:
    """One change of the pointer.

    Attributes:
        what: `install_first`, `promote` or `rollback`.
        version: in use from then on.
        by: who did it; None where no person did, or none was named.
        at: the instant, ISO 8601.
        before: the version in use until then; None without one, or when it could not be told.
        why: the reason given; '' where none was asked for.
        request: what asked for it, so that the same request asked again is known; '' for a command.
    """

    what: str
    version: str
    by: str | None
    at: str
    before: str | None
    why: str = ""
    request: str = ""

    @classmethod
    def of(cls, found: dict[str, Any]) -> "Change | None":
        """From a line or a pointer; None for what is neither."""
        version, by = found.get("version"), found.get("by")
        if not isinstance(version, str) or not (by is None or isinstance(by, str)) or "by" not in found:
            return None
        # The pointers of early releases said neither what was done nor what was in use before.
        what = found.get("what") or ("promote" if by else "install_first")
        why, request = str(found.get("why", "")), str(found.get("request", ""))
        return cls(str(what), version, by, str(found.get("at", "")), found.get("before"), why, request)

    @property
    def digest(self) -> str:
        """SHA-256 over all that is told of it."""
        return sha256(canonical(asdict(self)))

    def is_same(self, other: "Change") -> bool:
        """Whether both tell of one change, in whatever release they were written."""
        return (self.version, self.by, self.at, self.request) == (other.version, other.by, other.at, other.request)


class Pointer:
    """The two files in the shelf's folder. Writers hold `alone`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, there: Sequence[str]) -> Change | None:
        """What put the version in use to use; None on an empty shelf.

        Args:
            there: the versions on the shelf, for the error.

        Raises `NoChampion` for a file that cannot be read.
        """
        path = self.folder / POINTER
        if not path.exists():
            return None
        found = _object(path.read_bytes())
        change = None if found is None else Change.of(found)
        if change is None:
            raise NoChampion(f"{path.name} is damaged", there)
        return change

    def history(self) -> list[Change]:
        """Every change that took effect, oldest first, the last one that of the pointer.

        A line that an interruption cut short is left out; lines after the pointer's own belong to a later time than
        the pointer (a backup that was taken while a version was approved) and are left out too.
        """
        lines = self._lines()
        try:
            now = self.read(())
        except NoChampion:
            return lines
        if now is None:
            return []
        known = [at for at, line in enumerate(lines) if line.is_same(now)]
        return lines[: known[-1] + 1] if known else [*lines, now]

    def move(self, change: Change) -> None:
        """Replace the pointer; from then on the change has happened. Its line of the history follows."""
        past = self.history()
        self._replace(POINTER, canonical(asdict(change)))
        self._replace(HISTORY, b"".join(canonical(asdict(line)) + b"\n" for line in [*past, change]))

    def content(self) -> bytes:
        """Both files as they lie there: equal bytes, equal history."""
        paths = (self.folder / POINTER, self.folder / HISTORY)
        return b"\0".join(path.read_bytes() if path.exists() else b"" for path in paths)

    def _lines(self) -> list[Change]:
        path = self.folder / HISTORY
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
        found = [_object(line) for line in lines]
        return [change for one in found if one is not None and (change := Change.of(one)) is not None]

    def _replace(self, name: str, content: bytes) -> None:
        unfinished = self.folder / f".{name}"
        write_durably(unfinished, content)
        os.replace(unfinished, self.folder / name)
        sync(self.folder)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Nobody else writes to the shelf meanwhile; others wait. Raises `ShelfNotWritten` when it cannot be written.

    The lock is the operating system's: it goes with the process that held it, however that ended.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / LOCK).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
    except OSError as error:
        raise ShelfNotWritten(folder, error.strerror or str(error)) from error


def _object(text: str | bytes) -> dict[str, Any] | None:
    """A JSON object, or None for what is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
