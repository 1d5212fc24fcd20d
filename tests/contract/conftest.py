"""Every contract test runs on a fresh SQLite database and on a fresh PostgreSQL one."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from builders import new_database

from ledger.book import Ledger
from payrisk.migrations.run import upgrade

SERVER = os.environ.get("PAYRISK_TEST_POSTGRES_URL") or "postgresql://postgres@127.0.0.1:5432/postgres"


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
    with _temporary_database(f"TEMPLATE {_postgres_template}") as url:
        yield url


@pytest.fixture
def empty_postgres_url() -> Iterator[str]:
    """The URL of a PostgreSQL database without any table."""
    with _temporary_database() as url:
        yield url


@pytest.fixture(scope="session")
def _postgres_template() -> Iterator[str]:
    with _temporary_database() as url:
        upgrade(url)
        yield str(sa.make_url(url).database)


class _temporary_database:
    """A database of its own on the server, gone at the end. Without a server the test is left out, and says how not."""

    def __init__(self, options: str = "") -> None:
        self.name, self.options = f"payrisk_test_{uuid.uuid4().hex}", options

    def __enter__(self) -> str:
        self._run(f"CREATE DATABASE {self.name} {self.options}")
        return sa.make_url(SERVER).set(database=self.name).render_as_string(hide_password=False)

    def __exit__(self, *_: object) -> None:
        self._run(f"DROP DATABASE {self.name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        try:
            server = sa.create_engine(SERVER, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
            with server.connect() as connection:
                connection.execute(sa.text(statement))
            server.dispose()
        except (ModuleNotFoundError, sa.exc.OperationalError) as error:
            _leave_out(f"no PostgreSQL answers ({type(error).__name__})")


def _leave_out(why: str) -> None:
    sentence = (
        f"{why}. To run these tests, install payrisk[postgres], start a server (Debian: apt-get install postgresql) "
        f"and name it: PAYRISK_TEST_POSTGRES_URL=postgresql://USER@HOST:5432/postgres"
    )
    if os.environ.get("PAYRISK_NO_GAPS") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)
