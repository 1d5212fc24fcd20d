"""A desk served as it is in earnest: `payrisk serve` in a process of its own, over a home, asked over loopback.

with served(tmp_path, run) as desk:
    desk.ask("person-1", "GET", "/api/v1/queues/today")
"""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import local
from typing import Any

from payrisk.migrations.run import upgrade
from serving.people.keys import digest, form_key
from serving.people.people_store import PeopleStore
from serving.people.person import Person
from serving.published.queue_run import QueueRun
from serving.published.store import ServingStore
from serving.web.door import FORM_HEADER

PEOPLE = 50
PATIENCE = 30.0
"""Seconds that a server is waited for."""

Json = dict[str, Any]


def person(number: int) -> str:
    """One of the people, all managers, who are signed in."""
    return f"person-{number % PEOPLE}"


@dataclass(frozen=True)
class Told:
    """An answer: its status, its ETag, and the JSON that it holds."""

    status: int
    etag: str
    body: Json


class ServedDesk:
    """The server's process, which can be killed and started again, and connections to it, one for each thread."""

    def __init__(self, home: Path) -> None:
        self.home, self.url = home, f"sqlite:///{home / 'payrisk.db'}"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None
        self._mine = local()

    def start(self) -> None:
        """Start the server, and wait until it is ready."""
        environment = {**os.environ, "PAYRISK_HOME": str(self.home), "PAYRISK_TODAY": "2026-04-01"}
        command = [sys.executable, "-m", "payrisk.cli", "serve", "--port", str(self.port)]
        with (self.home / "serve.log").open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=log)
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                if self._request("GET", "/readyz", {}, None).status == 200:
                    return
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
        raise TimeoutError((self.home / "serve.log").read_text())

    def kill(self) -> None:
        """End the process at once, whatever it is at (SIGKILL)."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(PATIENCE)

    def ask(self, who: str, method: str, path: str, headers: Mapping[str, str] | None = None, body: Json | None = None
    ) -> Told:  # fmt: skip
        """What a person is answered. Raises `OSError` or `HTTPException` where the server went away."""
        key = f"session-of-{who}"
        own = {"cookie": f"payrisk={key}", FORM_HEADER: form_key(key), **(headers or {})}
        return self._request(method, path, own, body)

    def log(self) -> str:
        """What the server said on standard error."""
        return (self.home / "serve.log").read_text()

    def _request(self, method: str, path: str, headers: Mapping[str, str], body: Json | None) -> Told:
        known = getattr(self._mine, "connection", None)
        self._mine.connection = None  # kept only when all went well
        connection = known or http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        content = None if body is None else json.dumps(body).encode()
        try:
            connection.request(method, path, content, {"content-type": "application/json", **headers})
            answer = connection.getresponse()
            told = answer.read()
        except (OSError, http.client.HTTPException):
            if known is None or method != "GET":
                raise
            return self._request(method, path, headers, body)  # a connection to a server that was killed since
        self._mine.connection = connection
        return Told(answer.status, answer.getheader("etag") or "", json.loads(told) if told else {})


@contextmanager
def served(folder: Path, published: QueueRun) -> Iterator[ServedDesk]:
    """The desk over a list, served until the block ends; fifty people are signed in."""
    desk = ServedDesk(folder)
    upgrade(desk.url)
    store, people = ServingStore(desk.url), PeopleStore(desk.url)
    store.publish(published)
    store.close()
    for number in range(PEOPLE):
        who, at = person(number), datetime.now(UTC)
        people.add(Person(who, who, frozenset({"manager"})), at)
        people.begin_session(digest(f"session-of-{who}"), who, "password", at)
    people.close()
    try:
        desk.start()
        yield desk
    finally:
        if desk.process is not None and desk.process.poll() is None:
            desk.kill()
