"""The reports of published runs as they are kept: one row per run and report, written in the run's own transaction."""

from collections.abc import Collection
from datetime import date

import sqlalchemy as sa

from ledger.database import told
from serving.published.bodies import Json
from serving.published.store import ServingStore, reports, runs


class ReportStore:
    """The kept reports of a serving store, behind its connections."""

    def __init__(self, store: ServingStore) -> None:
        self.store = store

    def of_run(self, run_id: str) -> dict[str, Json]:
        """Every report of a run by its name; empty where none were kept."""
        wanted = sa.select(reports.c.report, reports.c.body).where(reports.c.run_id == run_id)
        with told(self.store.url), self.store.engine.connect() as connection:
            return {str(row.report): row.body for row in connection.execute(wanted)}

    def one(self, run_id: str, report: str) -> Json | None:
        """One report of a run; None where it was not kept."""
        wanted = sa.select(reports.c.body).where(reports.c.run_id == run_id, reports.c.report == report)
        with told(self.store.url), self.store.engine.connect() as connection:
            return connection.execute(wanted).scalar_one_or_none()

    def newest_of(self, evenings: Collection[date], report: str) -> dict[date, Json]:
        """One report of several evenings, each from the newest run of it that kept one."""
        wanted = sa.select(runs.c.as_of, reports.c.body).join(reports, reports.c.run_id == runs.c.run_id)
        wanted = wanted.where(runs.c.as_of.in_(evenings), reports.c.report == report).order_by(runs.c.sequence)
        with told(self.store.url), self.store.engine.connect() as connection:
            return {row.as_of: row.body for row in connection.execute(wanted)}
