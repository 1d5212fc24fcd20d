"""The files of imports on their way: a folder of ours alone (mode 0700) in the home, one folder in it for each import.

What was brought stays until the import has ended; the rows that were set aside stay beside its report.
"""

import json
import os
import re
import secrets
import shutil
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path

from ledger.words import without_control
from serving.published.bodies import Json

_MOST_NAME_BYTES = 150
_ABANDONED_SECONDS = 3600
"""After so long a folder that belongs to no import was left by an upload whose process ended."""


class Spool:
    """The folder; it is made when the first file comes.

    Args:
        folder: in the home.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @property
    def turn(self) -> Path:
        """The lock of whoever imports: held by one process, and free when that ends, however it ends."""
        return self.folder / "turn.lock"

    @property
    def faults(self) -> Path:
        """Why the process that was started last ended before its turn; without anybody's data."""
        return self.folder / "process.log"

    def begin(self) -> str:
        """The id of a new import, whose folder is there."""
        self.prepare()
        import_id = secrets.token_hex(8)
        (self.folder / import_id).mkdir(mode=0o700)
        return import_id

    def prepare(self) -> None:
        """Make the folder, for its owner alone."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)

    def new_file(self, import_id: str, number: int, name: str) -> Path:
        """Where file `number` of an import goes, under the name that the report will call it by."""
        folder = self.folder / import_id / "files" / str(number)
        folder.mkdir(mode=0o700, parents=True)
        return folder / file_name(name)

    def files(self, import_id: str) -> list[Path]:
        """The files that were brought, in their order."""
        folders = sorted((self.folder / import_id / "files").iterdir(), key=lambda folder: int(folder.name))
        return [path for folder in folders for path in folder.iterdir()]

    def drop_files(self, import_id: str) -> None:
        """Forget the files; what was set aside stays, and nothing where nothing was."""
        shutil.rmtree(self.folder / import_id / "files", ignore_errors=True)
        self.forget_progress(import_id)
        with suppress(OSError):
            (self.folder / import_id).rmdir()

    def drop(self, import_id: str) -> None:
        """Forget all of an import."""
        shutil.rmtree(self.folder / import_id, ignore_errors=True)

    def sweep(self, known: Collection[str], newest: str) -> None:
        """Forget what uploads left behind whose process ended: far older than `newest`, which was begun just now."""
        with suppress(OSError):
            now = _touched(self.folder / newest)
            for folder in self.folder.iterdir():
                if folder.is_dir() and folder.name not in known and now - _touched(folder) > _ABANDONED_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)

    def here(self) -> frozenset[str]:
        """The imports that have a folder here; on another machine they have theirs."""
        with suppress(OSError):
            return frozenset(folder.name for folder in self.folder.iterdir() if folder.is_dir())
        return frozenset()

    def set_aside(self, import_id: str) -> Path:
        """The folder of the rows that were set aside, as files to correct."""
        return self.folder / import_id / "set-aside"

    def set_aside_files(self, import_id: str) -> list[Path]:
        """These files, by name; none where nothing was set aside."""
        with suppress(OSError):
            return sorted(self.set_aside(import_id).iterdir())
        return []

    def drop_set_aside(self, import_id: str) -> None:
        """Forget the rows that were set aside: those of the turn before."""
        shutil.rmtree(self.set_aside(import_id), ignore_errors=True)
        (self.folder / import_id / "rows.jsonl").unlink(missing_ok=True)

    def forget_rows(self) -> None:
        """Forget the rows that every import set aside, and the traces of those that failed: they may name anybody."""
        for import_id in self.here():
            self.drop_set_aside(import_id)
            (self.folder / import_id / "fault.txt").unlink(missing_ok=True)
            with suppress(OSError):
                (self.folder / import_id).rmdir()

    def keep_rows(self, import_id: str, rows: list[Json]) -> None:
        """Keep the rows that were set aside, one a line."""
        with (self.folder / import_id / "rows.jsonl").open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(row) + "\n" for row in rows)

    def rows(self, import_id: str) -> Iterator[Json]:
        """The rows that were set aside, in file order."""
        with suppress(FileNotFoundError), (self.folder / import_id / "rows.jsonl").open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)

    def say(self, import_id: str, progress: Json) -> None:
        """Tell how far an import is; never in the way of the import."""
        path = self.folder / import_id / "progress.json"
        unfinished = path.with_suffix(".unfinished")
        with suppress(OSError):
            unfinished.write_text(json.dumps(progress), encoding="utf-8")
            unfinished.replace(path)

    def forget_progress(self, import_id: str) -> None:
        """Tell nothing of how far an import is."""
        (self.folder / import_id / "progress.json").unlink(missing_ok=True)

    def progress(self, import_id: str) -> Json | None:
        """How far an import is; None before it begins."""
        try:
            told: Json = json.loads((self.folder / import_id / "progress.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return told


def file_name(said: str) -> str:
    """The name of a file that somebody sent, as it may be called here.

    >>> file_name("../../etc/passwd"), file_name("C:\\\\me\\\\offen 1.csv"), file_name(".."), file_name("a\\0b")
    ('passwd', 'offen 1.csv', 'file', 'ab')
    """
    name = without_control(re.split(r"[/\\]", said)[-1]).strip()
    name = name.encode("utf-8", "replace").decode()
    stem, dot, kind = name.rpartition(".")
    while len(name.encode()) > _MOST_NAME_BYTES:
        stem, kind = (stem or name)[:-1], kind[:10]
        name = f"{stem}{dot}{kind}" if dot else stem
    return name if name.strip(". ") else "file"


def _touched(folder: Path) -> float:
    return max(os.stat(path).st_mtime for path in (folder, *folder.rglob("*")))
