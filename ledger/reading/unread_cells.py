"""Cells of an .xlsx worksheet that its reader gives as empty, but are not: errors, and formulas without value."""

import posixpath
import re
import zipfile
from typing import BinaryIO
from xml.etree import ElementTree

from ledger.reading.sheet import FORMULA_WITHOUT_VALUE, Limits
from ledger.refusals import TooLarge

_BLOCK = 4 * 2**20
_RELATIONS = "xl/_rels/workbook.xml.rels"
_TROUBLE = re.compile(rb"""<(?:\w+:)?f[\s/>]|\st=["']e["']""")
_SIGNS = (b"<f>", b"<f ", b"<f/", b":f>", b":f ", b":f/", b't="e"', b"t='e'", b"f\n", b"f\t", b"f\r")
"""Without any of these there is no trouble; they are found many times as fast."""
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_CELL_ENDS = re.compile(rb"</(?:\w+:)?c\s*>")
_PLACE = re.compile(rb"""\sr=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_KIND = re.compile(rb"""\st=["'](\w+)["']""")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)<")
_FILLED = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br=["']([A-Z]{1,3})([0-9]{1,7})["'](?:[^>]*[^/>])?>""")
_FAR = 2**16
_EMPTY_VALUE = re.compile(rb"<(?:\w+:)?v[\s/>]")

Marks = dict[tuple[int, int], str]


def unread_cells(file: BinaryIO, name: str = "", limits: Limits | None = None) -> dict[str, Marks]:
    """By the worksheet's name: what stands at (row, column), from 0: "#N/A" and its kin, or `FORMULA_WITHOUT_VALUE`.

    A formula whose stored value is an empty text has one.

    Raises:
        FileRefused: `too_many_rows`, `too_many_columns`: a cell near the beginning or the end of a worksheet stands
            beyond the limits; its reader would make room for all that is between.
    """
    file.seek(0)
    with zipfile.ZipFile(file) as archive:
        return {sheet: _marks(archive, part, name, limits or Limits()) for sheet, part in _parts(archive).items()}


def _parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Which part of the archive holds each worksheet."""
    names = set(archive.namelist())
    if not {"xl/workbook.xml", _RELATIONS} <= names:
        return {}
    targets = {
        relation.get("Id"): posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")
        for relation in ElementTree.fromstring(archive.read(_RELATIONS))
    }
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    sheets = (element for element in book.iter() if element.tag.rpartition("}")[2] == "sheet")
    found = {sheet.get("name", ""): targets.get(_relation_id(sheet), "") for sheet in sheets}
    return {sheet: part for sheet, part in found.items() if part in names}


def _relation_id(sheet: ElementTree.Element) -> str | None:
    return next((value for key, value in sheet.items() if key.endswith("}id")), None)


def _marks(archive: zipfile.ZipFile, part: str, name: str, limits: Limits) -> Marks:
    marks: Marks = {}
    rest, tail, seen = b"", b"", False
    with archive.open(part) as stream:
        while block := stream.read(_BLOCK):
            text = rest + block
            if not seen:
                _check_places(text[:_FAR], name, limits)
                seen = True
            tail = text[-_FAR:]
            cut = max((match.end() for match in _CELL_ENDS.finditer(text, max(0, len(text) - 100_000))), default=0)
            _mark(text[:cut] if cut else text, marks)
            rest = text[cut:] if cut else b""
    _check_places(tail, name, limits)
    _mark(rest, marks)
    return marks


def _check_places(text: bytes, name: str, limits: Limits) -> None:
    for column, row in _FILLED.findall(text):
        if _column(column) >= limits.max_columns:
            raise TooLarge("too_many_columns", name, "columns", _column(column) + 1, limits.max_columns)
        if int(row) > limits.max_rows + 1:
            raise TooLarge("too_many_rows", name, "rows", int(row), limits.max_rows)


def _mark(text: bytes, marks: Marks) -> None:
    if not any(sign in text for sign in _SIGNS):
        return
    end = 0
    for trouble in _TROUBLE.finditer(text):
        if trouble.start() < end:
            continue
        start = max(text.rfind(b"<c ", end, trouble.start() + 1), text.rfind(b":c ", end, trouble.start() + 1))
        ends = _CELL_ENDS.search(text, trouble.end())
        if start < 0 or ends is None:
            continue
        end = ends.end()
        cell = text[start:end]
        opening = cell[: cell.find(b">")]
        place = _PLACE.search(opening)
        said = _said(opening, cell)
        if place and said is not None:
            marks[int(place[2]) - 1, _column(place[1])] = said


def _said(opening: bytes, cell: bytes) -> str | None:
    kind, value = _KIND.search(opening), _VALUE.search(cell)
    if kind and kind[1] == b"e":
        return value[1].decode("utf-8", "replace") if value else "#VALUE!"
    if value or not _FORMULA.search(cell) or (kind and kind[1] == b"str" and _EMPTY_VALUE.search(cell)):
        return None
    return FORMULA_WITHOUT_VALUE


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
