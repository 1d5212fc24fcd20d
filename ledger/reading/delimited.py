"""Delimited text (CSV and its kin): encoding, delimiter and quoting are detected, never repaired."""

import codecs
import csv
import io
import re
from collections import Counter

from ledger.reading.sheet import Limits, Record, Sheet
from ledger.refusals import FileRefused, TooLarge

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_CHARS = 64 * 1024
_GARBLED = re.compile("[ÃÂ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
"""A letter with an accent, written in UTF-8 and read as Windows-1252: `Ã¼`."""

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def read_delimited(name: str, content: bytes, limits: Limits, encoding: str | None, delimiter: str | None) -> Sheet:
    """The records of a delimited text file.

    Raises:
        FileRefused: `undecodable`, `binary_content`, `unterminated_quote`, `malformed_csv`, `too_many_rows`,
            `too_many_columns`.
    """
    text = decode(name, content, encoding)
    records = _records(name, text, delimiter or sniff_delimiter(text), limits)
    return Sheet(name, "", records, garbled=_garbled_lines(text))


def decode(name: str, content: bytes, encoding: str | None = None) -> str:
    """The text: by the option, else by its byte-order mark, else UTF-8, else Windows-1252 (Western)."""
    marked = next((codec for mark, codec in _MARKS if content.startswith(mark)), None)
    tried = [encoding] if encoding else [marked] if marked else ["utf-8", "cp1252"]
    if not (encoding or marked) and b"\0" in content:
        raise FileRefused(
            "binary_content", name, "The file holds NUL bytes: it is not text, or was cut off while written.",
            remedy="Export it again.",
        )  # fmt: skip
    for codec in tried:
        try:
            text = content.decode(codec)
        except (ValueError, LookupError):
            continue
        if "\0" not in text:
            return text
    raise FileRefused(
        "undecodable",
        name,
        f"The bytes are not text in {' or '.join(tried)}.",
        remedy="Export it as UTF-8, or name its encoding.",
    )


def sniff_delimiter(text: str) -> str:
    """The delimiter under which most records of the beginning have the same number of fields; ',' if none does.

    >>> sniff_delimiter("a;b;c\\n1,5;2,5;x\\n")
    ';'
    """
    sample = text[:_SAMPLE_CHARS]
    if len(text) > len(sample):
        sample = sample[: sample.rfind("\n") + 1] or sample
    return max(DELIMITERS, key=lambda mark: _regularity(sample, mark))


def _garbled_lines(text: str) -> int:
    if "Ã" not in text and "Â" not in text:
        return 0
    return sum(bool(_GARBLED.search(line)) for line in text.splitlines())


def _regularity(sample: str, delimiter: str) -> tuple[float, int]:
    """Share of records with the commonest width above one, and that width."""
    try:
        widths = Counter(
            len(record) for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if record
        )
    except csv.Error:
        return 0.0, 0
    width, count = max(
        ((w, n) for w, n in widths.items() if w > 1), key=lambda pair: (pair[1], pair[0]), default=(0, 0)
    )
    return round(count / max(1, widths.total()), 1), width


def _records(name: str, text: str, delimiter: str, limits: Limits) -> list[Record]:
    records: list[Record] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if len(cells) > limits.max_columns:
                raise TooLarge("too_many_columns", name, "columns", len(cells), limits.max_columns)
            if len(records) > limits.max_rows:
                raise TooLarge("too_many_rows", name, "rows and more", limits.max_rows + 1, limits.max_rows)
            records.append(Record(line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        if "unexpected end of data" in str(error) or "field larger" in str(error):
            raise FileRefused(
                "unterminated_quote", name, f"A quotation mark opened in or after line {line} is never closed.",
                remedy="Correct that line and import the file again.",
            ) from None  # fmt: skip
        raise FileRefused(
            "malformed_csv", name, f"Line {line} breaks the rules of quotation marks.",
            remedy="Double a quotation mark inside quoted text, or export with another tool.",
        ) from None  # fmt: skip
    return records
