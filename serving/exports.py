"""Files that leave the house: scores as Parquet or CSV, a queue as a workbook; each whole or not at all.

Scores: one row per open item, the columns of `SCORE_COLUMNS`. `open_amount` is a 64-bit float in the document currency:
the nearest double of the exact decimal, which any reader of the file turns back into the same minor units by rounding
to the currency's decimals (amounts stay below 2^53 minor units). Dates are dates, `reasons` is JSON text.

Texts that a spreadsheet could take for a formula are neutralised in CSV and workbook by a leading apostrophe. Parquet
is read by programs and holds every id as it is.
"""

import io
import json
import os
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import xlsxwriter

from ledger.money import to_decimal
from models.score import Score
from serving.errors import CannotWrite, UnknownFileKind
from serving.publishing import Json

SCORE_COLUMNS = pa.schema(
    [
        ("item_id", pa.string()),
        ("customer_id", pa.string()),
        ("as_of", pa.date32()),
        ("open_amount", pa.float64()),
        ("currency", pa.string()),
        ("dpd", pa.int32()),
        ("p_late", pa.float64()),
        ("late_risk", pa.float64()),
        ("p_unpaid_14", pa.float64()),
        ("p_unpaid_30", pa.float64()),
        ("p_unpaid_60", pa.float64()),
        ("expected_on", pa.date32()),
        ("model_version", pa.string()),
        ("mode", pa.string()),
        ("source_row", pa.int64()),
        ("reasons", pa.string()),
    ]
)
"""Names and types of a scores file; probabilities are null in mode `rule`, `expected_on` is null out of sight."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

QUEUE_COLUMNS: tuple[tuple[str, int], ...] = (
    ("Rank", 6), ("Account", 16), ("Name", 32), ("Country", 9), ("Overdue", 14), ("Open", 14), ("Expected late", 14),
    ("Currency", 9), ("Late risk", 10), ("Unpaid on", 12), ("Expected on", 12), ("Oldest days past due", 10),
    ("Main reason", 48), ("Next action", 60),
)  # fmt: skip
REASON_COLUMNS: tuple[tuple[str, int], ...] = (
    ("Rank", 6), ("Account", 16), ("Name", 32), ("Reason", 64), ("Points", 9), ("Direction", 14),
)  # fmt: skip


def write_scores(scores: Sequence[Score], path: Path) -> None:
    """Write the scores; the name's ending, `.parquet` or `.csv`, says how.

    Raises:
        UnknownFileKind: for another ending.
        CannotWrite: when the file cannot be written; what was there before is untouched.
    """
    kind = path.suffix.lower()
    if kind == ".parquet":
        table = score_table(scores)
        _whole_or_not(path, lambda unfinished: pq.write_table(table, unfinished, compression="zstd"))
    elif kind == ".csv":
        text = _neutralised(score_table(scores))
        _whole_or_not(path, lambda unfinished: pa_csv.write_csv(text, unfinished))
    else:
        raise UnknownFileKind(str(path))


def score_table(scores: Sequence[Score]) -> pa.Table:
    """The scores as an Arrow table with exactly `SCORE_COLUMNS`, in the order given."""
    return pa.Table.from_pylist([_score_row(score) for score in scores], schema=SCORE_COLUMNS)


def write_queue(body: Json, path: Path) -> None:
    """Write a queue body as a workbook: the list, and a sheet with every reason. Raises `CannotWrite`."""
    content = queue_workbook(body)
    _whole_or_not(path, lambda unfinished: unfinished.write_bytes(content))


def queue_workbook(body: Json) -> bytes:
    """The workbook of a queue body; the same body gives the same cells."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": f"Queue of {body['as_of']}", "created": _made_at(body)})
        _queue_sheet(book, body)
        _reasons_sheet(book, body)
    return out.getvalue()


