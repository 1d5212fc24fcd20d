"""PostgreSQL databases of one's own, for the contract tests."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

SERVER = os.environ.get("PAYRISK_TEST_POSTGRES_URL") or "postgresql://postgres@127.0.0.1:5432/postgres"


@contextmanager
def temporary_database(options: str = "") -> Iterator[str]:
    """A database of its own on the server, gone at the end. Without a server the test is left out, and says how not."""
    name = f"payrisk_test_{uuid.uuid4().hex}"
    _run(f"CREATE DATABASE {name} {options}")
    try:
        yield sa.make_url(SERVER).set(database=name).render_as_string(hide_password=False)
    finally:
        _run(f"DROP DATABASE {name} WITH (FORCE)")


def _run(statement: str) -> None:
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
