"""A row of a call sheet as it came back, before anything of it is believed."""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.parsing.texts import NumberCell


@dataclass(frozen=True)
class SheetRow:
    """One row.

    Attributes:
        line: of the worksheet, from 1. key, account: the cells that say whom it is about.
        filled: what was filled in, by the names of `FILLED`; blank cells are not in it.
        numbers: which of them are numbers in their file; days are ISO texts.
    """

    line: int
    key: str
    account: str
    filled: Mapping[str, str]
    numbers: tuple[str, ...] = ()

    @property
    def is_blank(self) -> bool:
        """Whether nothing was filled in."""
        return not self.filled

    def cell(self, name: str) -> str:
        """A cell that was filled in, '' where it was not; a `NumberCell` where it was a number."""
        text = self.filled.get(name, "")
        return NumberCell(text) if name in self.numbers else text
