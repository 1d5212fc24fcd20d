"""The shelf: every version that was fitted, and the pointer to the one in use.

Training puts bundles here and serving takes them; the two never meet otherwise. The pointer is one small file that is
replaced whole; each change of it leaves a line in the history.
"""

import json
import os
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from models.bundle import FACTS, Bundle, Kind, canonical, write_durably
from models.errors import BundleRefused, DeclinedVersion, ShelfNotEmpty, UnknownVersion
from models.score import Mode

BEST_BEFORE_DAYS = 45
"""A model older than this is still used, and said to be stale."""

FIRST_VERSION = "first version, not yet approved"


@dataclass(frozen=True)
class ShelfEntry:
    """One version.

    Attributes:
        version: day of training and content hash.
        trained_as_of: the evening whose knowledge it was fitted on.
        kind: `model` or `habit`.
        passed: whether its gates found it fit to serve.
        in_use: whether it is the champion.
        approved_by: who promoted it; None while nobody did.
        note: `FIRST_VERSION` for a champion that nobody approved yet, else ''.
    """

    version: str
    trained_as_of: date
    kind: Kind
    passed: bool
    in_use: bool
    approved_by: str | None
    note: str


class Shelf:
    """The shelf in one folder, made when something is first put on it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, bundle: Bundle) -> str:
        """Keep a bundle and return its version; the same bundle again is the same version."""
        bundle.save(self._path(bundle.version))
        return bundle.version

    def versions(self) -> list[ShelfEntry]:
        """Every version, the newest training day last (then by version)."""
        if not self._versions_folder.is_dir():
            return []
        names = sorted(p.name for p in self._versions_folder.iterdir() if p.is_dir() and not p.name.startswith("."))
        pointer = self._pointer()
        entries = [self._entry(name, pointer) for name in names]
        return sorted(entries, key=lambda entry: (entry.trained_as_of, entry.version))

    def champion(self) -> ShelfEntry | None:
        """The version in use; None on an empty shelf."""
        pointer = self._pointer()
        return self._entry(str(pointer["version"]), pointer) if pointer else None

    def bundle(self, version: str) -> Bundle:
        """The bundle of a version, verified. Raises `UnknownVersion`, `BundleRefused`."""
        path = self._path(version)
        if not path.is_dir():
            raise UnknownVersion(version)
        found = Bundle.load(path)
        if found.version != version:
            raise BundleRefused(version, "its content is not the one its name was made from")
        return found

    def folder_of(self, version: str) -> Path:
        """The folder that holds a version's files. Raises `UnknownVersion` for a name that cannot be one."""
        return self._path(version)

    def install_first(self, version: str, at: datetime) -> ShelfEntry:
        """Put the first version to use: marked as not yet approved, for there is nothing to compare it with.

        Raises:
            ShelfNotEmpty: when there is a champion already.
            DeclinedVersion: when its gates said no.
        """
        champion = self.champion()
        if champion is not None:
            raise ShelfNotEmpty(champion.version)
        return self._point("install_first", version, None, at)

    def promote(self, version: str, by: str, at: datetime) -> ShelfEntry:
        """Put a version to use (or approve the first one) in the name of a person.

        Raises `UnknownVersion`, `DeclinedVersion`, `BundleRefused`.
        """
        return self._point("promote", version, by, at)

    def history(self) -> list[dict[str, Any]]:
        """Every change of the pointer, oldest first: `what`, `version`, `by`, `at`, `before`."""
        path = self.folder / "history.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def pick(self, as_of: date) -> tuple[Bundle, ShelfEntry] | None:
        """The bundle to score `as_of` with; None when there is none that may.

        The champion, if it was trained on or before that day; for an earlier day the newest version that was trained by
        then and passed its gates. Never one that has seen what it would predict.
        """
        champion = self.champion()
        if champion is not None and champion.trained_as_of <= as_of:
            return self.bundle(champion.version), champion
        earlier = [entry for entry in self.versions() if entry.passed and entry.trained_as_of <= as_of]
        return (self.bundle(earlier[-1].version), earlier[-1]) if earlier else None

    @property
    def _versions_folder(self) -> Path:
        return self.folder / "versions"

    def _path(self, version: str) -> Path:
        if not version or version != Path(version).name or version.startswith("."):
            raise UnknownVersion(version)
        return self._versions_folder / version

    def _pointer(self) -> dict[str, Any] | None:
        path = self.folder / "champion.json"
        found: dict[str, Any] | None = json.loads(path.read_bytes()) if path.exists() else None
        return found

    def _entry(self, version: str, pointer: dict[str, Any] | None) -> ShelfEntry:
        try:
            facts = json.loads((self._path(version) / FACTS).read_bytes())
        except FileNotFoundError:
            raise UnknownVersion(version) from None
        except ValueError:
            raise BundleRefused(version, f"{FACTS} cannot be read") from None
        in_use = pointer is not None and pointer["version"] == version
        by = pointer["by"] if pointer and in_use else None
        return ShelfEntry(
            version=version,
            trained_as_of=date.fromisoformat(facts["trained_as_of"]),
            kind=facts["kind"],
            passed=facts["passed"],
            in_use=in_use,
            approved_by=by,
            note=FIRST_VERSION if in_use and by is None else "",
        )

    def _point(self, what: str, version: str, by: str | None, at: datetime) -> ShelfEntry:
        if not self.bundle(version).passed:
            raise DeclinedVersion(version)
        before = self._pointer()
        pointer = {"version": version, "by": by, "at": at.isoformat()}
        unfinished = self.folder / ".champion.json"
        write_durably(unfinished, canonical(pointer))
        os.replace(unfinished, self.folder / "champion.json")
        line = canonical({"what": what, **pointer, "before": before["version"] if before else None})
        with (self.folder / "history.jsonl").open("ab") as file:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return self._entry(version, pointer)


def mode_for(entry: ShelfEntry, as_of: date, best_before_days: int = BEST_BEFORE_DAYS) -> Mode:
    """What numbers of this version are called on the evening `as_of`."""
    if entry.kind == "habit":
        return "habit"
    return "model" if (as_of - entry.trained_as_of).days <= best_before_days else "model_stale"
