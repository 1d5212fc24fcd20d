"""The API of the reports: one route each, as JSON, or as a file of the kind that is asked for."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from features.languages import ENGLISH
from serving.reports.reading import ReportRoom
from serving.reports.tables import table_of
from serving.web.file_kinds import JSON, VARY, Wanted, file_of
from serving.web.parameters import AsOf, ToldIn, day_of, responses
from serving.web.reports.schemas import ANSWERS
from serving.wording import told_in

SUMMARIES = {
    "overview": "Six figures of an evening",
    "aging": "What is open by how late it is, and the proof that it ties",
    "past-due": "The share past due at the past month ends",
    "dso": "The DSO family at the past month ends",
    "effectiveness": "How much of what could be collected was, by month",
    "cash-forecast": "Cash of the past weeks, and expected of the next ones",
    "high-risk": "The accounts by money expected late",
    "over-90": "The accounts by money over 90 days past due",
    "without-next-step": "Past due accounts below what the team can work",
}


def reports_router(room: ReportRoom) -> APIRouter:
    """The routes below `/api/v1/reports`."""
    router = APIRouter(prefix="/api/v1/reports", tags=["reports"])
    for name, model in ANSWERS.items():
        router.add_api_route(
            f"/{name}",
            _route(room, name),
            name=f"report_{name.replace('-', '_')}",
            summary=SUMMARIES[name],
            description=model.__doc__,
            responses=responses(model, is_list=True),
        )
    return router


def _route(room: ReportRoom, name: str) -> Callable[..., Response]:
    def report(request: Request, wanted: Wanted, as_of: AsOf = None, language: ToldIn = ENGLISH) -> Response:
        body = told_in(room.report(name, day_of(as_of)), language)
        if wanted == JSON:
            return JSONResponse(body, headers=VARY)
        return file_of(request, wanted, body, table_of(body), f"{name}-{body['as_of']}")

    return report
