"""For the people who run payrisk and their probes: is it alive, is it ready, what does it do."""

from collections.abc import Callable
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from ledger.errors import PayriskError
from serving.published.desk import Desk
from serving.web.guard import Body
from serving.web.operations.metrics import TEXT, metrics_text
from serving.web.operations.schemas import HealthOut, ReadyOut
from serving.web.parameters import responses
from serving.web.problems import problem
from serving.web.traffic import Traffic

NOT_READY = {
    "nothing_published": ("No list is published yet.", "Make one: payrisk queue"),
    "database_not_migrated": ("The database is of an older payrisk.", "Any command that writes brings it up to date."),
    "database_newer": ("The database is of a newer payrisk.", "Update this one."),
}
"""What is said, and the way out, by code; whoever asks is not told the database's address."""

NO_DATABASE = ("The database does not answer.", "The person who runs payrisk finds the reason with: payrisk doctor")


def operations_router(
    desk: Desk, traffic: Traffic, clock: Callable[[], datetime], require_current: Callable[[], object]
) -> APIRouter:
    """The routes of operations.

    Args:
        clock: gives this instant, with its zone.
        require_current: raises where the database does not answer, or is not of this version.
    """
    router = APIRouter(tags=["operations"])

    @router.get("/healthz", responses={200: {"model": HealthOut}})
    async def healthz() -> JSONResponse:
        """Alive: whether the process answers. The database is not asked."""
        return JSONResponse({"status": "ok"})

    @router.get("/readyz", responses=_of_all(responses(ReadyOut), 200, 503))
    def readyz() -> JSONResponse:
        """Ready: the database answers with the tables of this version, and a list is published."""
        try:
            require_current()
            desk.run()
        except PayriskError as why:
            return JSONResponse(_not_ready(why), status_code=503, media_type="application/problem+json")
        return JSONResponse({"status": "ready"})

    described = {"description": "in the text format of Prometheus", "content": {"text/plain": {}}}

    @router.get("/metrics", responses={**_of_all(responses(ReadyOut), 401, 404, 429), 200: described},
                response_class=Response)  # fmt: skip
    def metrics() -> Response:
        """Requests by route, their seconds, the newest list and the newest daily run; no account and no person."""
        return Response(metrics_text(traffic, desk, clock()), media_type=TEXT)

    return router


def _not_ready(why: PayriskError) -> Body:
    detail, remedy = NOT_READY.get(why.code, NO_DATABASE)
    return problem(503, why.code, detail, remedy=remedy)


def _of_all(answers: "dict[int | str, dict[str, object]]", *statuses: int) -> "dict[int | str, dict[str, object]]":
    return {status: answers[status] for status in statuses}
