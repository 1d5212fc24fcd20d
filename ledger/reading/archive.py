"""What an archive can do to its reader, looked for before a workbook is read out of it."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from ledger.reading.sheet import Limits
from ledger.refusals import FileRefused, TooLarge

_MAX_MEMBERS = 10_000
_BLOCK = 2**20
_LOCAL_HEADER_BYTES = 30
_ENTITY = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MACRO_PARTS = ("vbaproject.bin", "vbadata.xml")
_MACRO_TYPE = re.compile(rb"(?<!binary\.)macroEnabled|macrosheet|<Override[^>]*vbaProject", re.IGNORECASE)
"""A part of this type is there. That one might be (`<Default Extension="bin">`) says nothing, nor does the type of an
.xlsb."""
_WORKBOOKS = ("xl/workbook.xml", "xl/workbook.bin")


def inspect_archive(name: str, file: BinaryIO, limits: Limits) -> None:
    """Refuse an archive that is no workbook, or one that no honest program writes.

    Raises:
        FileRefused: `corrupt_file`, `unsupported_format`, `encrypted_workbook`, `macro_workbook`, `unsafe_archive`,
            `xml_entity`, `zip_bomb`, `too_many_members`.
    """
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _inspect_names(name, members)
            _inspect_sizes(name, members, limits)
            for member in members:
                _inspect_content(name, archive, member)
    except MemoryError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError, ValueError, LookupError):
        raise damaged(name) from None


def damaged(name: str) -> FileRefused:
    return FileRefused(
        "corrupt_file", name, "The workbook is damaged or cut off.", remedy="Save it again and import that."
    )


def with_password(name: str) -> FileRefused:
    return FileRefused(
        "encrypted_workbook",
        name,
        "The workbook is protected by a password.",
        remedy="Open it, save it without the password, and import that.",
    )


def with_macros(name: str) -> FileRefused:
    return FileRefused("macro_workbook", name, "The workbook holds macros.", remedy="Save it as .xlsx and import that.")


def _inspect_names(name: str, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > _MAX_MEMBERS:
        raise TooLarge("too_many_members", name, "members", len(members), _MAX_MEMBERS)
    parts = [member.filename.replace("\\", "/").lower() for member in members]
    if any(part.startswith("/") or ".." in part.split("/") or part[1:2] == ":" for part in parts):
        raise FileRefused("unsafe_archive", name, "The archive holds paths that lead out of it.")
    if len(set(parts)) < len(parts):
        raise FileRefused("unsafe_archive", name, "The archive holds two parts of the same name.")
    if any(member.flag_bits & 1 for member in members):
        raise with_password(name)
    if any(part.endswith(_MACRO_PARTS) or part.startswith("xl/macrosheets/") for part in parts):
        raise with_macros(name)
    if not any(part in _WORKBOOKS for part in parts):
        raise FileRefused(
            "unsupported_format", name, "This is an archive, but not an Excel workbook.",
            remedy="Save it as .xlsx or CSV, and import that.",
        )  # fmt: skip


def _inspect_sizes(name: str, members: list[zipfile.ZipInfo], limits: Limits) -> None:
    unpacked, packed = sum(m.file_size for m in members), max(1, sum(m.compress_size for m in members))
    if unpacked > limits.max_uncompressed_bytes or (
        unpacked > 2**20 and unpacked > packed * limits.max_compression_ratio
    ):
        raise FileRefused("zip_bomb", name, f"Unpacked, the workbook has {unpacked:,} bytes; that is not believed.")
    ends = 0
    for member in sorted(members, key=lambda member: member.header_offset):
        if member.header_offset < ends:
            raise FileRefused("zip_bomb", name, "Parts of the archive overlap, as they do in bombs.")
        ends = member.header_offset + _LOCAL_HEADER_BYTES + member.compress_size


def _inspect_content(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Read a part to its end, so that its sizes and checksum are known to be true."""
    is_list = member.filename.lower() == "[content_types].xml"
    for text in _texts(archive, member):
        if _ENTITY.search(text):
            raise FileRefused("xml_entity", name, "The workbook defines XML entities, as attacks do.")
        if is_list and _MACRO_TYPE.search(text):
            raise with_macros(name)


def _texts(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """An XML part block by block, overlapping by more than a tag, without the NULs of UTF-16; others give nothing."""
    tail = b""
    with archive.open(member) as part:
        block = part.read(_BLOCK)
        is_xml = member.filename.lower().endswith((".xml", ".rels", ".vml")) or b"<" in block[:64]
        while block:
            if is_xml:
                text = tail + (block.replace(b"\0", b"") if b"\0" in block else block)
                yield text
                tail = text[-64:]
            block = part.read(_BLOCK)
