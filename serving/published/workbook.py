"""A queue as a workbook: the list as it is shown, a sheet with every reason, and one about where it comes from.

Money cells are numbers with their currency beside them; no text can run as a formula or become a link.
"""

import io
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from ledger.neutral import neutral
from serving.call_sheet.columns import Versions, add_fill_columns
from serving.files import write_whole
from serving.published.bodies import Json
from serving.wording import told_reasons

QUEUE_COLUMNS: tuple[tuple[str, int], ...] = (
    ("Rank", 6), ("Account", 16), ("Name", 32), ("Country", 9), ("Overdue", 14), ("Open", 14), ("Expected late", 14),
    ("Money-days brought forward (assumed)", 18), ("Currency", 9), ("Late risk", 10), ("Late risk on", 12),
    ("Half expected by", 12), ("Oldest days past due", 10),
    ("Main reason", 48), ("Next action", 60), ("Rule", 22), ("Caller", 14),
)  # fmt: skip
REASON_COLUMNS: tuple[tuple[str, int], ...] = (
    ("Rank", 6), ("Account", 16), ("Name", 32), ("Reason", 64), ("Points", 9), ("Direction", 14),
)  # fmt: skip
ABOUT_COLUMNS: tuple[tuple[str, int], ...] = (("About this list", 24), ("", 100))


def write_queue(body: Json, path: Path, versions: Versions | None = None) -> None:
    """Write a queue body as a workbook: see `queue_workbook`. Raises `CannotWrite`."""
    content = queue_workbook(body, versions)
    write_whole(path, lambda unfinished: unfinished.write_bytes(content))


def queue_workbook(body: Json, versions: Versions | None = None) -> bytes:
    """The workbook of a queue body: the list, every reason, and where it comes from; the same gives the same cells.

    Args:
        versions: what the accounts are at, 0 where one is not there. With them the list is a call sheet
            (`serving.call_sheet`): it has columns to fill in.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": f"Queue of {body['as_of']}", "created": _made_at(body)})
        _queue_sheet(book, body, versions)
        _reasons_sheet(book, body)
        _about_sheet(book, body)
    return out.getvalue()


def _queue_sheet(book: Any, body: Json, versions: Versions | None) -> None:
    sheet, formats = _sheet(book, "Queue", QUEUE_COLUMNS)
    if versions is not None:
        add_fill_columns(book, sheet, body, versions, len(QUEUE_COLUMNS))
    for row, line in enumerate(body["items"], start=1):
        late, main = line["expected_late"], next((reason["text"] for reason in told_reasons(line)), "")
        cells = (
            line["rank"], line["customer_id"], line["customer_name"], line["country"], _number(line["overdue"]),
            _number(line["open"]), _number(late), (line["brought_forward"] or {}).get("money_days"),
            line["open"]["currency"], line["late_risk"], _date(line["late_risk_on"]),
            _date(line["expected_on"]), line["oldest_dpd"], main, line["next_action"],
            line["rule"], line["collector"],
        )  # fmt: skip
        kinds = (
            "whole",
            "",
            "",
            "",
            "money",
            "money",
            "money",
            "count",
            "",
            "share",
            "day",
            "day",
            "whole",
            "",
            "",
            "",
            "",
        )
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


def _about_sheet(book: Any, body: Json) -> None:
    """What a page says around the list, so that a file passed on still says it."""
    sheet, formats = _sheet(book, "About", ABOUT_COLUMNS)
    approved = None if body["model_version"] is None else "yes" if body["approved"] else "no"
    facts: list[tuple[str, Any, str]] = [
        ("Evening", _date(body["as_of"]), "day"),
        ("Published at", f"{_made_at(body):%Y-%m-%d %H:%M} UTC", ""),
        ("Mode", body["mode"], ""),
        ("Model version", body["model_version"], ""),
        ("Approved by a person", approved, ""),
        ("Order", body["summary"]["order_sentence"], ""),
        ("Rules of the list", body["summary"]["strategy"], ""),
        ("Staffing", body["summary"]["staffing"], ""),
        *(("Notice", notice, "") for notice in body["notices"]),
    ]
    for row, (what, told, kind) in enumerate(facts, start=1):
        _write_row(sheet, row, (what, told), (None, formats.get(kind)))


def _sheet(book: Any, name: str, columns: tuple[tuple[str, int], ...]) -> tuple[Any, dict[str, Any]]:
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    for at, (title, width) in enumerate(columns):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, title, head)
    sheet.freeze_panes(1, 0)
    formats = {
        "money": "#,##0.00#",
        "share": "0%",
        "day": "yyyy-mm-dd",
        "whole": "0",
        "count": "#,##0",
        "points": "+0.0;-0.0;0.0",
    }
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
