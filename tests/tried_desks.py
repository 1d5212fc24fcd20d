"""A desk on which everything can be tried: two accounts with a ledger behind them, reports, a daily run, a recorder.

Shared by the tests that send very many requests: `with tried_desk(folder) as desk: desk.ask("maria", "GET", path)`.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from all_tables import make_tables
from builders import invoice, ledger_of, payment, together
from evenings import EVENING, NOW, made_run, score, why
from httpx2 import Response
from starlette.testclient import TestClient
from web_clients import ADDRESS, PEOPLE, app_of, cookies_of, form_headers, front_of, url_of
from web_evenings import owned, with_reports
from web_models import gate_of, rooms_of, shelf_of

from payrisk.migrations.run import upgrade
from serving.accounts.account import CustomerFacts
from serving.activities.recording import Recorder
from serving.imports.room import ImportRoom
from serving.morning.asked_runs import AskedRuns
from serving.morning.plan import Plan
from serving.morning.run_log import RunLog
from serving.people.keys import digest
from serving.people.pace import Pace
from serving.people.people_store import Token
from serving.published.desk import Desk
from serving.published.store import ServingStore
from serving.team.team import Collector, Team

TOKEN = "token-of-the-tests"
ROLES = (*(person.person_id for person in PEOPLE if not person.is_service), "token", "nobody")
"""Everybody who may ask: nobody, a person of each role, one with several, a machine."""

CUSTOMERS = ("C-1", "C-2")
CODE = "days_late_last"
RUN = Plan.of(EVENING, "made-of-this", 1, NOW)


TEAM = Team((Collector("ada", "Ada", 240), Collector("bob", "Bob", 240)))


class TriedDesk:
    """The desk, and who asks it."""

    def __init__(self, folder: Path, accounts: int = len(CUSTOMERS)) -> None:
        self.store = ServingStore(f"sqlite:///{folder / 'queues.db'}")
        make_tables(self.store)
        self.ledger = ledger_of(_facts())
        reasons = (why("habit", "paid 12 days late last", 0.2, CODE, 12.0, None, "INV-1"),)
        scores = [score(f"INV-{n}", f"C-{n}", dpd=10, reasons=reasons) for n in range(1, accounts + 1)]
        run = made_run(scores, {"C-1": CustomerFacts("Crossmoor Ceramics Ltd", "GB")})
        run.head["ledger_version"] = self.ledger.version
        self.store.publish(with_reports(owned(run, {"C-1": "ada"})))
        RunLog(self.store).begin(RUN)
        self.recorder = Recorder(Desk(self.store), today=lambda: NOW.date(), now=lambda: NOW)
        front = front_of(url_of(self.store))
        front.store.add_token(digest(TOKEN), Token("tests", "erp", ("read",), NOW, NOW.replace(year=2027)))
        _, _, self.challenger = shelf_of(folder)
        upgrade(gate_of(folder).settings.url)
        imports = ImportRoom(
            self.store, folder / "imports", mapping_folder=folder / "mappings", now=lambda: NOW, launch=lambda: None,
            most_bytes=2**20,
        )  # fmt: skip
        self.models = rooms_of(self.store, folder)
        self.app = app_of(
            self.store, front=front, recorder=self.recorder, open_ledger=lambda: self.ledger, pace=Pace(1e9, 10**9),
            imports=imports, models=self.models, team=lambda: TEAM,
            asked_runs=AskedRuns(self.store, lambda *_: {"state": "stands", "id": RUN.key}, lambda: NOW),
        )  # fmt: skip
        self.client = TestClient(self.app, base_url=ADDRESS, raise_server_exceptions=False, follow_redirects=False)

    def ask(self, who: str, method: str, url: str, headers: Mapping[str, str] | None = None, **sent: Any) -> Response:
        """What one of `ROLES` is answered; what `headers` say counts for more than who asks."""
        own = {}
        if who == "token":
            own = {"authorization": f"Bearer {TOKEN}"}
        elif who != "nobody":
            own = form_headers(who) | {"cookie": "; ".join(f"{k}={v}" for k, v in cookies_of(who).items())}
        told = {**own, **{name.lower(): value for name, value in (headers or {}).items()}}
        encoded = [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in told.items()]
        self.client.cookies.clear()
        return self.client.request(method, url, headers=encoded, **sent)

    def version(self, customer_id: str) -> str:
        """The ETag of an account now."""
        return f'"{self.recorder.version(customer_id)}"'


@contextmanager
def tried_desk(folder: Path, **more: Any) -> Iterator[TriedDesk]:
    """The desk, in a folder of its own."""
    desk = TriedDesk(folder, **more)
    with desk.client:  # one event loop for all requests
        yield desk
    desk.store.close()


def _facts() -> Any:
    return together(
        invoice("INV-1", due_on="2026-03-21", amount=1000),
        invoice("INV-2", customer="C-2", due_on="2026-03-21", amount=1000),
        invoice("OLD-1", due_on="2026-02-01", amount=300),
        payment("OLD-1", paid_on="2026-02-13", known_on="2026-02-14", amount=300),
    )
