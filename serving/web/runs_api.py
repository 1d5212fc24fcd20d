"""The API of the daily runs: which were planned, how each stands, and why one failed."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from serving.desk import Desk
from serving.errors import BadCursor, UnknownRun
from serving.tabular.lists import runs_table
from serving.web.api import Limit, responses
from serving.web.file_kinds import JSON, VARY, Wanted, file_of, page_size
from serving.web.operation_schemas import DailyRunOut, DailyRunsOut

PAGE_RUNS = 50


def runs_router(desk: Desk) -> APIRouter:
    """The routes below `/api/v1/runs`."""
    router = APIRouter(prefix="/api/v1/runs", tags=["operations"])
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

    return router
