"""The columnar cache: what was told and the facts of a version as Arrow files, so that a view costs no SQL.

It can be thrown away at any time. A version is named by a digest of all its imports, of who was erased,
and of the code of this room, so a restored database, or another payrisk, never meets the files of another one.
"""

import hashlib
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TypeVar

import pandas as pd
import pyarrow as pa

from ledger.derivation import StoredFacts
from ledger.exports import Exports
from ledger.mapped import mapped
from ledger.schema import FACT_TABLES, Table
from ledger.told import BY_KIND, Told

_KEPT = 2
"""Versions of each kind that stay: the newest, and the one that a running reader may still use."""

_ABANDONED_SECONDS = 3600
"""No cache takes so long to write."""
_KINDS: Mapping[str, Mapping[str, Table]] = {
    "told": BY_KIND,
    "facts": {table.name: table for table in FACT_TABLES},
}

_Frames = TypeVar("_Frames", Told, StoredFacts)


class Cache:
    """Frames by version: in `folder`, or in memory alone where there is none.

    Args:
        erased: who was erased by now, as `Exports.erased` says it: what was read before is not kept after.
    """

    def __init__(self, folder: Path | None, erased: Callable[[], str] = str) -> None:
        self.folder = folder
        self._erased = erased
        self._changing = threading.Lock()
        self._told: dict[str, Told] = {}
        self._facts: dict[str, StoredFacts] = {}

    def forget(self) -> None:
        """Throw everything away. Raises `OSError` for what cannot be removed."""
        self._told.clear()
        self._facts.clear()
        for path in self.folder.glob("*") if self.folder is not None and self.folder.is_dir() else ():
            with suppress(FileNotFoundError):  # its reader has thrown it away
                shutil.rmtree(path)

    def told(self, exports: Exports, make: Callable[[], Told]) -> Told:
        """What was told by those exports; made where it is not kept."""
        return self._kept(self._told, "told", exports, make, lambda frames, _: Told(**frames))

    def facts(self, exports: Exports, make: Callable[[], StoredFacts]) -> StoredFacts:
        """The facts of those exports; made where they are not kept."""
        return self._kept(self._facts, "facts", exports, make, lambda frames, version: StoredFacts(version, **frames))

    def keep_told(self, exports: Exports, told: Told) -> None:
        """Remember what was told by those exports."""
        self.told(exports, lambda: told)

    def _kept(
        self, kept: dict[str, _Frames], kind: str, exports: Exports, make: Callable[[], _Frames],
        made_of: Callable[[Mapping[str, pd.DataFrame], int], _Frames],
    ) -> _Frames:  # fmt: skip
        name = f"{kind}-{digest_of(exports)}"
        if (known := kept.get(name)) is not None:
            return known
        frames = self._read(name, _KINDS[kind])
        if frames is None:
            found = make()
            self._write(name, _frames(found))
            # An erasure is told first and then throws away what is kept: it does not see what is written after.
            if self.folder is not None and self._erased() != exports.erased:
                _remove(self.folder / name)
            frames = self._read(name, _KINDS[kind])  # what lies in the file takes no memory of its own
        if frames is not None:
            found = made_of(frames, len(exports.records))
        with self._changing:
            while len(kept) >= _KEPT:
                del kept[next(iter(kept))]
            kept[name] = found
        return found

    def _read(self, name: str, kinds: Mapping[str, Table]) -> dict[str, pd.DataFrame] | None:
        if self.folder is None or not (self.folder / name).is_dir():
            return None
        with suppress(OSError, ValueError, pa.ArrowException):
            frames = {kind: _read_frame(self.folder / name / f"{kind}.arrow") for kind in kinds}
            if all({*table.names} - {"version"} <= {*frames[kind].columns} for kind, table in kinds.items()):
                return frames
        # Half a cache is none.
        _remove(self.folder / name)
        return None

    def _write(self, name: str, frames: Mapping[str, pd.DataFrame]) -> None:
        """Under another name first, so that nobody reads half of it. What cannot be written is not kept."""
        if self.folder is None:
            return
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            made = Path(tempfile.mkdtemp(prefix=".new-", dir=self.folder))
            try:
                for kind, frame in frames.items():
                    _write_frame(frame, made / f"{kind}.arrow")
                os.replace(made, self.folder / name)
            finally:
                shutil.rmtree(made, ignore_errors=True)
            self._forget_old(name.split("-")[0])
            self._forget_unfinished()

    def _forget_old(self, kind: str) -> None:
        assert self.folder is not None
        kept = sorted(self.folder.glob(f"{kind}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in kept[_KEPT:]:
            _remove(path)

    def _forget_unfinished(self) -> None:
        """What processes that were ended left half written or half removed."""
        assert self.folder is not None
        newest = max(path.stat().st_mtime for path in self.folder.iterdir())
        for path in self.folder.glob(".*-*"):
            if path.stat().st_mtime < newest - _ABANDONED_SECONDS:
                shutil.rmtree(path, ignore_errors=True)


def digest_of(exports: Exports) -> str:
    """The name of a version: of its imports, who was erased, and the code that makes facts of it."""
    records = [
        [r.import_id, r.version, r.source, r.as_of.isoformat(), str(r.recorded_at), r.rows, r.mode, *r.roles,
         *r.file_sha256, r.posting_lag_days]
        for r in exports.records
    ]  # fmt: skip
    return hashlib.sha256(json.dumps([_code(), exports.erased, records]).encode()).hexdigest()[:32]


@cache
def _code() -> str:
    """Of every file of the room: a list of those that matter would forget one."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _frames(found: Told | StoredFacts) -> dict[str, pd.DataFrame]:
    return {f.name: getattr(found, f.name) for f in fields(found) if f.name != "version"}


def _remove(folder: Path) -> None:
    """Out of sight at once, for whoever is ended in between must not leave half of it under its name."""
    with suppress(OSError):
        away = Path(tempfile.mkdtemp(prefix=".old-", dir=folder.parent))
        folder.replace(away)
        shutil.rmtree(away, ignore_errors=True)


def _write_frame(frame: pd.DataFrame, path: Path) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False).combine_chunks()
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    # On the disk before its folder gets its name: after a loss of power a file may else hold zeros.
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _read_frame(path: Path) -> pd.DataFrame:
    frame: pd.DataFrame = pa.ipc.open_file(mapped(path)).read_all().to_pandas(split_blocks=True)
    return frame
