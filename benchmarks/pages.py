"""What each page of the desk costs the server: wall and processor time of a request, against a bare FastAPI hello.

The demo's company (made, imported, trained and queued here, which takes most of the time; 284 accounts are shown), the
desk over it and a bare application, each with one worker in a process of its own. One client keeps its connection
and asks as a browser does (packed), each page in turn; eight people take turns, as one alone would be told to wait.
`p95` is of all requests by the wall clock of this machine, `cpu` their mean in the server.

    python benchmarks/pages.py [--customers 600] [--invoices 30000] [--requests 200] [--json]

`--small` takes a tenth of each: does it work?
"""

import math
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from measure import arguments, show
from serve import GZIP, Client
from serve_desks import App, bare_app, served, session_of

from payrisk import desk_app
from payrisk.demo import run_demo
from payrisk.gate import Gate
from payrisk.migrations.run import upgrade
from payrisk.settings import Settings
from serving.people.keys import digest
from serving.people.person import Person
from serving.web.navigation import account_href

PEOPLE = 8
TARGET_P95_MS = 60.0
EVERYBODY = "".join(f'[[collector]]\nid = "c{n}"\nminutes_a_day = 1440\n' for n in range(3))
"""A team that can call everybody, so that the list is as long as the page shows."""


def gate_of(folder: str) -> Gate:
    """The gate of the home in a folder."""
    return Gate(Settings(home=Path(folder)))


def demo_desk(folder: str) -> App:
    """The desk as `payrisk serve` serves it."""
    return desk_app.web_app(gate_of(folder), "127.0.0.1")


def set_up(folder: str, customers: int, invoices: int) -> dict[str, str]:
    """A demo's home with people who are signed in; page → address, of the first account too."""
    gate, now = gate_of(folder), datetime.now(UTC)
    upgrade(gate.settings.url)
    gate.settings.team_file.write_text(EVERYBODY, encoding="utf-8")
    queue = run_demo(gate, customers=customers, invoices=invoices)
    for number in range(PEOPLE):
        name = f"m{number}"
        gate.people.add(Person(name, name, frozenset({"manager", "admin"})), now)
        gate.people.begin_session(digest(session_of(number)), name, "password", now)
        gate.people.set_tour(name, "done")
    gate.close()
    (Path(folder) / "page.json").write_bytes(b"{}")
    first = str(queue["items"][0]["customer_id"])
    rooms = {name: f"/{name}" for name in ("queue", "portfolio", "team", "models", "imports", "settings")}
    return {
        **rooms,
        "queue_de": rooms["queue"],
        "account": account_href(first),
        "panel": f"/queue/panel?account={first}",
    }


def asked(client: Client, path: str, requests: int, language: str = "en") -> tuple[list[float], float, int]:
    """Milliseconds of each request, of the server's processor time for one, and the bytes of the last answer."""
    walls, size, told = [], 0, {"accept": "text/html", "accept-language": language} | GZIP
    for number in range(-3, requests):  # the first warm up
        if not number:
            before = float(client.get("/cpu", {})[1])
        began = time.perf_counter()
        status, body = client.get(path, {"cookie": f"payrisk={session_of(number % PEOPLE)}", **told})
        walls.append((time.perf_counter() - began) * 1000)
        assert status == 200, (path, status)
        size = len(body)
    return walls[3:], (float(client.get("/cpu", {})[1]) - before) / requests * 1000, size


def p95(values: list[float]) -> float:
    """The value that 95 of 100 do not pass."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def main() -> None:
    options = arguments(__doc__ or "", customers=600, invoices=30_000, requests=200)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        paths = {"hello": "/hello", **set_up(folder, options.customers, options.invoices)}
        desk, bare = (Client(running.enter_context(served(make, folder))) for make in (demo_desk, bare_app))
        found = {
            name: asked(bare if name == "hello" else desk, path, options.requests, "de" if name == "queue_de" else "en")
            for name, path in paths.items()
        }
    hello_ms, hello_cpu = p95(found["hello"][0]), found["hello"][1]
    rows: list[tuple[object, ...]] = [("page", "p95 ms", "CPU ms", "p95 in hellos", "CPU in hellos", "bytes packed")]
    facts: dict[str, object] = {"benchmark": "pages", "customers": options.customers, "invoices": options.invoices}
    for name, (walls, cpu, size) in found.items():
        row = (p95(walls), cpu, p95(walls) / hello_ms, cpu / hello_cpu)
        rows.append((name, *row, size))
        told = zip(("p95_ms", "cpu_ms", "p95_in_hellos", "cpu_in_hellos"), row, strict=True)
        facts |= {f"{name}_{what}": round(value, 3) for what, value in told} | {f"{name}_bytes": size}
    slowest = max((p95(walls), name) for name, (walls, _, _) in found.items())
    facts |= {"slowest_p95_ms": round(slowest[0], 3), "slowest": slowest[1], "target_p95_ms": TARGET_P95_MS}
    show(
        f"the slowest page is {slowest[1]}: p95 {slowest[0]:.1f} ms (wanted {TARGET_P95_MS:.0f})",
        rows,
        facts,
        options.json,
    )


if __name__ == "__main__":
    main()
