"""From a path to sheets: what kind of file it is, by its first bytes and not by its name."""

import hashlib
import io
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ledger.reading.delimited import read_delimited
from ledger.reading.parquet import read_parquet
from ledger.reading.sheet import Limits, Sheet
from ledger.reading.workbook import read_old_workbook, read_workbook
from ledger.refusals import FileRefused, NoSuchFile, TooLarge

_ELSEWHERE = {
    b"%PDF": "a PDF",
    b"\x1f\x8b": "a compressed file (gzip)",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"Rar!": "a RAR archive",
    b"BZh": "a compressed file (bzip2)",
    b"\xfd7zXZ": "a compressed file (xz)",
    b"\x28\xb5\x2f\xfd": "a compressed file (zstd)",
    b"{\\rt": "a text document (RTF)",
}
_BLOCK = 2**20
_DOS_END = b"\x1a"

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
    """The cells of a delimited text file, a workbook (.xlsx, .xlsb, .xls) or a Parquet file, read in this process.

    What comes from outside is read by `apart.read_apart`.

    Args:
        encoding, delimiter: override what is detected in a text file.

    Raises:
        FileRefused: missing, empty, too large, damaged, or of another kind; the sentence says what to do.
    """
    with open_file(path, limits) as file:
        return read_open(path.name, file, limits, encoding=encoding, delimiter=delimiter)


def open_file(path: Path, limits: Limits) -> BinaryIO:
    """The file, open and unread, once it is known to be one and not too large."""
    try:
        file = open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb")  # noqa: SIM115
    except FileNotFoundError:
        raise NoSuchFile(str(path)) from None
    except IsADirectoryError:
        raise NoSuchFile(str(path), is_folder=True) from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, getattr(error, "strerror", None) or str(error)) from None
    found = os.fstat(file.fileno())
    if stat.S_ISREG(found.st_mode) and found.st_size <= limits.max_bytes:
        return file
    file.close()
    if not stat.S_ISREG(found.st_mode):
        raise _unreadable(path, "not a regular file")
    raise TooLarge("too_large", path.name, "bytes", found.st_size, limits.max_bytes)


def read_open(
    name: str, file: BinaryIO, limits: Limits, *, encoding: str | None = None, delimiter: str | None = None
) -> SourceFile:
    """The same from an open file."""
    before = _version(file)
    sha256, blank = _examined(file)
    if blank:
        raise FileRefused("empty_file", name, "The file is empty.", remedy="Export it again.")
    file.seek(0)
    start = file.read(8)
    if start.startswith(b"PK"):
        sheets = read_workbook(name, file, limits)
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        sheets = read_old_workbook(name, file, limits)
    elif start.startswith(b"PAR1"):
        sheets = (read_parquet(name, file, limits),)
    else:
        _refuse_other_kinds(name, file)
        with io.BufferedReader(_WithoutDosEnd(file), _BLOCK) as text:
            sheets = (read_delimited(name, text, limits, encoding, delimiter),)
    if _version(file) != before:
        raise FileRefused("unreadable_file", name, "The file changed while it was read.", remedy="Import it again.")
    return SourceFile(name, sha256, sheets)


class _WithoutDosEnd(io.RawIOBase):
    """The bytes of a file but for the end-of-file marks (0x1A) that DOS programs leave behind the last line."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _BLOCK))
        tail = file.read(_BLOCK)
        self._end = size - len(tail) + len(tail.rstrip(_DOS_END))
        file.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._file.tell(), os.SEEK_END: self._end}[whence]
        return self._file.seek(base + offset)

    def tell(self) -> int:
        return self._file.tell()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        content = self._file.read(min(len(buffer), max(0, self._end - self._file.tell())))
        buffer[: len(content)] = content
        return len(content)


def _version(file: BinaryIO) -> tuple[int, int]:
    found = os.fstat(file.fileno())
    return found.st_size, found.st_mtime_ns


def _examined(file: BinaryIO) -> tuple[str, bool]:
    """The SHA-256 of the bytes, and whether they are all blank."""
    digest, blank = hashlib.sha256(), True
    file.seek(0)
    while block := file.read(_BLOCK):
        digest.update(block)
        blank = blank and not block.strip(b" \t\r\n\x0b\x0c\x1a\xef\xbb\xbf")
    return digest.hexdigest(), blank


def _unreadable(path: Path, reason: str) -> FileRefused:
    return FileRefused(
        "unreadable_file", str(path), f"The file cannot be opened ({reason}).", remedy="Check who may read it."
    )


def _refuse_other_kinds(name: str, file: BinaryIO) -> None:
    """Say what the file is instead of reading rubbish out of it."""
    file.seek(0)
    start = file.read(1024)
    remedy = "Save it as CSV, .xlsx or Parquet and import that."
    for mark, kind in _ELSEWHERE.items():
        if start.startswith(mark):
            raise FileRefused("unsupported_format", name, f"This is {kind}.", remedy=remedy)
    head = start.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise FileRefused(
            "unsupported_format", name, "This is a web page or XML, whatever its name says.", remedy=remedy
        )
    if head.startswith((b"{", b"[{")):
        raise FileRefused("unsupported_format", name, "This is JSON.", remedy=remedy)
