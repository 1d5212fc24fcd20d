"""Why a strategy is refused: each sentence says the file, the key, what was expected, what came, and the way out."""

from collections.abc import Sequence

from ledger.errors import PayriskError
from ledger.words import count_text, without_control

_MOST_SHOWN = 20


class BadStrategy(PayriskError):
    """A strategy file that is not understood, or contradicts itself. `problems` are all that were found, in order."""

    code = "bad_strategy"

    def __init__(self, file: str, problems: Sequence[str]) -> None:
        self.file, self.problems = file, tuple(problems)
        found = count_text(len(problems), "problem") if len(problems) > 1 else ""
        more = [f"and {len(problems) - _MOST_SHOWN} more"] if len(problems) > _MOST_SHOWN else []
        lines = [f"{file}: {found}", *problems[:_MOST_SHOWN], *more] if found else [f"{file}: {problems[0]}"]
        super().__init__("\n  ".join(map(without_control, lines)))
        self.remedy = "A whole strategy to begin with: payrisk strategy show"


class TwoStrategies(PayriskError):
    """Two strategies that claim the same day or the same version: which one rules would be a guess."""

    code = "two_strategies"

    def __init__(self, key: str, said: str, files: Sequence[str]) -> None:
        self.key, self.files = key, tuple(files)
        super().__init__(
            without_control(
                f"{' and '.join(files)} both say {key} = {said}. Expected one of each; change {key} in one of them, or "
                f"move it out of the folder."
            )
        )


class NoSuchStrategy(PayriskError):
    """The path does not lead to a file that can be read."""

    code = "no_such_strategy"
    exit_code = 2

    def __init__(self, file: str, why: str) -> None:
        super().__init__(
            f"{file}: the strategy cannot be read ({why}). Name a .toml file, or the word shipped for the rules that "
            f"payrisk ships."
        )
