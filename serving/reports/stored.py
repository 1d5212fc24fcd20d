"""The reports of published runs as they are kept: one row per run and report, written in the run's own transaction."""

from collections.abc import Collection, Sequence
from datetime import date

import sqlalchemy as sa

from ledger.database import told
from serving.queue_run import Json
from serving.store import ServingStore, reports, runs


class ReportStore:
    """The kept reports of a serving store, behind its connections."""

    def __init__(self, store: ServingStore) -> None:
        self.store = store

    def of_run(self, run_id: str) -> dict[str, Json]:
        """Every report of a run by its name; empty where none were kept."""
        wanted = sa.select(reports.c.report, reports.c.body).where(reports.c.run_id == run_id)
        with told(self.store.url), self.store.engine.connect() as connection:
            return {str(row.report): row.body for row in connection.execute(wanted)}

    def of_runs(self, run_ids: Sequence[str], report: str) -> dict[str, Json]:
        """One report of several runs, by run; those that kept none are not in it."""
        wanted = sa.select(reports.c.run_id, reports.c.body)
        wanted = wanted.where(reports.c.run_id.in_(run_ids), reports.c.report == report)
        with told(self.store.url), self.store.engine.connect() as connection:
            return {str(row.run_id): row.body for row in connection.execute(wanted)}

    def newest_of(self, evenings: Collection[date], report: str) -> dict[date, Json]:
        """One report of several evenings, each from the run published last for it; those that kept none are not in it."""
        wanted = sa.select(runs.c.as_of, reports.c.body).join(reports, reports.c.run_id == runs.c.run_id)
        wanted = wanted.where(runs.c.as_of.in_(evenings), reports.c.report == report).order_by(runs.c.sequence)
        with told(self.store.url), self.store.engine.connect() as connection:
            return {row.as_of: row.body for row in connection.execute(wanted)}
