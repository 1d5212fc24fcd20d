"""The shelf: every version that was fitted, and the pointer to the one in use.

Training puts bundles here and serving takes them; the two never meet otherwise. The pointer is one small file that is
replaced whole; each change of it leaves a line in the history.
"""

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ledger.errors import PayriskError
from models.bundle import FACTS, Bundle, Kind, canonical, write_durably
from models.errors import BundleRefused, DeclinedVersion, ShelfNotEmpty, UnknownVersion
from models.score import Mode

BEST_BEFORE_DAYS = 45
"""A model older than this is still used, and said to be stale."""

FIRST_VERSION = "first version, not yet approved"


class NoChampion(BundleRefused):
    """A pointer that cannot be read, or that leads to a version that is not there."""

    code = "no_champion"

    def __init__(self, why: str, there: Sequence[str]) -> None:
        self.why = why
        PayriskError.__init__(
            self,
            f"Which model is in use cannot be told: {why}. Nothing of it was used. Restore the models folder from a "
            "backup, or put a version to use again: `payrisk promote VERSION --by NAME`. "
            f"On the shelf: {', '.join(there) or 'nothing; `payrisk train` puts a version there'}.",
        )


@dataclass(frozen=True)
class ShelfEntry:
    """One version.

    Attributes:
        version: day of training and content hash.
        trained_as_of: the evening whose knowledge it was fitted on.
        kind: `model` or `habit`.
        passed: whether its gates found it fit to serve.
        in_use: whether it is the champion.
        approved_by: who promoted it last; None while nobody did.
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
        pointer, approvals = self._pointer(), self._approvals()
        entries = [self._entry(name, pointer, approvals) for name in self._names()]
        return sorted(entries, key=lambda entry: (entry.trained_as_of, entry.version))

    def champion(self) -> ShelfEntry | None:
        """The version in use; None on an empty shelf. Raises `NoChampion` when it cannot be told."""
        pointer = self._pointer()
        if pointer is None:
            return None
        version = str(pointer["version"])
        if version not in self._names():
            raise NoChampion(f'champion.json names "{version}", which is not on the shelf', self._names())
        return self._entry(version, pointer, {})

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
        """Every change of the pointer, oldest first: `what`, `version`, `by`, `at`, `before`.

        A line that an interruption cut short is left out.
        """
        path = self.folder / "history.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [change for line in lines if (change := _object(line)) is not None]

    def choose(self, as_of: date) -> ShelfEntry | None:
        """The version to score `as_of` with, without loading it; None when there is none that may.

        The champion, if it was trained on or before that day; for an earlier day the newest version that was trained by
        then and passed its gates. Never one that has seen what it would predict. Raises `NoChampion`, `BundleRefused`.
        """
        champion = self.champion()
        if champion is not None and champion.trained_as_of <= as_of:
            return champion
        earlier = [entry for entry in self.versions() if entry.passed and entry.trained_as_of <= as_of]
        return earlier[-1] if earlier else None

    def pick(self, as_of: date) -> tuple[Bundle, ShelfEntry] | None:
        """The version chosen for `as_of` with its bundle, verified; None when there is none. Raises `BundleRefused`."""
        entry = self.choose(as_of)
        return None if entry is None else (self.bundle(entry.version), entry)

    def content_of(self, version: str) -> str:
        """A hash over the files of a version as they lie there now: damage changes it, and so does mending."""
        found = hashlib.sha256()
        for path in sorted(self._path(version).iterdir()):
            content = path.read_bytes() if path.is_file() else b""
            found.update(f"{path.name}\0{len(content)}\0".encode() + content)
        return found.hexdigest()

    @property
    def _versions_folder(self) -> Path:
        return self.folder / "versions"

    def _path(self, version: str) -> Path:
        if not version or version != Path(version).name or version.startswith("."):
            raise UnknownVersion(version)
        return self._versions_folder / version

    def _names(self) -> list[str]:
        if not self._versions_folder.is_dir():
            return []
        return sorted(p.name for p in self._versions_folder.iterdir() if p.is_dir() and not p.name.startswith("."))

    def _pointer(self) -> dict[str, Any] | None:
        path = self.folder / "champion.json"
        if not path.exists():
            return None
        found = _object(path.read_bytes())
        if found is None or not isinstance(found.get("version"), str) or "by" not in found:
            raise NoChampion(f"{path.name} is damaged", self._names())
        return found

    def _approvals(self) -> dict[str, str]:
        """Who promoted each version last."""
        return {change["version"]: change["by"] for change in self.history() if change.get("what") == "promote"}

    def _entry(self, version: str, pointer: dict[str, Any] | None, approvals: Mapping[str, str]) -> ShelfEntry:
        try:
            facts = json.loads((self._path(version) / FACTS).read_bytes())
            trained_as_of, kind, passed = date.fromisoformat(facts["trained_as_of"]), facts["kind"], facts["passed"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            raise BundleRefused(version, f"{FACTS} cannot be read") from None
        in_use = pointer is not None and pointer["version"] == version
        by = pointer["by"] if pointer and in_use else approvals.get(version)
        return ShelfEntry(
            version=version,
            trained_as_of=trained_as_of,
            kind=kind,
            passed=passed,
            in_use=in_use,
            approved_by=by,
            note=FIRST_VERSION if in_use and by is None else "",
        )

    def _point(self, what: str, version: str, by: str | None, at: datetime) -> ShelfEntry:
        if not self.bundle(version).passed:
            raise DeclinedVersion(version)
        try:
            before = self._pointer()
        except NoChampion:  # a new pointer is the way out
            before = None
        pointer = {"version": version, "by": by, "at": at.isoformat()}
        unfinished = self.folder / ".champion.json"
        write_durably(unfinished, canonical(pointer))
        os.replace(unfinished, self.folder / "champion.json")
        line = canonical({"what": what, **pointer, "before": before["version"] if before else None})
        with (self.folder / "history.jsonl").open("ab") as file:
            file.write(line + b"\n")
            file.flush()
            os.fsync(file.fileno())
        return self._entry(version, pointer, {})


def mode_for(entry: ShelfEntry, as_of: date, best_before_days: int = BEST_BEFORE_DAYS) -> Mode:
    """What numbers of this version are called on the evening `as_of`."""
    if entry.kind == "habit":
        return "habit"
    return "model" if (as_of - entry.trained_as_of).days <= best_before_days else "model_stale"


def _object(text: str | bytes) -> dict[str, Any] | None:
    """A JSON object, or None for what is none."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
