"""The guard around every answer: only names this desk goes by are answered, no more at once than can be worked on, and
browsers are told what to allow.

A page of another site could make a browser call a service on loopback under that site's own name (DNS rebinding);
so a request must name a host we were told of.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from ipaddress import ip_address
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Body = dict[str, Any]
Answer = Callable[[Request, Body, Mapping[str, str] | None], Response]
"""What an error's body becomes for who asked, with more headers."""

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")

SECURITY_HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}


BODY_SECONDS = 10.0
"""How long a part of a body is waited for: who sends a byte a minute shall not hold a place."""


MOST_AT_WORK = 400
"""Requests that are worked on at once; fewer than the connections that `payrisk serve` holds, so that who comes beyond
is told in words when to come again."""

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""Answered however many ask: who watches would take a busy process for a dead one."""

UNKNOWN_HOST: Body = {
    "type": "about:blank",
    "title": "Bad Request",
    "status": 400,
    "detail": "This desk does not go by that host name.",
    "code": "unknown_host",
    "field": "Host",
    "remedy": "Open the address that `payrisk serve` printed, or serve with this name in PAYRISK_TRUSTED_HOSTS.",
}
OVERLOADED: Body = {
    "type": "about:blank",
    "title": "Service Unavailable",
    "status": 503,
    "detail": "Too many requests are worked on. Nothing was changed.",
    "code": "overloaded",
    "field": None,
    "remedy": "Send it again after the seconds that Retry-After says.",
}


def as_problem(_request: Request, body: Body, headers: Mapping[str, str] | None = None) -> Response:
    """An error as `application/problem+json` (RFC 9457)."""
    return JSONResponse(body, status_code=body["status"], headers=headers, media_type="application/problem+json")


class Guard:
    """ASGI middleware: refuses unknown hosts and what is too much at once, waits for no body for long, adds
    `SECURITY_HEADERS`, and keeps figures out of shared caches.

    Args:
        answer: what who comes beyond `most_at_work` is answered with. An unknown host gets no page of ours.
    """

    def __init__(
        self,
        app: ASGIApp,
        trusted_hosts: Collection[str],
        most_at_work: int = MOST_AT_WORK,
        answer: Answer = as_problem,
    ) -> None:
        self.app, self.most_at_work, self.answer, self._at_work = app, most_at_work, answer, 0
        self.trusted = frozenset(name_in_header(host) for host in trusted_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(SECURITY_HEADERS)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        if host_of(Headers(scope=scope).get("host", "")) not in self.trusted:
            await as_problem(Request(scope), UNKNOWN_HOST)(scope, receive, guarded)
        elif self._at_work >= self.most_at_work and scope["path"] not in PROBES:
            await self.answer(Request(scope), OVERLOADED, {"retry-after": "2"})(scope, receive, guarded)
        else:
            self._at_work += 1
            try:
                await self.app(scope, _patient(receive), guarded)
            finally:
                self._at_work -= 1


def host_of(header: str) -> str:
    """The name in a Host header, without its port; IPv6 keeps its brackets.

    >>> host_of("LOCALHOST:8321"), host_of("[::1]:8321"), host_of("desk.example")
    ('localhost', '[::1]', 'desk.example')
    """
    name, colon, port = header.strip().lower().rpartition(":")
    return name if colon and port.isdigit() else header.strip().lower()


def name_in_header(host: str) -> str:
    """A host as browsers name it in the Host header: in lower case, IPv6 in its short form and in brackets.

    >>> name_in_header("FD00:0::1"), name_in_header("[::1]"), name_in_header("Desk.example")
    ('[fd00::1]', '[::1]', 'desk.example')
    """
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return host.lower()
    return f"[{address.compressed}]" if address.version == 6 else str(address)


def _patient(receive: Receive) -> Receive:
    """As `receive`, but a body that does not come ends the request (408). After it, one may listen for as long as one
    likes."""
    awaited = True

    async def received() -> Message:
        nonlocal awaited
        if not awaited:
            return await receive()
        try:
            message = await asyncio.wait_for(receive(), BODY_SECONDS)
        except TimeoutError:
            raise HTTPException(408, "The body of the request did not come in time.") from None
        awaited = message["type"] == "http.request" and message.get("more_body", False)
        return message

    return received
