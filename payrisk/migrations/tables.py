"""Which tables the migrations have to make: the metadata of every store."""

from sqlalchemy import MetaData

from ledger.desk_journal import journal_metadata
from ledger.personal import personal_metadata
from ledger.store import metadata as ledger_metadata
from serving.activities.key_store import keys_metadata
from serving.audit.audit_store import audit_metadata
from serving.imports.import_store import imports_metadata
from serving.people.people_tables import people_metadata
from serving.published.store import serving_metadata
from serving.team.hours_store import hours_metadata
from serving.trials.decision_log import log_metadata

METADATA: list[MetaData] = [
    ledger_metadata,
    serving_metadata,
    log_metadata,
    journal_metadata,
    personal_metadata,
    audit_metadata,
    keys_metadata,
    people_metadata,
    imports_metadata,
    hours_metadata,
]
