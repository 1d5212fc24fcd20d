"""The reports of an evening as one workbook: a sheet for each, and the definitions; no text can run as a formula."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from serving.reports.tables import table_of
from serving.tabular.table import Column, Table
from serving.tabular.workbook_file import workbook_bytes

Json = dict[str, Any]


def reports_workbook(reports: Mapping[str, Json]) -> bytes:
    """The workbook of an evening's reports, as `ReportRoom.all` gives them."""
    overview = reports["overview"]
    sheets = {name.replace("-", " ").capitalize(): table_of(report) for name, report in reports.items()}
    figures = {name: one for report in reports.values() for name, one in report["definitions"].items()}
    return workbook_bytes(
        sheets | {"Definitions": _definitions(figures)},
        title=f"Portfolio of {overview['as_of']}",
        made_at=datetime.fromisoformat(overview["run"]["published_at"]),
    )


def _definitions(figures: Mapping[str, Json]) -> Table:
    return Table.of(
        [Column("figure"), Column("definition")],
        ({"figure": one["label"], "definition": one["text"]} for one in figures.values()),
    )
