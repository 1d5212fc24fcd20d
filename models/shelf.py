"""The shelf: every version that was fitted, and which of them is in use.

Training puts bundles here and serving takes them; the two never meet otherwise. What lies here is the truth: records
elsewhere (MLflow's registry) are brought in line with it. One writes at a time; what is read stands in
`shelf_contents.py`.
"""

import shutil
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from models.errors import (
    BundleRefused,
    DeclinedVersion,
    NoChampion,
    NothingBefore,
    SamePerson,
    ShelfChanged,
    ShelfNotEmpty,
    UnknownVersion,
    WrongCatalogue,
)
from models.papers import declining
from models.pointer import Change, alone
from models.score import Mode
from models.shelf_contents import ShelfContents
from models.shelf_entry import ShelfEntry

if TYPE_CHECKING:  # trees and frames, which whoever only reads what lies here does without
    from models.bundle import Bundle

BEST_BEFORE_DAYS = 45
"""A model older than this is still used, and said to be stale."""


@dataclass(frozen=True)
class RolledBack:
    """What a rollback did: the version in use now, the one it took the place of, and what it had to pass over."""

    entry: ShelfEntry
    instead_of: str
    skipped: tuple[str, ...]


class Shelf(ShelfContents):
    """The shelf in one folder, made when something is first put on it: what lies there, and how that changes."""

    def put(self, bundle: "Bundle") -> str:
        """Keep a bundle and return its version; the same bundle again is the same version.

        Raises `ShelfNotWritten`.
        """
        with alone(self.folder):
            return self._put(bundle)

    def keep(self, bundle: "Bundle", at: datetime) -> tuple[str, bool]:
        """Put a bundle, and put it to use where nothing is in use yet: of two trainings at once the first one's.

        A version that its gates declined is kept and not put to use; nor is any where the pointer is damaged, for
        which version follows then is for a person to say.

        Returns:
            The version, and whether it was put to use.
        """
        with alone(self.folder):
            version = self._put(bundle)
            try:
                is_first = self._pointer.read(()) is None
            except NoChampion:
                is_first = False
            if is_first and bundle.passed:
                self._move("install_first", version, None, at)
            return version, is_first and bundle.passed

    def install_first(self, version: str, at: datetime) -> ShelfEntry:
        """Put the first version to use: marked as not yet approved, for there is nothing to compare it with.

        Raises:
            ShelfNotEmpty: when there is a champion already.
            DeclinedVersion: when its gates said no.
        """
        self._require_fit(version)
        with alone(self.folder):
            champion = self._pointer.read(self._names())
            if champion is not None:
                raise ShelfNotEmpty(champion.version)
            return self._move("install_first", version, None, at)

    def promote(
        self, version: str, by: str, at: datetime, *, also_called: Sequence[str] = (), why: str = "",
        request: str = "", on: str = "",
    ) -> ShelfEntry:  # fmt: skip
        """Put a version to use (or approve the first one) in the name of a person who did not train it.

        Args:
            also_called: other names of that person, under which they may have trained it.
            why: the reason, for the history.
            request: what asks for it; the same asked again changes nothing more. '' for what is asked once.
            on: the `state` that it was decided on; '' for whichever.

        Raises:
            UnknownVersion, BundleRefused: it is not there, or not what was saved.
            DeclinedVersion: its gates said no.
            WrongCatalogue: it reads the features of another release.
            SamePerson: `by` trained it; names are compared without regard to case and spaces.
            ShelfChanged: the state is another one than `on`.
        """
        bundle = self._require_fit(version)
        if same_name(bundle.trained_by, (by, *also_called)):
            raise SamePerson(version, bundle.trained_by)
        with alone(self.folder):
            if self.change_of(request) is not None:
                return self.entry(version)
            self._require_state(on)
            return self._move("promote", version, by, at, why, request)

    def rollback(self, by: str | None, at: datetime, *, why: str = "", request: str = "", on: str = "") -> RolledBack:
        """Put the version to use that was in use before the present one.

        One that is gone, damaged, declined or of another catalogue is passed over for the one before it. A rollback
        approves nothing: the version is approved by whoever approved it before. After a rollback the next one goes
        further back; the way forward again is a promotion.

        Args:
            by: who does it, for the history; None where nobody is named.
            why, request, on: as of `promote`.

        Raises `NothingBefore` (the version in use stays), `NoChampion`, `ShelfChanged`.
        """
        with alone(self.folder):
            if (done := self.change_of(request)) is not None:
                return RolledBack(self.entry(done.version), str(done.before), ())
            self._require_state(on)
            change = self._pointer.read(self._names())
            current, skipped = change.version if change else None, list[str]()
            for version in reversed(self.in_use_before()):
                try:
                    self._require_fit(version)
                except (UnknownVersion, BundleRefused, DeclinedVersion, WrongCatalogue) as refusal:
                    skipped.append(_passed_over(version, refusal))
                    continue
                entry = self._move("rollback", version, by, at, why, request)
                return RolledBack(entry, str(current), tuple(skipped))
            raise NothingBefore(current, skipped)

    def conflict(self) -> ShelfChanged:
        """What to raise of a change that was made on another state than the present one."""
        state, history = self.state(), self.history()
        try:
            champion, challenger = self.champion(), self.challenger()
        except NoChampion:
            champion = challenger = None
        in_use, asking = (entry.version if entry else None for entry in (champion, challenger))
        return ShelfChanged(state, in_use, asking, history[-1] if history else None)

    def _require_state(self, on: str) -> None:
        if on and on != self.state():
            raise self.conflict()

    def _put(self, bundle: "Bundle") -> str:
        for left in self._versions_folder.glob(".unfinished-*"):  # of a process that ended while it wrote
            shutil.rmtree(left, ignore_errors=True)
        bundle.save(self._path(bundle.version))
        return bundle.version

    def _require_fit(self, version: str) -> "Bundle":
        """A version's bundle, where it may be put to use."""
        from features.catalogue import fingerprint

        bundle = self.bundle(version)
        if not bundle.passed:
            raise DeclinedVersion(version, declining(bundle.gates))
        if bundle.fingerprint != fingerprint():
            raise WrongCatalogue(bundle.fingerprint, fingerprint())
        return bundle

    def _move(
        self, what: str, version: str, by: str | None, at: datetime, why: str = "", request: str = ""
    ) -> ShelfEntry:
        try:
            before = self._pointer.read(())
        except NoChampion:  # a new pointer is the way out
            before = None
        change = Change(what, version, by, at.isoformat(), before.version if before else None, why, request)
        self._pointer.move(change)
        return self._entry(version, change, self._approvals())


def mode_for(entry: ShelfEntry, as_of: date, best_before_days: int = BEST_BEFORE_DAYS) -> Mode:
    """What numbers of this version are called on the evening `as_of`."""
    if entry.kind == "habit":
        return "habit"
    return "model" if (as_of - entry.trained_as_of).days <= best_before_days else "model_stale"


def same_name(name: str, others: Iterable[str]) -> bool:
    """Whether a name is one of these, without regard to case and spaces; '' is nobody's."""
    return bool(name) and _plain(name) in map(_plain, others)


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).split()).casefold()


def _passed_over(version: str, refusal: Exception) -> str:
    why = {
        UnknownVersion: "is no longer on the shelf",
        DeclinedVersion: "did not pass its gates",
        WrongCatalogue: "reads the features of another release",
    }
    return f'"{version}" {why.get(type(refusal), "is damaged")}'
