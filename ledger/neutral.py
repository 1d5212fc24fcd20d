"""Texts that a spreadsheet could run as a formula: made harmless with an apostrophe, and read back as they were.

A spreadsheet runs what its cell begins with, behind blanks and marks that it drops. Where a cell begins is up to the
program that opens the file: a CSV with commas, opened where the list separator is a semicolon, is split at semicolons,
and `abc;=1+1` becomes two cells of which the second one runs. So in a CSV every part counts that another program could
take for a cell of its own.
"""

import re

_STARTS = r"[=+\-@\t\r\n＝＋－＠]"
"""What a spreadsheet may take for the beginning of a formula."""

_BLANK = r"\x00-\x08\x0b\x0c\x0e-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff"
"""White space and signs that are not seen; a spreadsheet may drop them."""

_CELL = r"(?:\A|(?<=[;|\t\r\n]))"
"""Where a cell could begin: at the beginning, and behind what separates cells or lines elsewhere."""

_FORMULA = rf"(?=[{_BLANK}\"']*{_STARTS})"
_RUNS = re.compile(rf"\A(?=[{_BLANK}]*{_STARTS})")
_RUNS_IN_CSV = re.compile(_CELL + _FORMULA)
_MARKED = re.compile(f"{_CELL}'{_FORMULA}")


def neutral(text: str) -> str:
    """The text for a cell of a workbook, with an apostrophe before it where it could run as a formula.

    >>> neutral("=1+1"), neutral("Acme - North")
    ("'=1+1", 'Acme - North')
    """
    return _RUNS.sub("'", text)


def neutral_in_csv(text: str) -> str:
    """The text for a cell of a CSV: an apostrophe before every part of it that could run in some program.

    `without_apostrophes` takes them away again, whatever the text was; so an apostrophe of its own that looks like one
    of ours gets another one.

    >>> neutral_in_csv("=1+1"), neutral_in_csv("abc;=1+1"), neutral_in_csv("'=1"), neutral_in_csv("'s-Hertogenbosch")
    ("'=1+1", "abc;'=1+1", "''=1", "'s-Hertogenbosch")
    """
    return _RUNS_IN_CSV.sub("'", text)


def without_apostrophes(cell: str) -> str:
    """A text as it was before `neutral_in_csv`.

    >>> without_apostrophes("'=1+1"), without_apostrophes("abc;'=1+1"), without_apostrophes("'s-Hertogenbosch")
    ('=1+1', 'abc;=1+1', "'s-Hertogenbosch")
    """
    return _MARKED.sub("", cell)
