"""The API of the daily runs: which were planned, how each stands, why one failed, and starting one."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import JSONResponse, Response

from serving.errors import BadCursor, RunUnderWay, UnknownRun
from serving.published.desk import Desk
from serving.tabular.lists import runs_table
from serving.web.api import Limit, responses
from serving.web.door import DoorFirst
from serving.web.file_kinds import JSON, VARY, Wanted, file_of, page_size
from serving.web.operation_schemas import DailyRunOut, DailyRunsOut, RunIn, RunStartedOut

PAGE_RUNS = 50

Start = Callable[[date | None], dict[str, Any]]
"""Starts the daily run of an evening (None: the newest the ledger knows) in a process of its own. Gives `state`
(running; stands; under_way for another runner) and `id`, its key. Raises what keeps it from being planned."""


def runs_router(desk: Desk, start: Start | None = None) -> APIRouter:
    """The routes below `/api/v1/runs`; without `start` none can be started."""
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
        if wanted != JSON:
            return file_of(request, wanted, body, runs_table(body), "runs")
        return JSONResponse(body, headers=VARY)

    @router.get("/{run_id}", responses=responses(DailyRunOut))
    def daily_run(run_id: str) -> JSONResponse:
        """One daily run: how it stands, which steps are done, and why it failed."""
        run = log.run(run_id)
        if run is None:
            raise UnknownRun(run_id)
        return JSONResponse(run.to_json())

    if start is not None:

        @router.post(
            "",
            status_code=202,
            responses=responses(RunStartedOut, status=202, problems={
                403: "it was not sent by a page of this session, or in the clear",
                409: "another daily run is at work",
            }),
        )  # fmt: skip
        def start_daily_run(asked: Annotated[RunIn, Body(default_factory=RunIn)]) -> JSONResponse:
            """Start a daily run, as `payrisk daily` would, and say where it can be followed. The same inputs are the
            same run; a list that would be made the same stands."""
            began = start(asked.as_of)
            if began["state"] == "under_way":
                newest = log.newest(1)
                raise RunUnderWay(newest[0].plan.key if newest else None)
            there = log.run(began["id"]) is not None  # a list that stands may have been made by hand
            address = f"/api/v1/runs/{began['id']}" if there else None
            headers = {"Location": address} if address else None
            return JSONResponse({**began, "run": address}, 202, headers=headers)

    return router
