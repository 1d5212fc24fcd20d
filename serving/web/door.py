"""The door before every route: who asks, whether they may, how often, and whether a form is ours.

Deny by default: an application with a route that has no row in `serving.people.access` does not start.
"""

from collections.abc import Callable, Coroutine, Iterator
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Request
from fastapi.routing import iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.routing import Mount

from ledger.errors import PayriskError
from serving.people.access import BY_ROUTE, SIGN_IN, Access, Sight, sight_of
from serving.people.errors import ForeignForm, NeedsTls, NotAllowed, SignInNeeded, TryLater
from serving.people.front_door import DEVICE_KEPT, Began, FrontDoor, Visitor
from serving.people.keys import digest, is_form_key
from serving.people.pace import Pace, neighbourhood
from serving.web.as_sent import RouteAsSent
from serving.web.forms import FORM_HEADER, VISITOR, sent_form_key
from serving.web.guard import LOOPBACK_HOSTS, host_of
from serving.web.languages import LANGUAGE, language_of

READING = frozenset({"GET", "HEAD"})

# Browsers take a __Host- cookie over TLS alone, which a desk on one's own machine has not.
TLS_COOKIE: Final = "__Host-payrisk"
PLAIN_COOKIE: Final = "payrisk"
DEVICE: Final = "-device"
"""Behind the name of the session's cookie: that of the browser itself, which outlives sessions and opens nothing."""

PER_SECOND, AT_ONCE = 20.0, 200
"""Requests of one person, or of one address where nobody is signed in: nobody works so fast, a script may."""


class RouteWithoutAccess(PayriskError):
    """A route that nobody said who may use."""

    code = "route_without_access"

    def __init__(self, method: str, path: str) -> None:
        super().__init__(f"{method} {path} has no row in serving/people/access.py; without one nobody may use it.")


class BodyBeforeDoor(PayriskError):
    """A route that would read a body before it is known who sends it."""

    code = "body_before_door"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} takes a body, and its router has not the route class DoorFirst.")


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
        if getattr(request.state, "passed", None) is row:  # a route with a body: `DoorFirst` came here before
            return
        visitor = None if row.public else await self._visitor(request)
        VISITOR.set(visitor)
        person = visitor.person if visitor else None
        LANGUAGE.set(language_of(request, person))
        asker = person.person_id if person else await self._nobody(request, row)
        if seconds := self.pace.wait(asker):
            raise TryLater(int(seconds) + 1)
        sight = sight_of(person, row)
        if sight.extent == "none":
            raise SignInNeeded if person is None else NotAllowed(request.url.path)
        if request.method not in READING:
            await _require_own(request, visitor)
        request.state.visitor, request.state.person, request.state.sight = visitor, person, sight
        request.state.passed = row

    async def _visitor(self, request: Request) -> Visitor | None:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        of_token = scheme.lower() == "bearer"
        key, ask = (
            (token.strip(), self.front.by_token)
            if of_token
            else (request.cookies.get(cookie_name(request)), self.front.by_session)
        )
        if not key or not secrets_may_travel(request):
            return None
        return ask(key) if self.front.is_certain(key) else await run_in_threadpool(ask, key)

    async def _nobody(self, request: Request, row: Access) -> str:
        """Whom a request without a person counts for: an address, or at the sign-in a browser that is known.

        So who floods an address keeps nobody behind it from signing in where they always do.
        """
        device = device_of(request) if row.path.startswith(SIGN_IN) and secrets_may_travel(request) else ""
        known = bool(device) and await run_in_threadpool(self.front.knows, device)
        return f"device {digest(device)}" if known else address_of(request)


class DoorFirst(RouteAsSent):
    """A route that takes a body: nobody's body is read before the door let them in. So a broken one counts like a sound
    one, and who may not use the route learns nothing from it."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's own, behind the application's door (`app.state.door`)."""
        answered = super().get_route_handler()

        async def through(request: Request) -> Response:
            await request.app.state.door(request)
            return await answered(request)

        return through


async def seen(request: Request) -> Sight:
    """How much of this route its visitor sees."""
    sight: Sight = request.state.sight
    return sight


Seen = Annotated[Sight, Depends(seen)]


def require_rows(app: FastAPI) -> None:
    """That every route has its row, and is behind the door before a body is read. Raises `RouteWithoutAccess`,
    `BodyBeforeDoor`."""
    for method, path in routes_of(app):
        if (method, path) not in BY_ROUTE:
            raise RouteWithoutAccess(method, path)
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if getattr(route, "body_field", None) is not None and not isinstance(route, DoorFirst):
            raise BodyBeforeDoor(context.path or "")


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Every method and template that the application answers; a mount by its path alone."""
    for route in iter_route_contexts(app.routes):
        if isinstance(route.original_route, Mount):
            yield "GET", route.path or ""
        else:
            yield from ((method, route.path or "") for method in sorted(route.methods or ["ANY"]))


def address_of(request: Request) -> str:
    """Where a request comes from, as far as one asker reaches; behind a proxy that the server trusts, where the proxy
    says."""
    return neighbourhood(request.client.host if request.client else "")


def secrets_may_travel(request: Request) -> bool:
    """Whether nobody on the way can read along: TLS, or this very machine."""
    return request.url.scheme == "https" or host_of(request.headers.get("host", "")) in LOOPBACK_HOSTS


def cookie_name(request: Request) -> str:
    """The session's cookie: bound to this host and to TLS where there is TLS."""
    return TLS_COOKIE if request.url.scheme == "https" else PLAIN_COOKIE


def device_of(request: Request) -> str:
    """What the browser shows of having been here before; '' for nothing."""
    return request.cookies.get(cookie_name(request) + DEVICE, "")


def with_session(response: Response, request: Request, began: Began) -> Response:
    """The answer with the session's cookie, and the browser's. Raises `NeedsTls` where they could be read on their
    way."""
    if not secrets_may_travel(request):
        raise NeedsTls
    name, secure = cookie_name(request), request.url.scheme == "https"
    response.set_cookie(name, began.session, path="/", secure=secure, httponly=True, samesite="lax")
    response.set_cookie(
        name + DEVICE, began.device, int(DEVICE_KEPT.total_seconds()), path="/", secure=secure, httponly=True,
        samesite="lax",
    )  # fmt: skip
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
        told = request.headers.get(FORM_HEADER) or await sent_form_key(request)
        if not is_form_key(told, visitor.session_key):
            raise ForeignForm


def _same_site(request: Request) -> bool:
    """What the browser says of where a form came from. Programs that are no browsers say nothing, and carry no cookie
    of anybody; a page without referrer has the origin `null`, so the first header counts more."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        return site == "same-origin"
    return origin is None or origin == f"{request.url.scheme}://{request.headers.get('host', '')}"
