"""The reports of an evening as one workbook: a sheet for each, and the definitions; no text can run as a formula."""

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import xlsxwriter

from serving.files import neutral
from serving.reports.tables import Cell, Table, table_of

Json = dict[str, Any]


def reports_workbook(reports: Mapping[str, Json]) -> bytes:
    """The workbook of an evening's reports, as `ReportRoom.all` gives them."""
    out, overview = io.BytesIO(), reports["overview"]
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        made_at = datetime.fromisoformat(overview["run"]["published_at"]).replace(tzinfo=None)
        book.set_properties({"title": f"Portfolio of {overview['as_of']}", "created": made_at})
        for name, report in reports.items():
            _sheet(book, name.replace("-", " ").capitalize(), table_of(report))
        figures = {name: one for report in reports.values() for name, one in report["definitions"].items()}
        _sheet(book, "Definitions", _definitions(figures))
    return out.getvalue()


def _definitions(figures: Mapping[str, Json]) -> Table:
    return Table(("figure", "definition"), tuple((one["label"], one["text"]) for one in figures.values()))


def _sheet(book: Any, name: str, table: Table) -> None:
    sheet, head = book.add_worksheet(name), book.add_format({"bold": True, "bottom": 1})
    number = book.add_format({"num_format": "#,##0.00"})
    for column, title in enumerate(table.names):
        cells = [row[column] for row in table.rows]
        sheet.set_column(column, column, min(60, max(12, len(title), *(len(str(cell)) for cell in cells[:50]), 0)))
        sheet.write_string(0, column, title.replace("_", " ").capitalize(), head)
        for row, cell in enumerate(cells, start=1):
            _write(sheet, row, column, cell, number)
    sheet.freeze_panes(1, 0)


def _write(sheet: Any, row: int, column: int, cell: Cell, number: Any) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, column, neutral(cell))
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell)
    elif cell is not None:
        sheet.write_number(row, column, float(cell), number)
