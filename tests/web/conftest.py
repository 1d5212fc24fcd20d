"""A desk with a published evening, and a client that speaks to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from all_tables import make_tables
from chromium_pages import browser, open_page  # noqa: F401 (fixtures)
from evenings import NOW
from starlette.testclient import TestClient
from web_clients import client_of

from serving.activities.recording import Recorder
from serving.imports.room import ImportRoom
from serving.published.desk import Desk
from serving.published.store import ServingStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ServingStore]:
    fresh = ServingStore(f"sqlite:///{tmp_path / 'queues.db'}")
    make_tables(fresh)
    yield fresh
    fresh.close()


@pytest.fixture
def recorder(store: ServingStore) -> Recorder:
    """A recorder on the day after the evening of the tests."""
    return Recorder(Desk(store), today=lambda: NOW.date(), now=lambda: NOW)


@pytest.fixture
def imports(store: ServingStore, tmp_path: Path) -> ImportRoom:
    """Takes files in beside that store; nobody imports them."""
    return ImportRoom(
        store, tmp_path / "imports", mapping_folder=tmp_path / "mappings", now=lambda: NOW, launch=lambda: None,
        most_bytes=2**20,
    )  # fmt: skip


@pytest.fixture
def client(store: ServingStore, recorder: Recorder, imports: ImportRoom) -> TestClient:
    """A manager's client of the desk over that store."""
    return client_of(store, recorder=recorder, imports=imports)
