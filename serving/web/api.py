"""The API: the published lists and accounts as JSON. Read, call, answer; the thoughts live one floor down."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from features.languages import ENGLISH, Language
from serving.activities.recording import Recorder, etag
from serving.errors import BadQueryDay
from serving.published.desk import MOST_LINES, Desk, Which
from serving.tabular.account_lists import history_table, items_table
from serving.tabular.lists import queue_table
from serving.web.as_sent import RouteAsSent
from serving.web.door import Seen
from serving.web.file_kinds import ENDINGS, FILE, JSON, VARY, Wanted, file_of, page_size
from serving.web.schemas import (
    AccountHistoryOut,
    AccountItemsOut,
    AccountOut,
    EvidenceOut,
    ProblemOut,
    QueueItemOut,
    QueueOut,
)
from serving.why.evidence import EvidenceRoom
from serving.wording import told_in

PAGE_LINES = 50
AS_PACKED = {"content-encoding": "gzip", "vary": "Accept, Accept-Encoding"}
"""The headers of an answer that was kept packed; others are packed, or not, on their way out."""

Evening = Annotated[
    str, Path(description="an evening as YYYY-MM-DD, or today: the newest published", examples=["today"])
]
AsOf = Annotated[str | None, Query(description="an evening as YYYY-MM-DD; default: the newest published")]
Limit = Annotated[
    int | None,
    Query(ge=1, le=MOST_LINES, description="entries of a page; default: 50, in a file as many as there are"),
]
ToldIn = Annotated[Language, Query(description="the language of reasons and sentences; all else is English")]


def api_router(desk: Desk, evidence: EvidenceRoom, recorder: Recorder | None = None) -> APIRouter:
    """The routes below `/api/v1`, reading from this desk and from the ledger behind it.

    Args:
        recorder: knows how often people changed an account, which is its ETag; without one it has none.
    """
    router = APIRouter(prefix="/api/v1", route_class=RouteAsSent)

    @router.get("/queues/{as_of}", tags=["queue"], responses=responses(QueueOut, is_list=True))
    async def queue(
        request: Request,
        as_of: Evening,
        sight: Seen,
        wanted: Wanted,
        min_amount: Annotated[
            Decimal | None,
            Query(description="least overdue money of a line, in the reporting currency", allow_inf_nan=False),
        ] = None,
        collector: Annotated[
            str | None, Query(max_length=200, description="who is to call, by the id in the team; empty for nobody")
        ] = None,
        segment: Annotated[str | None, Query(max_length=50, description="segment of the strategy")] = None,
        cursor: Annotated[str | None, Query(max_length=400, description="next_cursor of the page before")] = None,
        limit: Limit = None,
        language: ToldIn = ENGLISH,
    ) -> Response:
        """Whom to call first on an evening's list, and why: one line per account, ranked from 1."""
        day, lines = day_of(as_of), page_size(wanted, limit, PAGE_LINES)
        page: dict[str, Any] = {
            "which": Which(min_amount, collector, segment),
            "cursor": cursor,
            "limit": lines,
            "sight": sight,
        }
        if wanted != JSON:
            listed = told_in(await run_in_threadpool(desk.queue, day, **page), language)
            return await run_in_threadpool(
                file_of, request, wanted, listed, queue_table(listed), f"queue-{listed['as_of']}"
            )
        if language != ENGLISH:
            return JSONResponse(told_in(await run_in_threadpool(desk.queue, day, **page), language), headers=VARY)
        page["packed"] = "gzip" in request.headers.get("accept-encoding", "")
        body = desk.kept_queue_json(day, **page) or await run_in_threadpool(desk.queue_json, day, **page)
        return Response(body, media_type=JSON, headers=AS_PACKED if page["packed"] else VARY)

    @router.get("/queues/{as_of}/items/{customer_id:path}", tags=["queue"], responses=responses(QueueItemOut))
    def queue_item(as_of: Evening, customer_id: str, sight: Seen, language: ToldIn = ENGLISH) -> JSONResponse:
        """One line of an evening's list: all its reasons, its open items, and why it has its rank."""
        return JSONResponse(told_in(desk.queue_item(customer_id, day_of(as_of), sight), language))

    # Before the account's own: an id may hold slashes, and would take this route too.
    @router.get("/accounts/{customer_id:path}/evidence/{code}", tags=["accounts"], responses=responses(EvidenceOut))
    def reason_evidence(
        customer_id: str,
        code: Annotated[str, Path(description="the code of a reason", examples=["late_5_share_365d"])],
        sight: Seen,
        item: Annotated[str | None, Query(description="an open item; default: the one whose fact is told")] = None,
        as_of: AsOf = None,
        language: ToldIn = ENGLISH,
    ) -> JSONResponse:
        """The invoices, payments, promises, disputes and contacts behind a reason, and its value worked out again."""
        return JSONResponse(evidence.evidence(customer_id, code, item, day_of(as_of), language, sight))

    items_out = responses(AccountItemsOut, is_list=True)

    @router.get("/accounts/{customer_id:path}/items", tags=["accounts"], responses=items_out)
    def account_items(
        request: Request, customer_id: str, sight: Seen, wanted: Wanted, as_of: AsOf = None, language: ToldIn = ENGLISH
    ) -> Response:
        """The open items of an account, each with its own chances and reasons."""
        body = told_in(items_body(desk.account(customer_id, day_of(as_of), sight)), language)
        if wanted != JSON:
            return file_of(request, wanted, body, items_table(body), "items")
        return JSONResponse(body, headers=VARY)

    history_out = responses(AccountHistoryOut, is_list=True)

    @router.get("/accounts/{customer_id:path}/history", tags=["accounts"], responses=history_out)
    def account_history(
        request: Request, customer_id: str, sight: Seen, wanted: Wanted, as_of: AsOf = None
    ) -> Response:
        """What an account did in the last 24 months: invoices settled, promises, contacts."""
        body = history_body(desk.account(customer_id, day_of(as_of), sight))
        if wanted != JSON:
            return file_of(request, wanted, body, history_table(body), "history")
        return JSONResponse(body, headers=VARY)

    @router.get("/accounts/{customer_id:path}", tags=["accounts"], responses=responses(AccountOut))
    def account(customer_id: str, sight: Seen, as_of: AsOf = None, language: ToldIn = ENGLISH) -> Response:
        """One account with its open items, each with its own chances and reasons, on the list or not."""
        asked = customer_id, day_of(as_of), sight
        if language == ENGLISH:
            answer = Response(desk.account_json(*asked), media_type=JSON)
        else:
            answer = JSONResponse(told_in(desk.account(*asked), language))
        if recorder:
            answer.headers["ETag"] = etag(recorder.version(customer_id))
        return answer

    return router


