"""Run by Alembic: the migrations, on the connection and in the transaction that `run.upgrade` hands over."""

from alembic import context

from payrisk.migrations.tables import METADATA

# SQLite's DDL is part of the transaction too: a killed migration leaves nothing behind.
context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
