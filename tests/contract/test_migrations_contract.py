"""The migrations make exactly the tables that the stores use, from nothing, once."""

import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from ledger.errors import DatabaseNewer, DatabaseNotMigrated, NotOurDatabase
from ledger.store import LedgerStore
from payrisk.migrations.run import head, upgrade
from payrisk.migrations.tables import METADATA


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'folder' / 'ledger.db'}"
    return str(request.getfixturevalue("empty_postgres_url"))


def differences(url: str) -> list[object]:
    with sa.create_engine(url).connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), METADATA))  # type: ignore[arg-type]


def execute(url: str, *statements: str) -> None:
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def test_migrations_and_stores_agree_on_every_table(empty_url):
    upgrade(empty_url)

    assert differences(empty_url) == []


def test_a_missing_column_would_be_noticed(empty_url):
    upgrade(empty_url)
    execute(empty_url, "ALTER TABLE told_items DROP COLUMN terms")

    assert [change[0] for change in differences(empty_url)] == ["add_column"]


def test_upgrading_again_does_nothing_quickly(empty_url):
    upgrade(empty_url)
    began = time.process_time()
    upgrade(empty_url)

    assert time.process_time() - began < 1
    LedgerStore(empty_url).check()


def test_a_database_of_a_newer_payrisk_is_left_alone(empty_url):
    upgrade(empty_url)
    execute(empty_url, "UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(DatabaseNewer, match="Update payrisk"):
        upgrade(empty_url)


def test_a_database_of_somebody_else_is_left_alone(empty_url, tmp_path):
    Path(tmp_path / "new" / "folder").mkdir(parents=True)
    execute(empty_url, "CREATE TABLE recipes (name TEXT)")

    with pytest.raises(NotOurDatabase, match="Nothing was changed"):
        upgrade(empty_url)
    with pytest.raises(NotOurDatabase):
        LedgerStore(empty_url).check()


def test_a_database_without_its_tables_is_named_with_the_way_out(empty_url, tmp_path):
    Path(tmp_path / "new" / "folder").mkdir(parents=True)

    with pytest.raises(DatabaseNotMigrated, match="payrisk import FILE"):
        LedgerStore(empty_url).check()


def test_a_table_of_an_older_or_newer_payrisk_is_noticed(empty_url):
    upgrade(empty_url)
    execute(empty_url, "ALTER TABLE told_items ADD COLUMN mood TEXT")
    with pytest.raises(DatabaseNewer, match=r"items\.mood"):
        LedgerStore(empty_url).check()

    execute(empty_url, "ALTER TABLE told_items DROP COLUMN mood", "ALTER TABLE told_items DROP COLUMN terms")
    with pytest.raises(DatabaseNotMigrated, match=r"items\.terms"):
        LedgerStore(empty_url).check()


def test_a_migration_that_fails_leaves_nothing_behind(empty_url, monkeypatch):
    import alembic.command

    def fails_at_the_end(config, revision):
        real(config, revision)
        raise KeyboardInterrupt

    real = alembic.command.upgrade
    monkeypatch.setattr(alembic.command, "upgrade", fails_at_the_end)
    with pytest.raises(KeyboardInterrupt):
        upgrade(empty_url)
    monkeypatch.undo()

    with pytest.raises(DatabaseNotMigrated):
        LedgerStore(empty_url).check()
    upgrade(empty_url)
    assert differences(empty_url) == []


def test_the_newest_migration_is_the_one_a_fresh_database_has(empty_url):
    upgrade(empty_url)

    with sa.create_engine(empty_url).connect() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one() == head()
