"""The application: guard, API, pages and static files around one desk. No global state, no clock, no environment."""

import hashlib
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from serving.activities.recording import Recorder
from serving.desk import Desk
from serving.evidence import EvidenceRoom
from serving.reports.reading import ReportRoom
from serving.web import problems
from serving.web.activities import WhoActs, activity_router, signed_in
from serving.web.api import api_router, health_router
from serving.web.desk_routes import desk_router
from serving.web.guard import LOOPBACK_HOSTS, Guard
from serving.web.openapi import describe
from serving.web.pages import Pages, page_router
from serving.web.portfolio import portfolio_router
from serving.web.reports_api import reports_router

if TYPE_CHECKING:
    from ledger.book import Ledger

STATIC = Path(__file__).parent / "static"

DESCRIPTION = "Whom does the collections team call first, and why: the published work queue and its accounts."


def create_app(
    desk: Desk,
    *,
    demo: bool = False,
    trusted_hosts: Collection[str] = LOOPBACK_HOSTS,
    version: str = "0.1.0",
    open_ledger: "Callable[[], Ledger] | None" = None,
    recorder: Recorder | None = None,
    acts: WhoActs = signed_in,
) -> FastAPI:
    """The desk as a web application.

    Args:
        desk: where the published lists are read.
        demo: whether they are an invented company's; every page then says so.
        trusted_hosts: the hosts, by name or address and without port, that requests may name.
        version: of the program, for the API's description.
        open_ledger: gives the ledger behind the lists, for the documents behind a reason; called at the first such
            question.
        recorder: writes what people do about accounts; without one nothing can be recorded.
        acts: who asks for a change; without a sign-in nobody, and every change is refused.
    """
    app = FastAPI(
        title="payrisk",
        version=version,
        description=DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # FastAPI's own pages load their scripts from another host; ours is in pages.py
        redoc_url=None,
    )
    describe(app)
    pages = Pages(demo=demo, static_version=_static_version())
    problems.install(app, pages.error)
    evidence = EvidenceRoom(desk, open_ledger)
    if recorder is not None:  # before the accounts, whose ids may hold slashes
        app.include_router(activity_router(recorder, acts))
    app.include_router(api_router(desk, evidence, recorder))
    reports = ReportRoom(desk)
    app.include_router(reports_router(reports))
    app.include_router(health_router())
    app.include_router(portfolio_router(reports, pages))
    app.include_router(page_router(desk, pages, evidence))
    app.include_router(desk_router(desk, pages, recorder, acts))
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(GZipMiddleware, minimum_size=1_000)
    app.add_middleware(Guard, trusted_hosts=trusted_hosts)
    return app


def _static_version() -> str:
    content = b"".join(path.read_bytes() for path in sorted(STATIC.iterdir()))
    return hashlib.sha256(content).hexdigest()[:12]
