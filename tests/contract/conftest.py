"""Every contract test runs on a fresh SQLite database and on a fresh PostgreSQL one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from builders import new_database
from contract_databases import temporary_database

from ledger.book import Ledger
from payrisk.migrations.run import upgrade


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a migrated, empty database."""
    return new_database(tmp_path) if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
def ledger(database_url: str) -> Iterator[Ledger]:
    """An empty ledger in that database."""
    fresh = Ledger.open(database_url)
    yield fresh
    fresh.close()


@pytest.fixture
def postgres_url(_postgres_template: str) -> Iterator[str]:
    """The URL of a migrated, empty PostgreSQL database."""
    with temporary_database(f"TEMPLATE {_postgres_template}") as url:
        yield url


@pytest.fixture
def empty_postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL database without any table."""
    with temporary_database() as url:
        yield url


@pytest.fixture(scope="session")
def _postgres_template() -> Iterator[str]:
    with temporary_database() as url:
        upgrade(url)
        yield str(sa.make_url(url).database)
