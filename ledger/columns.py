"""The columns of a table, read: each distinct cell once, so that a million rows cost little.

A value is what the cell says (text, `ReadDate`, `Amount`), None when it says 'none', or a `BadCell`.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date
from decimal import Decimal
from typing import TypeVar

from ledger.conventions import date_order, decimal_mark
from ledger.layout import INVOICES, RATES, Table
from ledger.mapping import ColumnMapping, DerivedDate, JoinedKey
from ledger.money import EXPONENT
from ledger.parsing.amounts import CERTAIN_SIGNS, Amount, parse_amount, parse_rate
from ledger.parsing.bad_cell import BadCell
from ledger.parsing.dates import DateReader, ReadDate
from ledger.parsing.texts import clean_text, parse_id, says_none
from ledger.words import shown

Text = str | BadCell | None
Day = ReadDate | BadCell | None
Money = Amount | BadCell | None

_Value = TypeVar("_Value")
_IDS = ("invoice_id", "customer_id", "payment_id", "entity")
_TEXTS = ("customer_name", "country", "terms", "kind")
_DATES = ("issue_date", "due_date", "paid_date", "known_date", "booked_date", "rate_date")
_AMOUNTS = ("amount", "paid_amount")
_ZONE = UTC
"""A time stamp that names its zone gives the day it was in UTC."""
_MAX_CHARS = 10_000
"""No fact has a longer cell."""


@dataclass(frozen=True)
class Columns:
    """The read columns of one table; a column that the file lacks is a list of None.

    Attributes:
        has: the columns that the file or its mapping do have.
        notes: code → how many cells were read with a remark (two-digit years, serial dates).
    """

    table: Table
    has: frozenset[str]
    texts: Mapping[str, Sequence[Text]]
    dates: Mapping[str, Sequence[Day]]
    amounts: Mapping[str, "MoneyColumn"]
    rates: Sequence[Decimal | BadCell | None]
    notes: Mapping[str, int]

    def days(self) -> Iterable[int]:
        """Every day on which something happened or became known; due days are not among them."""
        for name, values in self.dates.items():
            if name != "due_date":
                yield from {value.day for value in values if isinstance(value, ReadDate)}


@dataclass
class MoneyColumn:
    """A column of amounts, read cell by cell once the currency of its row is known.

    Attributes:
        decimal: the file's decimal mark; floats, round_off: as `parse_amount` says.
    """

    cells: Sequence[str]
    decimal: str
    floats: bool
    round_off: bool
    _known: dict[tuple[str, type, str], Money] = field(default_factory=dict)

    @property
    def says_anything(self) -> bool:
        """Whether any cell holds more than 'none'."""
        return any(not says_none(clean_text(cell)) for cell in set(self.cells))

    def read(self, at: int, currency: str) -> Money:
        """The amount at position `at`, in minor units of `currency`."""
        cell = self.cells[at]
        key = (cell, cell.__class__, currency)
        try:
            return self._known[key]
        except KeyError:
            value = _too_long(cell) or parse_amount(
                cell, currency, self.decimal, floats=self.floats, round_off=self.round_off
            )
            self._known[key] = value
            return value


def read_columns(table: Table, mapping: ColumnMapping, near: date) -> Columns:
    """Read all columns of a table.

    Args:
        near: the day around which two-digit years fall and beyond which, plus ten years, no date is believed.

    Raises:
        FileRefused: `ambiguous_number_format`, `mixed_number_formats`, `ambiguous_date_order`, `mixed_date_orders`:
            what dots, commas or days and months mean is not settled by the file and not said by the mapping.
    """
    reader = _Reader(table, mapping, near)
    texts = {name: reader.ids(name) for name in _IDS} | {name: reader.texts(name) for name in _TEXTS}
    texts |= {name: reader.read(name, parse_currency) for name in ("currency", "base_currency")}
    dates = {name: reader.dates(name) for name in _DATES}
    dates |= {
        name: reader.derived(rule, dates[rule.start]) for name, rule in mapping.derived.items() if reader.made(rule)
    }
    has = {*table.columns}
    if table.role == INVOICES:
        has |= {*mapping.keys, *mapping.derived}
    amounts, rates = reader.amounts(), reader.rates()
    return Columns(table, frozenset(has), texts, dates, amounts, rates, dict(reader.notes))


class _Reader:
    """Reads one table; keeps count of what deserves a remark."""

    def __init__(self, table: Table, mapping: ColumnMapping, near: date) -> None:
        self.table, self.mapping, self.near = table, mapping, near
        self.notes: Counter[str] = Counter()

    def cells(self, name: str) -> list[str] | None:
        return self.table.columns.get(name)

    def made(self, rule: DerivedDate) -> bool:
        return rule.plus_days in self.table.parts

    def nothing(self) -> list[None]:
        return [None] * len(self.table)

    def ids(self, name: str) -> Sequence[Text]:
        key = self.mapping.keys.get(name)
        if key and all(header in self.table.parts for header in key.join):
            return self.joined(key)
        floats = name in self.mapping.float_ids
        return self.read(name, lambda cell: _too_long(cell) or parse_id(cell, floats=floats))

    def texts(self, name: str) -> Sequence[Text]:
        return self.read(name, lambda cell: _too_long(cell) or clean_text(cell))

    def dates(self, name: str) -> Sequence[Day]:
        cells = self.cells(name)
        if cells is None:
            return self.nothing()
        said = self.mapping.date_order.get(name) or self.mapping.date_order.get("")
        reader = DateReader(said or date_order(self.table, name), self.near, _ZONE)
        values = self.read(name, reader.parse)
        if reader.order == "serial":
            self.notes["excel_serial_dates"] += sum(isinstance(value, ReadDate) for value in values)
        self.notes["two_digit_year"] += sum(isinstance(value, ReadDate) and value.two_digits for value in values)
        return values

    def derived(self, rule: DerivedDate, start: Sequence[Day]) -> Sequence[Day]:
        days = each_distinct(self.table.parts[rule.plus_days], _whole_days)
        return [_later(first, plus) for first, plus in zip(start, days, strict=True)]

    def joined(self, key: JoinedKey) -> Sequence[Text]:
        parts = [each_distinct(self.table.parts[header], clean_text) for header in key.join]
        ids = ["|".join(values) for values in zip(*parts, strict=True)]
        if not key.number_equals:
            return ids
        seen: Counter[str] = Counter()
        numbered = []
        for name in ids:
            seen[name] += 1
            numbered.append(name if seen[name] == 1 else f"{name}|{seen[name]}")
        return numbered

    def amounts(self) -> dict[str, MoneyColumn]:
        given = [name for name in _AMOUNTS if name in self.table.columns]
        decimal = self.mapping.decimal or decimal_mark(self.table, given)
        return {
            name: MoneyColumn(
                self.cells(name) or [""] * len(self.table),
                decimal,
                floats=name in self.mapping.float_amounts,
                round_off=self.mapping.round_amounts,
            )
            for name in _AMOUNTS
        }

    def rates(self) -> Sequence[Decimal | BadCell | None]:
        cells = self.cells("rate") if self.table.role == RATES else None
        if cells is None:
            return self.nothing()
        decimal = self.mapping.decimal or decimal_mark(self.table, ["rate"])
        return each_distinct(cells, lambda cell: parse_rate(cell, decimal))

    def read(self, name: str, parse: Callable[[str], _Value]) -> Sequence[_Value | None]:
        cells = self.cells(name)
        return self.nothing() if cells is None else each_distinct(cells, parse)


def each_distinct(cells: Sequence[str], parse: Callable[[str], _Value]) -> list[_Value]:
    """`parse` of every cell, called once for each distinct one (a number cell is not a text that looks like it)."""
    known: dict[tuple[str, type], _Value] = {}
    values = []
    for cell in cells:
        key = (cell, cell.__class__)
        try:
            values.append(known[key])
        except KeyError:
            known[key] = parse(cell)
            values.append(known[key])
    return values


def parse_currency(cell: str) -> Text:
    """An active ISO 4217 code in any case, or a sign that means one currency.

    >>> parse_currency(" eur "), parse_currency("£"), parse_currency("$").reason
    ('EUR', 'GBP', 'ambiguous_currency')
    """
    text = clean_text(cell).upper()
    if says_none(text):
        return None
    code = CERTAIN_SIGNS.get(text, text)
    if code in EXPONENT:
        return code
    if code in ("$", "¥"):
        return BadCell(
            "ambiguous_currency", f'"{shown(text)}" is the sign of several currencies. Expected a code such as USD.'
        )
    return BadCell(
        "bad_currency", f'"{shown(text)}" is not an active ISO 4217 currency code. Expected one such as EUR or USD.'
    )


def _too_long(cell: str) -> BadCell | None:
    """The refusal of a cell that is longer than any fact; None for all others."""
    if len(cell) <= _MAX_CHARS:
        return None
    return BadCell("field_too_long", f"The cell has {len(cell):,} characters; {_MAX_CHARS:,} are allowed.")


def _whole_days(cell: str) -> int | BadCell | None:
    text = clean_text(cell)
    if says_none(text):
        return None
    digits = text.removesuffix(".0").removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 4):
        return BadCell("bad_date", f'"{shown(text)}" is not a number of days. Expected a whole number.')
    return int(text.removesuffix(".0"))


def _later(start: Day, plus: int | BadCell | None) -> Day:
    if plus is None or isinstance(plus, BadCell):
        return plus
    return ReadDate(start.day + plus, start.two_digits) if isinstance(start, ReadDate) else start
