"""Any list of the API as a file: which kind is asked for (`accept.py`), and the answer. One way for all lists."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.responses import JSONResponse, Response

from serving.errors import NotAcceptable
from serving.tabular.table import Json, Table
from serving.web.accept import preferred

JSON: Final = "application/json"
CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET: Final = "application/vnd.apache.parquet"

ENDINGS: Mapping[str, str] = {CSV: "csv", XLSX: "xlsx", PARQUET: "parquet"}
OFFERS = (JSON, *ENDINGS)

FILE: Mapping[str, str] = {"type": "string", "format": "binary"}
"""The schema of a file."""

VARY: Mapping[str, str] = {"vary": "Accept"}
"""On every answer of a list, file or not."""

MOST_FILE_ROWS = 100_000
"""Of one file; what is beyond is the next page's, as its Link header says."""


async def wanted_kind(request: Request) -> str:
    """The media type that a list is asked for as. Raises `NotAcceptable`."""
    accept = ",".join(request.headers.getlist("accept"))
    kind = preferred(accept, OFFERS)
    if kind is None:
        raise NotAcceptable(accept, OFFERS)
    return kind


Wanted = Annotated[str, Depends(wanted_kind)]


def page_size(wanted: str, limit: int | None, usual: int) -> int:
    """How many entries to answer with: as many as asked for; else a page, but in a file as many as it may hold."""
    return limit or (usual if wanted == JSON else MOST_FILE_ROWS)


def list_of(request: Request, wanted: str, body: Json, table: Callable[[Any], Table], name: str) -> Response:
    """A list as JSON, or as the file that is asked for."""
    return JSONResponse(body, headers=VARY) if wanted == JSON else file_of(request, wanted, body, table(body), name)


def file_of(request: Request, wanted: str, body: Json, table: Table, name: str) -> Response:
    """A list as a file to keep, named `name` with the ending of its kind; `body` says whether there is more of it."""
    headers = dict(VARY)
    if cursor := body.get("next_cursor"):
        headers["link"] = f'<{request.url.include_query_params(cursor=cursor)}>; rel="next"'
    content_type = f"{CSV}; charset=utf-8" if wanted == CSV else wanted
    return file_answer(_written(wanted, table, name), content_type, f"{name}.{ENDINGS[wanted]}", headers)


def file_answer(content: bytes, media_type: str, name: str, headers: Mapping[str, str] | None = None) -> Response:
    """A file to keep."""
    disposition = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers={**disposition, **(headers or {})})


def _written(wanted: str, table: Table, name: str) -> bytes:
    if wanted == CSV:
        from serving.tabular.csv_file import csv_bytes

        return csv_bytes(table)
    if wanted == PARQUET:
        from serving.tabular.parquet_apart import parquet_bytes

        return parquet_bytes(table)
    from serving.tabular.workbook_file import workbook_bytes  # half a second of import that few processes need

    return workbook_bytes({"List": table}, title=name)
