"""Small .xls workbooks for tests: BIFF8 records in a compound file, as Excel 97 wrote them."""

import struct
from collections.abc import Mapping, Sequence

_SECTOR = 512
_END, _FREE, _TABLE, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
PASSWORD = (0x002F, b"\0" * 6)
"""The record that says that all that follows is enciphered."""


def xls(rows: Sequence[Sequence[str | float]], *, first: Sequence[tuple[int, bytes]] = (), **parts: bytes) -> bytes:
    """A workbook of one sheet; `first` are records behind the first one, `parts` more streams by their name."""
    return compound({"Workbook": _workbook(rows, first)} | parts)


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file of streams, each in sectors of its own."""
    table, sectors, entries = [_TABLE, _END], [], [_entry("Root Entry", 5, _END, 0, child=1)]
    for number, (name, content) in enumerate(streams.items(), 1):
        content = content.ljust(8 * _SECTOR, b"\0")
        count = -(-len(content) // _SECTOR)
        start = len(table)
        table += [*range(start + 1, start + count), _END]
        sectors.append(content.ljust(count * _SECTOR, b"\0"))
        entries.append(_entry(name, 2, start, len(content), right=number + 1 if number < len(streams) else _NONE))
    assert len(entries) <= 4, "the directory has one sector"
    directory = b"".join(entries).ljust(_SECTOR, b"\0")
    stored_table = struct.pack("<128I", *table, *[_FREE] * (128 - len(table)))
    return b"".join([_header(), stored_table, directory, *sectors])


def _header() -> bytes:
    return struct.pack(
        "<8s16sHHHHH6s9I109I",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, 1, 1, 0, 4096, _END, 0, _END, 0, 0,
        *[_FREE] * 108,
    )  # fmt: skip


def _entry(name: str, kind: int, start: int, size: int, *, child: int = _NONE, right: int = _NONE) -> bytes:
    stored = (name + "\0").encode("utf-16-le")
    return struct.pack(
        "<64sHBBIII16sIQQIQ", stored, len(stored), kind, 1, _NONE, right, child, b"", 0, 0, 0, start, size
    )


def _workbook(rows: Sequence[Sequence[str | float]], first: Sequence[tuple[int, bytes]]) -> bytes:
    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def begin(kind: int) -> bytes:
        return record(0x0809, struct.pack("<HHHHII", 0x0600, kind, 0, 0, 0, 0))

    head = begin(5) + b"".join(record(*each) for each in first) + record(0x0042, struct.pack("<H", 1200))
    named = struct.pack("<BBBB", 0, 0, 4, 0) + b"Open"
    sheet_at = len(head) + 4 + 4 + len(named) + 4
    head += record(0x0085, struct.pack("<I", sheet_at) + named) + record(0x000A, b"")
    cells = b""
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                cells += record(0x0204, place + struct.pack("<HB", len(value), 1) + text)
            else:
                cells += record(0x0203, place + struct.pack("<d", value))
    return head + begin(0x10) + cells + record(0x000A, b"")
