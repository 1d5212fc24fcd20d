"""The columns of a table, read: each distinct cell once, so that a million rows cost little."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, tzinfo
from decimal import Decimal
from functools import cached_property
from itertools import chain
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ledger.column_values import DayColumn, MoneyColumn, TextColumn, cell_texts, flagged, too_long
from ledger.conventions import date_order, decimal_mark
from ledger.days import NEVER
from ledger.layout import CUSTOMERS, DISPUTES, INVOICES, PAYMENTS, RATES, Table
from ledger.mapping import ColumnMapping, DerivedDate, JoinedKey
from ledger.money import EXPONENT, exponent_of
from ledger.options import ImportOptions
from ledger.parsing.amounts import CERTAIN_SIGNS, parse_rate
from ledger.parsing.bad_cell import BadCell
from ledger.parsing.dates import SERIALS, DateReader, ReadDate, are_serials, is_spelled_like_a_date, years_stand_behind
from ledger.parsing.plain import plain_ids, plain_texts, without_time
from ledger.parsing.texts import clean_text, parse_id, parse_text, says_none, spoilt
from ledger.reading.sheet import Cells
from ledger.records import constant_cells
from ledger.refusals import FileRefused
from ledger.words import shown

_IDS = ("invoice_id", "customer_id", "payment_id", "entity", "dispute_id", "parent_id")
_NAMES = ("customer_name", "reason")
_TEXTS = ("country", "terms", "kind", "document_type", "debtor_class")
_DATES = (
    "issue_date", "due_date", "paid_date", "known_date", "booked_date", "rate_date", "opened_date", "resolved_date",
)  # fmt: skip
_AMOUNTS = ("amount", "paid_amount", "credit_limit")
_CURRENCIES = ("currency", "base_currency", "credit_limit_currency")
_NEEDED_DATES = {INVOICES: "issue_date", PAYMENTS: "paid_date", RATES: "rate_date", DISPUTES: "opened_date"}


@dataclass(frozen=True, eq=False)
class Columns:
    """The read columns of one table; a column that the file lacks says nothing in every row.

    Attributes:
        has: the columns that the file or its mapping do have.
        notes: code → how many cells were read with a remark (two-digit years, serial dates).
    """

    table: Table
    has: frozenset[str]
    texts: Mapping[str, TextColumn]
    dates: Mapping[str, DayColumn]
    amounts: Mapping[str, MoneyColumn]
    rates: TextColumn
    notes: Mapping[str, int]

    def days(self) -> NDArray[np.int64]:
        """Every day on which something happened or became known, once; due days are not among them."""
        read = [column.values for name, column in self.dates.items() if name != "due_date"]
        days = np.unique(np.concatenate(read)) if read else np.zeros(0, dtype=np.int64)
        stated: NDArray[np.int64] = days[days != NEVER]
        return stated


def read_columns(table: Table, mapping: ColumnMapping, options: ImportOptions | None = None, *, near: date) -> Columns:
    """Read all columns of a table.

    Args:
        options: of the import; they go before the mapping, and both before what the cells show.
        near: the day around which two-digit years fall and beyond which, plus ten years, no date is believed.

    Raises:
        FileRefused: `ambiguous_number_format`, `mixed_number_formats`, `ambiguous_date_order`, `mixed_date_orders`:
            what dots, commas or days and months mean is not settled by the file and not said by the mapping;
            `unrecognised_dates`: no cell of a column that every row needs looks like a date.
        UnknownCurrency: the default currency is not an active ISO 4217 code.
    """
    reader = _Reader(table, mapping, options or ImportOptions(), near)
    texts = {name: reader.ids(name) for name in _IDS}
    texts |= {name: reader.texts(name, is_name=True) for name in _NAMES}
    texts |= {name: reader.texts(name) for name in _TEXTS}
    texts |= {name: reader.read(name, parse_currency) for name in _CURRENCIES}
    texts["instalment"] = reader.read("instalment", _instalment)
    if table.role == INVOICES:
        texts["currency"] = in_default_currency(texts["currency"], reader.options.default_currency)
    if table.role == CUSTOMERS:
        stated = reader.options.default_currency or mapping.constants.get("currency")
        texts["credit_limit_currency"] = in_default_currency(texts["credit_limit_currency"], stated)
    dates = {name: reader.dates(name) for name in _DATES}
    dates |= {
        name: reader.derived(rule, dates[rule.start], dates[name])
        for name, rule in mapping.derived.items()
        if reader.made(rule)
    }
    has = {*table.columns}
    if table.role == INVOICES:
        has |= {*mapping.keys, *mapping.derived}
    amounts, rates = reader.amounts(), reader.rates()
    return Columns(table, frozenset(has), texts, dates, amounts, rates, dict(reader.notes))


def order_of(table: Table, name: str, mapping: ColumnMapping, options: ImportOptions, near: date) -> str:
    """How a date column is written: as the options or the mapping say, or as its cells show. Raises `FileRefused`."""
    texts = without_time(table.columns[name].distinct).unique().to_pylist()
    return _Reader(table, mapping, options, near).order(name, texts)


def in_default_currency(currencies: TextColumn, default: str | None) -> TextColumn:
    """The currencies, with the default of the import, if any, where a row states none. Raises `UnknownCurrency`."""
    if not default:
        return currencies
    code = default.upper()
    exponent_of(code)
    said = currencies.values.to_pylist()
    filled = [text or ("" if at in currencies.bad else code) for at, text in enumerate(said)]
    return replace(currencies, values=pa.array(filled, pa.large_string()))


class _Reader:
    """Reads one table; keeps count of what deserves a remark."""

    def __init__(self, table: Table, mapping: ColumnMapping, options: ImportOptions, near: date) -> None:
        self.table, self.mapping, self.options, self.near = table, mapping, options, near
        self.max_chars = options.limits.max_field_chars
        self.nothing = constant_cells("", len(table))
        self.notes: Counter[str] = Counter()

    def cells(self, name: str) -> Cells:
        return self.table.columns.get(name, self.nothing)

    def made(self, rule: DerivedDate) -> bool:
        return rule.plus_days in self.table.parts

    def ids(self, name: str) -> TextColumn:
        key = self.mapping.keys.get(name)
        if key and all(header in self.table.parts for header in key.join):
            return self.joined(key)
        if name in self.mapping.float_ids:
            return self.read(name, lambda cell: parse_id(cell, floats=True))
        cells = self.cells(name)
        return self.read(name, parse_id, plain_ids(cells.distinct, cells.numbers))

    def texts(self, name: str, *, is_name: bool = False) -> TextColumn:
        plain = plain_texts(self.cells(name).distinct)
        if not is_name:
            plain &= ~pc.match_substring_regex(self.cells(name).distinct, "^[#=]").to_numpy(zero_copy_only=False)
        else:
            plain &= ~pc.equal(self.cells(name).distinct, "=").to_numpy(zero_copy_only=False)
        return self.read(name, lambda cell: parse_text(cell, is_name=is_name), plain)

    def read(
        self,
        name: str,
        parse: Callable[[str], str | BadCell | None],
        plain: NDArray[np.bool_] | None = None,
    ) -> TextColumn:
        """A column of texts; `plain` tells the distinct cells that stand for themselves."""
        return self.read_cells(self.cells(name), parse, plain)

    def read_cells(
        self, cells: Cells, parse: Callable[[str], str | BadCell | None], plain: NDArray[np.bool_] | None = None
    ) -> TextColumn:
        todo = np.ones(len(cells.distinct), dtype=np.bool_) if plain is None else ~plain
        todo |= np.asarray(pc.binary_length(cells.distinct).to_numpy() > self.max_chars)
        if not todo.any():
            return TextColumn(cells.codes, cells.distinct, {})
        at = np.flatnonzero(todo)
        read = [too_long(cell, self.max_chars) or parse(cell) for cell in cell_texts(cells, at)]
        said = pa.array([value if isinstance(value, str) else "" for value in read], pa.large_string())
        values = said if todo.all() else pc.replace_with_mask(cells.distinct, pa.array(todo), said)
        bad = {int(code): value for code, value in zip(at, read, strict=True) if isinstance(value, BadCell)}
        return TextColumn(cells.codes, values, bad)

    def dates(self, name: str) -> DayColumn:
        cells = self.cells(name)
        short = without_time(cells.distinct).dictionary_encode()
        texts = short.dictionary.to_pylist()
        order = self.order(name, texts)
        reader = DateReader(order, self.near, _zone(self.options.tenant_tz))
        read = [too_long(text, self.max_chars) or reader.parse(text) for text in texts]
        if self.table.role in _NEEDED_DATES and name == _NEEDED_DATES[self.table.role]:
            self.require_dates(name, texts, read)
        of_cell = short.indices.to_numpy()
        column = DayColumn(
            of_cell[cells.codes],
            np.array([value.day if isinstance(value, ReadDate) else NEVER for value in read], dtype=np.int64),
            {at: value for at, value in enumerate(read) if isinstance(value, BadCell)},
        )
        if order == SERIALS:
            self.notes["excel_serial_dates"] += int((column.days != NEVER).sum())
        short_years = np.array([isinstance(value, ReadDate) and value.two_digits for value in read], dtype=np.bool_)
        if short_years.any():
            self.notes["two_digit_year"] += int(short_years[column.codes].sum())
        return column

    def order(self, name: str, texts: Sequence[str]) -> str:
        """A column of day numbers is one whatever is said of the others."""
        if are_serials(texts):
            return SERIALS
        said = self.mapping.date_order.get(name) or self.options.date_order or self.mapping.date_order.get("")
        return said or date_order(self.table, name, texts, years_behind=self.years_behind)

    @cached_property
    def years_behind(self) -> bool:
        """What all date columns show together of their two-digit years."""
        cells = (self.table.columns[name] for name in _DATES if name in self.table.columns)
        return years_stand_behind(chain.from_iterable(_maybe_short(column) for column in cells), self.near)

    def require_dates(self, name: str, texts: Sequence[str], read: Sequence[object]) -> None:
        unread = [text for text, value in zip(texts, read, strict=True) if isinstance(value, BadCell)]
        if not unread or any(isinstance(value, ReadDate) for value in read):
            return
        if any(spoilt(clean_text(text)) or is_spelled_like_a_date(text) for text in unread):
            return
        example = shown(clean_text(unread[0]))
        raise FileRefused(
            "unrecognised_dates", self.table.file,
            f'No cell of {name} looks like a date; the first is "{example}". Expected YYYY-MM-DD, as in 2026-03-31.',
            remedy="Export the dates in that form, or as real dates of a spreadsheet.", field=name,
        )  # fmt: skip

    def derived(self, rule: DerivedDate, start: DayColumn, stated: DayColumn) -> DayColumn:
        """Days later than another column says, row by row; in rows that the rule is not for, what is stated."""
        parts = self.table.parts[rule.plus_days]
        read = [_whole_days(cell) for cell in parts.texts()]
        plus = np.array([value if isinstance(value, int) else 0 for value in read], dtype=np.int64)[parts.codes]
        counts = np.array([rule.is_for(value) for value in read], dtype=np.bool_)[parts.codes]
        wrong = {at: value for at, value in enumerate(read) if isinstance(value, BadCell)}
        bad = {int(at): start.bad[int(start.codes[at])] for at in np.flatnonzero(start.is_bad & counts)}
        if rule.only_for is not None:
            bad |= {int(at): stated.bad[int(stated.codes[at])] for at in np.flatnonzero(stated.is_bad & ~counts)}
        bad |= {int(at): wrong[int(parts.codes[at])] for at in np.flatnonzero(flagged(parts.codes, len(read), wrong))}
        days = np.where(counts & (start.days != NEVER), start.days + plus, NEVER)
        if rule.only_for is not None:
            days = np.where(counts, days, stated.days)
        return DayColumn(_each_its_own(len(self.table)), days, bad)

    def joined(self, key: JoinedKey) -> TextColumn:
        parts = [self.read_cells(self.table.parts[header], clean_text).texts() for header in key.join]
        ids = pc.binary_join_element_wise(*parts, pa.scalar("|", pa.large_string()))
        if key.number_equals:
            codes = pd.Series(ids.dictionary_encode().indices.to_numpy())
            number = pa.array(codes.groupby(codes).cumcount().to_numpy() + 1).cast(pa.large_string())
            numbered = pc.binary_join_element_wise(ids, number, pa.scalar("|", pa.large_string()))
            ids = pc.if_else(pc.equal(number, "1"), ids, numbered)
        return TextColumn(_each_its_own(len(ids)), ids, {})

    def amounts(self) -> dict[str, MoneyColumn]:
        given = [name for name in _AMOUNTS if name in self.table.columns]
        decimal = self.options.decimal or self.mapping.decimal or decimal_mark(self.table, given)
        return {
            name: MoneyColumn(
                self.cells(name),
                decimal,
                floats=name in self.mapping.float_amounts,
                round_off=self.mapping.round_amounts,
                scale=self.options.amount_scale,
                largest=self.options.max_amount,
                max_chars=self.max_chars,
            )
            for name in _AMOUNTS
        }

    def rates(self) -> TextColumn:
        if self.table.role != RATES or "rate" not in self.table.columns:
            return self.read_cells(self.nothing, parse_text)
        decimal = self.options.decimal or self.mapping.decimal or decimal_mark(self.table, ["rate"])
        return self.read("rate", lambda cell: _rate_text(parse_rate(cell, decimal)))


def parse_currency(cell: str) -> str | BadCell | None:
    """An active ISO 4217 code in any case, or a sign that means one currency.

    >>> parse_currency(" eur "), parse_currency("£"), parse_currency("$").reason
    ('EUR', 'GBP', 'ambiguous_currency')
    """
    text = clean_text(cell).upper()
    if says_none(text):
        return None
    if bad := spoilt(text):
        return bad
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


def _instalment(cell: str) -> str | BadCell | None:
    """The number of an instalment as its digits; nothing for 0."""
    text = clean_text(cell)
    if says_none(text):
        return None
    digits = text.removesuffix(".0")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 6):
        return spoilt(text) or BadCell(
            "malformed_row", f'"{shown(text)}" is not the number of an instalment. Expected a whole number such as 2.'
        )
    return str(int(digits)) if int(digits) else None


def _rate_text(rate: Decimal | BadCell | None) -> str | BadCell | None:
    if not isinstance(rate, Decimal):
        return rate
    text = format(rate, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _whole_days(cell: str) -> int | BadCell | None:
    text = clean_text(cell)
    if says_none(text):
        return None
    digits = text.removesuffix(".0").removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 4):
        return BadCell("bad_date", f'"{shown(text)}" is not a number of days. Expected a whole number.')
    return int(text.removesuffix(".0"))


def _maybe_short(cells: Cells) -> list[str]:
    """The distinct cells that may be dates with two-digit years."""
    short = pc.match_substring_regex(cells.distinct, r"\d{1,2}[-/]\d{1,2}[-/]\d{2}(?:\D|$)")
    texts: list[str] = cells.distinct.filter(short).to_pylist()
    return texts


def _zone(name: str) -> tzinfo:
    return UTC if name == "UTC" else ZoneInfo(name)


def _each_its_own(count: int) -> NDArray[np.int32]:
    return np.arange(count, dtype=np.int32)
