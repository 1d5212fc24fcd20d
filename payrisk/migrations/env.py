"""Run by Alembic: the migrations on the connection that `run.upgrade` hands over, in one transaction."""

from alembic import context

from payrisk.migrations.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,  # SQLite can: a killed migration leaves nothing behind
    transaction_per_migration=False,
)
with context.begin_transaction():
    context.run_migrations()