def items_body(account: dict[str, Any]) -> dict[str, Any]:
    """The open items of an account (`AccountItemsOut`)."""
    return {name: account[name] for name in ("customer_id", "items", "run")}


def history_body(account: dict[str, Any]) -> dict[str, Any]:
    """What an account did (`AccountHistoryOut`)."""
    told = {name: account[name] for name in ("customer_id", "settled_invoices", "promises", "contacts", "run")}
    return {**told, "items": account["history"]}


def day_of(text: str | None) -> date | None:
    """The evening asked for; None, the newest published, for nothing and for `today`. Raises `BadQueryDay`."""
    if text is None or text == "today":
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise BadQueryDay(text) from None


def responses(
    model: type[BaseModel],
    *,
    status: int = 200,
    problems: Mapping[int, str] = MappingProxyType({}),
    is_list: bool = False,
) -> dict[int | str, dict[str, Any]]:
    """What a route can answer; examples: `openapi.py`. The stored JSON is not validated again on its way out.

    Args:
        status: of success; problems: status → meaning of what else can go wrong than with every route.
        is_list: whether it is given as a file too (`file_kinds.py`).
    """
    refusals = {
        401: "nobody is signed in, or the token ended",
        404: "not there",
        422: "not understood",
        429: "too many requests; Retry-After says how long to wait",
        500: "a fault of ours",
        503: "the database does not answer",
    }
    told: dict[int | str, dict[str, Any]] = {status: {"model": model}}
    if is_list:
        told[status]["content"] = {kind: {"schema": FILE} for kind in ENDINGS}
        refusals[406] = "Accept takes none of the kinds that a list is given in"
    return told | {code: _problem(what) for code, what in sorted({**refusals, **problems}.items())}


def _problem(what: str) -> dict[str, Any]:
    return {"description": what, "content": {"application/problem+json": {"schema": ProblemOut.model_json_schema()}}}
