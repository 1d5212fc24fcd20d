"""The API of the daily runs: which were planned, how each stands, and why one failed."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from serving.desk import MOST_LINES, Desk
from serving.errors import BadCursor, UnknownRun
from serving.web.api import responses
from serving.web.operation_schemas import DailyRunOut, DailyRunsOut

PAGE_RUNS = 50


def runs_router(desk: Desk) -> APIRouter:
    """The routes below `/api/v1/runs`."""
    router = APIRouter(prefix="/api/v1/runs", tags=["operations"])
    log = desk.daily_runs

    @router.get("", responses=responses(DailyRunsOut))
    def daily_runs(
        cursor: Annotated[str | None, Query(max_length=400, description="next_cursor of the page before")] = None,
        limit: Annotated[int, Query(ge=1, le=MOST_LINES, description="runs of a page")] = PAGE_RUNS,
    ) -> JSONResponse:
        """The daily runs, those planned last first."""
        if cursor is not None and log.run(cursor) is None:
            raise BadCursor(cursor)
        found = log.newest(limit + 1, before=cursor)
        shown = [run.to_json() for run in found[:limit]]
        return JSONResponse({"items": shown, "next_cursor": shown[-1]["id"] if len(found) > limit else None})

    @router.get("/{run_id}", responses=responses(DailyRunOut))
    def daily_run(run_id: str) -> JSONResponse:
        """One daily run: how it stands, which steps are done, and why it failed."""
        run = log.run(run_id)
        if run is None:
            raise UnknownRun(run_id)
        return JSONResponse(run.to_json())

    return router
