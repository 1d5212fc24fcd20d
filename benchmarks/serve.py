"""What a page of the API costs the server: its processor time per request, against a bare FastAPI hello.

A published list of many lines of 5 KB (SQLite), the desk over it and a bare application, each with one worker in a
process of its own (`serve_desks.py`). One client keeps its connection and asks one server after the other, in rounds;
of each page the round with the least processor time counts. `known` is the page when nobody has to be asked who sends
the token; what asking adds stands apart. `new` is a page that nobody asked for before: the desk keeps the others.
Then people who are signed in ask all at once, each with a cookie: requests a second, the slowest of a hundred, and how
many failed, by the wall clock of this machine.

    python benchmarks/serve.py [--lines 200000] [--requests 300] [--load 3000] [--together 8] [--json]

`--small` takes a tenth of each: does it work?
"""

import base64
import http.client
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import count, islice, repeat
from pathlib import Path

from measure import arguments, show
from serve_desks import COLLECTORS, RUN_ID, TOKEN, bare_app, desk_app, known_desk_app, served, session_of, set_up

QUEUE = "/api/v1/queues/today"
BEARER = {"authorization": f"Bearer {TOKEN}"}
GZIP = {"accept-encoding": "gzip"}
PAGE, LARGE = 50, 500


class Client:
    """One connection to one server."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
        """Status and body."""
        self.connection.request("GET", path, headers=headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read()

    def cpu_ms(self, paths: Iterator[str], headers: dict[str, str], times: int) -> float:
        """Milliseconds of the server's processor time for one of so many requests."""
        before = float(self.get("/cpu", {})[1])
        for path in islice(paths, times):
            status, body = self.get(path, headers)
            assert status == 200, body
        return (float(self.get("/cpu", {})[1]) - before) / times * 1000


def cursor(rank: int) -> str:
    """As the desk makes it (`serving.published.desk`)."""
    return base64.urlsafe_b64encode(json.dumps([RUN_ID, rank]).encode()).decode().rstrip("=")


def asked(lines: int) -> dict[str, tuple[str, Iterator[str], dict[str, str]]]:
    """What is measured, by name: server, paths, headers."""

    def new(ranks: Iterator[int], limit: int = PAGE) -> Iterator[str]:
        return (f"{QUEUE}?limit={limit}&cursor={cursor(rank)}" for rank in ranks)

    last = lines - PAGE - 1
    return {
        "hello": ("bare", repeat("/hello"), {}),
        "constant_50": ("bare", repeat("/page"), {}),
        "known_50": ("known", repeat(QUEUE), BEARER),
        "known_50_deepest": ("known", repeat(f"{QUEUE}?cursor={cursor(last)}"), BEARER),
        "known_500": ("known", repeat(f"{QUEUE}?limit={LARGE}"), BEARER),
        "new_50": ("known", new(count(1)), BEARER),
        "new_50_deepest": ("known", new(count(last, -1)), BEARER),
        "new_500": ("known", new(count(1), LARGE), BEARER),
        "page_50": ("desk", repeat(QUEUE), BEARER),
        "page_50_gzip": ("desk", repeat(QUEUE), BEARER | GZIP),
        "new_50_gzip": ("desk", new(count(1)), BEARER | GZIP),
        "alive": ("desk", repeat("/healthz"), {}),
    }


