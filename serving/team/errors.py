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
        super().__init__(without_control("\n  ".join([head, *told]) if len(problems) > 1 else f"{head} {told[0]}"))
