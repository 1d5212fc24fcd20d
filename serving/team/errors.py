"""Why a team file is refused: each sentence says the place, what was expected, what came, and the way out."""

from collections.abc import Sequence

from ledger.errors import PayriskError
from ledger.words import count_text, without_control

_MOST_SHOWN = 20


class BadTeam(PayriskError):
    """A team file that is not understood, or contradicts itself. `problems` are all that were found, in order."""

    code = "bad_team"
    exit_code = 2
    remedy = "Correct the file and run the command again, or move it away: the team is then its capacity alone."

    def __init__(self, file: str, problems: Sequence[str]) -> None:
        self.file, self.problems = file, tuple(problems)
        more = [f"and {len(problems) - _MOST_SHOWN} more"] if len(problems) > _MOST_SHOWN else []
        told = [*problems[:_MOST_SHOWN], *more]
        head = f"{file}: {count_text(len(problems), 'problem')}" if len(problems) > 1 else f"{file}:"
        lines = [head, *told] if len(problems) > 1 else [f"{head} {told[0]}"]
        super().__init__("\n  ".join(map(without_control, lines)))


class NoTeam(PayriskError):
    """Accounts cannot be given to anybody while nobody has a name."""

    code = "no_team"
    remedy = "Name the people who call in team.toml in the home folder; docs/operations.md shows how."

    def __init__(self) -> None:
        super().__init__("The team is a number of calls a day: no file names the people who call.")


class NobodyCalled(PayriskError):
    """An id that is nobody's in the team."""

    code = "nobody_called"
    field = "to"

    def __init__(self, collector: str, known: Sequence[str]) -> None:
        super().__init__(f'Nobody in the team has the id "{without_control(collector[:60])}". There are: '
                         f"{', '.join(sorted(known)[:_MOST_SHOWN])}")  # fmt: skip


class BadHours(PayriskError):
    """Minutes or absences that nobody can have; `field` is the field of the form."""

    code = "bad_hours"

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)
