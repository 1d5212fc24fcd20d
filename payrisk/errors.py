"""What the commands refuse, each in a sentence with the way out."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from ledger.errors import PayriskError
from ledger.words import shown


class HomeNotWritable(PayriskError):
    """The home folder cannot be made or written to."""

    code = "home_not_writable"

    def __init__(self, home: Path, why: str) -> None:
        super().__init__(f"{home} cannot be written to ({why}). Set PAYRISK_HOME to a folder that you may write to.")


class NoPlaceForCompiled(PayriskError):
    """The folder of compiled loops cannot be made, or is not the user's own."""

    code = "no_place_for_compiled"

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(
            f"{folder} cannot hold the compiled loops ({why}). Move away what stands there: it is made by itself."
        )


class DemoHome(PayriskError):
    """Real files were about to be mixed with the invented company's."""

    code = "demo_home"

    def __init__(self, home: Path) -> None:
        super().__init__(
            f"{home} holds the demo company, and invented money is never mixed with yours. "
            "Import into a home of its own: PAYRISK_HOME=$HOME/payrisk-data payrisk import …"
        )


class BeyondKnowledge(PayriskError):
    """An evening that has not come yet."""

    code = "as_of_beyond_knowledge"
    field = "as_of"

    def __init__(self, as_of: date, newest: date) -> None:
        super().__init__(
            f"{as_of.isoformat()} has not come yet; the ledger knows what happened up to {newest.isoformat()}. "
            f"Ask for {newest.isoformat()} or an earlier day, or leave --as-of out."
        )


class KnownBeforeDay(PayriskError):
    """An evening seen with less than what was known on it."""

    code = "known_by_before_as_of"
    exit_code = 2
    field = "known_by"

    def __init__(self, as_of: date, known_by: date) -> None:
        super().__init__(
            f"{known_by.isoformat()} is before the evening looked at, {as_of.isoformat()}. "
            f"Ask --as-of {known_by.isoformat()} for what was known then."
        )


class EndsBefore(PayriskError):
    """A range of evenings whose last is before its first."""

    code = "until_before_as_of"
    exit_code = 2
    field = "until"

    def __init__(self, first: date, last: date) -> None:
        super().__init__(
            f"{last.isoformat()} is before the first evening, {first.isoformat()}. The first has to come "
            "before the last, --until."
        )


class NothingInUse(PayriskError):
    """A question about the version in use, where there is none."""

    code = "nothing_in_use"

    def __init__(self) -> None:
        super().__init__("No version is in use yet. `payrisk train` makes the first one.")


class NotAReport(PayriskError):
    """A report was to be written to a file of a kind that it does not have."""

    code = "not_a_report"
    exit_code = 2
    field = "out"

    def __init__(self, out: Path) -> None:
        super().__init__(f"{out} ends in {out.suffix or 'nothing'}. A report is written as .html or .json.")


class NothingToExplain(PayriskError):
    """An id that neither an open invoice nor a customer has."""

    code = "nothing_to_explain"
    field = "item_or_customer"

    def __init__(self, asked: str, as_of: date, near: Sequence[str]) -> None:
        self.asked, self.near = asked, tuple(near)
        meant = f" Did you mean {', '.join(map(shown, near))}?" if near else ""
        super().__init__(
            f'No invoice or customer "{shown(asked)}" is known on the evening of {as_of.isoformat()}.{meant}'
        )


class NothingOpen(PayriskError):
    """A known invoice or customer without money to come: there is no score to explain."""

    code = "nothing_open"
    field = "item_or_customer"

    def __init__(self, what: str, asked: str, as_of: date) -> None:
        super().__init__(
            f'The {what} "{shown(asked)}" has no money to come on the evening of {as_of.isoformat()}, so there is no '
            "score to explain. An earlier evening: --as-of"
        )


class NoProvider(PayriskError):
    """An account of the company's sign-in, which is not set."""

    code = "no_provider"
    field = "oidc_issuer"

    def __init__(self) -> None:
        super().__init__("No sign-in of the company is set. Set PAYRISK_OIDC_ISSUER first: docs/operations.md, People.")
