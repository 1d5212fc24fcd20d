"""Texts and ids: tidied, never interpreted. A leading zero stays, a formula is only text.

A number cell of a workbook or a Parquet file arrives as a `NumberCell`, so that the rules for numbers written by
machines (float noise, `2960623488.0`) can be told from the rules for numbers written by people.
"""

import re
import unicodedata

from ledger.parsing.bad_cell import BadCell
from ledger.words import shown


class NumberCell(str):
    """The shortest exact text of a cell that was a number in its file."""

    __slots__ = ()


EITHER = "?"
"""What a cell shows of its file's convention when it can be read both ways."""

NONE_WORDS = frozenset(
    {
        "", "0000-00-00", "00000000", "00.00.0000", "00/00/0000", "9999-12-31", "1900-01-01", "1899-12-30",
        "null", "(null)", "none", "nat", "nan", "n/a", "-",
    }
)  # fmt: skip
"""How exports write 'none' in date, amount, currency and id fields (lower case). A *name* may well be Null."""

FORMULA_WITHOUT_VALUE = "="
"""The text of a formula cell that stores no value."""

CELL_ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
"""What a spreadsheet shows where it could not work out a value."""

_LOST = "\ufffd"
"""Stands where a letter could not be decoded, here or in a program before us."""

_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_ZERO_DATE = re.compile(r"0{1,4}([-/.])0{1,2}\1(?:0{4}|0{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_SCIENTIFIC = re.compile(r"\d[.,]\d+[eE][+-]?\d+|\d+[eE][+-]\d+")
_WHOLE = re.compile(r"(\d+)(?:\.0*)?")
_LARGEST_NUMBER_ID = 10**15


def clean_text(text: str) -> str:
    """The text in NFC, without invisible and direction marks, white space runs made one blank, trimmed.

    >>> clean_text("  Elm\\u200b  Street ")
    'Elm Street'
    """
    if _PLAIN.fullmatch(text):
        return str(text)
    if not text.isprintable():
        text = "".join(" " if char.isspace() else char for char in text if char.isspace() or _is_visible(char))
    return " ".join(unicodedata.normalize("NFC", text).split())


def says_none(text: str) -> bool:
    """Whether a tidied cell of a date, amount, currency or id field means 'nothing here'."""
    return text.lower() in NONE_WORDS or (text[:1] == "0" and _ZERO_DATE.fullmatch(text) is not None)


def spoilt(text: str, *, is_name: bool = False) -> BadCell | None:
    """Why a tidied cell says nothing that could be believed, whatever its column; None for all others.

    Args:
        is_name: names are text: `#N/A` may be one.

    >>> spoilt("#REF!").reason, spoilt("=").reason, spoilt("M\ufffdller").reason
    ('cell_error', 'formula_without_value', 'undecodable_text')
    """
    if text == FORMULA_WITHOUT_VALUE:
        return BadCell(
            "formula_without_value", "The cell is a formula without a stored value. Open the workbook, save it again."
        )
    if not is_name and text.upper() in CELL_ERRORS:
        return BadCell("cell_error", f"The cell shows the error {text}. Correct the formula in the spreadsheet.")
    if _LOST in text:
        return BadCell(
            "undecodable_text", f'"{shown(text)}" has letters that were lost in a conversion. Export it as UTF-8.'
        )
    return None


def parse_text(cell: str, *, is_name: bool = False) -> str | BadCell:
    """A text, tidied; '' when the cell is empty."""
    text = clean_text(cell)
    return spoilt(text, is_name=is_name) or text


def parse_id(cell: str, *, floats: bool = False) -> str | BadCell | None:
    """An id as text, case and leading zeros kept; None when there is none.

    Args:
        floats: the file wrote its ids as binary floats; whole ones become their digits, as number cells do.

    >>> parse_id(" 0001234 "), parse_id("2960623488.0", floats=True), parse_id("n/a")
    ('0001234', '2960623488', None)
    """
    text = clean_text(cell)
    if says_none(text):
        return None
    if bad := spoilt(text):
        return bad
    if len(cell.strip().splitlines()) > 1:
        return BadCell("bad_id", f'"{shown(text)}" stands on several lines: two ids in one cell, or a broken row.')
    if isinstance(cell, NumberCell) or (floats and _looks_numeric(text)):
        whole = _WHOLE.fullmatch(text)
        if not whole or int(whole[1]) >= _LARGEST_NUMBER_ID:
            return BadCell(
                "bad_id",
                f'"{shown(text)}" is a number with a fraction or too many digits to be an id. Export it as text.',
            )
        return whole[1]
    if _SCIENTIFIC.fullmatch(text):
        return BadCell(
            "id_mangled_by_spreadsheet",
            f'"{shown(text)}" is an id that a spreadsheet turned into a number, its digits lost. Export it as text.',
        )
    return text


def _looks_numeric(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _is_visible(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf")
