"""The API of the models: which versions there are, putting one to use and going back, and scores of given invoices."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Body, Path, Request
from fastapi.responses import JSONResponse, Response

from serving.published.desk import Desk
from serving.side import Asks
from serving.tabular.shelf_lists import models_table
from serving.versions.version_changes import VersionChanges, Wanted
from serving.versions.version_shelf import VersionShelf
from serving.web.activities.api import Key, request_id_of
from serving.web.door import DoorFirst, Seen
from serving.web.file_kinds import Wanted as WantedKind
from serving.web.file_kinds import list_of
from serving.web.models.schemas import (
    DescribedIn,
    ModelChangeOut,
    ModelOut,
    ModelsOut,
    PromotionIn,
    RollbackIn,
    ScoresIn,
    ScoresOut,
)
from serving.web.parameters import responses

VersionPath = Annotated[str, Path(max_length=80, description="as GET /api/v1/models tells it")]

SCORE_SECONDS = 60.0
"""For scores, with the start of the process that makes them; a warm one takes a tenth of a second."""

_CHANGE_PROBLEMS = {
    403: "it was not sent by a page of this session, or in the clear",
    409: "the version may not be put to use, or the first request with this key is still at work",
}


@dataclass(frozen=True)
class ModelRooms:
    """What the routes of the models work with; `scores` is asked for scores."""

    shelf: VersionShelf
    changes: VersionChanges
    scores: Asks


def models_router(shelf: VersionShelf, changes: VersionChanges) -> APIRouter:
    """The routes below `/api/v1/models`."""
    router = APIRouter(prefix="/api/v1/models", tags=["models"], route_class=DoorFirst)

    @router.get("", responses=responses(ModelsOut, is_list=True))
    def models(request: Request, wanted: WantedKind) -> Response:
        """Every version on the shelf, which is in use, which asks to replace it, and what became of each. A file of it
        is the list of the versions."""
        return list_of(request, wanted, shelf.overview(), models_table, "models")

    @router.get("/{version}", responses=responses(ModelOut))
    def model(version: VersionPath) -> JSONResponse:
        """One version: its gates with their reasons, its figures and segments, what it learned from, its drift."""
        return JSONResponse(shelf.version(version))

    # Before the promotions: "rollbacks" is no version.
    @router.post("/rollbacks", status_code=201,
                 responses=responses(ModelChangeOut, status=201, problems=_CHANGE_PROBLEMS))  # fmt: skip
    def roll_back(
        request: Request, rollback: Annotated[RollbackIn, Body()], idempotency_key: Key = None
    ) -> JSONResponse:
        """Put the version to use that was in use before the present one; asked again, further back."""
        return made(changes, request, "rollback", None, rollback.reason, idempotency_key)

    @router.post("/{version}/promotions", status_code=201,
                 responses=responses(ModelChangeOut, status=201, problems=_CHANGE_PROBLEMS))  # fmt: skip
    def promote(
        request: Request, version: VersionPath, promotion: Annotated[PromotionIn, Body()], idempotency_key: Key = None
    ) -> JSONResponse:
        """Approve a version in the name of who is signed in, who did not train it; it scores from then on."""
        return made(changes, request, "promote", version, promotion.reason, idempotency_key)

    return router


def made(
    changes: VersionChanges, request: Request, what: str, version: str | None, why: str, key: str | None = None
) -> JSONResponse:
    """The answer to a change of the version in use."""
    wanted = Wanted(what, version, why, request.state.person, key, request_id_of(request))
    answer = changes.make(wanted)
    return JSONResponse(answer.body, answer.status)


def scores_router(desk: Desk, side: Asks) -> APIRouter:
    """`POST /api/v1/scores`."""
    router = APIRouter(prefix="/api/v1/scores", tags=["models"], route_class=DoorFirst)

    @router.post(
        "",
        responses=responses(ScoresOut, problems={
            403: "it was not sent by a page of this session",
            409: "the ledger knows nothing of that evening, or no version can score it",
        }),
    )  # fmt: skip
    def scores(asked: Annotated[ScoresIn, Body()], sight: Seen) -> JSONResponse:
        """Score given invoices as of an evening: what if these were booked on it? Nothing is stored, so it takes no
        Idempotency-Key: sent again, it changes nothing again, and an answer kept for a day would be one."""
        if asked.customer_id is not None and sight.extent != "all":
            desk.require_shown(asked.customer_id, sight)
        return JSONResponse(side.ask("scores", question_of(asked), seconds=SCORE_SECONDS))

    return router


def question_of(asked: ScoresIn) -> dict[str, Any]:
    """What the side process is asked (`payrisk.side_process`)."""
    return {
        "as_of": asked.as_of.isoformat() if asked.as_of else None,
        "customer_id": asked.customer_id,
        "country": asked.country,
        "items": [_told(one) if isinstance(one, DescribedIn) else one.item_id for one in asked.items],
    }


def _told(one: DescribedIn) -> dict[str, Any]:
    return {
        "amount": str(one.amount),
        "currency": one.currency,
        "issued_on": one.issued_on.isoformat(),
        "due_on": one.due_on.isoformat() if one.due_on else None,
        "terms": one.terms,
    }
