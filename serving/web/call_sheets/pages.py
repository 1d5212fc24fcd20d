"""The page of call sheets: bring back what was filled in, and have the account of every row."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from starlette.concurrency import run_in_threadpool

from ledger.errors import PayriskError
from serving.activities.recording import Recorder
from serving.call_sheet.reading_apart import read_uploaded
from serving.call_sheet.recording import SheetReport, record_sheet
from serving.imports.errors import NoFiles
from serving.web.call_sheets.api import MOST_SHEET_BYTES
from serving.web.door import Seen
from serving.web.forms import UPLOADS
from serving.web.languages import retold, tr
from serving.web.pages import Pages
from serving.web.problems import STATUS
from serving.web.uploads import ANY_SIZE, Upload
from serving.web.writes import Who, request_id_of

Json = dict[str, Any]

STATUSES = {
    "recorded": "Recorded",
    "already_recorded": "Recorded before",
    "conflict": "Changed by somebody since",
    "refused": "Refused",
}
"""What became of a row."""


def call_sheet_pages(recorder: Recorder, pages: Pages) -> APIRouter:
    """The routes of `/call-sheets`."""
    router = APIRouter(include_in_schema=False)

    def page(status: int = 200, **told: Any) -> HTMLResponse:
        shown: Json = {"sheets": [], "refused": None, "most_mb": MOST_SHEET_BYTES // 2**20, "statuses": STATUSES} | told
        return pages.show("call_sheets.html", status, **shown)

    @router.get("/call-sheets")
    def call_sheets() -> HTMLResponse:
        """How a sheet is filled in, and where it is brought back."""
        return page()

    @router.post("/call-sheets", max_body_size=ANY_SIZE)
    async def bring_back(request: Request, who: Who, sight: Seen) -> HTMLResponse:
        """Record what was filled in; every row is accounted for. The same sheet again records nothing more."""
        upload: Upload | None = getattr(request.state, "upload", None)

        def recorded(brought: list[tuple[str, bytes]]) -> HTMLResponse:
            sheets: list[tuple[str, SheetReport]] = []
            try:
                for name, content in brought:
                    rows = read_uploaded(content)
                    report = record_sheet(recorder, rows, who, sight=sight, request_id=request_id_of(request))
                    sheets.append((name, report))
            except PayriskError as error:
                if STATUS.get(error.code, 503) >= 500:
                    raise
                told = tr("{file}: {why}", file=brought[len(sheets)][0], why=retold(error))
                return page(STATUS[error.code], sheets=sheets, refused={"why": told, "remedy": error.remedy})
            return page(sheets=sheets)

        try:
            if upload is None:
                raise NoFiles
            brought = await upload.contents()
        except NoFiles as error:
            return page(STATUS[error.code], refused={"why": tr("No file was chosen."), "remedy": None})
        return await run_in_threadpool(recorded, brought)

    setattr(bring_back, UPLOADS, MOST_SHEET_BYTES)
    return router
