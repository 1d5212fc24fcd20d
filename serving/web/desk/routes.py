"""The routes of the list and of an account, and those that a form of theirs posts to."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from ledger.errors import PayriskError
from serving.activities.key_store import Answer
from serving.activities.people import Actor
from serving.activities.recording import Asked, Recorder
from serving.activities.said import Said, Undo
from serving.etags import etag
from serving.published.desk import Desk
from serving.published.which import Which
from serving.strategy.strategy import Strategy
from serving.web.activities.words import NameOf
from serving.web.as_sent import RouteAsSent
from serving.web.desk.account_parts import ITEMS_IN_PANEL, ITEMS_ON_PAGE, STANDINGS
from serving.web.desk.evidence_words import evidence_page
from serving.web.desk.list_tabs import NOTHING_THERE
from serving.web.desk.list_view import ListView, Viewed, list_view
from serving.web.desk.outcome_forms import CHOICES, said_of
from serving.web.desk.pages import DeskPages, Visit
from serving.web.desk.past import PROMISES
from serving.web.desk.work import Place, Refused
from serving.web.door import Seen
from serving.web.file_kinds import XLSX, file_answer
from serving.web.forms import Fields, form_of
from serving.web.languages import LANGUAGE
from serving.web.navigation import account_href
from serving.web.pages import Pages
from serving.web.parameters import day_of
from serving.web.problems import STATUS
from serving.web.writes import Who, request_id_of
from serving.why.evidence import EvidenceRoom

Json = dict[str, Any]
Reads = Callable[[Fields, Json], Said]

KEPT_ON_THE_PAGE = frozenset({409, 412, 422})
"""Refusals that are told on the page that the form stands on; others have a page of their own."""

Last = Annotated[str | None, Query(description="`done`: the activity recorded last; `of`: about which account")]
Account = Annotated[str | None, Query(description="the account beside the list")]


def visit_of(request: Request, who: Who, view: Viewed, done: Last = None, of: Last = None) -> Visit:
    """Who asks for a page, of which part of the list."""
    return Visit(who, request.state.sight, view, None if done is None or of is None else (of, done))


Visiting = Annotated[Visit, Depends(visit_of)]


def desk_router(
    desk: Desk,
    pages: Pages,
    recorder: Recorder | None,
    name_of: NameOf,
    documents: EvidenceRoom,
    strategy: Callable[[], Strategy],
) -> APIRouter:
    """The routes of the list and of an account; with a recorder also those that record."""
    router = APIRouter(include_in_schema=False, route_class=RouteAsSent)
    pages.templates.globals.update(
        standings=STANDINGS,
        promise_words=PROMISES,
        items_in_panel=ITEMS_IN_PANEL,
        items_on_page=ITEMS_ON_PAGE,
        choices=CHOICES,
        nothing_there=NOTHING_THERE,
    )
    drawn = DeskPages(desk, pages, recorder, name_of, strategy)

    @router.get("/queue")
    def queue(visit: Visiting, account: Account = None) -> HTMLResponse:
        """Whom do I call next, and why?"""
        return drawn.queue(visit, account)

    @router.get("/queue/panel")
    def panel(visit: Visiting, account: str) -> HTMLResponse:
        """One account's panel alone, for the keys."""
        return drawn.panel(visit, account)

    @router.get("/queue.xlsx")
    def workbook(visit: Visiting, tab: str | None = None) -> Response:
        """The list as a workbook: what its page shows, or without a tab all of it."""
        from serving.published.workbook import queue_workbook  # half a second of import that few processes need

        body = desk.queue(Which(day_of(visit.view.as_of), visit.sight)) if tab is None else drawn.shown(visit)
        name = f"queue-{body['as_of']}{f'-{visit.view.tab}' if tab else ''}.xlsx"
        versions = recorder.versions() if recorder else None  # with them it has columns to fill in
        return file_answer(queue_workbook(body, versions), XLSX, name)

    @router.get("/accounts/{customer_id:path}/evidence/{code}")
    def evidence(
        customer_id: str, code: str, sight: Seen, item: str | None = None, as_of: str | None = None
    ) -> HTMLResponse:
        """The documents behind one reason."""
        body = documents.evidence(customer_id, code, item, day_of(as_of), LANGUAGE.get(), sight)
        return pages.show("evidence.html", **evidence_page(body))

    if recorder is not None:
        _recording(router, drawn, recorder)

    # The last: an id may hold slashes, and would take every route below it.
    @router.get("/accounts/{customer_id:path}")
    def account(visit: Visiting, customer_id: str) -> HTMLResponse:
        """Everything for the call with one account."""
        return drawn.account(visit, customer_id)

    return router


