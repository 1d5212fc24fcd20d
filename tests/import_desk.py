"""A desk that takes imports in: a home of its own, the gate's importer in the place of its process, and clients."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from builders import new_database
from starlette.testclient import TestClient
from web_clients import ADDRESS, app_of, client_of, form_headers

from payrisk.gate import Gate
from payrisk.import_work import room_of, worker_of
from payrisk.settings import Settings
from serving.imports.room import ImportRoom
from serving.people.keys import digest
from serving.people.people_store import Token

TODAY = date(2026, 4, 1)

HEADER = "invoice_id,customer_id,customer_name,issue_date,due_date,amount,currency,paid_date,paid_amount"
SOUND = f"""{HEADER}
INV-1,0017,Acme Ltd,2026-01-05,2026-02-04,1200.00,EUR,,
INV-2,0017,Acme Ltd,2025-11-05,2025-12-05,800.00,EUR,2025-12-20,800.00
INV-3,0021,Bolt BV,2026-03-02,2026-04-01,90.50,EUR,,
INV-4,0021,Bolt BV,2026-03-05,2026-02-30,10.00,EUR,,
INV-3,0021,Bolt BV,2026-03-02,2026-04-01,90.50,EUR,,
"""
"""Three rows to accept, one day that no calendar has, one exact duplicate."""

AMBIGUOUS = """Belegnummer;Debitor;Kundenname;Belegdatum;Nettofällig;Betrag;Währung
RE-1;0017;Acme Ltd;03/01/2026;03/04/2026;1.200,50;EUR
RE-2;0021;Bolt BV;05/02/2026;02/03/2026;90,00;EUR
RE-3;0021;Bolt BV;05/02/2026;02/03/2026;viel;EUR
"""
"""Its dates can be read both ways; no header is known to be the due date; one amount is none."""


class Ended:
    """What a process is that has ended."""

    def poll(self) -> int:
        return 0


@dataclass(frozen=True)
class ImportDesk:
    """The gate of a home, the room of its imports, and the application over both."""

    gate: Gate
    room: ImportRoom
    app: Any

    def client(self, who: str = "root") -> TestClient:
        """The client of a person; `ingest`: of a machine with that scope."""
        if who != "ingest":
            client = client_of(self.gate.store, who, app=self.app)
            client.headers.update(form_headers(who))
            return client
        front = self.app.router.dependencies[0].dependency.front
        at = front.clock()
        if front.by_token("ingest") is None:
            front.store.add_token(digest("ingest"), Token("ingest", "erp", ("ingest",), at, at.replace(year=2027)))
        headers = {"authorization": "Bearer ingest"}
        return TestClient(self.app, base_url=ADDRESS, raise_server_exceptions=False, headers=headers)

    def bring(self, content: str | bytes, name: str = "open.csv", *, client: TestClient | None = None, **said: str):
        """What the API answers to one file, brought as it is."""
        body = content.encode() if isinstance(content, str) else content
        asked = client or self.client()
        return asked.post("/api/v1/imports", params={"name": name, **said}, content=body)

    def imported(self, content: str | bytes, name: str = "open.csv", **said: str) -> dict[str, Any]:
        """The import of one file as it stands after its turn."""
        return self.look(self.bring(content, name, **said).json()["id"])

    def look(self, import_id: str, who: str = "root") -> dict[str, Any]:
        """An import as it stands."""
        return self.client(who).get(f"/api/v1/imports/{import_id}").json()

    def answer(self, import_id: str, *, version: str | None = None, who: str = "root", **said: Any):
        """What the API answers to an answer, made on the import as it stands unless a version is given."""
        client = self.client(who)
        tag = client.get(f"/api/v1/imports/{import_id}").headers["etag"] if version is None else version
        return client.post(f"/api/v1/imports/{import_id}/answers", json=said, headers={"if-match": tag} if tag else {})

    def left(self) -> list[str]:
        """What lies in the spool but for its lock."""
        folder = self.room.spool.folder
        return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.exists() else []


def gate_of(home: Path, database_url: str | None = None, **settings: Any) -> Gate:
    """A gate of a fresh home on the first of April 2026."""
    home.mkdir(parents=True, exist_ok=True)
    url = database_url or new_database(home)
    return Gate(Settings(home=home, database_url=url, today=TODAY, **settings))


def desk_of(home: Path, *, launch: Callable[[Gate], Any] | None = None, **settings: Any) -> ImportDesk:
    """A desk over a fresh home; what is brought is imported at once, in this process, or as `launch` says."""
    gate = gate_of(home, **settings)
    room = room_of(gate)
    room._launch = lambda: (launch or at_once)(gate)
    return ImportDesk(gate, room, app_of(gate.store, imports=room, recorder=gate.recorder))


def at_once(gate: Gate) -> Ended:
    """Import what waits, in this process."""
    worker_of(gate).run()
    return Ended()


def rehoused(desk: ImportDesk, home: Path) -> ImportDesk:
    """The same application over a fresh home: to make one takes longer than most tests."""
    gate = gate_of(home)
    desk.room.__dict__.update(room_of(gate).__dict__)
    desk.room._launch = lambda: at_once(gate)
    return ImportDesk(gate, desk.room, desk.app)
