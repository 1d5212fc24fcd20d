"""A desk with a published evening, and a client that speaks to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium_pages import browser, open_page  # noqa: F401 (fixtures)
from evenings import NOW
from starlette.testclient import TestClient
from web_clients import client_of

from ledger.desk_journal import journal_metadata
from ledger.personal import personal_metadata
from serving.activities.key_store import keys_metadata
from serving.activities.recording import Recorder
from serving.audit.audit_store import audit_metadata
from serving.desk import Desk
from serving.imports.import_store import imports_metadata
from serving.imports.room import ImportRoom
from serving.store import ServingStore, serving_metadata
from serving.trials.decision_log import log_metadata


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ServingStore]:
    fresh = ServingStore(f"sqlite:///{tmp_path / 'queues.db'}")
    serving_metadata.create_all(fresh.engine)
    log_metadata.create_all(fresh.engine)
    for metadata in (journal_metadata, personal_metadata, audit_metadata, keys_metadata):
        metadata.create_all(fresh.engine)
    yield fresh
    fresh.close()


@pytest.fixture
def recorder(store: ServingStore) -> Recorder:
    """A recorder on the day after the evening of the tests."""
    return Recorder(Desk(store), today=lambda: NOW.date(), now=lambda: NOW)


@pytest.fixture
def imports(store: ServingStore, tmp_path: Path) -> ImportRoom:
    """Takes files in beside that store; nobody imports them."""
    imports_metadata.create_all(store.engine)
    return ImportRoom(
        store, tmp_path / "imports", mapping_folder=tmp_path / "mappings", now=lambda: NOW, launch=lambda: None,
        most_bytes=2**20,
    )  # fmt: skip


@pytest.fixture
def client(store: ServingStore, recorder: Recorder, imports: ImportRoom) -> TestClient:
    """A manager's client of the desk over that store."""
    return client_of(store, recorder=recorder, imports=imports)
