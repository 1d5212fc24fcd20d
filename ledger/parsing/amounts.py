"""Amounts: text to whole minor units, exactly, or not at all.

First the whole file settles what a dot and a comma mean (`settle_decimal`), then each cell is read (`parse_amount`).
"""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Context, Decimal, InvalidOperation
from typing import NamedTuple

from ledger.money import EXPONENT, LARGEST_MINOR
from ledger.parsing.bad_cell import BadCell
from ledger.parsing.texts import EITHER, NumberCell, clean_text, says_none, spoilt
from ledger.words import shown

CERTAIN_SIGNS = {"€": "EUR", "£": "GBP"}
"""Currency signs that mean one currency. A dollar sign does not."""

FLOAT_NOISE = Decimal("0.000001")
"""A number written by a machine may differ from a whole minor unit by less than this: the noise of binary floats."""

SOFT_HYPHEN = "\xad"
"""Invisible in most places; some systems write it for a minus."""

_EXACT = Context(prec=20_000)
"""No cell has so many digits: nothing is rounded before it is looked at."""

_DOLLARS = (
    "USD", "CAD", "AUD", "NZD", "HKD", "SGD", "TWD", "MXN", "ARS", "CLP", "COP", "BRL", "BSD", "BBD", "BMD", "BND",
    "BZD", "FJD", "JMD", "KYD", "LRD", "NAD", "SRD", "TTD", "XCD",
)  # fmt: skip
_UNIT = r"(?P<{}>[A-Za-z]{{3}}|[€£$¥])?"
_SIDE = r"(?P<{}>(?i:CR|DR)\b\.?)?"
_SIGNED = re.compile(
    _SIDE.format("side1") + r"\s*" + _UNIT.format("unit0") + r"\s*(?P<open>\()?\s*(?P<sign1>[-+−])?\s*"
    + _UNIT.format("unit1") + r"\s*(?P<sign2>[-+−])?\s*"
    r"(?P<number>[0-9][0-9.,'’ ]*?|[.,][0-9]+)"
    r"\s*(?P<sign3>[-−])?\s*" + _UNIT.format("unit2") + r"\s*" + _SIDE.format("side2")
    + r"\s*(?P<close>\))?\s*" + _UNIT.format("unit3")
)  # fmt: skip
_SCIENTIFIC = re.compile(r"[-+]?\d+(?:[.,]\d+)?[eE][-+]?\d+")
_NUMBER = re.compile(r"[0-9][0-9.,'’ ]*")
_GROUPED = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{2,3})*[.,][0-9]{3}")


class Amount(NamedTuple):
    """Whole minor units; `rounded` when decimals beyond the currency's were dropped because the mapping says so."""

    minor: int
    rounded: bool = False


class MixedNumberFormats(ValueError):
    """Evidence both ways: two cells of one file that cannot follow one convention."""


class AmbiguousNumberFormat(ValueError):
    """No cell of the file shows whether `1.234` is a thousand or one and a bit."""


def settle_decimal(cells: Iterable[str]) -> str:
    """The decimal mark of a file, '.' or ',', from the cells that can be read in one way only.

    Raises:
        MixedNumberFormats: decisive cells of both kinds.
        AmbiguousNumberFormat: none is decisive, and it matters.

    >>> settle_decimal(["1.234", "12,5"]), settle_decimal(["7", "120"])
    (',', '.')
    """
    shown = {shown_mark(cell) for cell in cells}
    if {".", ","} <= shown:
        raise MixedNumberFormats
    if EITHER in shown and not shown & {".", ","}:
        raise AmbiguousNumberFormat
    return "," if "," in shown else "."


def shown_mark(cell: str) -> str:
    """The decimal mark that this cell proves: '.' or ',', '?' when it can be read both ways, '' when it has none.

    A cell is decisive when it holds both separators, one of them twice, or one followed by other than three digits
    (or by three after more than three, or after a zero). Machine-written numbers say nothing.

    >>> shown_mark("1.234,50"), shown_mark("1.234"), shown_mark("1234")
    (',', '?', '')
    """
    if isinstance(cell, NumberCell) or cell.isdigit():
        return ""
    text = clean_text(cell)
    found = None if says_none(text) else _NUMBER.search(text)
    if not found:
        return ""
    number = found[0].rstrip(" '’")
    points, commas = number.count("."), number.count(",")
    if points and commas:
        last = "." if number.rfind(".") > number.rfind(",") else ","
        return last if number.count(last) == 1 else ""
    if not points and not commas:
        return ""
    mark = "." if points else ","
    if points + commas > 1:
        other = "," if mark == "." else "."
        return other if _GROUPED.fullmatch(number) else ""
    before, _, after = number.partition(mark)
    return mark if len(after) != 3 or len(before) > 3 or before.startswith("0") else EITHER


def parse_amount(
    cell: str,
    currency: str,
    decimal: str,
    *,
    floats: bool = False,
    round_off: bool = False,
    scale: Decimal | None = None,
    largest: Decimal | None = None,
) -> Amount | BadCell | None:
    """The amount in minor units of `currency`; None when the cell says 'none'.

    Args:
        cell: as in the file; a `NumberCell`, or `floats`, allows the noise of binary floats and nothing more.
        currency: an active ISO 4217 code; a sign or code inside the cell must agree with it.
        decimal: the file's decimal mark, '.' or ','.
        round_off: round half to even to the minor unit instead of refusing, and say so in the result.
        scale: the cell times this is the amount, exactly: 0.01 for cents, 1000 for thousands.
        largest: the largest amount that is believed, in whole units of its currency.

    >>> parse_amount("1.234,50-", "EUR", ",").minor, parse_amount("2309.7899999999995", "USD", ".", floats=True).minor
    (-123450, 230979)
    """
    exponent = EXPONENT[currency]
    text = clean_text(cell)
    if says_none(text):
        return None
    if bad := spoilt(text):
        return bad
    if SOFT_HYPHEN in cell:
        return BadCell("bad_amount", f'"{shown(text)}" has a soft hyphen, which could be a minus. Write a plain -.')
    number = _machine_number(text) if isinstance(cell, NumberCell) else _written_number(text, currency, decimal)
    if isinstance(number, BadCell):
        return number
    noise = FLOAT_NOISE if floats or isinstance(cell, NumberCell) else None
    if scale is not None:
        number, noise = _EXACT.multiply(number, scale), noise and noise * scale
    return _in_minor(number, text, currency, exponent, noise, round_off, largest)


