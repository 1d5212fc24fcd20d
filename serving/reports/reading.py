"""Reading the reports of a published evening, as API, pages and files share them."""

from datetime import date

from serving.published.bodies import Json
from serving.published.desk import Desk, run_body
from serving.published.store import PublishedRun
from serving.reports.errors import NoReports
from serving.reports.stored import ReportStore
from serving.reports.weeks_inside import evening_before, weeks_inside
from serving.web.reports.schemas import REPORTS

FORECAST = "cash-forecast"


class ReportRoom:
    """The reports behind a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.kept = ReportStore(desk.store)

    def all(self, as_of: date | None = None) -> dict[str, Json]:
        """Every report of an evening (None: the newest published) by its name, each with its run.

        Raises `NothingPublished`, or `NoReports` for a list published before there were any.
        """
        run = self.desk.run(as_of)
        found = self.kept.of_run(run.run_id)
        if not found:
            raise NoReports(run.as_of)
        return {name: self._answered(found[name], run) for name in REPORTS if name in found}

    def report(self, name: str, as_of: date | None = None) -> Json:
        """One report of an evening; raises what `all` raises."""
        run = self.desk.run(as_of)
        body = self.kept.one(run.run_id, name)
        if body is None:
            raise NoReports(run.as_of)
        return self._answered(body, run)

    def _answered(self, body: Json, run: PublishedRun) -> Json:
        told = {**body, "run": run_body(run)}
        if body["report"] != FORECAST:
            return told
        evenings = {evening_before(week) for week in body["past"]}
        held = weeks_inside(body, self.kept.newest_of(evenings, FORECAST))
        return {**told, "weeks_checked": held.checked, "weeks_inside": held.inside}
