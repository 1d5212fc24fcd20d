"""The pages: the same bodies as the API, drawn for people. Every page works without script."""

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from serving.web.as_sent import RouteAsSent
from serving.web.forms import form_field, visitor_now
from serving.web.icons import Icons
from serving.web.languages import LANGUAGE, counted, language_of, retold, tr
from serving.web.navigation import account_href, home, may, navigation, shows_tour
from serving.web.plots import LEFT
from serving.web.static_files import FONT
from serving.web.words import FILTERS

Json = dict[str, Any]

TEMPLATES = Path(__file__).parent / "templates"


class Pages:
    """The templates with their words; made once for an application.

    Args:
        demo: whether the figures are an invented company's, which every page then says.
        static_version: changes when a static file does, so that browsers fetch it again.
        collector_name: what colleagues call who has this id in the team.
        absent: the links of the header (`navigation.LINKS`) whose room this application has not.
    """

    def __init__(
        self,
        *,
        demo: bool,
        static_version: str,
        collector_name: Callable[[str], str] = str,
        absent: Collection[str] = frozenset(),
    ) -> None:
        self.templates = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(default=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,  # else a page asks for each of its parts whether the file has changed
        )
        self.templates.filters.update(FILTERS)
        self.icons = Icons(self.templates)
        self.templates.policies["json.dumps_kwargs"] = {"sort_keys": False}  # examples as they are answered
        self.templates.globals.update(
            demo=demo,
            static_version=static_version,
            collector_name=collector_name,
            icons=self.icons,
            account_href=account_href,
            form_field=form_field,
            visitor=visitor_now,
            may=may,
            navigation=partial(navigation, absent),
            home=home,
            shows_tour=shows_tour,
            _=tr,
            counted=counted,
            language=LANGUAGE.get,
            refusal=refusal,
            retold=retold,
            font=FONT,
            chart_left=f"{LEFT:g}",
        )

    def show(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """A page from its template."""
        return HTMLResponse(self.templates.get_template(template).render(**values), status_code=status)

    def error(self, request: Request, problem: Json) -> Response:
        """An error as a page; of a request that no route took, the door has not chosen the language."""
        LANGUAGE.set(language_of(request, getattr(request.state, "person", None)))
        return self.show("error.html", problem["status"], problem=problem)


def refusal(error: Any) -> str:
    """Why a sign-in or a password was refused, in the language of the page."""
    return f"{retold(error)} {retold(error.remedy)}" if error.code == "try_later" else retold(error)


def page_router(pages: Pages) -> APIRouter:
    """The routes for people that are no room's: where they start, and the API as they read it."""
    router = APIRouter(include_in_schema=False, route_class=RouteAsSent)

    @router.get("/")
    async def start() -> RedirectResponse:
        return RedirectResponse("/queue" if may("/queue") else "/me")

    @router.get("/api/v1/openapi.json")
    async def openapi(request: Request) -> JSONResponse:
        """The API for programs that write programs."""
        return JSONResponse(request.app.openapi())

    @router.get("/docs")
    def docs(request: Request) -> HTMLResponse:
        """The API for people who write programs."""
        return pages.show("docs.html", api=request.app.openapi())

    return router
