"""Papers: what lies on the shelf of a version for people to read, without restoring its curve.

Its facts and its papers are verified against the hashes it was saved with. The drift report is made later, again and
again, and so lies beside the version: the newest one of each.
"""

import json
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ledger.disk import sync
from models.bundle_files import FACTS, PAPERS, read_one, write_durably
from models.errors import UnknownVersion
from models.pointer import alone

if TYPE_CHECKING:
    from pathlib import Path

    from models.shelf import Shelf


class Papers:
    """The papers of one shelf. Its methods raise `UnknownVersion`, and `BundleRefused` for what was altered."""

    def __init__(self, shelf: "Shelf") -> None:
        self.shelf = shelf
        self._drifts = shelf.folder / "drift"

    def facts(self, version: str) -> dict[str, Any]:
        """What a version tells of itself: metrics, gates, what it learned from, who trained it."""
        found: dict[str, Any] = json.loads(self._file(version, FACTS) or b"{}")
        return found

    def paper(self, version: str, name: str) -> bytes | None:
        """One of `models.bundle_files.PAPERS`; None where the version has none of that name."""
        return self._file(version, name) if name in PAPERS else None

    def drift(self, version: str) -> bytes | None:
        """The newest drift report of a version, JSON; None while none was made."""
        path = self._drift(version)
        return path.read_bytes() if path.is_file() else None

    def keep_drift(self, version: str, report: bytes) -> None:
        """Keep a drift report in the place of the one before, whole or not at all. Raises `ShelfNotWritten`."""
        with alone(self.shelf.folder):
            self._drifts.mkdir(exist_ok=True)
            unfinished = self._drifts / f".{version}.json"
            write_durably(unfinished, report)
            os.replace(unfinished, self._drift(version))
            sync(self._drifts)

    def state(self) -> tuple[object, ...]:
        """What changes when a drift report does, or the facts of a version are damaged or mended; cheap."""
        # Names with a dot before them are still being written, and gone at any moment.
        found = [*self._drifts.glob("[!.]*.json"), *self.shelf.folder.glob(f"versions/[!.]*/{FACTS}")]
        return tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(found))

    def _drift(self, version: str) -> "Path":
        return self._drifts / f"{self.shelf.folder_of(version).name}.json"

    def _file(self, version: str, name: str) -> bytes | None:
        folder = self.shelf.folder_of(version)
        if not folder.is_dir():
            raise UnknownVersion(version)
        return read_one(folder, name)


def declining(gates: Sequence[Mapping[str, Any]]) -> list[str]:
    """The gates that keep a version from being put to use, each with its reason."""
    return [
        f"{gate['name'].replace('_', ' ')} ({gate['reason']})"
        for gate in gates
        if not gate["passed"] and gate.get("blocks", "model")
    ]
