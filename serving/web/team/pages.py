"""The manager's page of the team: who has what before them, that no account falls off the list, what waits for a
manager, and giving accounts to somebody else."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from ledger.errors import PayriskError
from serving.activities.people import Actor
from serving.activities.recording import Asked
from serving.errors import NothingPublished
from serving.etags import etag
from serving.team.room import Period, TeamRoom
from serving.web.activities.words import NameOf
from serving.web.forms import Fields, form_of
from serving.web.pages import Pages
from serving.web.problems import STATUS
from serving.web.team.words import PERIODS, team_page
from serving.web.writes import Who, request_id_of

Json = dict[str, Any]

KEPT_ON_THE_PAGE = frozenset({404, 409, 412, 422})


def team_router(room: TeamRoom, pages: Pages, name_of: NameOf) -> APIRouter:
    """The routes below `/team`."""
    router = APIRouter(include_in_schema=False)

    def page(period: Period, status: int = 200, **told: Any) -> HTMLResponse:
        try:
            day = room.day(period)
        except NothingPublished as nothing:
            return pages.show("nothing.html", as_of=nothing.as_of, evenings=room.desk.evenings())
        shown = team_page(day, room.desk, name_of)
        told["form"] = EMPTY_FORM | dict(told.get("form", {}))
        return pages.show("team.html", status, periods=PERIODS, **{**ASKED_NOTHING, **told}, **shown)

    @router.get("/team")
    def team(
        period: Annotated[Period, Query()] = "today",
        whose: Annotated[str, Query(max_length=200)] = "",
        account: Annotated[str, Query(max_length=500)] = "",
        given: Annotated[int | None, Query(ge=0, le=10**6)] = None,
        to: Annotated[str, Query(max_length=200)] = "",
    ) -> HTMLResponse:
        """Who does what, and what is nobody's."""
        return page(period, form={"whose": whose, "account": account}, given=given, to=to)

    @router.post("/team/reassign")
    async def reassign(request: Request, who: Who) -> Response:
        """Give an account, or everything of somebody, to somebody else."""
        form = await form_of(request)
        return await run_in_threadpool(_reassigned, request, form, who)

    def _reassigned(request: Request, form: Fields, who: Actor) -> Response:
        to, reason = form.get("to", ""), form.get("reason", "").strip()
        try:
            if form.get("what") == "account":
                given = _one(room, form.get("account", "").strip(), to, reason, who, request_id_of(request))
            else:
                given = room.give_on(form.get("whose", ""), to, reason, who, request_id_of(request))
        except PayriskError as error:
            if STATUS.get(error.code) not in KEPT_ON_THE_PAGE:
                raise
            return page("today", STATUS[error.code], form=form, refused=error)
        return RedirectResponse(f"/team?given={given}&to={quote(to, safe='')}", status_code=303)

    return router


ASKED_NOTHING: Json = {"given": None, "to": "", "refused": None}
EMPTY_FORM: Json = {"account": "", "whose": "", "to": "", "reason": ""}


def _one(room: TeamRoom, customer_id: str, to: str, reason: str, who: Actor, request_id: str) -> int:
    asked = Asked(who, etag(room.recorder.version(customer_id)), request_id=request_id)
    room.reassign(customer_id, to, reason, asked)
    return 1
