"""The API of the models: which versions there are, putting one to use and going back, and scores of given invoices."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path, Request
from fastapi.responses import JSONResponse, Response

from serving.published.desk import Desk
from serving.side import Asks
from serving.tabular.shelf_lists import models_table
from serving.versions.version_changes import VersionChanges, Wanted
from serving.versions.version_shelf import VersionShelf
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
from serving.web.writes import KEY_AT_WORK, Key, request_id_of, version_problems, writes

VersionPath = Annotated[str, Path(max_length=80, description="as GET /api/v1/models tells it")]

IfMatch = Annotated[
    str | None,
    Header(description="the ETag of GET /api/v1/models, or `etag` of a 412: the state that the change is made on"),
]

SCORE_SECONDS = 60.0
"""For scores, with the start of the process that makes them; a warm one takes a tenth of a second."""

_CHANGED = writes(
    ModelChangeOut,
    {
        **version_problems("somebody else changed the versions first; it tells how they stand, and their ETag"),
        409: f"the version may not be put to use, or {KEY_AT_WORK}",
    },
)


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
        is the list of the versions. The ETag is of which versions there are and which is in use."""
        tag = shelf.etag()  # before what it is of: at worst a change is refused that was made on what is true
        answer = list_of(request, wanted, shelf.overview(), models_table, "models")
        answer.headers["ETag"] = tag
        return answer

    @router.get("/{version}", responses=responses(ModelOut))
    def model(version: VersionPath) -> JSONResponse:
        """One version: its gates with their reasons, its figures and segments, what it learned from, its drift. The
        ETag is that of all versions."""
        tag = shelf.etag()
        return JSONResponse(shelf.version(version), headers={"ETag": tag})

    # Before the promotions: "rollbacks" is no version.
    @router.post("/rollbacks", **_CHANGED)
    def roll_back(
        request: Request,
        rollback: Annotated[RollbackIn, Body()],
        if_match: IfMatch = None,
        idempotency_key: Key = None,
    ) -> JSONResponse:
        """Put the version to use that was in use before the present one; asked again, further back. Who may not
        read the versions finds their ETag in the 412."""
        return made("rollback", None, rollback.reason, request, if_match, idempotency_key)

    @router.post("/{version}/promotions", **_CHANGED)
    def promote(
        request: Request,
        version: VersionPath,
        promotion: Annotated[PromotionIn, Body()],
        if_match: IfMatch = None,
        idempotency_key: Key = None,
    ) -> JSONResponse:
        """Approve a version in the name of who is signed in, who did not train it; it scores from then on."""
        return made("promote", version, promotion.reason, request, if_match, idempotency_key)

    def made(
        what: str, version: str | None, why: str, request: Request, if_match: str | None, key: str | None
    ) -> JSONResponse:
        wanted = Wanted(what, version, why, request.state.person, if_match, key, request_id_of(request))
        answer = changes.make(wanted)
        return JSONResponse(answer.body, answer.status)

    return router


def scores_router(desk: Desk, side: Asks) -> APIRouter:
    """`POST /api/v1/scores`."""
    router = APIRouter(prefix="/api/v1/scores", tags=["models"], route_class=DoorFirst)

    @router.post(
        "",
        responses=responses(ScoresOut, problems={
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
