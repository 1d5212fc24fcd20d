"""The lists and accounts as JSON. Read, call, answer; the thoughts live one floor down."""

from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from features.languages import ENGLISH
from serving.activities.recording import Recorder
from serving.etags import etag
from serving.published.desk import Desk
from serving.published.which import Which
from serving.tabular.account_lists import history_table, items_table
from serving.tabular.lists import queue_table
from serving.web.as_sent import RouteAsSent
from serving.web.door import Seen, seen
from serving.web.file_kinds import JSON, VARY, Wanted, file_of, page_size, wanted_kind
from serving.web.parameters import PAGE_LINES, AsOf, Evening, Limit, ToldIn, day_of, responses
from serving.web.queues.schemas import (
    AccountHistoryOut,
    AccountItemsOut,
    AccountOut,
    EvidenceOut,
    QueueItemOut,
    QueueOut,
)
from serving.why.evidence import EvidenceRoom
from serving.wording import told_in

AS_PACKED = {"content-encoding": "gzip", "vary": "Accept, Accept-Encoding"}
"""The headers of an answer that was kept packed; others are packed, or not, on their way out."""


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
        # Asked for most of all: without a dependency each for these two a page that is kept takes 7 % less.
        sight, wanted = await seen(request), await wanted_kind(request)
        day, lines = day_of(as_of), page_size(wanted, limit, PAGE_LINES)
        which = Which(day, sight, min_amount, collector, segment, cursor, lines)
        if wanted != JSON:
            listed = told_in(await run_in_threadpool(desk.queue, which), language)
            return await run_in_threadpool(
                file_of, request, wanted, listed, queue_table(listed), f"queue-{listed['as_of']}"
            )
        if language != ENGLISH:
            return JSONResponse(told_in(await run_in_threadpool(desk.queue, which), language), headers=VARY)
        packed = "gzip" in request.headers.get("accept-encoding", "")
        body = desk.kept_queue_json(which, packed=packed)
        body = body or await run_in_threadpool(desk.queue_json, which, packed=packed)
        return Response(body, media_type=JSON, headers=AS_PACKED if packed else VARY)

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
