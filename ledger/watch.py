"""`ImportWatch`: what somebody who waits for an import is told while it runs."""

from collections.abc import Sequence
from typing import Literal

from ledger.desk_journal import Connection
from ledger.reading.files import SourceFile

Step = Literal["reading", "checking", "comparing", "writing"]
"""In this order; a ledger that another import moved meanwhile is compared with once more."""


class ImportWatch:
    """Tells nobody; whoever wants to know overrides what they care for."""

    def read(self, files: Sequence[SourceFile]) -> None:
        """The files were read, and nothing of them is understood yet."""

    def step(self, step: Step, done: int, of: int) -> None:
        """How many rows of a step are behind it; it begins with none."""

    def accepting(self, connection: Connection, version: int) -> None:
        """The ledger accepts the import as this version, in this very transaction: what fails here undoes it."""


NOBODY = ImportWatch()
