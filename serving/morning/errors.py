"""Errors of the daily run: an output that cannot be written, and a run that another runner took over."""

from pathlib import Path

from ledger.errors import PayriskError


class RunNotWritten(PayriskError):
    """What a step made cannot be written to the disk."""

    code = "run_not_written"
    remedy = "Make room or mend the folder, then start the daily run again: payrisk daily"

    def __init__(self, path: Path, why: str) -> None:
        self.path, self.why = path, why
        super().__init__(f"{path} cannot be written: {why}. The list published before stays. {self.remedy}")


class RunTakenOver(PayriskError):
    """Another runner went on with this run meanwhile."""

    code = "run_taken_over"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(
            f"The daily run {key} was taken over by another runner, which goes on with it. Nothing more was done here."
        )
