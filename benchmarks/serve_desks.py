"""The servers that `benchmarks/serve.py` asks: a queue of many lines, the desk over it, and a bare application.

Each is a process of its own with one worker, as `payrisk serve` runs it, and says its processor seconds at `/cpu`,
which no middleware sees.
"""

import multiprocessing
import os
import random
import re
import socket
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import uvicorn
from fastapi import FastAPI
from fastapi.responses import Response

from payrisk.migrations.run import upgrade
from payrisk.server import MOST_AT_ONCE, listen
from serving.garbage import leave_what_stays
from serving.people.front_door import FrontDoor, Visitor
from serving.people.keys import digest
from serving.people.pace import Pace
from serving.people.people_store import PeopleStore, Token
from serving.people.person import Person
from serving.published.bodies import JsonText, json_text
from serving.published.desk import Desk
from serving.published.store import ServingStore, lines, runs
from serving.web.app import create_app
from serving.web.queues.examples import LINE, QUEUE, REASONS

NOW = datetime.now(UTC)
RUN_ID = str(QUEUE["run_id"])
LINES_AT_ONCE = 5_000
TOKEN = "payrisk_benchmark"
COLLECTORS = 50

App = Callable[[Any, Any, Any], Awaitable[None]]


def url_of(folder: str) -> str:
    """Where the queue is."""
    return f"sqlite:///{Path(folder) / 'queue.db'}"


def session_of(number: int) -> str:
    """The key of a session that is open."""
    return f"session-{number}"


def set_up(folder: str, count: int) -> None:
    """A published list of `count` lines of about 5 KB, a machine with a token, and people who are signed in."""
    upgrade(url_of(folder))
    store = ServingStore(url_of(folder))
    head = {name: value for name, value in QUEUE.items() if name not in ("items", "next_cursor")}
    columns = ("run_id", "mode", "model_version", "ledger_version", "published_at")
    row = {**{name: head[name] for name in columns}, "as_of": datetime.fromisoformat(head["as_of"]).date()}
    with store.writing() as connection:
        connection.execute(sa.insert(runs).values(**row, sequence=1, head=head))
        for start in range(1, count + 1, LINES_AT_ONCE):
            rows = list(_lines(start, min(start + LINES_AT_ONCE, count + 1)))
            connection.execute(sa.insert(lines), rows)
    store.close()
    people = PeopleStore(url_of(folder))
    people.add(Person("erp", "ERP", frozenset({"service"})), NOW)
    people.add_token(digest(TOKEN), Token("t", "erp", ("read",), NOW, NOW.replace(year=NOW.year + 1, day=1)))
    for number in range(COLLECTORS):
        name = f"c{number}"
        people.add(Person(name, name, frozenset({"manager"})), NOW)
        people.begin_session(digest(session_of(number)), name, "password", NOW)
    people.close()


def _lines(start: int, end: int) -> Iterator[dict[str, Any]]:
    bodies = _bodies()
    for rank in range(start, end):
        before, between, after = bodies[rank % len(bodies)]
        yield {
            "run_id": RUN_ID, "rank": rank, "customer_id": f"C-{rank}", "overdue_minor": 1200_00, "collector": "team",
            "body": JsonText(f"{before}{rank}{between}C-{rank}{after}"),
        }  # fmt: skip


@cache
def _bodies(count: int = 200) -> list[list[str]]:
    """Bodies of the size that ours have, each with digits of its own, cut where rank and id go: they pack like ours."""
    body = {**LINE, "rank": "RANK", "customer_id": "C-NUMBER", "reasons": [*REASONS, *REASONS, *REASONS[:2]]}
    text, chance = json_text(body), random.Random(8)
    drawn = (re.sub(r"(?<=[\d.])\d", lambda _: str(chance.randrange(1, 10)), text) for _ in range(count))
    return [one.replace("C-NUMBER", '"RANK"').split('"RANK"') for one in drawn]


class KnownVisitor(FrontDoor):
    """A door that asks nobody who it is: what is left of a request when the person is known."""

    def is_certain(self, key: str) -> bool:
        """It is."""
        return True

    def by_token(self, key: str) -> Visitor | None:
        """The machine."""
        return Visitor(Person("erp", "ERP", frozenset({"service"}), None, frozenset({"read"})))


def desk_app(folder: str, known: bool = False) -> App:
    """The desk; `known`: without asking the database who a request comes from."""
    door = (KnownVisitor if known else FrontDoor)(PeopleStore(url_of(folder)), lambda: datetime.now(UTC))
    return create_app(Desk(ServingStore(url_of(folder))), door, pace=Pace(1e9, 10**9))


def bare_app(folder: str) -> App:
    """FastAPI as its first page shows it; `/page` answers bytes that are there already."""
    app, page = FastAPI(), (Path(folder) / "page.json").read_bytes()

    @app.get("/hello")
    async def hello() -> dict[str, str]:
        return {"message": "Hello World"}

    @app.get("/page")
    async def constant() -> Response:
        return Response(page, media_type="application/json")

    return app


def known_desk_app(folder: str) -> App:
    """`desk_app` with a known visitor."""
    return desk_app(folder, known=True)


def _run(make: Callable[[str], App], folder: str, bound: socket.socket) -> None:
    app = make(folder)

    async def telling(scope: Any, receive: Any, send: Any) -> None:
        if scope.get("path") != "/cpu":
            await app(scope, receive, send)
            return
        text = str(time.process_time()).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(text))]})
        await send({"type": "http.response.body", "body": text})

    leave_what_stays()
    settings = {"log_level": "warning", "server_header": False, "limit_concurrency": MOST_AT_ONCE}
    uvicorn.Server(uvicorn.Config(telling, timeout_keep_alive=600, **settings)).run(sockets=[bound])


@contextmanager
def served(make: Callable[[str], App], folder: str) -> Iterator[int]:
    """The port of a server that runs while the block does."""
    bound = listen("127.0.0.1", 0)
    port = bound.getsockname()[1]
    child = multiprocessing.get_context("spawn").Process(target=_run, args=(make, folder, bound), daemon=True)
    child.start()
    bound.close()
    try:
        yield port
    finally:
        child.terminate()
        child.join(10)
        if child.is_alive() and child.pid:
            os.kill(child.pid, 9)
