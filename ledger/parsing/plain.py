"""Plain cells, told from the others a whole column at a time: most cells need no reading at all.

Every answer here is what `texts.py` and `amounts.py` would say of the same cell; they are asked for all the others.
"""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ledger.parsing.texts import NONE_WORDS

_LETTER = (
    r"[!-~\x{A1}-\x{AC}\x{AE}-\x{2AF}\x{400}-\x{482}"
    r"\x{3041}-\x{3096}\x{30A1}-\x{30FA}\x{4E00}-\x{9FFF}\x{AC00}-\x{D7A3}]"
)
"""Visible characters that NFC leaves alone, whatever stands beside them: no combining mark is among them."""
_TEXT = f"^{_LETTER}+(?: {_LETTER}+)*$"
_SUSPICIOUS_ID = f"^(?i:{'|'.join(re.escape(word) for word in sorted(NONE_WORDS))}|[0-9][0-9.,]*e.*|[0#].*[/!?0A]|=)$"
"""What may be 'none', scientific notation, a zero date or the error of a formula, and some innocent ids."""
_NUMBER_ID = "^(?:0|[1-9][0-9]{0,14})$"
_AMOUNT = {
    ".": r"^-?(?:[0-9]{1,12}|[0-9]{1,3}(?:,[0-9]{3}){1,3})(?:\.[0-9]{1,2})?$",
    ",": r"^-?(?:[0-9]{1,12}|[0-9]{1,3}(?:\.[0-9]{3}){1,3})(?:,[0-9]{1,2})?$",
}
_NUMBER_AMOUNT = r"^-?[0-9]{1,12}(?:\.[0-9]{1,2})?$"
_STAMP = r"^[^T ]{6,10}[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?$"


def plain_texts(cells: pa.Array) -> NDArray[np.bool_]:
    """Which cells `clean_text` leaves as they are: common letters, single blanks, trimmed. An empty one is not one.

    >>> plain_texts(pa.array(["Elm Street", " Elm", "Elm  Street", "Ülm", "U\u0308lm", ""], pa.large_string())).tolist()
    [True, False, False, True, False, False]
    """
    return _matching(cells, _TEXT)


def plain_ids(cells: pa.Array, numbers: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which cells are ids as they stand; `numbers` tells the cells that were numbers in their file.

    >>> cells = pa.array(["INV-1", "1.2E+9", "null", "12", "1.5"], pa.large_string())
    >>> plain_ids(cells, np.array([False, False, False, True, True])).tolist()
    [True, False, False, True, False]
    """
    plain = plain_texts(cells) & ~_matching(cells, _SUSPICIOUS_ID)
    return np.where(numbers, _matching(cells, _NUMBER_ID), plain) if numbers.any() else plain


def plain_amounts(
    cells: pa.Array, numbers: NDArray[np.bool_], decimal: str
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Which cells are amounts with up to two decimals and nothing else, and their hundredths (0 for the others).

    >>> plain, hundredths = plain_amounts(pa.array(["1.234,5", "-7", "1.234 EUR"]), np.zeros(3, np.bool_), ",")
    >>> plain.tolist(), hundredths.tolist()
    ([True, True, False], [123450, -700, 0])
    """
    plain = _matching(cells, _AMOUNT[decimal])
    if numbers.any():
        plain = np.where(numbers, _matching(cells, _NUMBER_AMOUNT), plain)
    digits = cells.filter(pa.array(plain))
    if decimal == ",":
        of_numbers = pa.array(numbers[plain])
        written = pc.replace_substring(pc.replace_substring(digits, ".", ""), ",", ".")
        digits = pc.if_else(of_numbers, digits, written) if numbers.any() else written
    else:
        digits = pc.replace_substring(digits, ",", "")
    hundredths = np.zeros(len(cells), dtype=np.int64)
    hundredths[plain] = _hundredths(digits)
    return plain, hundredths


def _hundredths(digits: pa.Array) -> NDArray[np.int64]:
    """Of texts such as `-12`, `12.5` and `12.50`."""
    texts = pa.array(digits, pa.large_string())
    shifted = pc.replace_substring(texts, ".", "")
    decimals = (pc.binary_length(texts).to_numpy() - pc.find_substring(texts, ".").to_numpy() - 1).astype(np.int64)
    whole: NDArray[np.int64] = pc.cast(shifted, pa.int64()).to_numpy()
    has_mark = pc.binary_length(texts).to_numpy() != pc.binary_length(shifted).to_numpy()
    factor: NDArray[np.int64] = np.array([100, 10, 1], dtype=np.int64)[np.where(has_mark, decimals, 0)]
    return whole * factor


def shown_marks(cells: pa.Array) -> NDArray[np.str_]:
    """The decimal mark that each plain cell proves, as `shown_mark` says; 'x' for the cells that it must be asked.

    >>> shown_marks(pa.array(["1.50", "7", "1.234", "12,5"])).tolist()
    ['.', '', 'x', ',']
    """
    shown = np.full(len(cells), "x", dtype="<U1")
    shown[_matching(cells, "^-?[0-9]*$")] = ""
    shown[_matching(cells, r"^-?[0-9]+\.[0-9]{1,2}$")] = "."
    shown[_matching(cells, r"^-?[0-9]+,[0-9]{1,2}$")] = ","
    return shown


def without_time(cells: pa.Array) -> pa.Array:
    """The cells, time stamps without a zone cut down to their date.

    >>> without_time(pa.array(["2025-01-31T08:00:00", "2025-01-31 25:00", "2025-01-31T08:00Z"])).to_pylist()
    ['2025-01-31', '2025-01-31 25:00', '2025-01-31T08:00Z']
    """
    stamps = _matching(cells, _STAMP)
    if not stamps.any():
        return cells
    return pc.if_else(pa.array(stamps), pc.replace_substring_regex(cells, "[T ].*$", ""), cells)


def _matching(cells: pa.Array, pattern: str) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = pc.match_substring_regex(cells, pattern).to_numpy(zero_copy_only=False)
    return found
