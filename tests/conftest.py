"""What every test may use: the builders of `builders.py`, and a fresh ledger."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from builders import new_database

from ledger.book import Ledger


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger in a fresh SQLite database."""
    fresh = Ledger.open(new_database(tmp_path))
    yield fresh
    fresh.close()
