"""What a table is, as data: its columns with name, type, unit, whether each row has it, and meaning."""

from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "day", "minor", "whole", "flag", "decimal", "amount"]
"""text; day: whole days since 1970-01-01 in the store, YYYY-MM-DD in a file; minor: whole minor units of the currency;
whole: a whole number; flag: true or false; decimal: exact, kept as text; amount: exact decimal in a file."""


@dataclass(frozen=True)
class Column:
    """One column. `required`: every row has it; where an optional one is not stated it is `default`, never null."""

    name: str
    type: Type
    unit: str
    required: bool
    meaning: str
    default: str | int = ""


@dataclass(frozen=True)
class Table:
    """One table of facts, or one layout of a file. `key` is unique within one import (within one file)."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The column names, in order."""
        return tuple(column.name for column in self.columns)
