"""From a path to sheets: what kind of file it is, by its first bytes and not by its name."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ledger.reading.delimited import read_delimited
from ledger.reading.parquet import read_parquet
from ledger.reading.sheet import Limits, Sheet
from ledger.reading.workbook import read_workbook
from ledger.refusals import FileRefused, NoSuchFile, TooLarge

_ELSEWHERE = {
    b"\xd0\xcf\x11\xe0": "an old Excel file (.xls) or a workbook with a password",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file (gzip)",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"{\\rt": "a text document (RTF)",
}


_DEFAULT_LIMITS = Limits()


@dataclass(frozen=True)
class SourceFile:
    """A file as it was read: its name, the SHA-256 of its bytes, and its sheets (one, but for workbooks)."""

    name: str
    sha256: str
    sheets: tuple[Sheet, ...]


def read_file(
    path: Path, limits: Limits = _DEFAULT_LIMITS, *, encoding: str | None = None, delimiter: str | None = None
) -> SourceFile:
    """The cells of a delimited text file, an .xlsx workbook or a Parquet file.

    Args:
        encoding, delimiter: override what is detected in a text file.

    Raises:
        FileRefused: missing, empty, too large, damaged, or of another kind; the sentence says what to do.
    """
    content = _content(path, limits)
    start = content[:8]
    if start.startswith(b"PK"):
        sheets = read_workbook(path.name, content, limits)
    elif start.startswith(b"PAR1"):
        sheets = (read_parquet(path.name, content, limits),)
    else:
        _refuse_other_kinds(path.name, content)
        sheets = (read_delimited(path.name, content, limits, encoding, delimiter),)
    return SourceFile(path.name, hashlib.sha256(content).hexdigest(), sheets)


def _content(path: Path, limits: Limits) -> bytes:
    try:
        if path.is_dir():
            raise NoSuchFile(str(path), is_folder=True)
        size = path.stat().st_size
        if size > limits.max_bytes:
            raise TooLarge("too_large", path.name, "bytes", size, limits.max_bytes)
        content = path.read_bytes()
    except FileNotFoundError:
        raise NoSuchFile(str(path)) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileRefused(
            "unreadable_file", str(path), f"The file cannot be opened ({reason}).", remedy="Check who may read it."
        ) from None
    if not content.strip():
        raise FileRefused("empty_file", path.name, "The file is empty.", remedy="Export it again.")
    return content


def _refuse_other_kinds(name: str, content: bytes) -> None:
    """Say what the file is instead of reading rubbish out of it."""
    remedy = "Save it as CSV, .xlsx or Parquet and import that."
    for start, kind in _ELSEWHERE.items():
        if content.startswith(start):
            raise FileRefused("unsupported_format", name, f"This is {kind}.", remedy=remedy)
    head = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise FileRefused(
            "unsupported_format", name, "This is a web page or XML, whatever its name says.", remedy=remedy
        )
    if head.startswith((b"{", b"[{")):
        raise FileRefused("unsupported_format", name, "This is JSON.", remedy=remedy)
