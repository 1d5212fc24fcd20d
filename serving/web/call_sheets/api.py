"""Call sheets over the API: a filled workbook comes back, and every row of it is recorded or says why not."""

import hashlib

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from serving.activities.key_store import Answer, sent_of
from serving.activities.once import Once
from serving.activities.recording import Recorder
from serving.call_sheet.reading_apart import read_uploaded
from serving.call_sheet.recording import record_sheet
from serving.web.activities.schemas import CallSheetOut
from serving.web.door import Seen
from serving.web.file_kinds import CSV, FILE, XLSX
from serving.web.parameters import responses
from serving.web.writes import KEY_AT_WORK, Key, Who, request_id_of

MOST_SHEET_BYTES = 5 * 2**20

ROUTE = "POST call-sheets"
"""What the idempotency keys of whole sheets belong to."""

_SENT = {"requestBody": {"required": True, "content": {kind: {"schema": FILE} for kind in (XLSX, CSV)}}}
_PROBLEMS = {
    409: KEY_AT_WORK,
    413: "a file of more than 5 MB",
}


def call_sheet_router(recorder: Recorder) -> APIRouter:
    """The route of call sheets."""
    router = APIRouter(prefix="/api/v1", tags=["accounts"])
    once = Once(recorder.store, recorder.instant)

    @router.post(
        "/call-sheets",
        responses=responses(CallSheetOut, problems=_PROBLEMS),
        openapi_extra=_SENT,
        max_body_size=MOST_SHEET_BYTES,
    )
    async def record_call_sheet(request: Request, who: Who, sight: Seen, idempotency_key: Key = None) -> JSONResponse:
        """Record what was filled into `/queue.xlsx`. Each row counts once, however often the file is sent; a row that
        cannot be recorded stops no other."""
        content = await request.body()

        def work() -> Answer:
            report = record_sheet(recorder, read_uploaded(content), who, sight=sight, request_id=request_id_of(request))
            return Answer(200, 0, report.to_json())

        sent = sent_of(who.person_id, ROUTE, idempotency_key, hashlib.sha256(content).hexdigest())
        answer = await run_in_threadpool(once.answer, sent, work)
        return JSONResponse(answer.body, answer.status)

    return router
