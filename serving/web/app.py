"""The application: guard, door, API, pages and static files around one desk. No clock, no environment."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from serving.activities.recording import Recorder
from serving.imports.room import ImportRoom
from serving.morning.asked_runs import AskedRuns
from serving.people.company_sign_in import CompanySignIn
from serving.people.front_door import FrontDoor
from serving.people.pace import Pace
from serving.published.desk import PACKED, Desk
from serving.reports.reading import ReportRoom
from serving.strategy.reading import shipped
from serving.strategy.strategy import Strategy
from serving.team.hours_store import HoursStore
from serving.team.room import TeamRoom
from serving.team.team import Team
from serving.web import problems
from serving.web.activities.api import activity_router
from serving.web.call_sheets.api import call_sheet_router
from serving.web.call_sheets.pages import call_sheet_pages
from serving.web.desk.routes import desk_router
from serving.web.door import Door, require_rows
from serving.web.guard import LOOPBACK_HOSTS, Guard
from serving.web.imports.api import imports_api_router
from serving.web.imports.pages import imports_page_router
from serving.web.models.api import ModelRooms, models_router, scores_router
from serving.web.models.pages import models_pages
from serving.web.openapi import describe
from serving.web.operations.audit import audit_router
from serving.web.operations.probes import operations_router
from serving.web.operations.runs import runs_router
from serving.web.pages import Pages, page_router
from serving.web.portfolio.pages import portfolio_router
from serving.web.queues.api import api_router
from serving.web.reports.api import reports_router
from serving.web.settings.pages import SettingsRoom, settings_router
from serving.web.sign_in.company import company_router
from serving.web.sign_in.pages import sign_in_form, sign_in_router
from serving.web.static_files import STATIC, Versioned, static_version
from serving.web.team.api import settings_api_router, team_api_router
from serving.web.team.pages import team_router
from serving.web.traffic import Counted, Traffic
from serving.why.evidence import EvidenceRoom

if TYPE_CHECKING:
    from ledger.book import Ledger

MOST_BODY_BYTES = 64 * 1024
"""The largest body of a request; a route that takes files says its own (`max_body_size`)."""

DESCRIPTION = "Whom does the collections team call first, and why: the published work queue and its accounts."


def create_app(
    desk: Desk,
    front: FrontDoor,
    *,
    demo: bool = False,
    trusted_hosts: Collection[str] = LOOPBACK_HOSTS,
    version: str = "0.1.0",
    open_ledger: "Callable[[], Ledger] | None" = None,
    pace: Pace | None = None,
    recorder: Recorder | None = None,
    imports: ImportRoom | None = None,
    require_current: Callable[[], object] = lambda: None,
    company: CompanySignIn | None = None,
    models: ModelRooms | None = None,
    asked_runs: AskedRuns | None = None,
    team: Callable[[], Team | None] = lambda: None,
    strategy: Callable[[], Strategy] = shipped,
) -> FastAPI:
    """The desk as a web application.

    Args:
        desk: where the published lists are read.
        front: who may come in.
        demo: whether they are an invented company's; every page then says so.
        trusted_hosts: the hosts, by name or address and without port, that requests may name.
        version: of the program, for the API's description.
        open_ledger: gives the ledger behind the lists, for the documents behind a reason; called at the first such
            question.
        pace: how many requests one asker may make; None: as many as people make.
        recorder: writes what people do about accounts; without one nothing can be recorded.
        imports: takes files in; without one nothing can be imported.
        team: gives the team that the next list is made for; None where no file names anybody.
        strategy: gives the rules of the list that are in force.
        require_current: raises where the database does not answer, or is not of this version; for `/readyz`.
        company: signs people in with the company's own accounts; None: nobody.
        models: the shelf and who works on it; without them versions are neither told nor changed, and nothing scored.
        asked_runs: starts daily runs; without it none can be started.

    Raises:
        RouteWithoutAccess: a route that nobody said who may use.
    """
    door = Door(front, pace)
    app = FastAPI(
        title="payrisk",
        version=version,
        description=DESCRIPTION,
        openapi_url=None,  # ours is in pages.py, behind the door
        docs_url=None,  # FastAPI's own pages load their scripts from another host; ours is in pages.py
        redoc_url=None,
        dependencies=[Depends(door)],
        max_body_size=MOST_BODY_BYTES,
    )
    app.state.door = door
    describe(app)
    absent = {name for name, room in {"models": models, "imports": imports, "team": recorder}.items() if room is None}
    pages = Pages(
        demo=demo, static_version=static_version(), collector_name=front.collector_name, absent=frozenset(absent)
    )
    answer = problems.install(app, pages.error)
    evidence = EvidenceRoom(desk, open_ledger)
    if recorder is not None:  # before the accounts, whose ids may hold slashes
        app.include_router(activity_router(recorder))
        app.include_router(call_sheet_router(recorder))
    app.include_router(api_router(desk, evidence, recorder))
    reports = ReportRoom(desk)
    app.include_router(reports_router(reports))
    app.include_router(runs_router(desk, asked_runs))
    app.include_router(audit_router(desk.store))
    if models is not None:
        app.include_router(models_router(models.shelf, models.changes))
        app.include_router(scores_router(desk, models.scores))
        app.include_router(models_pages(models.shelf, models.changes, pages))
    traffic = Traffic()
    app.include_router(operations_router(desk, traffic, front.clock, require_current))
    app.include_router(portfolio_router(reports, pages))
    if imports is not None:
        app.include_router(imports_api_router(imports))
        app.include_router(imports_page_router(imports, pages))
    form = sign_in_form(pages, company.settings.label if company else None)
    if company is not None:
        app.include_router(company_router(company, form))
    if recorder is not None:
        everybody = TeamRoom(desk, recorder, team, lambda: (one.person for one in front.store.people()))
        app.include_router(team_router(everybody, pages, front.name_of))
        app.include_router(team_api_router(everybody))
    settings = SettingsRoom(desk, front, recorder, team, HoursStore(desk.store.engine), strategy)
    app.include_router(settings_router(settings, pages))
    app.include_router(settings_api_router(settings))
    app.include_router(sign_in_router(front, pages, form))
    app.include_router(page_router(pages))
    if recorder is not None:
        app.include_router(call_sheet_pages(recorder, pages))
    app.include_router(desk_router(desk, pages, recorder, front.name_of, evidence, strategy))
    app.mount("/static", Versioned(directory=STATIC), name="static")
    require_rows(app)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=PACKED)
    app.add_middleware(Guard, trusted_hosts=trusted_hosts, answer=answer)
    app.add_middleware(Counted, traffic=traffic)  # around all others: what they refuse counts too
    return app
