"""Reading the reports of a published evening, as API, pages and files share them."""

from datetime import date

from serving.desk import Desk, run_body
from serving.queue_run import Json
from serving.reports.errors import NoReports
from serving.reports.stored import ReportStore
from serving.reports.weeks_inside import WeeksInside, evening_before, weeks_inside
from serving.web.report_schemas import REPORTS

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
        told = {name: {**found[name], "run": run_body(run)} for name in REPORTS if name in found}
        checked = self._checked(told[FORECAST])
        told[FORECAST] |= {"weeks_checked": checked.checked, "weeks_inside": checked.inside}
        return told

    def report(self, name: str, as_of: date | None = None) -> Json:
        """One report of an evening; raises what `all` raises."""
        run = self.desk.run(as_of)
        body = self.kept.of_runs([run.run_id], name).get(run.run_id)
        if body is None:
            raise NoReports(run.as_of)
        body = {**body, "run": run_body(run)}
        if name == FORECAST:
            checked = self._checked(body)
            body |= {"weeks_checked": checked.checked, "weeks_inside": checked.inside}
        return body

    def _checked(self, forecast: Json) -> WeeksInside:
        evenings = {evening_before(week) for week in forecast["past"]}
        return weeks_inside(forecast, self.kept.newest_of(evenings, FORECAST))
