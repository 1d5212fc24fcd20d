"""The tables of every store but that of people, without the migrations: `make_tables(store)`."""

from ledger.desk_journal import journal_metadata
from ledger.personal import personal_metadata
from ledger.store import metadata as ledger_metadata
from serving.activities.key_store import keys_metadata
from serving.audit.audit_store import audit_metadata
from serving.imports.import_store import imports_metadata
from serving.published.store import ServingStore, serving_metadata
from serving.team.hours_store import hours_metadata
from serving.trials.decision_log import log_metadata

METADATA = (
    serving_metadata, log_metadata, journal_metadata, personal_metadata, audit_metadata, keys_metadata,
    imports_metadata, hours_metadata, ledger_metadata,
)  # fmt: skip


def make_tables(store: ServingStore) -> None:
    """Every table, where it is not there yet."""
    for metadata in METADATA:
        metadata.create_all(store.engine)
