"""What a column says: the values of its distinct cells, and which of them each row has.

A cell that cannot be believed is a `BadCell`, kept by the code of the cell; what it says instead is nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ledger.money import EXPONENT
from ledger.parsing.amounts import Amount, parse_amount
from ledger.parsing.bad_cell import BadCell
from ledger.parsing.plain import plain_amounts
from ledger.parsing.texts import NumberCell, clean_text, says_none
from ledger.reading.sheet import Cells

_LARGEST_FACTOR = 10_000
"""Hundredths of twelve digits times this are still exact in 64 bits."""
_PART = 1000
"""Cells looked at together, where the first ones mostly settle it."""


@dataclass(frozen=True, eq=False)
class TextColumn:
    """A column of texts, ids, currencies or exact decimals.

    Attributes:
        codes: which value each row has, shape (rows,).
        values: the values, '' for nothing; two codes may have equal values.
        bad: code → why the cell is not believed.
    """

    codes: NDArray[np.int32]
    values: pa.Array
    bad: Mapping[int, BadCell]

    @cached_property
    def says(self) -> NDArray[np.bool_]:
        """Whether each row says something that may be believed."""
        says: NDArray[np.bool_] = np.asarray(pc.binary_length(self.values).to_numpy() > 0)[self.codes]
        return says

    @cached_property
    def is_bad(self) -> NDArray[np.bool_]:
        """Which rows have a cell that is not believed."""
        return flagged(self.codes, len(self.values), self.bad)

    def bad_at(self, at: int) -> BadCell | None:
        """Why the cell of one row is not believed."""
        return self.bad.get(int(self.codes[at]))

    def texts(self, rows: NDArray[np.int64] | None = None) -> pa.Array:
        """The values of these rows, or of all."""
        return self.values.take(pa.array(self.codes if rows is None else self.codes[rows]))

    def __getitem__(self, at: int) -> str:
        return str(self.values[int(self.codes[at])])


@dataclass(frozen=True, eq=False)
class DayColumn:
    """A column of days.

    Attributes:
        codes: which value each row has, shape (rows,).
        values: whole days, `NEVER` for nothing; bad: as for texts.
    """

    codes: NDArray[np.int32]
    values: NDArray[np.int64]
    bad: Mapping[int, BadCell]

    @property
    def days(self) -> NDArray[np.int64]:
        """The day of each row, `NEVER` where it says none."""
        return self.values[self.codes]

    @cached_property
    def is_bad(self) -> NDArray[np.bool_]:
        """Which rows have a cell that is not believed."""
        return flagged(self.codes, len(self.values), self.bad)

    def bad_at(self, at: int) -> BadCell | None:
        """Why the cell of one row is not believed."""
        return self.bad.get(int(self.codes[at]))


@dataclass(frozen=True, eq=False)
class ReadMoney:
    """Amounts of rows in the currencies of their rows: whole minor units, 0 where nothing or nothing believable."""

    minor: NDArray[np.int64]
    is_none: NDArray[np.bool_]
    is_bad: NDArray[np.bool_]
    rounded: NDArray[np.bool_]
    bad: Mapping[int, BadCell]
    reading: NDArray[np.int32]

    def bad_at(self, at: int) -> BadCell | None:
        """Why the amount of one row is not believed."""
        return self.bad.get(int(self.reading[at]))


@dataclass(frozen=True, eq=False)
class MoneyColumn:
    """A column of amounts, read once the currency of its rows is known: each pair of a cell and a currency once.

    Attributes:
        decimal: the file's decimal mark; floats, round_off, scale, largest: as `parse_amount` says.
        max_chars: cells that are longer are refused.
    """

    cells: Cells
    decimal: str
    floats: bool
    round_off: bool
    scale: Decimal | None
    largest: Decimal | None
    max_chars: int

    @property
    def says_anything(self) -> bool:
        """Whether any cell holds more than 'none'."""
        distinct = self.cells.distinct
        parts = (distinct.slice(start, _PART).to_pylist() for start in range(0, len(distinct), _PART))
        return any(not says_none(clean_text(cell)) for part in parts for cell in part)

    @cached_property
    def says(self) -> NDArray[np.bool_]:
        """Whether each row holds more than 'none', whatever it is."""
        texts = self.cells.distinct.to_pylist()
        says = np.array([not says_none(clean_text(text)) for text in texts], dtype=np.bool_)
        return says[self.cells.codes]

    def read(self, currencies: TextColumn) -> ReadMoney:
        """The amounts of all rows. One without a currency cannot be read: it is neither none nor bad."""
        known = currencies.values.dictionary_encode()
        names = known.dictionary.to_pylist()
        of_row = known.indices.to_numpy()[currencies.codes]
        decimals = np.array([EXPONENT.get(name, -1) for name in names], dtype=np.int64)[of_row]
        plain, minor = self._plain(decimals)

        rest = np.flatnonzero(~plain & (decimals >= 0))
        pairs = self.cells.codes[rest].astype(np.int64) * len(names) + of_row[rest]
        pairs, back = np.unique(pairs, return_inverse=True)
        texts = cell_texts(self.cells, pairs // len(names))
        read = [self._parse(text, names[int(pair) % len(names)]) for text, pair in zip(texts, pairs, strict=True)]
        is_none = np.zeros(len(minor), dtype=np.bool_)
        is_bad, rounded, reading = is_none.copy(), is_none.copy(), np.zeros(len(minor), dtype=np.int32)
        minor[rest] = np.array([value.minor if isinstance(value, Amount) else 0 for value in read], np.int64)[back]
        is_none[rest] = np.array([value is None for value in read], np.bool_)[back]
        is_bad[rest] = np.array([isinstance(value, BadCell) for value in read], np.bool_)[back]
        rounded[rest] = np.array([isinstance(value, Amount) and value.rounded for value in read], np.bool_)[back]
        reading[rest] = back
        bad = {at: value for at, value in enumerate(read) if isinstance(value, BadCell)}
        return ReadMoney(minor, is_none, is_bad, rounded, bad, reading)

    def _plain(self, decimals: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """Which rows hold a plain amount that needs no parsing, and its minor units (0 for the others)."""
        plain, hundredths = self._scaled(*self._hundredths)
        limit = np.int64(10**14) if self.largest is None else np.int64(min(self.largest * 100, Decimal(10**14)))
        plain = (plain & (np.abs(hundredths) <= limit))[self.cells.codes]
        minor = hundredths[self.cells.codes]
        if (decimals == 2).all():
            return plain, np.where(plain, minor, 0)
        whole, rest = np.divmod(minor, 100)
        plain &= (decimals == 2) | (decimals == 3) | ((decimals == 0) & (rest == 0))
        minor = np.where(decimals == 3, minor * 10, np.where(decimals == 0, whole, minor))
        return plain, np.where(plain, minor, 0)

    def _scaled(
        self, plain: NDArray[np.bool_], hundredths: NDArray[np.int64]
    ) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        """The plain amounts times the scale, where that is exact in hundredths."""
        if self.scale is None:
            return plain, hundredths
        times, by = self.scale.as_integer_ratio()
        if not (0 < times <= _LARGEST_FACTOR and by <= _LARGEST_FACTOR):
            return np.zeros_like(plain), np.zeros_like(hundredths)
        scaled, rest = np.divmod(hundredths * times, by)
        return plain & (rest == 0), np.where(rest == 0, scaled, 0)

    @property
    def _hundredths(self) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
        return plain_amounts(self.cells.distinct, self.cells.numbers, self.decimal)

    def _parse(self, cell: str, currency: str) -> Amount | BadCell | None:
        return too_long(cell, self.max_chars) or parse_amount(
            cell, currency, self.decimal, floats=self.floats, round_off=self.round_off, scale=self.scale,
            largest=self.largest,
        )  # fmt: skip


def too_long(cell: str, limit: int) -> BadCell | None:
    """The refusal of a cell that is longer than any fact; None for all others."""
    if len(cell) <= limit:
        return None
    return BadCell("field_too_long", f"The cell has {len(cell):,} characters; {limit:,} are allowed.")


def cell_texts(cells: Cells, codes: NDArray[np.int64]) -> list[str]:
    """Some distinct cells as parsers take them."""
    texts: list[str] = cells.distinct.take(pa.array(codes)).to_pylist()
    numbers = cells.numbers[codes]
    if not numbers.any():
        return texts
    return [NumberCell(text) if number else text for text, number in zip(texts, numbers.tolist(), strict=True)]


def flagged(codes: NDArray[np.int32], count: int, bad: Mapping[int, BadCell]) -> NDArray[np.bool_]:
    flags = np.zeros(max(count, 1), dtype=np.bool_)
    if not bad:
        return np.zeros(len(codes), dtype=np.bool_)
    flags[list(bad)] = True
    return flags[codes]
