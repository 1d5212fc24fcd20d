"""A store for published lists in a fresh database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.personal import personal_metadata
from serving.store import ServingStore, serving_metadata
from serving.trials.decision_log import log_metadata


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ServingStore]:
    """An empty store in a fresh SQLite file."""
    fresh = ServingStore(f"sqlite:///{tmp_path / 'queues.db'}")
    serving_metadata.create_all(fresh.engine)
    personal_metadata.create_all(fresh.engine)
    log_metadata.create_all(fresh.engine)
    yield fresh
    fresh.close()
