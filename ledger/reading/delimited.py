"""Delimited text (CSV and its kin): encoding, delimiter and quoting are detected, never repaired."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv
from numpy.typing import NDArray

from ledger.reading.encoding import TextForm, text_form
from ledger.reading.gathering import TextColumns
from ledger.reading.sheet import HEAD, Limits, Sheet, used_width
from ledger.refusals import FileRefused, TooLarge
from ledger.words import shown

DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_CHARS = 64 * 1024
_CELLS_AT_ONCE = 500_000
_BYTES_AT_ONCE = 8 * 2**20
_MAX_CELL_CHARS = 16 * 2**20
_SAID = re.compile(r'"?sep=([^\r\n"])"?[ ,;\t]*\r?\n?')
"""The first line by which Excel is told the delimiter; it is no record."""
_EMPTY_LINE = re.compile(rb"\A[\r\n]|\n[\r\n]|\r\r")


def read_delimited(name: str, file: BinaryIO, limits: Limits, encoding: str | None, delimiter: str | None) -> Sheet:
    """The records of a delimited text file, read block by block.

    Args:
        file: binary and seekable, read from its start.
        encoding, delimiter: override what is detected.

    Raises:
        FileRefused: `undecodable`, `binary_content`, `unterminated_quote`, `malformed_csv`, `too_many_rows`,
            `too_many_columns`.
    """
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n\0'):
        raise FileRefused(
            "malformed_csv", name, f'"{shown(delimiter)}" cannot part cells. Expected one character, as in ";".'
        )
    form = text_form(name, file, encoding)
    text = _text(file, form.codec)
    sample = text.read(_SAMPLE_CHARS)
    said = _SAID.fullmatch(sample.partition("\n")[0] + "\n")
    mark = delimiter or (said[1] if said else sniff_delimiter(sample, whole=len(sample) < _SAMPLE_CHARS))
    text.detach()
    sheet = None
    if not form.quotes and not said and mark.isascii() and form.codec in ("utf-8", "utf-8-sig", "cp1252"):
        sheet = _plain_sheet(name, file, form, mark, limits)
    return sheet or _judged_sheet(name, file, form, mark, limits, skipped=1 if said else 0)


def sniff_delimiter(sample: str, *, whole: bool = True) -> str:
    """The delimiter under which most records of the beginning have the same number of fields; ',' if none does.

    >>> sniff_delimiter("a;b;c\\n1,5;2,5;x\\n")
    ';'
    """
    if not whole:
        sample = sample[: sample.rfind("\n") + 1] or sample
    return max(DELIMITERS, key=lambda mark: _regularity(sample, mark))


def _text(file: BinaryIO, codec: str) -> io.TextIOWrapper:
    file.seek(0)
    return io.TextIOWrapper(file, codec, newline="")


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


def _plain_sheet(name: str, file: BinaryIO, form: TextForm, delimiter: str, limits: Limits) -> Sheet | None:
    """A file without quotation marks, where cells are parted by nothing else and all records are equally wide, read by
    Arrow several times as fast; None when it is not such a file."""
    file.seek(3 if form.codec == "utf-8-sig" else 0)
    columns: TextColumns | None = None
    width, rows = 0, 0
    for block in _whole_lines(file):
        if columns is None:
            first = re.split(rb"[\r\n]", block, maxsplit=1)[0]
            width = first.count(delimiter.encode(form.codec)) + 1
            if width > limits.max_columns:
                raise TooLarge("too_many_columns", name, "columns", width, limits.max_columns)
            columns = TextColumns(width)
        if _EMPTY_LINE.search(block):
            return None
        try:
            table = _arrow_table(block, form.codec, delimiter, width)
        except (pa.ArrowException, UnicodeEncodeError):
            return None
        rows += len(table)
        _check_rows(name, rows, limits)
        columns.add_arrays(table.columns)
    if columns is None or width < 2:
        return None
    lines = np.arange(1, rows + 1, dtype=np.int64)
    return Sheet(name, "", columns.cells(), lines, np.full(rows, width, dtype=np.int32), garbled=form.garbled)


def _whole_lines(file: BinaryIO) -> Iterator[bytes]:
    rest = b""
    while block := file.read(_BYTES_AT_ONCE):
        block = rest + block
        cut = block.rfind(b"\n") + 1
        rest = block[cut:]
        if cut:
            yield block[:cut]
    if rest:
        yield rest


def _arrow_table(block: bytes, codec: str, delimiter: str, width: int) -> pa.Table:
    names = [f"f{at}" for at in range(width)]
    return pyarrow.csv.read_csv(
        pa.BufferReader(block),
        pyarrow.csv.ReadOptions(
            use_threads=False, block_size=2 * len(block) + 16, column_names=names,
            encoding="cp1252" if codec == "cp1252" else "utf8",
        ),
        pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=False),
        pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False),
    )  # fmt: skip


def _judged_sheet(name: str, file: BinaryIO, form: TextForm, delimiter: str, limits: Limits, skipped: int) -> Sheet:
    """Any file; Python's reader of CSV is the judge of its quotation marks."""
    text = _text(file, form.codec)
    for _ in range(skipped):
        text.readline()
    columns: TextColumns | None = None
    width, rows = 0, 0
    lines: list[NDArray[np.int64]] = [np.empty(0, dtype=np.int64)]
    widths: list[NDArray[np.int32]] = [np.empty(0, dtype=np.int32)]
    for records, starts in _chunks(name, text, delimiter, limits, skipped):
        if columns is None:
            width = max(len(record) for record in records[:HEAD])
            columns = TextColumns(width)
        rows += len(records)
        _check_rows(name, rows, limits)
        lines.append(np.array(starts, dtype=np.int64))
        widths.append(np.array([_fit(record, width) for record in records], dtype=np.int32))
        try:
            columns.add_records(records)
        except UnicodeEncodeError:
            raise FileRefused("undecodable", name, f"The bytes are not text in {form.codec}.") from None
    text.detach()
    cells = columns.cells() if columns else ()
    return Sheet(name, "", cells, np.concatenate(lines), np.concatenate(widths), garbled=form.garbled)


