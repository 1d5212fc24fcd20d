"""Anchors: the end of the chain, day by day, in a file outside of the store.

One line each: the day, the number of the last entry, its hash. Copy the file where whoever may write the database may
not: what was rewritten up to an anchor shows against that copy.
"""

import os
import re
from pathlib import Path

from ledger.errors import PayriskError
from serving.audit.chain import Anchor

_LINE = re.compile(r"(\d{4}-\d{2}-\d{2}) (\d+) ([0-9a-f]{64})")


class AnchorsDamaged(PayriskError):
    """A line of the anchors that is none."""

    code = "anchors_damaged"

    def __init__(self, path: Path, line: int) -> None:
        self.path, self.line = path, line
        super().__init__(
            f"{path}, line {line} is no anchor. Expected a day, the number of an entry and its hash, as in "
            f"2026-04-01 17 {'0' * 6}…. Take the file from a copy: payrisk backup holds one."
        )


def read_anchors(path: Path) -> tuple[Anchor, ...]:
    """The anchors of a file, oldest first; none where there is no file. Raises `AnchorsDamaged`."""
    if not path.exists():
        return ()
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        read = _LINE.fullmatch(line)
        if read is None:
            raise AnchorsDamaged(path, number)
        found.append(Anchor(read[1], int(read[2]), read[3]))
    return tuple(found)


def add_anchor(path: Path, anchor: Anchor) -> None:
    """Add an anchor to the file, on the disk when this returns."""
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{anchor.on} {anchor.seq} {anchor.hash}\n")
        file.flush()
        os.fsync(file.fileno())
