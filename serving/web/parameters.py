"""What routes of the API share: the parameters that they take, and what they can answer."""

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import Path, Query
from pydantic import BaseModel

from features.languages import Language
from serving.errors import BadQueryDay
from serving.published.desk import MOST_LINES
from serving.web.file_kinds import ENDINGS, FILE
from serving.web.schemas import ProblemOut

PAGE_LINES = 50
Evening = Annotated[
    str, Path(description="an evening as YYYY-MM-DD, or today: the newest published", examples=["today"])
]
AsOf = Annotated[str | None, Query(description="an evening as YYYY-MM-DD; default: the newest published")]
Limit = Annotated[
    int | None,
    Query(ge=1, le=MOST_LINES, description="entries of a page; default: 50, in a file as many as there are"),
]
ToldIn = Annotated[Language, Query(description="the language of reasons and sentences; all else is English")]


def day_of(text: str | None) -> date | None:
    """The evening asked for; None, the newest published, for nothing and for `today`. Raises `BadQueryDay`."""
    if text is None or text == "today":
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError:
        raise BadQueryDay(text) from None


OF_BODIES = MappingProxyType({
    403: "it was not sent by a page of this session, or in the clear",
    408: "the body did not come in time",
    413: "the body is larger than this route takes",
})  # fmt: skip
"""What can go wrong wherever something is sent."""


def responses(
    model: type[BaseModel],
    *,
    status: int = 200,
    problems: Mapping[int, str] = MappingProxyType({}),
    is_list: bool = False,
) -> dict[int | str, dict[str, Any]]:
    """What a route can answer; examples: `openapi.py`. The stored JSON is not validated again on its way out.

    Args:
        status: of success; problems: status → meaning of what else can go wrong than with every route, where
            something is sent.
        is_list: whether it is given as a file too (`file_kinds.py`).
    """
    refusals = {
        401: "nobody is signed in, or the token ended",
        404: "not there",
        422: "not understood",
        429: "too many requests; Retry-After says how long to wait",
        500: "a fault of ours",
        503: "the database does not answer, or too many ask at once; Retry-After says how long to wait",
    }
    told: dict[int | str, dict[str, Any]] = {status: {"model": model}}
    if is_list:
        told[status]["content"] = {kind: {"schema": FILE} for kind in ENDINGS}
        refusals[406] = "Accept takes none of the kinds that a list is given in"
    if problems:
        refusals |= {**OF_BODIES, **problems}
    return told | {code: _problem(what) for code, what in sorted(refusals.items())}


def _problem(what: str) -> dict[str, Any]:
    return {"description": what, "content": {"application/problem+json": {"schema": ProblemOut.model_json_schema()}}}