def _fit(record: list[str], width: int) -> int:
    """Make a record as wide as the columns; its width before."""
    found = len(record)
    if found == width:
        return found
    if found < width:
        record.extend([""] * (width - found))
        return found
    used = used_width(record, width)
    del record[width:]
    return used


def _chunks(
    name: str, text: io.TextIOWrapper, delimiter: str, limits: Limits, skipped: int
) -> Iterator[tuple[list[list[str]], list[int]]]:
    """Records, some at a time, and the lines at which they begin."""
    csv.field_size_limit(_MAX_CELL_CHARS)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    records: list[list[str]] = []
    starts: list[int] = []
    line, fields, most = 1 + skipped, 0, limits.max_columns
    try:
        for record in reader:
            if len(record) > most:
                raise TooLarge("too_many_columns", name, "columns", len(record), most)
            records.append(record)
            starts.append(line)
            line = reader.line_num + 1 + skipped
            fields += len(record) + 1
            if fields > _CELLS_AT_ONCE:
                yield records, starts
                records, starts, fields = [], [], 0
    except csv.Error as error:
        raise _malformed(name, error, line, reader.line_num + skipped) from None
    if records:
        yield records, starts


def _malformed(name: str, error: csv.Error, line: int, reached: int) -> FileRefused:
    too_long = "field larger" in str(error)
    if "unexpected end of data" in str(error) or (too_long and reached > line):
        return FileRefused(
            "unterminated_quote", name, f"A quotation mark opened in or after line {line} is never closed.",
            remedy="Correct that line and import the file again.",
        )  # fmt: skip
    if too_long:
        return FileRefused(
            "malformed_csv", name, f"A cell in line {line} has more than {_MAX_CELL_CHARS:,} characters.",
            remedy="Correct that line and import the file again.",
        )  # fmt: skip
    return FileRefused(
        "malformed_csv", name, f"Line {line} breaks the rules of quotation marks.",
        remedy="Double a quotation mark inside quoted text, or export with another tool.",
    )  # fmt: skip


def _check_rows(name: str, rows: int, limits: Limits) -> None:
    if rows > limits.max_rows + 1:
        raise TooLarge("too_many_rows", name, "rows and more", limits.max_rows + 1, limits.max_rows)
