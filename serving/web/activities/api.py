"""Activities over the API: what people do about an account, recorded and taken back. Read, call, answer."""

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Header, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from serving.activities.key_store import Answer
from serving.activities.recording import Asked, Recorder
from serving.activities.said import Undo
from serving.etags import etag
from serving.tabular.lists import activities_table
from serving.web.activities.schemas import ActivitiesOut, ActivityIn, ActivityOut, UndoIn
from serving.web.door import DoorFirst, Seen
from serving.web.file_kinds import JSON, VARY, Wanted, file_of, page_size
from serving.web.parameters import PAGE_LINES, Limit, day_of, responses
from serving.web.writes import KEY_AT_WORK, Key, Who, request_id_of, version_problems, writes

IfMatch = Annotated[str | None, Header(description="the ETag of the account: the version that the change is made on")]

WRITTEN = writes(
    ActivityOut,
    {
        **version_problems("somebody else changed the account first"),
        409: f"it cannot be done any more, or {KEY_AT_WORK}",
    },
)
"""Of every route that records an activity."""


def activity_router(recorder: Recorder) -> APIRouter:
    """The routes below `/api/v1/accounts/{customer_id}/activities`; who may not see an account may not write of it."""

    def shown(customer_id: str, sight: Seen) -> None:
        recorder.desk.require_shown(customer_id, sight)

    router = APIRouter(prefix="/api/v1", route_class=DoorFirst, dependencies=[Depends(shown)])

    @router.get(
        "/accounts/{customer_id:path}/activities", tags=["accounts"], responses=responses(ActivitiesOut, is_list=True)
    )
    def activities(
        request: Request,
        customer_id: str,
        wanted: Wanted,
        cursor: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="next_cursor of the page before")] = None,
        limit: Limit = None,
        as_of: Annotated[
            str | None, Query(description="as it was known on that evening, YYYY-MM-DD; default: now, with the ETag")
        ] = None,
    ) -> Response:
        """What was recorded about an account, newest first, what was undone too; the ETag is the account's."""
        until, count = day_of(as_of), page_size(wanted, limit, PAGE_LINES)
        body = recorder.activities(customer_id, below=cursor, limit=count, until=until)
        if wanted != JSON:
            return file_of(request, wanted, body, activities_table(body), "activities")
        tag = {} if until else {"ETag": etag(body["account_version"])}  # nothing is written on what was
        return JSONResponse(body, headers={**tag, **VARY})

    @router.post("/accounts/{customer_id:path}/activities", tags=["accounts"], **WRITTEN)
    def record(
        request: Request,
        customer_id: str,
        activity: Annotated[ActivityIn, Body()],
        who: Who,
        if_match: IfMatch = None,
        idempotency_key: Key = None,
    ) -> JSONResponse:
        """Record a contact, promise, dispute, resolution, callback, hold, snooze, note, contest or escalation."""
        asked = Asked(who, if_match, idempotency_key, "POST activities", request_id_of(request))
        return answer_of(recorder.record(customer_id, activity.said(), asked))

    @router.post("/accounts/{customer_id:path}/activities/{activity_id}/undo", tags=["accounts"], **WRITTEN)
    def undo(
        request: Request,
        customer_id: str,
        activity_id: Annotated[str, Path(description="the activity to take back")],
        who: Who,
        why: Annotated[UndoIn, Body(default_factory=UndoIn)],
        if_match: IfMatch = None,
        idempotency_key: Key = None,
    ) -> JSONResponse:
        """Take an activity back. It stays in the list, marked; on its own day it never counted, later it ends."""
        asked = Asked(who, if_match, idempotency_key, "POST undo", request_id_of(request))
        return answer_of(recorder.undo(customer_id, Undo(activity_id, why.reason), asked))

    return router


def answer_of(answer: Answer) -> JSONResponse:
    """What was recorded, with the ETag of its account."""
    return JSONResponse(answer.body, answer.status, headers={"ETag": etag(answer.account_version)})
