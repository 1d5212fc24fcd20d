"""`Traffic`: how many requests were answered, how, and in what time; by route, never by the path that was asked for.

A path names accounts, and there are as many as anybody cares to ask for; the routes are those of the access table.
"""

import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable
from threading import Lock

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.people.access import BY_ROUTE

BOUNDS = (0.01, 0.025, 0.05, 0.15, 0.5, 2.5)
"""Seconds up to which answers are counted together; what took longer stands in the last one."""

OTHER = "other"
"""The route of what has none; and the method of what is not asked of it."""


class Traffic:
    """Counts the answers of this process since it began.

    Attributes:
        answers: by method, route and status.
        within: by method and route, how many took up to each of `BOUNDS`, more than the one before; the last: longer.
        seconds: by method and route, of all together.
    """

    def __init__(self) -> None:
        self.answers: Counter[tuple[str, str, int]] = Counter()
        self.within: dict[tuple[str, str], list[int]] = {}
        self.seconds: dict[tuple[str, str], float] = {}
        self._counting = Lock()

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer.

        >>> traffic = Traffic()
        >>> traffic.count("GET", "/accounts/C-1", 404, 0.02)
        >>> traffic.answers, traffic.within
        (Counter({('other', 'other', 404): 1}), {('other', 'other'): [0, 1, 0, 0, 0, 0, 0]})
        """
        key = (method, route) if (method, route) in BY_ROUTE else (OTHER, OTHER)
        with self._counting:
            self.answers[(*key, status)] += 1
            self.within.setdefault(key, [0] * (len(BOUNDS) + 1))[bisect_left(BOUNDS, seconds)] += 1
            self.seconds[key] = self.seconds.get(key, 0.0) + seconds


class Counted:
    """ASGI middleware: counts what the application inside answers.

    Args:
        seconds: a clock that only goes forward.
    """

    def __init__(self, app: ASGIApp, traffic: Traffic, seconds: Callable[[], float] = time.perf_counter) -> None:
        self.app, self.traffic, self.seconds = app, traffic, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        status, began = 500, self.seconds()  # a fault of ours is answered outside of here

        async def heard(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, heard)
        finally:
            route = getattr(scope.get("route"), "path", "")
            self.traffic.count(scope["method"], route, status, self.seconds() - began)
