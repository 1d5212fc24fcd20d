"""What is said about a cell that cannot be believed: a stable reason code and a sentence with the way out."""

from typing import NamedTuple


class BadCell(NamedTuple):
    """A refused cell: `reason` is one of the contract's row codes, `sentence` is for the bookkeeper."""

    reason: str
    sentence: str


def missing(column: str) -> BadCell:
    """A required cell that is empty, or says 'none' in one of its many spellings."""
    return BadCell("missing_required", f"{column} is empty, and the row cannot do without it.")