def _recording(router: APIRouter, drawn: DeskPages, recorder: Recorder) -> None:
    """The routes that a form posts to, and the one that it asks before."""

    @router.get("/accounts/{customer_id:path}/news")
    def news(visit: Visiting, customer_id: str, version: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0) -> Response:
        """Whether somebody else was here since the page was loaded: a line that says so, or nothing (204)."""
        return drawn.news(visit, customer_id, version) or Response(status_code=204)

    @router.post("/accounts/{customer_id:path}/record")
    async def record(request: Request, customer_id: str, who: Who) -> Response:
        """Record what came of a call, and go on to the next account."""
        form = await form_of(request)
        return await run_in_threadpool(_posted, request, customer_id, who, form, said_of)

    @router.post("/accounts/{customer_id:path}/undo")
    async def undo(request: Request, customer_id: str, who: Who) -> Response:
        """Take back what was recorded, and show its account."""
        form = await form_of(request)
        return await run_in_threadpool(_posted, request, customer_id, who, form, _undo_of)

    def _posted(request: Request, customer_id: str, who: Actor, form: Fields, read: Reads) -> Response:
        view = list_view(form.get("tab", ""), form.get("q", ""), form.get("step", ""), form.get("as_of"))
        visit = Visit(who, request.state.sight, view)
        place: Place = "account" if form.get("from") == "account" else "queue"
        asked = Asked(who, etag_of(form), _key_of(customer_id, form), "POST page", request_id_of(request))
        drawn.desk.require_shown(customer_id, visit.sight)
        # What was said of an account that left the list since can still be taken back; nothing can be said of it.
        body = {} if read is _undo_of else drawn.desk.account(customer_id, sight=visit.sight)
        try:
            said = read(form, body)
            goes_to = customer_id if isinstance(said, Undo) else drawn.next_after(visit, body)
            answer = _written(recorder, customer_id, said, asked)
        except PayriskError as error:
            if STATUS.get(error.code) not in KEPT_ON_THE_PAGE:
                raise
            refused = Refused(form, error)
            if place == "account":
                return drawn.account(visit, customer_id, refused=refused)
            return drawn.queue(visit, customer_id, refused=refused)
        told = {"done": str(answer.body["activity_id"]), "of": customer_id}
        return RedirectResponse(_address(view, place, goes_to, told), status_code=303)


def _written(recorder: Recorder, customer_id: str, said: Said, asked: Asked) -> Answer:
    return (
        recorder.undo(customer_id, said, asked) if isinstance(said, Undo) else recorder.record(customer_id, said, asked)
    )


def _undo_of(form: Fields, _: Json) -> Undo:
    return Undo(form.get("of", ""))


def _address(view: ListView, place: Place, customer_id: str | None, told: Mapping[str, str]) -> str:
    """Where to go on: an account in the same place; the bare list when nothing is left."""
    if customer_id is None:
        return view.href(**told)
    if place == "account":
        return view.href(account_href(customer_id), **told)
    return view.href(account=customer_id, **told)


def _key_of(customer_id: str, form: Fields) -> str:
    """The idempotency key of a form: the same fields on the same version of an account are one change."""
    return hashlib.sha256(json.dumps([customer_id, *sorted(form.items())]).encode()).hexdigest()


def etag_of(form: Fields) -> str | None:
    """The version that a form was made on, as an If-Match header has it."""
    version = form.get("version", "")
    return etag(int(version)) if version.isascii() and version.isdigit() and len(version) < 10 else None
