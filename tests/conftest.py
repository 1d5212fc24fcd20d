"""What every test may use: the builders of `builders.py`, and a fresh ledger."""

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from builders import new_database

from ledger.book import Ledger


def pytest_collection_finish() -> None:
    """Let no search for cyclic garbage go over what stays until the end: thousands of tests, and all modules.

    Python walks all that lives again and again; over a collected suite that was a seventh of the tests' time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger in a fresh SQLite database."""
    fresh = Ledger.open(new_database(tmp_path))
    yield fresh
    fresh.close()
