"""A call sheet that was uploaded, read for the serving process, which has none of the libraries that read files."""

import json
from typing import Any

from serving.apart import run_apart
from serving.call_sheet.rows import SheetRow
from serving.errors import NoCallSheet


def read_uploaded(content: bytes) -> list[SheetRow]:
    """The rows of a sheet. Raises `NoCallSheet` with what reading found, and `ChildFailed`."""
    told: dict[str, Any] = json.loads(run_apart("serving.call_sheet.reading", content))
    if "refused" in told:
        code, sentence, remedy = told["refused"]
        raise NoCallSheet(code, sentence, remedy)
    return [SheetRow(**{**row, "numbers": tuple(row["numbers"])}) for row in told["rows"]]