def neutral(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet could run it as a formula.

    >>> neutral("=1+1"), neutral("Acme - North")
    ("'=1+1", 'Acme - North')
    """
    return f"'{text}" if text.lstrip(" \u00a0\u200b\ufeff").startswith(FORMULA_STARTS) else text


def _score_row(score: Score) -> dict[str, Any]:
    return {
        "item_id": score.item_id,
        "customer_id": score.customer_id,
        "as_of": score.as_of,
        "open_amount": float(to_decimal(score.open_minor, score.currency)),
        "currency": score.currency,
        "dpd": score.dpd,
        "p_late": score.p_late,
        "late_risk": score.late_risk,
        "p_unpaid_14": score.p_unpaid_14,
        "p_unpaid_30": score.p_unpaid_30,
        "p_unpaid_60": score.p_unpaid_60,
        "expected_on": score.expected_on,
        "model_version": score.model_version,
        "mode": score.mode,
        "source_row": score.source_row,
        "reasons": json.dumps(
            [{"concept": r.concept, "text": r.text, "points": r.points, "arrow": r.arrow} for r in score.reasons],
            ensure_ascii=False,
        ),
    }


def _neutralised(table: pa.Table) -> pa.Table:
    for name in ("item_id", "customer_id"):
        cells = pa.array([neutral(text) for text in table[name].to_pylist()], pa.string())
        table = table.set_column(table.schema.get_field_index(name), name, cells)
    return table


def _queue_sheet(book: Any, body: Json) -> None:
    sheet, formats = _sheet(book, "Queue", QUEUE_COLUMNS)
    for row, line in enumerate(body["items"], start=1):
        late, main = line["expected_late"], line["reasons"][0]["text"] if line["reasons"] else ""
        cells = (
            line["rank"], line["customer_id"], line["customer_name"], line["country"], _number(line["overdue"]),
            _number(line["open"]), _number(late), line["open"]["currency"], line["late_risk"],
            _date(line["late_risk_on"]), _date(line["expected_on"]), line["oldest_dpd"], main, line["next_action"],
        )  # fmt: skip
        kinds = ("whole", "", "", "", "money", "money", "money", "", "share", "day", "day", "whole", "", "")
        _write_row(sheet, row, cells, [formats.get(kind) for kind in kinds])


def _reasons_sheet(book: Any, body: Json) -> None:
    sheet, formats = _sheet(book, "Reasons", REASON_COLUMNS)
    direction = {"▲": "raises the risk", "▼": "lowers the risk", "": ""}
    rows = ((line, reason) for line in body["items"] for reason in line["reasons"])
    for row, (line, reason) in enumerate(rows, start=1):
        points = None if reason["points"] is None else reason["points"] * 100
        cells = (line["rank"], line["customer_id"], line["customer_name"], reason["text"], points,
                 direction[reason["arrow"]])  # fmt: skip
        _write_row(sheet, row, cells, [formats.get(kind) for kind in ("whole", "", "", "", "points", "")])


def _sheet(book: Any, name: str, columns: tuple[tuple[str, int], ...]) -> tuple[Any, dict[str, Any]]:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    for at, (title, width) in enumerate(columns):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, title, head)
    sheet.freeze_panes(1, 0)
    formats = {"money": "#,##0.00#", "share": "0%", "day": "yyyy-mm-dd", "whole": "0", "points": "+0.0;-0.0;0.0"}
    return sheet, {kind: book.add_format({"num_format": code}) for kind, code in formats.items()}


def _write_row(sheet: Any, row: int, cells: Sequence[Any], formats: Sequence[Any]) -> None:
    for at, (cell, form) in enumerate(zip(cells, formats, strict=True)):
        if cell is None:
            continue
        if isinstance(cell, date):
            sheet.write_datetime(row, at, datetime(cell.year, cell.month, cell.day), form)  # noqa: DTZ001 - a day
        elif isinstance(cell, int | float):
            sheet.write_number(row, at, cell, form)
        else:
            sheet.write_string(row, at, neutral(cell)[:32_767])  # the most that a cell holds


def _number(money: Json | None) -> float | None:
    return None if money is None else float(Decimal(money["amount"]))


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def _made_at(body: Json) -> datetime:
    return datetime.fromisoformat(body["published_at"]).replace(tzinfo=None)


def _whole_or_not(path: Path, write: Callable[[Path], Any]) -> None:
    """Write beside the target, then take its place in one step."""
    unfinished = path.with_name(f".{path.name[:40]}.{os.getpid()}.unfinished")
    try:
        try:
            write(unfinished)
            with unfinished.open("rb+") as file:
                os.fsync(file.fileno())
            unfinished.replace(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CannotWrite(str(path), error.strerror or str(error)) from error
