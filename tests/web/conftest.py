"""A desk with a published evening, and a client that speaks to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from serving.desk import Desk
from serving.store import ServingStore, serving_metadata
from serving.trials.decision_log import log_metadata
from serving.web.app import create_app


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ServingStore]:
    fresh = ServingStore(f"sqlite:///{tmp_path / 'queues.db'}")
    serving_metadata.create_all(fresh.engine)
    log_metadata.create_all(fresh.engine)
    yield fresh
    fresh.close()


@pytest.fixture
def client(store: ServingStore) -> TestClient:
    """A client of the desk over that store; faults of ours come as answers, as a browser would get them."""
    return TestClient(create_app(Desk(store)), base_url="http://127.0.0.1:8321", raise_server_exceptions=False)
