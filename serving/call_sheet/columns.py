"""The columns of a call sheet in the workbook: what is filled in, with a list of the outcomes, and the hidden keys.

The sheet is not protected: a protected one can be neither sorted nor filtered. The keys have a check sum instead, and
are not read where somebody changed them.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from ledger.activity_codes import OUTCOMES
from serving.activities.said import MOST_MINUTES
from serving.call_sheet.layout import FILLED, KEY_HEADER, RowKey
from serving.published.bodies import Json

Versions = Mapping[str, int]
"""Account → how many changes people made to it."""

_HINTS = {
    "outcome": "What came of the call. With a note alone, leave it empty.",
    "amount": "Promised or disputed, in the currency of the row.",
    "day": "The day promised, or to call again; of any other outcome the day of the call, empty for today.",
    "minutes": "That the call took.",
    "item": "The invoice promised or disputed; empty where there is only one.",
    "note": "What the next one should know; of a dispute the reason.",
}


def add_fill_columns(book: Any, sheet: Any, body: Json, versions: Versions, first: int) -> None:
    """Add them to the sheet of a queue body, from column `first` on, and a filter over all columns."""
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "bg_color": "#FFF2CC"})
    formats = {"amount": "#,##0.00##", "day": "yyyy-mm-dd", "minutes": "0"}
    as_of, lines = date.fromisoformat(body["as_of"]), body["items"]
    last = first + len(FILLED)
    for at, (name, (header, width)) in enumerate(FILLED.items(), start=first):
        sheet.set_column(at, at, width, book.add_format({"num_format": formats.get(name, "@")}))
        sheet.write_string(0, at, header, head)
        if lines:
            sheet.data_validation(1, at, len(lines), at, _validation(name))
    sheet.set_column(last, last, 20, None, {"hidden": True})
    sheet.write_string(0, last, KEY_HEADER, head)
    for row, line in enumerate(lines, start=1):
        customer_id = line["customer_id"]
        sheet.write_string(row, last, str(RowKey(as_of, versions.get(customer_id, 0), customer_id)))
    sheet.autofilter(0, 0, max(len(lines), 1), last)


def _validation(name: str) -> dict[str, Any]:
    hint = {"input_title": FILLED[name][0], "input_message": _HINTS[name]}
    if name == "outcome":
        return {"validate": "list", "source": list(OUTCOMES), **hint}
    if name == "minutes":
        return {"validate": "integer", "criteria": "between", "minimum": 0, "maximum": MOST_MINUTES, **hint}
    return {"validate": "any", **hint}
