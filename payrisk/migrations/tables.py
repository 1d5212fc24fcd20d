"""Which tables the migrations have to make: the metadata of every store."""

from sqlalchemy import MetaData

from ledger.store import metadata as ledger_metadata
from serving.people.people_tables import people_metadata
from serving.store import serving_metadata
from serving.trials.decision_log import log_metadata

METADATA: list[MetaData] = [ledger_metadata, serving_metadata, log_metadata, people_metadata]
