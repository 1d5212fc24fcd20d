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

_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
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
    composed = unicodedata.normalize("NFC", text)
    visible = (" " if char.isspace() else char for char in composed if char.isspace() or _is_visible(char))
    return " ".join("".join(visible).split())


def says_none(text: str) -> bool:
    """Whether a tidied cell of a date, amount, currency or id field means 'nothing here'."""
    return text.lower() in NONE_WORDS


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
