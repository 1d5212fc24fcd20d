"""Errors of the models' room: a bundle that may not be used, an explanation that does not add up."""

from datetime import date

from ledger.errors import PayriskError


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

    def __init__(self, version: str) -> None:
        self.version = version
        super().__init__(f'"{version}" did not pass its gates and cannot be put into use.')


class TrainedLater(PayriskError):
    """Scores asked of a model that has seen the days it would predict."""

    code = "trained_later"

    def __init__(self, trained_as_of: date, as_of: date) -> None:
        self.trained_as_of, self.as_of = trained_as_of, as_of
        super().__init__(
            f"This model was trained as of {trained_as_of.isoformat()} and has seen what followed "
            f"{as_of.isoformat()}. Train one as of that day or before: `payrisk train --as-of {as_of.isoformat()}`."
        )


class ContributionsDoNotAddUp(PayriskError):
    """Contributions too far from the score to be called its explanation."""

    code = "explanation_refused"

    def __init__(self, largest_rest: float, allowed: float) -> None:
        self.largest_rest, self.allowed = largest_rest, allowed
        super().__init__(
            f"The contributions miss the model's own score by {largest_rest:.2e} log-odds (allowed: {allowed:.0e}); "
            "such reasons are not shown."
        )


class NothingToFit(PayriskError):
    """A curve asked to learn from no observation."""

    code = "nothing_to_fit"

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no {what} to learn from.")
