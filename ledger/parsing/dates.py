"""Dates: text to whole days, in every spelling that can be read in one way only.

First a column settles its order (`settle_order`), then each cell is read (`DateReader.parse`). A time stamp without a
zone gives its own date; one with a zone gives the date in the company's zone.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from ledger.days import to_day
from ledger.parsing.bad_cell import BadCell
from ledger.parsing.texts import EITHER, clean_text, says_none, spoilt
from ledger.words import shown

ORDERS = ("dmy", "mdy", "ymd")
SERIALS = "serial"
"""The order of a column that holds a spreadsheet's day numbers (1900 system) and nothing else."""

_DOTS = "."
FIRST_DATE = date(1990, 1, 1)
TEN_YEARS = timedelta(days=3653)
_PLACEHOLDERS = frozenset({date(9999, 12, 31), date(1900, 1, 1), date(1899, 12, 30)})
_SERIAL_ZERO = date(1899, 12, 30)

_TIME = (
    r"(?:[T ,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?(?: ?(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?)?"
)
_ISO = re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + _TIME)
_COMPACT = re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})(?:\.0)?")
_NUMERIC = re.compile(r"(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)(?P<y>\d{4}|\d{2})" + _TIME)
_DAY_NAME = re.compile(r"(?P<d>\d{1,2})[-/. ]*(?P<name>[A-Za-z]{3,9})\.?[-/., ]*(?P<y>\d{4}|\d{2})" + _TIME)
_NAME_DAY = re.compile(r"(?P<name>[A-Za-z]{3,9})\.?[-/ ]*(?P<d>\d{1,2})(?:,|[-/. ])+ ?(?P<y>\d{4}|\d{2})" + _TIME)
_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_MONTH_OF = {name[:n]: i for i, name in enumerate(_MONTHS, 1) for n in range(3, len(name) + 1)} | {"sept": 9}


class ReadDate(NamedTuple):
    """Whole days since 1970-01-01; `two_digits` when the year had to be completed."""

    day: int
    two_digits: bool = False


class MixedDateOrders(ValueError):
    """Evidence both ways in one column."""


class AmbiguousDateOrder(ValueError):
    """No value above 12: the column could be read both ways."""


def settle_order(cells: Iterable[str], *, years_behind: bool = False) -> str:
    """How a column writes its dates: 'dmy', 'mdy' or 'serial'; 'dmy' also when no cell needs the answer.

    Args:
        years_behind: 28/02/25 has its year behind, as `years_stand_behind` shows; otherwise it may stand in front.

    Raises:
        MixedDateOrders: one cell has its day above 12 first, another has it second.
        AmbiguousDateOrder: nothing decides, and it matters.

    >>> settle_order(["02/03/2025", "31/03/2025"]), settle_order(["2025-03-02", "2-Mar-25"])
    ('dmy', 'dmy')
    """
    texts = [text for text in {clean_text(cell) for cell in cells} if not says_none(text)]
    if are_serials(texts):
        return SERIALS
    orders = {_shown(text, years_behind=years_behind) for text in texts}
    if "mdy" in orders and orders & {"dmy", _DOTS}:
        raise MixedDateOrders
    if EITHER in orders and not orders & {"dmy", "mdy"}:
        raise AmbiguousDateOrder
    return "mdy" if "mdy" in orders else "dmy"


def years_stand_behind(cells: Iterable[str], near: date) -> bool:
    """Whether the two-digit years of a table stand behind the days and months, and not in front of them.

    The years of an export lie around its day, `near`: behind they all do, in front they do not all.

    >>> years_stand_behind(["28/02/25", "05/03/24"], date(2025, 6, 30))
    True
    >>> years_stand_behind(["24/02/25", "25/03/05"], date(2025, 6, 30))
    False
    """
    parts = [
        (int(found["a"]), int(found["y"]))
        for cell in cells
        if (found := _NUMERIC.fullmatch(clean_text(cell))) and len(found["y"]) == 2 and found["mark"] != "."
    ]
    around = {(near.year + years) % 100 for years in range(-15, 11)}
    return all(last in around for _, last in parts) and not all(first in around for first, _ in parts)


def are_serials(cells: Iterable[str]) -> bool:
    """Whether the cells that say something are all a spreadsheet's day numbers, and there are some."""
    texts = [text for text in {clean_text(cell) for cell in cells} if not says_none(text)]
    return bool(texts) and all(_is_serial(text) for text in texts)


def shown_order(cell: str) -> str:
    """The order that this cell proves: 'dmy' or 'mdy', '?' when it can be read both ways, '' when it does not matter.

    Dots mean the day first, unless that gives no date. With two digits for the year, a first part above 12 may be it.

    >>> shown_order("31/03/2025"), shown_order("02/03/2025"), shown_order("02.03.2025"), shown_order("26/01/05")
    ('dmy', '?', 'dmy', '?')
    """
    order = _shown(clean_text(cell))
    return "dmy" if order == _DOTS else order


def may_lead_with_year(cell: str) -> bool:
    """Whether a cell that can be read both ways has its year in two digits, and its first part is no month."""
    found = _NUMERIC.fullmatch(clean_text(cell))
    return bool(found and len(found["y"]) == 2 and int(found["a"]) > 12)


