"""What the commands refuse, each in a sentence with the way out."""

from datetime import date
from pathlib import Path

from ledger.errors import PayriskError


class HomeNotWritable(PayriskError):
    """The home folder cannot be made or written to."""

    code = "home_not_writable"

    def __init__(self, home: Path, why: str) -> None:
        super().__init__(f"{home} cannot be written to ({why}). Set PAYRISK_HOME to a folder that you may write to.")


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
            f"{last.isoformat()} is before the first evening, {first.isoformat()}. Say the first with --as-of and the "
            "last with --until."
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
