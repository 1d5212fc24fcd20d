"""The container of old Excel files (.xls) and of workbooks with a password: looked through before it is read.

Layout: [MS-CFB], sections 2.2 (header), 2.3 (sector chains) and 2.6 (directory).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ledger.reading.archive import damaged, with_macros, with_password
from ledger.refusals import FileRefused

_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_ENTRY_BYTES, _MINI_BYTES = 128, 64
_MACRO_STORAGES = {"_vba_project_cur", "_vba_project", "vba", "macros"}
_WORKBOOKS = {"workbook", "book"}
_STREAM, _ROOT = 2, 5
_FILE_PASS = 0x2F
_HEAD_SECTORS = 8
_ENCIPHERED = "EncryptedPackage".encode("utf-16-le")


@dataclass(frozen=True)
class _Entry:
    """`head` are the first bytes of a stream, as far as they stand in its first few sectors."""

    name: str
    kind: int
    start: int
    size: int
    head: bytes = b""


def inspect_ole(name: str, content: bytes) -> None:
    """Refuse what is no .xls workbook, has a password or macros, or whose sectors run in circles (readers follow them
    until the memory is full).

    Raises:
        FileRefused: `corrupt_file`, `unsupported_format`, `encrypted_workbook`, `macro_workbook`.
    """
    try:
        entries = list(_entries(content))
    except (struct.error, ValueError, IndexError):
        if _ENCIPHERED in content:
            raise with_password(name) from None
        raise damaged(name) from None
    names = {entry.name.lower() for entry in entries}
    if "encryptedpackage" in names:
        raise with_password(name)
    if not names & _WORKBOOKS:
        raise FileRefused(
            "unsupported_format", name, "This is an Office file, but not an Excel workbook.",
            remedy="Save it as .xlsx and import that.",
        )  # fmt: skip
    if names & _MACRO_STORAGES:
        raise with_macros(name)
    if any(_has_password(entry.head) for entry in entries if entry.name.lower() in _WORKBOOKS):
        raise with_password(name)


def _has_password(head: bytes) -> bool:
    """Whether the record stands near the beginning that says that all that follows is enciphered ([MS-XLS] 2.4.117)."""
    at = 0
    while at + 4 <= len(head):
        kind, length = struct.unpack_from("<HH", head, at)
        if kind == _FILE_PASS:
            return True
        at += 4 + length
    return False


def _entries(content: bytes) -> Iterator[_Entry]:
    """The directory; ValueError where any chain of sectors is broken, circular or longer than the file."""
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    if (shift, mini_shift) not in ((9, 6), (12, 6)):
        raise ValueError("sector size")
    size = 1 << shift
    first_directory, _, cutoff, first_mini, _ = struct.unpack_from("<IIIII", content, 48)
    table = _table(content, size)
    directory = b"".join(_sector(content, size, at) for at in _chain(table, first_directory))
    mini_bytes = b"".join(_sector(content, size, at) for at in _chain(table, first_mini))
    mini = struct.unpack(f"<{len(mini_bytes) // 4}I", mini_bytes)
    small = b""
    for at in range(0, len(directory), _ENTRY_BYTES):
        entry = _entry(directory[at : at + _ENTRY_BYTES])
        if entry.kind in (_STREAM, _ROOT) and entry.size:
            in_mini = entry.kind == _STREAM and entry.size < cutoff
            sectors = _chain(mini if in_mini else table, entry.start)
            if len(sectors) * (_MINI_BYTES if in_mini else size) < entry.size:
                raise ValueError("cut stream")
            if entry.kind == _ROOT:
                small = b"".join(_sector(content, size, at) for at in sectors)
            first = sectors[:_HEAD_SECTORS]
            parts = [small[at * _MINI_BYTES :][:_MINI_BYTES] if in_mini else _sector(content, size, at) for at in first]
            entry = replace(entry, head=b"".join(parts)[: entry.size])
        if entry.kind:
            yield entry


def _table(content: bytes, size: int) -> tuple[int, ...]:
    """The table of what follows each sector (FAT), its own sectors found through the header and its continuation."""
    (count,) = struct.unpack_from("<I", content, 44)
    following, _ = struct.unpack_from("<II", content, 68)
    listed = list(struct.unpack_from("<109I", content, 76))
    seen: set[int] = set()
    while following < _END - 1:
        if following in seen:
            raise ValueError("circle")
        seen.add(following)
        more = struct.unpack(f"<{size // 4}I", _sector(content, size, following))
        listed += more[:-1]
        following = more[-1]
    sectors = [at for at in listed if at < _END - 1]
    if len(sectors) != count or len(set(sectors)) != count or not count:
        raise ValueError("table of sectors")
    table = b"".join(_sector(content, size, at) for at in sectors)
    return struct.unpack(f"<{len(table) // 4}I", table)


def _sector(content: bytes, size: int, at: int) -> bytes:
    start = (at + 1) * size
    sector = content[start : start + size]
    if not sector:
        raise ValueError("beyond the end")
    return sector.ljust(size, b"\0")


def _chain(table: tuple[int, ...], start: int) -> list[int]:
    if start >= _END - 1:
        return []
    chain, seen = [], set()
    while start != _END:
        if start in seen or start >= len(table):
            raise ValueError("circle")
        seen.add(start)
        chain.append(start)
        start = table[start]
    return chain


def _entry(stored: bytes) -> _Entry:
    length, kind = struct.unpack_from("<HB", stored, 64)
    start, size = struct.unpack_from("<IQ", stored, 116)
    name = stored[: max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
    return _Entry(name, kind, start, size & _FREE)
