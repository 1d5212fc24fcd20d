"""A table: named columns of one kind each, and rows of plain cells."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Json = Mapping[str, Any]
Cell = str | int | float | bool | Decimal | None
Kind = Literal["text", "whole", "amount", "rate", "number", "day", "instant", "flag"]
"""What the cells of a column are: text; a whole number; an exact amount of money, its currency in another column; an
exact exchange rate; any other number; a day as YYYY-MM-DD; an instant as ISO 8601 with its zone; true or false. Only
text can hold anything."""


@dataclass(frozen=True)
class Column:
    """One column; `meaning` is for who reads the file."""

    name: str
    kind: Kind = "text"
    meaning: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under columns; every row has a cell for each column, None where there is nothing."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @classmethod
    def of(cls, columns: Sequence[Column], rows: Iterable[Mapping[str, Cell]]) -> "Table":
        """From rows by name."""
        return cls(tuple(columns), tuple(tuple(row[column.name] for column in columns) for row in rows))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)


def amount_of(money: Json | None) -> Decimal | None:
    """The amount of money as JSON has it."""
    return None if money is None else Decimal(money["amount"])
