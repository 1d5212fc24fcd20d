"""A desk with a published evening, and a client that speaks to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from evenings import EVENING, NOW
from starlette.requests import Request
from starlette.testclient import TestClient

from ledger.desk_journal import journal_metadata
from serving.activities.key_store import keys_metadata
from serving.activities.people import Actor
from serving.activities.recording import Recorder
from serving.audit.audit_store import audit_metadata
from serving.desk import Desk
from serving.errors import UnknownAccount
from serving.store import ServingStore, serving_metadata
from serving.trials.decision_log import log_metadata
from serving.web.app import create_app


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ServingStore]:
    fresh = ServingStore(f"sqlite:///{tmp_path / 'queues.db'}")
    serving_metadata.create_all(fresh.engine)
    log_metadata.create_all(fresh.engine)
    for metadata in (journal_metadata, audit_metadata, keys_metadata):
        metadata.create_all(fresh.engine)
    yield fresh
    fresh.close()


@pytest.fixture
def recorder(store: ServingStore) -> Recorder:
    """A recorder on the day after the evening of the tests."""
    return Recorder(Desk(store), today=lambda: NOW.date(), now=lambda: NOW)


@pytest.fixture
def client(store: ServingStore, recorder: Recorder) -> TestClient:
    """A client of the desk over that store; faults of ours come as answers, as a browser would get them.

    Whoever `X-Test-Person` names acts; without that header nobody does. Stranger may see the account C-1 alone.
    """

    def acts(request: Request) -> Actor | None:
        name = request.headers.get("x-test-person")
        return Actor(name, "collector") if name else None

    def sees(request: Request, customer_id: str) -> None:
        if request.headers.get("x-test-person") == "stranger" and customer_id != "C-1":
            raise UnknownAccount(customer_id, EVENING)

    app = create_app(Desk(store), recorder=recorder, acts=acts, sees=sees)
    return TestClient(app, base_url="http://127.0.0.1:8321", raise_server_exceptions=False)