def is_spelled_like_a_date(cell: str) -> bool:
    """Whether a cell has the shape of some date, be it the 31st of February."""
    text = clean_text(cell)
    named = _DAY_NAME.fullmatch(text) or _NAME_DAY.fullmatch(text)
    if named:
        return named["name"].lower() in _MONTH_OF
    return any(shape.fullmatch(text) for shape in (_ISO, _COMPACT, _NUMERIC))


def _shown(text: str, *, years_behind: bool = False) -> str:
    """As `shown_order`, but '.' where only the dots say it: that proves nothing about other cells."""
    found = _NUMERIC.fullmatch(text)
    if not found:
        return ""
    first, second, year = int(found["a"]), int(found["b"]), found["y"]
    dots = found["mark"] == "."
    if first <= 12 < second:
        return "mdy"
    if first > 12:
        could_be_year = len(year) == 2 and not (dots or years_behind) and (first > 31 or 1 <= int(year) <= 31)
        return EITHER if could_be_year else "dmy"
    if first == second:
        return ""
    return _DOTS if dots else EITHER


@dataclass(frozen=True)
class DateReader:
    """Reads the cells of one column.

    Attributes:
        order: 'dmy', 'mdy', 'ymd' or 'serial', as stated or settled.
        near: the day around which two-digit years fall (50 years back to 49 ahead) and beyond which, plus ten years,
            no date is believed.
        zone: the company's time zone, for time stamps that name theirs.
    """

    order: str
    near: date
    zone: tzinfo

    def parse(self, cell: str) -> ReadDate | BadCell | None:
        """The day of the cell, None when it says 'none'.

        >>> reader = DateReader("mdy", date(2014, 1, 9), timezone.utc)
        >>> reader.parse("1/31/2013") == ReadDate(to_day(date(2013, 1, 31)))
        True
        """
        text = clean_text(cell)
        if says_none(text):
            return None
        if bad := spoilt(text):
            return bad
        try:
            found = self._read(text)
        except (ValueError, OverflowError):
            found = None
        if found is None:
            return BadCell("bad_date", f'"{shown(text)}" is not a date. Expected YYYY-MM-DD, as in 2026-03-31.')
        on, two_digits = found
        if on in _PLACEHOLDERS:
            return None
        last = self.near + TEN_YEARS
        if not FIRST_DATE <= on <= last:
            return BadCell(
                "date_out_of_range", f'"{shown(text)}" lies outside {FIRST_DATE.isoformat()} to {last.isoformat()}.'
            )
        return ReadDate(to_day(on), two_digits)

    def _read(self, text: str) -> tuple[date, bool] | None:
        if self.order == SERIALS:
            return _SERIAL_ZERO + timedelta(days=int(text.split(".")[0])), False
        if found := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
            return self._date_of(found, int(found["m"]), int(found["d"]))
        if found := _NUMERIC.fullmatch(text):
            first, second = int(found["a"]), int(found["b"])
            if self.order == "ymd":
                return self._year_first(first, second, found["y"])
            return self._date_of(found, *((first, second) if self.order == "mdy" else (second, first)))
        if found := _DAY_NAME.fullmatch(text) or _NAME_DAY.fullmatch(text):
            month = _MONTH_OF.get(found["name"].lower())
            return self._date_of(found, month, int(found["d"])) if month else None
        return None

    def _year_first(self, year: int, month: int, day: str) -> tuple[date, bool] | None:
        """25/03/31, in a column that is stated to be written so."""
        return (date(self._whole_year(year), month, int(day)), True) if len(day) == 2 else None

    def _whole_year(self, two_digits: int) -> int:
        first = self.near.year - 50
        return first + (two_digits - first) % 100

    def _date_of(self, found: re.Match[str], month: int, day: int) -> tuple[date, bool]:
        parts = found.groupdict()
        year, two_digits = int(parts["y"]), len(parts["y"]) == 2
        if two_digits:
            year = self._whole_year(year)
        on = date(year, month, day)
        if not parts.get("hour") or on in _PLACEHOLDERS:
            return on, two_digits
        hour = int(parts["hour"])
        if parts["half"]:
            hour = hour % 12 + (12 if parts["half"] in "pP" else 0)
        # Midnight at the end of a day is still that day.
        if hour == 24:
            return on, two_digits
        zone = _offset(parts["zone"]) if parts["zone"] else self.zone
        stamp = datetime(year, month, day, hour, int(parts["minute"]), int(parts["second"] or 0), tzinfo=zone)
        return stamp.astimezone(self.zone).date(), two_digits


def _offset(zone: str) -> timezone:
    if zone in ("Z", "UTC", "GMT"):
        return UTC
    minutes = int(zone[1:3]) * 60 + (int(zone[-2:]) if len(zone) > 3 else 0)
    return timezone(timedelta(minutes=-minutes if zone[0] == "-" else minutes))


def _is_serial(text: str) -> bool:
    whole = text.removesuffix(".0")
    return whole.isascii() and whole.isdecimal() and len(whole) == 5 and 30000 <= int(whole) <= 60000
