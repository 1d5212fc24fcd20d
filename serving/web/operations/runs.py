"""The API of the daily runs: which were planned, how each stands, why one failed, and starting one."""

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import JSONResponse, Response

from serving.errors import BadCursor, RunUnderWay, UnknownRun
from serving.morning.asked_runs import AskedRuns
from serving.published.desk import Desk
from serving.tabular.lists import runs_table
from serving.web.door import DoorFirst
from serving.web.file_kinds import Wanted, list_of, page_size
from serving.web.operations.schemas import DailyRunOut, DailyRunsOut, RunIn, RunStartedOut
from serving.web.parameters import Limit, responses
from serving.web.writes import Key, Who, request_id_of, writes

PAGE_RUNS = 50

_STARTED = writes(
    RunStartedOut,
    {409: "another daily run is at work, or the first request with this key is"},
    status=202,
)


def runs_router(desk: Desk, asked_runs: AskedRuns | None = None) -> APIRouter:
    """The routes below `/api/v1/runs`; without `asked_runs` none can be started."""
    router = APIRouter(prefix="/api/v1/runs", tags=["operations"], route_class=DoorFirst)
    log = desk.daily_runs

    @router.get("", responses=responses(DailyRunsOut, is_list=True))
    def daily_runs(
        request: Request,
        wanted: Wanted,
        cursor: Annotated[str | None, Query(max_length=400, description="next_cursor of the page before")] = None,
        limit: Limit = None,
    ) -> Response:
        """The daily runs, those planned last first."""
        if cursor is not None and log.run(cursor) is None:
            raise BadCursor(cursor)
        count = page_size(wanted, limit, PAGE_RUNS)
        found = log.newest(count + 1, before=cursor)
        shown = [run.to_json() for run in found[:count]]
        body = {"items": shown, "next_cursor": shown[-1]["id"] if len(found) > count else None}
        return list_of(request, wanted, body, runs_table, "runs")

    @router.get("/{run_id}", responses=responses(DailyRunOut))
    def daily_run(run_id: str) -> JSONResponse:
        """One daily run: how it stands, which steps are done, and why it failed."""
        run = log.run(run_id)
        if run is None:
            raise UnknownRun(run_id)
        return JSONResponse(run.to_json())

    def told(began: dict[str, Any]) -> dict[str, Any]:
        if began["state"] == "under_way":
            newest = log.newest(1)
            raise RunUnderWay(newest[0].plan.key if newest else None)
        there = log.run(began["id"]) is not None  # a list that stands may have been made by hand
        return {**began, "run": f"/api/v1/runs/{began['id']}" if there else None}

    if asked_runs is not None:

        @router.post("", **_STARTED)
        def start_daily_run(
            request: Request,
            who: Who,
            asked: Annotated[RunIn, Body(default_factory=RunIn)],
            idempotency_key: Key = None,
        ) -> JSONResponse:
            """Start a daily run, as `payrisk daily` would, and say where it can be followed. The same inputs are the
            same run; a list that would be made the same stands. Who asked stands in the audit log and in the run."""
            answer = asked_runs.ask(asked.as_of, who, told, key=idempotency_key, request_id=request_id_of(request))
            headers = {"Location": answer.body["run"]} if answer.body["run"] else None
            return JSONResponse(answer.body, answer.status, headers=headers)

    return router
