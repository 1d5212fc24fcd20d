"""Law: whatever happens to the bytes of a sound file, it is read, or refused in a sentence; nothing else happens."""

import functools
import io
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from builders import law
from hypothesis import given
from hypothesis import strategies as st
from old_workbook import xls

from ledger.reading.apart import read_apart
from ledger.reading.handover import BrokenHandover
from ledger.reading.sheet import Limits
from ledger.refusals import FileRefused

LIMITS = Limits(max_memory_bytes=2**30, max_cpu_seconds=10, max_wall_seconds=20)
HEADER = ["invoice_id", "customer", "amount", "issued"]
ROWS = [[f"INV-{number:04d}", f"Müller {number % 5}", 12.5 * number, "2026-03-31"] for number in range(40)]


@functools.cache
def sound(kind):
    return {"csv": _csv, "xlsx": _xlsx, "xls": lambda: xls([HEADER, *ROWS]), "parquet": _parquet}[kind]()


def _csv():
    lines = [";".join(HEADER), *(f'{a};"{b}";{c};{d}' for a, b, c, d in ROWS)]
    return "\r\n".join(lines).encode()


def _xlsx():
    stored = io.BytesIO()
    with xlsxwriter.Workbook(stored, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Open")
        sheet.write_row(0, 0, HEADER)
        for number, row in enumerate(ROWS, 1):
            sheet.write_row(number, 0, row)
            sheet.write_formula(number, 4, "=1+1", None, 2)
    return stored.getvalue()


def _parquet():
    stored = io.BytesIO()
    columns = dict(zip(HEADER, map(list, zip(*ROWS, strict=True)), strict=True)) | {
        "due": [date(2026, 3, 31)] * len(ROWS)
    }
    pq.write_table(pa.table(columns), stored)
    return stored.getvalue()


def mutated(content, random):
    """One to four times: bytes changed, cut out, cut off, repeated, or put elsewhere."""
    for _ in range(int(random.integers(1, 5))):
        start, end = sorted(random.integers(0, len(content) + 1, 2).tolist())
        end = min(end, start + int(random.choice([1, 2, 8, 64, len(content)])))
        piece, other = content[start:end], int(random.integers(0, len(content) + 1))
        match random.integers(0, 6):
            case 0:
                noise = random.integers(0, 256, len(piece)).astype(np.uint8).tobytes()
                content = content[:start] + noise + content[end:]
            case 1:
                content = content[:start] + content[end:]
            case 2:
                content = content[:start]
            case 3:
                content = content[:end] + piece * int(random.integers(1, 50)) + content[end:]
            case 4:
                content = content[:other] + piece + content[other:]
            case _:
                extreme = bytes([int(random.choice([0, 1, 0x7F, 0x80, 0xFE, 0xFF]))])
                content = content[:start] + extreme * min(4, len(piece)) + content[start + min(4, len(piece)) :]
        if not content:
            return b"\0"
    return content


def read_or_refused(path):
    try:
        (file,) = read_apart([path], LIMITS)
    except FileRefused as refused:
        return refused
    return file


def told_by_a_trace(refused):
    """Whether the reader met something that none of us foresaw."""
    cause = refused.__cause__
    return isinstance(cause, BrokenHandover) and str(cause).startswith("Traceback")


@pytest.mark.parametrize("kind", ["csv", "xlsx", "xls", "parquet"])
@given(seed=st.integers(min_value=0, max_value=2**32 - 1))
@law(40)
def test_a_file_with_broken_bytes_is_read_or_refused(kind, seed):
    content = mutated(sound(kind), np.random.default_rng(seed))
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"ledger.{kind}")
        path.write_bytes(content)
        outcome = read_or_refused(path)
    if isinstance(outcome, FileRefused):
        assert "ledger" in str(outcome)
        assert not told_by_a_trace(outcome)
    else:
        for sheet in outcome.sheets:
            assert all(len(column.codes) == len(sheet) for column in sheet.columns)
            assert all(sheet.record(at).line >= 0 for at in range(len(sheet)))
    assert time.monotonic() - begun < 30


@pytest.mark.parametrize("kind", ["csv", "xlsx", "xls", "parquet"])
def test_the_sound_file_is_read(kind, tmp_path):
    path = tmp_path / f"ledger.{kind}"
    path.write_bytes(sound(kind))
    (sheet,) = read_apart([path], LIMITS)[0].sheets
    assert len(sheet) == len(ROWS) + 1
    assert sheet.record(7).cells[:3] == ["INV-0006", "Müller 1", "75" if kind != "csv" else "75.0"]
