"""What lies on the shelf: every version with its facts, which is in use, and which were. Nothing changes here.

Readers never wait, and see the old version in use or the new one (`models.pointer`).
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from models.bundle_files import FACTS
from models.errors import BundleRefused, NoChampion, UnknownVersion
from models.pointer import Change, Pointer
from models.shelf_entry import FIRST_VERSION, ShelfEntry, rank, read_facts

if TYPE_CHECKING:  # trees and frames, which whoever only reads what lies here does without
    from models.bundle import Bundle

_VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}-[0-9a-f]{8}")
"""A name that `Bundle.version` gives; no other one is looked for in the file system."""


class ShelfContents:
    """The versions in one folder, which need not be there yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._pointer = Pointer(folder)

    def versions(self) -> list[ShelfEntry]:
        """Every version, the newest training day last (of one day: habits, then models, then by version).

        Raises `BundleRefused` when the facts of one cannot be read; `sound_versions` leaves such out.
        """
        return self._entries(self._names(), self._pointer.read(self._names()))

    def sound_versions(self) -> list[ShelfEntry]:
        """The versions whose facts can be read, in the order of `versions`. With a damaged pointer none is in use."""
        damaged = self.damaged()
        try:
            pointer = self._pointer.read(())
        except NoChampion:
            pointer = None
        return self._entries([name for name in self._names() if name not in damaged], pointer)

    def damaged(self) -> tuple[str, ...]:
        """The versions whose facts cannot be read."""
        return tuple(name for name in self._names() if read_facts(self._path(name)) is None)

    def champion(self) -> ShelfEntry | None:
        """The version in use; None on an empty shelf. Raises `NoChampion` when it cannot be told."""
        change = self._pointer.read(self._names())
        if change is None:
            return None
        if change.version not in self._names():
            raise NoChampion(f'champion.json names "{change.version}", which is not on the shelf', self._names())
        return self._entry(change.version, change, self._approvals())

    def challenger(self) -> ShelfEntry | None:
        """The version that asks to replace the champion: the newest that passed and was never in use.

        None where that is older than the champion. A habit curve asks only where no model was made on its day: beside
        one, even a declined one, it merely waits. Without a champion none asks. Raises `NoChampion`.
        """
        champion, used = self.champion(), {change.version for change in self.history()}
        there = self.sound_versions()
        modelled = {entry.trained_as_of for entry in there if entry.kind == "model"}
        asking = [entry for entry in there if entry.kind == "model" or entry.trained_as_of not in modelled]
        found = [entry for entry in asking if entry.passed and entry.version not in used]
        if champion is None or not found or rank(found[-1])[:2] < rank(champion)[:2]:
            return None
        return found[-1]

    def habits(self, as_of: date) -> list[ShelfEntry]:
        """The habit curves that may score `as_of` when the model cannot be used, the newest first."""
        found = [entry for entry in self.sound_versions() if entry.kind == "habit" and entry.passed]
        return [entry for entry in reversed(found) if entry.trained_as_of <= as_of]

    def entry(self, version: str) -> ShelfEntry:
        """One version. Raises `UnknownVersion`, `BundleRefused`."""
        if not self._path(version).is_dir():
            raise UnknownVersion(version)
        return self._entries([version], self._pointer.read(self._names()))[0]

    def bundle(self, version: str) -> "Bundle":
        """The bundle of a version, verified. Raises `UnknownVersion`, `BundleRefused`."""
        from models.bundle import Bundle

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

    def history(self) -> list[Change]:
        """Every change of the version in use that took effect, oldest first."""
        return self._pointer.history()

    def change_of(self, request: str) -> Change | None:
        """The change that a request made; None while it made none, and for ''."""
        return next((change for change in reversed(self.history()) if request and change.request == request), None)

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

    def pick(self, as_of: date) -> "tuple[Bundle, ShelfEntry] | None":
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

    def state(self) -> str:
        """A hash over what is on the shelf by name, which version is in use, and all changes; cheap."""
        return hashlib.sha256("\0".join(self._names()).encode() + b"\0\0" + self._pointer.content()).hexdigest()

    def in_use_before(self) -> list[str]:
        """The versions that a rollback can go back to, oldest first: a promotion adds one, a rollback takes it away."""
        stack: list[str] = []
        for change in self.history():
            if change.before and change.before not in stack:  # older lines were lost
                stack.append(change.before)
            if change.what == "rollback":
                stack = stack[:-1]
                while stack and stack[-1] != change.version:
                    stack.pop()
            if not stack or stack[-1] != change.version:
                stack.append(change.version)
        return [version for version in stack[:-1] if version != stack[-1]]

    @property
    def _versions_folder(self) -> Path:
        return self.folder / "versions"

    def _path(self, version: str) -> Path:
        if not _VERSION.fullmatch(version):
            raise UnknownVersion(version)
        return self._versions_folder / version

    def _names(self) -> list[str]:
        if not self._versions_folder.is_dir():
            return []
        return sorted(p.name for p in self._versions_folder.iterdir() if p.is_dir() and not p.name.startswith("."))

    def _approvals(self) -> dict[str, str]:
        """Who promoted each version last."""
        return {change.version: change.by for change in self.history() if change.what == "promote" and change.by}

    def _entries(self, names: list[str], pointer: Change | None) -> list[ShelfEntry]:
        approvals = self._approvals()
        return sorted((self._entry(name, pointer, approvals) for name in names), key=rank)

    def _entry(self, version: str, pointer: Change | None, approvals: Mapping[str, str]) -> ShelfEntry:
        facts = read_facts(self._path(version))
        if facts is None:
            raise BundleRefused(version, f"{FACTS} cannot be read")
        in_use, by = pointer is not None and pointer.version == version, approvals.get(version)
        return ShelfEntry(
            version=version,
            trained_as_of=facts.trained_as_of,
            kind=facts.kind,
            passed=facts.passed,
            in_use=in_use,
            approved_by=by,
            note=FIRST_VERSION if in_use and by is None else "",
            trained_by=facts.trained_by,
        )
