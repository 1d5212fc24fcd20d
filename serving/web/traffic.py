"""`Traffic`: how many requests were answered, how, and in what time; by route, never by the path that was asked for.

A path names accounts, and there are as many as anybody cares to ask for; the routes are those of the access table.
"""

import time
from bisect import bisect_left
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.people.access import BY_ROUTE

BOUNDS = (0.01, 0.025, 0.05, 0.15, 0.5, 2.5)
"""Seconds up to which answers are counted together; what took longer stands in the last one."""

OTHER = "other"
"""The route of what has none; and the method of what is not asked of it."""


class Counts(NamedTuple):
    """Answers that were counted.

    Attributes:
        answers: by method, route and status.
        within: by method and route, how many took up to each of `BOUNDS`, more than the one before; the last: longer.
        seconds: by method and route, of all together.
    """

    answers: dict[tuple[str, str, int], int]
    within: dict[tuple[str, str], list[int]]
    seconds: dict[tuple[str, str], float]


class Traffic:
    """Counts the answers of this process since it began; many threads may."""

    def __init__(self) -> None:
        self._counts = Counts({}, {}, {})
        self._counting = Lock()

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer.

        >>> traffic = Traffic()
        >>> traffic.count("GET", "/accounts/C-1", 404, 0.02)
        >>> traffic.by_now()[:2]
        ({('other', 'other', 404): 1}, {('other', 'other'): [0, 1, 0, 0, 0, 0, 0]})
        """
        key = (method, route) if (method, route) in BY_ROUTE else (OTHER, OTHER)
        with self._counting:
            answers, within, spent = self._counts
            answers[*key, status] = answers.get((*key, status), 0) + 1
            within.setdefault(key, [0] * (len(BOUNDS) + 1))[bisect_left(BOUNDS, seconds)] += 1
            spent[key] = spent.get(key, 0.0) + seconds

    def by_now(self) -> "Counts":
        """What was counted by one moment, whatever is counted meanwhile."""
        with self._counting:
            answers, within, seconds = self._counts
            return Counts(answers.copy(), {key: counts.copy() for key, counts in within.items()}, seconds.copy())


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
