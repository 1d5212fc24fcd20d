"""Activities over the API: what people do about an account, recorded and taken back. Read, call, answer."""

import re
import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Header, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from serving.activities.key_store import Answer
from serving.activities.people import Actor
from serving.activities.recording import Asked, Recorder, etag
from serving.activities.said import Undo
from serving.people.person import Person
from serving.tabular.lists import activities_table
from serving.web.activities.schemas import ActivitiesOut, ActivityIn, ActivityOut, UndoIn
from serving.web.door import DoorFirst, Seen
from serving.web.file_kinds import JSON, VARY, Wanted, file_of, page_size
from serving.web.parameters import PAGE_LINES, Limit, day_of, responses

IfMatch = Annotated[str | None, Header(description="the ETag of the account: the version that the change is made on")]
Key = Annotated[
    str | None,
    Header(description="the same key and body within 24 hours: the same answer, and no second effect"),
]

WRITE_PROBLEMS = {
    409: "it cannot be done any more, or the first request with this key is still at work",
    412: "somebody else changed the account first",
    428: "If-Match is missing",
}


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

    @router.post(
        "/accounts/{customer_id:path}/activities",
        tags=["accounts"],
        status_code=201,
        responses=responses(ActivityOut, status=201, problems=WRITE_PROBLEMS),
    )
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

    @router.post(
        "/accounts/{customer_id:path}/activities/{activity_id}/undo",
        tags=["accounts"],
        status_code=201,
        responses=responses(ActivityOut, status=201, problems=WRITE_PROBLEMS),
    )
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


def actor(request: Request) -> Actor:
    """The person who is signed in: the door lets nobody else this far."""
    person: Person = request.state.person
    return Actor(person.person_id, "+".join(sorted(person.roles)))


Who = Annotated[Actor, Depends(actor)]


def answer_of(answer: Answer) -> JSONResponse:
    """What was recorded, with the ETag of its account."""
    return JSONResponse(answer.body, answer.status, headers={"ETag": etag(answer.account_version)})


def request_id_of(request: Request) -> str:
    """The caller's own, where it is a plain word; else one of ours."""
    said: Any = request.headers.get("x-request-id", "")
    return said if re.fullmatch(r"[A-Za-z0-9._-]{1,64}", said) else secrets.token_hex(8)
