"""The API of the team and of the settings: who does what, that no account falls off the list, who may sign in, which
rules are in force; and giving accounts to somebody else. The same objects as the pages."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Query, Request
from fastapi.responses import JSONResponse, Response

from ledger.desk_journal import Recorded
from serving.activities.recording import Asked
from serving.tabular.team_lists import (
    coverage_table,
    holds_table,
    people_table,
    team_table,
    waiting_table,
    workload_table,
)
from serving.team.bodies import coverage_body, team_body, waiting_body, workload_body
from serving.team.room import Period, TeamRoom
from serving.web.activities.api import WRITTEN, IfMatch, answer_of
from serving.web.door import DoorFirst, Seen
from serving.web.file_kinds import Wanted, list_of, page_size
from serving.web.parameters import PAGE_LINES, Limit, responses
from serving.web.settings.pages import SettingsRoom
from serving.web.team.schemas import (
    AssignmentIn,
    CoverageOut,
    HoldsOut,
    PeopleOut,
    PortfolioIn,
    PortfolioOut,
    StrategyOut,
    TeamOut,
    WaitingOut,
    WorkloadOut,
)
from serving.web.writes import KEY_AT_WORK, Key, Who, request_id_of, writes

Json = dict[str, Any]
InPeriod = Annotated[Period, Query(description="of the results; a week begins on Monday")]
Cursor = Annotated[str | None, Query(max_length=600, description="next_cursor of the page before")]

_GIVEN = writes(PortfolioOut, {409: f"the team is a number of calls, or {KEY_AT_WORK}"})


def team_api_router(room: TeamRoom) -> APIRouter:
    """The routes of the team."""
    router = APIRouter(prefix="/api/v1", tags=["team"], route_class=DoorFirst)

    def shown(customer_id: str, sight: Seen) -> None:
        room.desk.require_shown(customer_id, sight)

    @router.get("/team", responses=responses(TeamOut, is_list=True))
    def team(request: Request, wanted: Wanted) -> Response:
        """Everybody who calls, with minutes a day and absences; as of now, with what managers recorded."""
        return list_of(request, wanted, team_body(room.team()), team_table, "team")

    @router.get("/team/workload", responses=responses(WorkloadOut, is_list=True))
    def workload(request: Request, wanted: Wanted, period: InPeriod = "today") -> Response:
        """What each collector has before them and did, beside what their accounts would have brought the whole team."""
        return list_of(request, wanted, workload_body(room.day(period)), workload_table, f"workload-{period}")

    @router.get("/team/coverage", responses=responses(CoverageOut, is_list=True))
    def coverage(request: Request, wanted: Wanted, cursor: Cursor = None, limit: Limit = None) -> Response:
        """Where every past due account stands by now; `items` are those without a next step, the most money first."""
        body = coverage_body(room.day(), cursor, page_size(wanted, limit, PAGE_LINES))
        return list_of(request, wanted, body, coverage_table, "coverage")

    @router.get("/team/waiting", responses=responses(WaitingOut, is_list=True))
    def waiting(request: Request, wanted: Wanted, cursor: Cursor = None, limit: Limit = None) -> Response:
        """What waits for a manager: contested ranks, escalations, disputes over their date."""
        body = waiting_body(room.day(), cursor, page_size(wanted, limit, PAGE_LINES))
        return list_of(request, wanted, body, waiting_table, "waiting")

    @router.post("/team/assignments", **_GIVEN)
    def give_on(
        request: Request, portfolio: Annotated[PortfolioIn, Body()], who: Who, idempotency_key: Key = None
    ) -> JSONResponse:
        """Give every account of one collector to another, from the next list on. Each is a change of its own, so what
        came until an interruption stays, and the same again does the rest. Of very many the first are given, and `more`
        says so; the others are asked for with a new key, for the same one has the same answer."""
        answer = room.give_on_once(
            portfolio.whose, portfolio.to, portfolio.reason.strip(), who, idempotency_key, request_id_of(request)
        )
        return JSONResponse(answer.body, answer.status)

    @router.post(
        "/accounts/{customer_id:path}/assignments",
        tags=["accounts"],
        dependencies=[Depends(shown)],
        **WRITTEN,
    )
    def give(
        request: Request,
        customer_id: str,
        assignment: Annotated[AssignmentIn, Body()],
        who: Who,
        if_match: IfMatch = None,
        idempotency_key: Key = None,
    ) -> JSONResponse:
        """Give one account to a collector, from the next list on; an activity, which can be undone."""
        asked = Asked(who, if_match, idempotency_key, "POST assignments", request_id_of(request))
        return answer_of(room.reassign(customer_id, assignment.to, assignment.reason.strip(), asked))

    return router


def settings_api_router(room: SettingsRoom) -> APIRouter:
    """The routes of the settings: for reading; who may sign in is changed on their page and by commands."""
    router = APIRouter(prefix="/api/v1", tags=["settings"])

    @router.get("/people", responses=responses(PeopleOut, is_list=True))
    def people(request: Request, wanted: Wanted) -> Response:
        """Everybody who may sign in and as what, and the machines with their tokens, without secrets."""
        body = {"items": [_person(one) for one in room.people()], "next_cursor": None}
        return list_of(request, wanted, body, people_table, "people")

    @router.get("/strategy", responses=responses(StrategyOut))
    def strategy() -> JSONResponse:
        """The rules of the list that are in force, and how they differ from those that payrisk ships."""
        return JSONResponse(_rules(room.rules()))

    @router.get("/holds", responses=responses(HoldsOut, is_list=True))
    def holds(
        request: Request,
        wanted: Wanted,
        cursor: Annotated[int | None, Query(ge=1, le=2**31 - 1, description="next_cursor of the page before")] = None,
        limit: Limit = None,
    ) -> Response:
        """The holds that were recorded at the desk and are in force, the newest first. One is released by undoing its
        activity."""
        count = page_size(wanted, limit, PAGE_LINES)
        rows = [row for row in room.holds() if cursor is None or row.sequence < cursor]
        items = [_hold(row, room.name_of(row.customer_id)) for row in rows[:count]]
        body = {"items": items, "next_cursor": str(rows[count - 1].sequence) if len(rows) > count else None}
        return list_of(request, wanted, body, holds_table, "holds")

    return router


def _person(one: Mapping[str, Any]) -> Json:
    person = one["person"]
    return {
        "person_id": person.person_id,
        "name": person.name,
        "roles": sorted(person.roles),
        "collector": person.collector,
        "disabled": one["gone"],
        "has_password": one["has_password"],
        "tokens": [
            {
                "token_id": token.token_id,
                "scopes": list(token.scopes),
                "created_at": token.created_at.isoformat(timespec="seconds"),
                "expires_at": token.expires_at.isoformat(timespec="seconds"),
            }
            for token in one["tokens"]
        ],
    }


def _rules(told: Mapping[str, Any]) -> Json:
    rules = told["strategy"]
    return {
        "version": rules.version,
        "valid_from": rules.valid_from.isoformat(),
        "sentence": rules.sentence,
        "changes": [{"section": one.section, "line": one.line} for one in told["changes"]],
        "remarks": told["remarks"],
    }


def _hold(row: Recorded, name: str) -> Json:
    return {
        "activity_id": row.activity_id,
        "customer_id": row.customer_id,
        "customer_name": name,
        "kind": row.kind,
        "why": row.said.get("why", ""),
        "reason": row.said.get("reason", ""),
        "until_on": row.said.get("until_on"),
        "by": row.actor,
        "known_on": row.known_on.isoformat(),
    }