def measured(clients: dict[str, Client], lines: int, requests: int, rounds: int) -> dict[str, float]:
    """Milliseconds of processor time per request, by name; the best of the rounds."""
    best: dict[str, float] = {}
    wanted = asked(lines)
    for round_ in range(rounds + 1):  # the first warms up
        for name, (server, paths, headers) in wanted.items():
            found = clients[server].cpu_ms(paths, headers, max(1, requests // 10) if "_500" in name else requests)
            best[name] = min(best.get(name, found), found) if round_ else found * 10
    return best


def load(port: int, requests: int, together: int) -> dict[str, float]:
    """Many people at once, each with their session, asking for the list without a pause."""
    seconds: list[float] = []
    failed: list[int] = []

    def ask(worker: int) -> None:
        client = Client(port)
        for number in range(requests // together):
            person = (worker + number * together) % COLLECTORS
            began = time.perf_counter()
            try:
                status, _ = client.get(QUEUE, {"cookie": f"payrisk={session_of(person)}"})
            except (OSError, http.client.HTTPException):  # a thread that ended would ask no more, and nobody would hear
                status, client = 0, Client(port)
            seconds.append(time.perf_counter() - began)
            if status != 200:
                failed.append(status)

    workers = [threading.Thread(target=ask, args=(number,)) for number in range(together)]
    began = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    wall = time.perf_counter() - began
    slowest = sorted(seconds)[int(len(seconds) * 0.99)]
    return {"load_per_s": len(seconds) / wall, "load_p99_ms": slowest * 1000, "load_failed": len(failed)}


def main() -> None:
    options = arguments(__doc__ or "", scale=("lines", "requests", "load"), lines=200_000, requests=300, load=3_000,
                        together=8)  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        set_up(folder, options.lines)
        ports = {name: running.enter_context(served(make, folder))
                 for name, make in {"desk": desk_app, "known": known_desk_app}.items()}  # fmt: skip
        page = Client(ports["desk"]).get(QUEUE, BEARER)[1]
        (Path(folder) / "page.json").write_bytes(page)
        ports["bare"] = running.enter_context(served(bare_app, folder))
        clients = {name: Client(port) for name, port in ports.items()}
        ms = measured(clients, options.lines, options.requests, options.repeat)
        cpu = float(clients["desk"].get("/cpu", {})[1])
        pressed = load(ports["desk"], options.load, options.together)
        pressed["load_cpu_ms"] = (float(clients["desk"].get("/cpu", {})[1]) - cpu) / options.load * 1000
    told(options.lines, len(page), ms, pressed, options.json)


def told(lines: int, page_bytes: int, ms: dict[str, float], pressed: dict[str, float], as_json: bool) -> None:
    """The table, or the facts."""
    hello = ms["hello"]
    ratios = {
        "page_50_in_hellos": ms["known_50"] / hello,
        "page_500_in_hellos": ms["known_500"] / hello,
        "new_page_50_in_hellos": ms["new_50"] / hello,
        "new_page_500_in_hellos": ms["new_500"] / hello,
        "deepest_in_first": ms["new_50_deepest"] / ms["new_50"],
        "page_50_with_sign_in_in_hellos": ms["page_50"] / hello,
        "signing_in_ms": ms["page_50"] - ms["known_50"],
    }
    facts = {"benchmark": "serve", "lines": lines, "page_bytes": page_bytes} | {
        **{f"{name}_ms": round(value, 3) for name, value in ms.items()},
        **{name: round(value, 3) for name, value in (ratios | pressed).items()},
    }
    rows: list[tuple[object, ...]] = [("what is asked", "CPU ms", "in hellos")]
    rows += [(name, value, value / hello) for name, value in ms.items()]
    show(
        f"a page of {PAGE} of {lines:,} lines, {page_bytes:,} bytes: {ratios['page_50_in_hellos']:.2f} hellos "
        f"({ratios['new_page_50_in_hellos']:.2f} a new one), and {ratios['signing_in_ms']:.3f} ms to know who asks; of "
        f"{LARGE} lines {ratios['page_500_in_hellos']:.2f} ({ratios['new_page_500_in_hellos']:.2f}); the deepest page "
        f"{ratios['deepest_in_first']:.2f} of the first, both new. Signed in, all at once: "
        f"{pressed['load_per_s']:.0f} requests a second, 99 of 100 within {pressed['load_p99_ms']:.0f} ms, "
        f"{pressed['load_failed']} failed, {pressed['load_cpu_ms']:.2f} CPU ms each",
        rows,
        facts,
        as_json,
    )


if __name__ == "__main__":
    main()
