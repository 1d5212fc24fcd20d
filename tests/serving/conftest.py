"""A store for published lists in a fresh database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from all_tables import make_tables

from serving.published.store import ServingStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ServingStore]:
    """An empty store in a fresh SQLite file."""
    fresh = ServingStore(f"sqlite:///{tmp_path / 'queues.db'}")
    make_tables(fresh)
    yield fresh
    fresh.close()
