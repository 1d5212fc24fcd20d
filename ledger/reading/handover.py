"""Sheets between two processes: plain buffers in a file without a name, believed only after they were checked.

The writer read a file that nobody vouches for, so the reader takes nothing from it that is code or an unproved length.

    bytes 0-7 which file is being read; 8-15 where the summary begins; 16-23 its length; from 64 buffers; the summary
"""

import json
import os
import re
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import DTypeLike, NDArray

from ledger.reading.files import SourceFile
from ledger.reading.sheet import Cells, Limits, Sheet
from ledger.refusals import FileRefused

_HEAD_BYTES, _ALIGNED = 64, 8
_MAX_SUMMARY_BYTES = 64 * 2**20
_MAX_SENTENCE_CHARS = 4000
_MISFITS = (ValueError, LookupError, TypeError, AttributeError, RecursionError, struct.error, pa.ArrowException)
_CODE = re.compile(r"[a-z_]{1,40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class HandoverWriter:
    """Writes what was read, file after file; `finish` comes last."""

    def __init__(self, handle: int) -> None:
        self._handle, self._at = handle, _HEAD_BYTES
        self._files: list[dict[str, Any]] = []

    def begin(self, number: int) -> None:
        """From here on, what happens is about this file."""
        os.pwrite(self._handle, struct.pack("<Q", number), 0)

    def add(self, file: SourceFile) -> None:
        self._files.append({"sha256": file.sha256, "sheets": [self._sheet(sheet) for sheet in file.sheets]})

    def finish(self) -> None:
        self._summary({"files": self._files})

    def refuse(self, refused: FileRefused) -> None:
        """Instead of `finish`: why nothing is read."""
        told = {name: getattr(refused, name) for name in ("code", "sentence", "remedy", "field", "line")}
        self._summary({"refused": told})

    def fail(self, trace: str) -> None:
        """Instead of `finish`: a fault of ours, or what looks like one."""
        self._summary({"failed": trace[-_MAX_SENTENCE_CHARS:]})

    def _summary(self, summary: dict[str, Any]) -> None:
        stored = json.dumps(summary).encode()
        start = self._put(stored)
        os.pwrite(self._handle, struct.pack("<QQ", start, len(stored)), 8)

    def _sheet(self, sheet: Sheet) -> dict[str, Any]:
        return {
            "name": sheet.name,
            "rows": len(sheet),
            "lines": self._put(np.ascontiguousarray(sheet.lines)),
            "widths": self._put(np.ascontiguousarray(sheet.widths)),
            "unreadable": sorted(sheet.unreadable),
            "garbled": sheet.garbled,
            "columns": [self._cells(cells) for cells in sheet.columns],
        }

    def _cells(self, cells: Cells) -> list[int]:
        distinct = cells.distinct
        _, starts, text = distinct.buffers()
        ends = np.frombuffer(starts, dtype=np.int64, count=len(distinct) + 1, offset=distinct.offset * 8)
        first, last = int(ends[0]), int(ends[-1])
        characters = memoryview(text)[first:last] if text is not None else b""
        return [
            self._put(np.ascontiguousarray(cells.codes)),
            len(distinct),
            self._put(ends - first),
            self._put(characters),
            last - first,
            self._put(cells.numbers.astype(np.uint8)),
        ]

    def _put(self, buffer: Any) -> int:
        """Where it stands."""
        start = self._at
        content = memoryview(buffer)
        content = content.cast("B") if content.nbytes else memoryview(b"")
        written = 0
        while written < len(content):
            written += os.pwrite(self._handle, content[written:], start + written)
        self._at = start + -(-len(content) // _ALIGNED) * _ALIGNED
        return start


class BrokenHandover(Exception):
    """What came back is not what a reader writes."""


def file_at(handed: memoryview) -> int:
    """The file being read when the writer ended."""
    return int(struct.unpack_from("<Q", handed, 0)[0]) if len(handed) >= _HEAD_BYTES else 0


def take_over(handed: memoryview, names: Sequence[str], limits: Limits) -> list[SourceFile]:
    """The files as they were read; their arrays are views of `handed`.

    Raises:
        FileRefused: what the reader found.
        BrokenHandover: something does not fit; nothing is taken then.
    """
    try:
        summary = _summary(handed)
        if "refused" in summary:
            raise _refusal(summary["refused"], names[file_at(handed)])
        if "failed" in summary:
            raise BrokenHandover(str(summary["failed"]))
        files = summary["files"]
        return [_file(handed, name, told, limits) for name, told in zip(names, files, strict=True)]
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
        struct.error,
        pa.ArrowException,
    ) as error:
        raise BrokenHandover("The buffers do not fit.") from error


def _summary(handed: memoryview) -> dict[str, Any]:
    start, length = struct.unpack_from("<QQ", handed, 8)
    if not _HEAD_BYTES <= start <= start + length <= len(handed) or not 0 < length <= _MAX_SUMMARY_BYTES:
        raise ValueError("summary")
    summary = json.loads(bytes(handed[start : start + length]))
    if not isinstance(summary, dict):
        raise ValueError("summary")
    return summary


def _refusal(told: Any, name: str) -> FileRefused:
    code, line = str(told["code"]), told["line"]
    if not _CODE.fullmatch(code) or not (line is None or type(line) is int):
        raise ValueError("refusal")
    remedy, field = (None if told[part] is None else _text(told[part]) for part in ("remedy", "field"))
    return FileRefused(code, name, _text(told["sentence"]), remedy=remedy, field=field, line=line)


def _text(told: Any) -> str:
    if not isinstance(told, str):
        raise TypeError("text")
    return told[:_MAX_SENTENCE_CHARS]


def _file(handed: memoryview, name: str, told: Any, limits: Limits) -> SourceFile:
    if not _SHA256.fullmatch(told["sha256"]):
        raise ValueError("sha256")
    return SourceFile(name, told["sha256"], tuple(_sheet(handed, name, sheet, limits) for sheet in told["sheets"]))


def _sheet(handed: memoryview, file: str, told: Any, limits: Limits) -> Sheet:
    rows = _count(told["rows"], limits.max_rows + 1)
    lines = _numbers(handed, told["lines"], rows, np.int64)
    widths = _numbers(handed, told["widths"], rows, np.int32)
    if rows and (lines.min() < 0 or widths.min() < 0):
        raise ValueError("lines")
    columns = tuple(_cells(handed, rows, column) for column in told["columns"])
    _count(len(columns), limits.max_columns)
    unreadable = frozenset(_text(name) for name in told["unreadable"])
    garbled = _count(told["garbled"], 2**40)
    return Sheet(file, _text(told["name"]), columns, lines, widths, unreadable, garbled)


def _cells(handed: memoryview, rows: int, told: Any) -> Cells:
    codes_at, count, ends_at, text_at, text_bytes, numbers_at = told
    codes = _numbers(handed, codes_at, rows, np.int32)
    ends = _numbers(handed, ends_at, _count(count, len(handed)) + 1, np.int64)
    text = _numbers(handed, text_at, text_bytes, np.uint8)
    numbers = _numbers(handed, numbers_at, count, np.uint8) != 0
    if rows and (codes.min() < 0 or codes.max() >= count):
        raise ValueError("codes")
    distinct = pa.LargeStringArray.from_buffers(count, pa.py_buffer(ends), pa.py_buffer(text))
    distinct.validate(full=True)
    return Cells(codes, distinct, numbers)


def _numbers(handed: memoryview, start: Any, count: Any, kind: DTypeLike) -> NDArray[Any]:
    size = np.dtype(kind).itemsize * _count(count, len(handed))
    if _count(start, len(handed)) % _ALIGNED or start + size > len(handed):
        raise ValueError("beyond the end")
    return np.frombuffer(handed[start : start + size], dtype=kind)


def _count(told: Any, most: int) -> int:
    if type(told) is not int or not 0 <= told <= most:
        raise ValueError("count")
    return told
