"""A desk with a published evening, and a client that speaks to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient
from web_clients import client_of

from serving.store import ServingStore, serving_metadata
from serving.trials.decision_log import log_metadata


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ServingStore]:
    fresh = ServingStore(f"sqlite:///{tmp_path / 'queues.db'}")
    serving_metadata.create_all(fresh.engine)
    log_metadata.create_all(fresh.engine)
    yield fresh
    fresh.close()


@pytest.fixture
def client(store: ServingStore) -> TestClient:
    """A manager's client of the desk over that store."""
    return client_of(store)
