"""Bring a database up to date: create it, or run the migrations it lacks.

    upgrade("sqlite:///data/payrisk.db")

To write a new migration, give it the next number in `versions/`; the number is its revision.
"""

from pathlib import Path

import sqlalchemy as sa

from ledger.database import address_of, open_engine, require_there, shown, told, writing
from ledger.errors import DatabaseNewer, DatabaseNotMigrated, DatabaseNotWritable, NotOurDatabase

FOLDER = Path(__file__).parent


_ONE_AT_A_TIME = 0x7061_7972_6973_6B  # "payrisk": the number of the lock that migrations take on PostgreSQL


def upgrade(url: str) -> None:
    """Create the database behind the URL, or bring it up to date; does nothing, quickly, when it is.

    Killed in between it leaves the database as it was. Of two at once, one waits and finds it done.

    Raises:
        DatabaseNewer: a newer payrisk made it.
        NotOurDatabase: it holds something else.
        DatabaseNotWritable, DatabaseLocked, DatabaseFull, DatabaseUnreachable: it cannot be done now.
    """
    _make_folder(url)
    engine = open_engine(url)
    try:
        with told(shown(url)):
            with engine.connect() as connection:
                if _is_current(connection, shown(url)):
                    return
            with writing(engine) as connection:
                _wait_for_others(connection)
                if not _is_current(connection, shown(url)):
                    migrate(connection)
    finally:
        engine.dispose()


def require_current(engine: sa.Engine, shown_url: str) -> None:
    """That a database answers and has the tables of this payrisk.

    Raises `DatabaseNotMigrated`, `DatabaseNewer`, `NotOurDatabase` or `DatabaseUnreachable`.
    """
    require_there(engine)
    with told(shown_url), engine.connect() as connection:
        if not _is_current(connection, shown_url):
            raise DatabaseNotMigrated(shown_url, "newest tables")


def head() -> str:
    """The newest revision that this payrisk knows."""
    return max(known_revisions())


def known_revisions() -> set[str]:
    """Every revision that this payrisk knows."""
    return {path.name.split("_")[0] for path in (FOLDER / "versions").glob("[0-9]*_*.py")}


def _is_current(connection: sa.Connection, shown_url: str) -> bool:
    names = set(sa.inspect(connection).get_table_names())
    if "alembic_version" not in names:
        if names:
            raise NotOurDatabase(shown_url)
        return False
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    if found is not None and found not in known_revisions():
        raise DatabaseNewer(shown_url, f"revision {found}")
    return bool(found == head())


def migrate(connection: sa.Connection, to: str = "head") -> None:
    """Run the migrations that are lacking up to a revision, in the caller's transaction."""
    from alembic import command  # slow to import, and rarely needed
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    command.upgrade(config, to)


def _wait_for_others(connection: sa.Connection) -> None:
    """Until the transaction ends no other process migrates. On SQLite a writer is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_ONE_AT_A_TIME)))


def _make_folder(url: str) -> None:
    address = address_of(url)
    if address.get_backend_name() != "sqlite" or not address.database or address.database == ":memory:":
        return
    try:
        Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseNotWritable(shown(url)) from error
