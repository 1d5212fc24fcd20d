"""Errors of the models' room: a bundle that may not be used, an explanation that does not add up."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.errors import PayriskError

if TYPE_CHECKING:
    from models.pointer import Change


class WrongCatalogue(PayriskError):
    """Rows of another catalogue than the one the bundle was fitted on."""

    code = "wrong_catalogue"

    def __init__(self, expected: str, came: str) -> None:
        self.expected, self.came = expected, came
        super().__init__(
            f"This model was fitted on the features {expected[:12]}, the rows were made with {came[:12]}. "
            "Train again: `payrisk train`."
        )


class BundleRefused(PayriskError):
    """A stored model that is not, byte for byte, what was saved."""

    code = "bundle_refused"

    def __init__(self, folder: str, why: str) -> None:
        self.folder, self.why = folder, why
        super().__init__(
            f'The stored model "{folder}" was refused: {why}. '
            "Nothing of it was used. Restore the folder from a backup, or train again: `payrisk train`."
        )


class UnknownVersion(PayriskError):
    """A version that is not on the shelf."""

    code = "unknown_version"
    field = "version"

    def __init__(self, version: str) -> None:
        self.version = version
        super().__init__(f'No version "{version}" on the shelf. `payrisk train` makes one.')


class ShelfNotEmpty(PayriskError):
    """A first version where there is already a champion."""

    code = "shelf_not_empty"

    def __init__(self, champion: str) -> None:
        self.champion = champion
        super().__init__(f'"{champion}" is already in use; another version takes its place only by a promotion.')


class DeclinedVersion(PayriskError):
    """A version whose gates said no."""

    code = "declined_version"
    field = "version"

    def __init__(self, version: str, gates: Sequence[str] = ()) -> None:
        self.version, self.gates = version, tuple(gates)
        which = f" It failed: {'; '.join(gates)}." if gates else ""
        super().__init__(f'"{version}" did not pass its gates and cannot be put into use.{which}')


class SamePerson(PayriskError):
    """A version that its own trainer would approve."""

    code = "same_person"
    field = "by"

    def __init__(self, version: str, trained_by: str) -> None:
        self.version, self.trained_by = version, trained_by
        super().__init__(
            f'"{version}" was trained by {trained_by}, and nobody approves a version of their own. Let another person '
            f"approve it: `payrisk promote {version} --by NAME`. Trainings of the scheduled job bear its own name, so "
            "that any person can approve them."
        )


class NothingBefore(PayriskError):
    """A rollback where no version was in use before that can be used now."""

    code = "nothing_before"

    def __init__(self, current: str | None, skipped: Sequence[str]) -> None:
        self.current, self.skipped = current, tuple(skipped)
        stays = f'"{current}" stays in use: no version was in use before it' if current else "No version is in use"
        why = f" that can be used now ({'; '.join(skipped)})" if skipped else ""
        super().__init__(
            f"{stays}{why}. `payrisk models` shows what is on the shelf; "
            "`payrisk promote VERSION --by NAME` puts one of them to use."
        )


class ShelfChanged(PayriskError):
    """A change of the version in use that was made on another state of the shelf.

    Args:
        state: as it is now (`Shelf.state`); champion, challenger: None for none, or where they cannot be told.
        newest: the newest change of the version in use; None for none.
    """

    code = "models_changed"
    field = "If-Match"
    remedy = "Look at the versions again, and send it once more with their ETag if it still holds."

    def __init__(self, state: str, champion: str | None, challenger: str | None, newest: "Change | None") -> None:
        self.state, self.champion, self.challenger, self.newest = state, champion, challenger, newest
        super().__init__(
            f"The versions changed first, and nothing more was changed. In use now: {champion or '–'}; asks to replace "
            f"it: {challenger or '–'}."
        )


class ShelfNotWritten(PayriskError):
    """The shelf's folder cannot be written; the version in use is the one of before."""

    code = "shelf_not_written"

    def __init__(self, folder: Path, why: str) -> None:
        self.folder, self.why = folder, why
        super().__init__(
            f"The shelf of models cannot be written: {why} ({folder}). The version in use is what `payrisk models` "
            "shows; free space or give permission, then ask again."
        )


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


class TrainedLater(PayriskError):
    """Scores asked of a model that has seen the days it would predict."""

    code = "trained_later"

    def __init__(self, trained_as_of: date, as_of: date) -> None:
        self.trained_as_of, self.as_of = trained_as_of, as_of
        super().__init__(
            f"This model was trained as of {trained_as_of.isoformat()} and has seen what followed "
            f"{as_of.isoformat()}. Train one as of that day or before: `payrisk train --as-of {as_of.isoformat()}`. "
            "To look back with it all the same, every row marked: `payrisk score --allow-later-model`."
        )


class ContributionsDoNotAddUp(PayriskError):
    """Contributions too far from the score to be called its explanation."""

    code = "explanation_refused"

    def __init__(self, largest_rest: float, allowed: float) -> None:
        self.largest_rest, self.allowed = largest_rest, allowed
        super().__init__(
            f"The contributions miss the model's own score by {largest_rest:.2e} (allowed: {allowed:.0e}), asked of "
            "LightGBM too; such reasons are not shown. Train again: `payrisk train`."
        )


class NothingToFit(PayriskError):
    """A curve asked to learn from no observation."""

    code = "nothing_to_fit"

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no {what} to learn from.")


class TreesRefused(PayriskError):
    """Trees of a kind that we do not train and do not score."""

    code = "trees_refused"

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(
            f"Expected one sum of trees with numeric splits and constant leaves, as `payrisk train` makes; these have "
            f"{kind}. Train again: `payrisk train`."
        )


class WrongShape(PayriskError):
    """Numbers that do not fit one another, or the model."""

    code = "wrong_shape"

    def __init__(self, what: str, expected: str, came: str) -> None:
        self.what, self.expected, self.came = what, expected, came
        super().__init__(
            f"The shape of {what}: expected {expected}; came {came}. Make the rows with this model's encoding."
        )
