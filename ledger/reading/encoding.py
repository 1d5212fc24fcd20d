"""The encoding of a text file: by the option, by its byte-order mark, by its NULs, else UTF-8, else Windows-1252."""

import codecs
import re
from dataclasses import dataclass
from typing import BinaryIO

from ledger.refusals import FileRefused

_BLOCK = 2**20
_MAX_LINE_BYTES = 16 * _BLOCK
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GARBLED = re.compile("[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
"""A letter with an accent, written in UTF-8 and read as Windows-1252: `Ã¼`."""


@dataclass(frozen=True)
class TextForm:
    """How a file's bytes are text.

    Attributes:
        codec: Python's name of its encoding.
        quotes: whether a quotation mark stands anywhere.
        garbled: lines that hold typical pairs of UTF-8 letters read as Western ones.
    """

    codec: str
    quotes: bool
    garbled: int


def text_form(name: str, file: BinaryIO, stated: str | None = None) -> TextForm:
    """Read the whole file once, block by block, and say how it is text.

    Raises:
        FileRefused: `binary_content`, `undecodable`, `malformed_csv` (a line of many megabytes).
    """
    marked = next((codec for mark, codec in _MARKS if _head(file, 4).startswith(mark)), None)
    tried = [stated] if stated else [marked] if marked else _unmarked(name, file)
    for codec in tried:
        try:
            return _examined(name, file, codec)
        except (ValueError, LookupError):
            continue
    raise FileRefused(
        "undecodable",
        name,
        f"The bytes are not text in {' or '.join(tried)}.",
        remedy="Export it as UTF-8, or name its encoding.",
    )


def _head(file: BinaryIO, size: int) -> bytes:
    file.seek(0)
    return file.read(size)


def _unmarked(name: str, file: BinaryIO) -> list[str]:
    head = _head(file, 4096)
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) >= 8 and max(even, odd) > 0.4 * (len(head) // 2) and min(even, odd) == 0:
        return ["utf-16-le" if odd else "utf-16-be"]
    file.seek(0)
    while block := file.read(_BLOCK):
        if b"\0" in block:
            raise FileRefused(
                "binary_content", name, "The file holds NUL bytes: it is not text, or was cut off while written.",
                remedy="Export it again.",
            )  # fmt: skip
    return ["utf-8", "cp1252"]


def _examined(name: str, file: BinaryIO, codec: str) -> TextForm:
    """Raises ValueError where the bytes are not text in this encoding, LookupError where there is no such encoding."""
    if not codecs.lookup(codec)._is_text_encoding:
        raise LookupError(codec)
    decoder = codecs.getincrementaldecoder(codec)()
    quotes, garbled, open_line, rest = False, 0, 0, ""
    file.seek(0)
    while block := file.read(_BLOCK):
        text = decoder.decode(block)
        if "\0" in text:
            raise ValueError("NUL")
        quotes = quotes or '"' in text
        found, rest = _garbled_lines(rest, text)
        garbled += found
        open_line = 0 if "\n" in text or "\r" in text else open_line + len(block)
        if open_line > _MAX_LINE_BYTES:
            raise FileRefused("malformed_csv", name, f"A line has more than {_MAX_LINE_BYTES:,} bytes.")
    text = decoder.decode(b"", final=True)
    return TextForm(codec, quotes, garbled + _garbled_lines(rest, text + "\n")[0])


def _garbled_lines(rest: str, text: str) -> tuple[int, str]:
    """Garbled lines among the whole ones, and the unfinished line at the end as far as it matters."""
    start, _, _ = text.partition("\n")
    tail = text[text.rfind("\n") + 1 :]
    if "Ã" not in text and "Â" not in text and "Ã" not in rest and "Â" not in rest:
        return 0, "" if len(tail) > _BLOCK else tail[-1:]
    if "\n" not in text:
        return 0, (rest + text)[-2 * _BLOCK :]
    whole = [rest + start, *text[len(start) + 1 : len(text) - len(tail)].splitlines()]
    return sum(bool(_GARBLED.search(line)) for line in whole), tail


_NO_FILES = ("idna", "punycode", "raw_unicode_escape", "undefined", "unicode_escape")
"""Encodings of Python that no export is written in."""


def is_text_encoding(name: str) -> bool:
    """Whether text files may be written in an encoding of that name.

    >>> is_text_encoding("cp1252"), is_text_encoding("rot13"), is_text_encoding("klingon")
    (True, False, False)
    """
    try:
        return codecs.lookup(name).name.replace("-", "_") not in _NO_FILES and "1;\n".encode(name) != b""
    except (LookupError, ValueError):
        return False
