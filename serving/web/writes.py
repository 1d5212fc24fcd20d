"""What changes over the API share: who asks, the key it may be sent again with, and how its answers are described."""

import re
import secrets
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Header, Request
from pydantic import BaseModel

from serving.activities.people import Actor
from serving.people.person import Person
from serving.web.parameters import responses

Key = Annotated[
    str | None,
    Header(description="the same key and body within 24 hours: the same answer, and no second effect"),
]
KEY_AT_WORK = "the first request with this key is still at work"


def version_problems(changed: str) -> dict[int, str]:
    """What can go wrong with a change that names the version it is made on; `changed`: what a 412 means."""
    return {412: changed, 428: "If-Match is missing"}


def writes(model: type[BaseModel], problems: Mapping[int, str], *, status: int = 201) -> dict[str, Any]:
    """The status of a change that was made and what its route can answer: `@router.post("…", **writes(Out, …))`.

    Args:
        problems: status → meaning of what else can go wrong than with every route.
    """
    return {"status_code": status, "responses": responses(model, status=status, problems=problems)}


def actor(request: Request) -> Actor:
    """The person who is signed in: the door lets nobody else this far."""
    person: Person = request.state.person
    return Actor(person.person_id, "+".join(sorted(person.roles)))


Who = Annotated[Actor, Depends(actor)]


def request_id_of(request: Request) -> str:
    """The caller's own, where it is a plain word; else one of ours."""
    said: Any = request.headers.get("x-request-id", "")
    return said if re.fullmatch(r"[A-Za-z0-9._-]{1,64}", said) else secrets.token_hex(8)