def parse_rate(cell: str, decimal: str) -> Decimal | BadCell | None:
    """An exchange rate: a positive exact decimal."""
    text = clean_text(cell)
    if says_none(text):
        return None
    if bad := spoilt(text):
        return bad
    number = _machine_number(text) if isinstance(cell, NumberCell) else _plain_number(text, decimal)
    if number is None or isinstance(number, BadCell) or number <= 0:
        return BadCell(
            "bad_amount", f'"{shown(text)}" is not an exchange rate. Expected a positive number, as in 1.0842.'
        )
    return number


def _in_minor(
    number: Decimal,
    text: str,
    currency: str,
    exponent: int,
    noise: Decimal | None,
    round_off: bool,
    largest: Decimal | None,
) -> Amount | BadCell:
    if number.adjusted() + exponent > 15 or abs(number.scaleb(exponent, _EXACT)) > LARGEST_MINOR:
        return too_large(text, currency)
    if largest is not None and abs(number) > largest:
        return too_large(text, currency, largest)
    minor = number.scaleb(exponent, _EXACT)
    whole = minor.to_integral_value(ROUND_HALF_EVEN)
    if minor == whole or (noise is not None and abs(_EXACT.subtract(minor, whole)).scaleb(-exponent) < noise):
        return Amount(int(whole))
    if round_off:
        return Amount(int(whole), rounded=True)
    return BadCell(
        "amount_precision",
        f'"{shown(text)}" has more decimals than {currency}, which has {exponent}; nothing is rounded silently. '
        "Export the exact amount, or let the mapping say round_amounts = true.",
    )


def too_large(text: str, currency: str, largest: Decimal | None = None) -> BadCell:
    """An amount beyond what the store holds, or beyond `largest`, the limit of the import."""
    limit = "10^15 minor units" if largest is None else f"{largest:,f}"
    return BadCell(
        "amount_out_of_range", f'"{shown(text)}" {currency} is beyond any receivable (the limit is {limit}).'
    )


def _machine_number(text: str) -> Decimal | BadCell:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return BadCell("bad_amount", f'"{shown(text)}" is not an amount.')
    return number if number.is_finite() else BadCell("bad_amount", f'"{shown(text)}" is not an amount.')


def _written_number(text: str, currency: str, decimal: str) -> Decimal | BadCell:
    """The number a person or a report wrote: sign before, behind or as brackets, perhaps a currency beside it."""
    if _SCIENTIFIC.fullmatch(text):
        return BadCell(
            "amount_scientific",
            f'"{shown(text)}" is in scientific notation; its digits may be lost. Export plain numbers.',
        )
    found = _SIGNED.fullmatch(text)
    bad = BadCell("bad_amount", f'"{shown(text)}" is not an amount. Expected a number as in 1234.50.')
    if not found or bool(found["open"]) != bool(found["close"]):
        return bad
    signs = [found[name] for name in ("sign1", "sign2", "sign3") if found[name]]
    units = [found[name].upper() for name in ("unit0", "unit1", "unit2", "unit3") if found[name]]
    sides = [found[name].upper() for name in ("side1", "side2") if found[name]]
    if len(signs) + bool(found["open"]) + len(sides) > 1 or len(units) > 1:
        return bad
    if units and (refused := _disagrees(units[0], text, currency)):
        return refused
    number = _plain_number(found["number"].strip(), decimal)
    if number is None:
        return bad
    negative = bool(signs and signs[0] != "+") or bool(found["open"]) or sides[:1] in (["CR"], ["CR."])
    return number.copy_negate() if negative else number


def _plain_number(digits: str, decimal: str) -> Decimal | None:
    """An unsigned number in the file's convention; thousands must stand in threes."""
    thousands = "," if decimal == "." else "."
    whole, mark, fraction = digits.partition(decimal)
    for separator in (thousands, "'", "’", " "):
        if separator in whole:
            if not re.fullmatch(rf"[0-9]{{1,3}}(?:{re.escape(separator)}[0-9]{{3}})+", whole):
                return None
            whole = whole.replace(separator, "")
            break
    if (mark and not fraction.isdecimal()) or not (whole + fraction).isascii() or not (whole + fraction).isdecimal():
        return None
    return Decimal(f"{whole or '0'}.{fraction or '0'}")


def _disagrees(unit: str, text: str, currency: str) -> BadCell | None:
    if CERTAIN_SIGNS.get(unit, unit) == currency or (unit == "$" and currency in _DOLLARS):
        return None
    if unit == "¥" and currency in ("JPY", "CNY"):
        return None
    if unit not in CERTAIN_SIGNS and unit not in ("$", "¥") and unit not in EXPONENT:
        return BadCell("bad_amount", f'"{shown(text)}" is not an amount. Expected a number as in 1234.50.')
    return BadCell(
        "currency_mismatch", f'"{shown(text)}" names another currency than the currency of its row, {currency}.'
    )
