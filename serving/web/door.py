"""The door before every route: who asks, whether they may, how often, and whether a form is ours.

Deny by default: an application with a route that has no row in `serving.people.access` does not start.
"""

from collections.abc import Iterator
from typing import Annotated, Final

from fastapi import Depends, FastAPI, Request
from fastapi.routing import iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Mount

from features.languages import ENGLISH
from ledger.errors import PayriskError
from serving.people.access import BY_ROUTE, Sight, sight_of
from serving.people.errors import ForeignForm, NeedsTls, NotAllowed, SignInNeeded, TryLater
from serving.people.front_door import FrontDoor, Visitor
from serving.people.keys import is_form_key
from serving.people.pace import Pace
from serving.web.forms import FORM_FIELD, FORM_HEADER, VISITOR, form_of
from serving.web.guard import LOOPBACK_HOSTS, host_of
from serving.web.languages import LANGUAGE, SPOKEN, chosen

READING = frozenset({"GET", "HEAD"})

# Browsers take a __Host- cookie over TLS alone, which a desk on one's own machine has not.
TLS_COOKIE: Final = "__Host-payrisk"
PLAIN_COOKIE: Final = "payrisk"

PER_SECOND, AT_ONCE = 20.0, 200
"""Requests of one person, or of one address where nobody is signed in: nobody works so fast, a script may."""


class RouteWithoutAccess(PayriskError):
    """A route that nobody said who may use."""

    code = "route_without_access"

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"{method} {path} has no row in serving/people/access.py; without one nobody may use it.")


class Door:
    """The dependency of every route; leaves `person` and `sight` in the request's state."""

    def __init__(self, front: FrontDoor, pace: Pace | None = None) -> None:
        self.front = front
        self.pace = pace or Pace(PER_SECOND, AT_ONCE)

    async def __call__(self, request: Request) -> None:
        """Let a request in.

        Raises `SignInNeeded`, `NotAllowed` (answered like a route that is not there), `TryLater`, `ForeignForm`,
        `NeedsTls`.
        """
        row = BY_ROUTE.get((request.method, request.scope["route"].path))
        if row is None:
            raise NotAllowed(request.url.path)
        visitor = None if row.public else await run_in_threadpool(self._visitor, request)
        VISITOR.set(visitor)
        person = visitor.person if visitor else None
        spoken = row.path in SPOKEN
        own, accepts = person.language if person else "", request.headers.get("accept-language", "")
        LANGUAGE.set(chosen(own, accepts) if spoken else ENGLISH)
        if seconds := self.pace.wait(person.person_id if person else address_of(request)):
            raise TryLater(int(seconds) + 1)
        sight = sight_of(person, row)
        if sight.extent == "none":
            raise SignInNeeded if person is None else NotAllowed(request.url.path)
        if request.method not in READING:
            await _require_own(request, visitor)
        request.state.visitor, request.state.person, request.state.sight = visitor, person, sight

    def _visitor(self, request: Request) -> Visitor | None:
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.front.by_token(key.strip()) if secrets_may_travel(request) else None
        cookie = request.cookies.get(cookie_name(request))
        return self.front.by_session(cookie) if cookie and secrets_may_travel(request) else None


async def seen(request: Request) -> Sight:
    """How much of this route its visitor sees."""
    sight: Sight = request.state.sight
    return sight


Seen = Annotated[Sight, Depends(seen)]


def require_rows(app: FastAPI) -> None:
    """That every route has its row. Raises `RouteWithoutAccess`."""
    for method, path in routes_of(app):
        if (method, path) not in BY_ROUTE:
            raise RouteWithoutAccess(method, path)


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and template that the application answers; a mount by its path alone."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, Mount):
            yield "GET", route.path or ""
        else:
            yield from ((method, route.path or "") for method in sorted(route.methods or ["ANY"]))


def address_of(request: Request) -> str:
    """Where a request comes from; behind a proxy that the server trusts, where the proxy says."""
    return request.client.host if request.client else ""


def secrets_may_travel(request: Request) -> bool:
    """Whether nobody on the way can read along: TLS, or this very machine."""
    return request.url.scheme == "https" or host_of(request.headers.get("host", "")) in LOOPBACK_HOSTS


def cookie_name(request: Request) -> str:
    """The session's cookie: bound to this host and to TLS where there is TLS."""
    return TLS_COOKIE if request.url.scheme == "https" else PLAIN_COOKIE


def with_session(response: Response, request: Request, key: str) -> Response:
    """The answer with the session's cookie. Raises `NeedsTls` where it could be read on its way."""
    if not secrets_may_travel(request):
        raise NeedsTls
    secure = request.url.scheme == "https"
    response.set_cookie(cookie_name(request), key, path="/", secure=secure, httponly=True, samesite="lax")
    return response


async def _require_own(request: Request, visitor: Visitor | None) -> None:
    """That what changes something was sent by a page of ours; a token is no browser's, and needs no proof."""
    if visitor is not None and not visitor.session_key:
        return
    if not secrets_may_travel(request):
        raise NeedsTls
    if not _same_site(request):
        raise ForeignForm
    if visitor is not None:
        told = request.headers.get(FORM_HEADER) or (await form_of(request)).get(FORM_FIELD, "")
        if not is_form_key(told, visitor.session_key):
            raise ForeignForm


def _same_site(request: Request) -> bool:
    """What the browser says of where a form came from. Programs that are no browsers say nothing, and carry no cookie
    of anybody; a page without referrer has the origin `null`, so the first header counts more."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is None or origin == f"{request.url.scheme}://{request.headers.get('host', '')}"
