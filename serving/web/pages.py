"""The pages: the same bodies as the API, drawn for people. Every page works without script."""

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from serving.activities.said import OWNERS
from serving.web.as_sent import RouteAsSent
from serving.web.desk.account_words import chances_words, range_words
from serving.web.desk.evidence_words import evidence_page
from serving.web.desk.list_tabs import NOTHING_THERE
from serving.web.desk.opening import if_paid, opening
from serving.web.desk.outcome_forms import CONTESTS, DISPUTES, HOLD_NAMES, MORE, NOTES, RESOLUTIONS, SNOOZES
from serving.web.desk.past import PROMISES
from serving.web.desk.pictures import Icons
from serving.web.desk.timeline import timeline
from serving.web.desk.waterfall import account_href, waterfall
from serving.web.door import Seen
from serving.web.forms import form_field, visitor_now
from serving.web.languages import LANGUAGE, counted, language_of, retold, tr
from serving.web.navigation import home, may, navigation, shows_tour
from serving.web.parameters import day_of
from serving.web.static_files import FONT
from serving.web.words import FILTERS
from serving.why.evidence import EvidenceRoom

Json = dict[str, Any]

TEMPLATES = Path(__file__).parent / "templates"

ITEMS_IN_PANEL = 10
ITEMS_ON_PAGE = 100
"""Open invoices beside the list and on the account's page, those due first; a page says how many more there are."""

STANDINGS = {
    "listed": "",
    "below_the_cut": "Overdue, and below what the team can work today.",
    "held": "Held: nobody calls.",
    "routed_to_dispute_owner": "For the dispute owner.",
    "routed_to_email": "An e-mail instead of a call.",
    "routed_to_cash_application": "For cash application.",
    "not_overdue": "Nothing to call about.",
}


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
            standings=STANDINGS,
            promise_words=PROMISES,
            account_href=account_href,
            items_in_panel=ITEMS_IN_PANEL,
            items_on_page=ITEMS_ON_PAGE,
            choices={
                "contest": CONTESTS,
                "dispute": DISPUTES,
                "snooze": SNOOZES,
                "hold": HOLD_NAMES,
                "more": MORE,
                "note": NOTES,
                "owner": OWNERS,
                "resolution": RESOLUTIONS,
            },
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
            nothing_there=NOTHING_THERE,
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


def page_router(pages: Pages, documents: EvidenceRoom) -> APIRouter:
    """The routes for people beside those of `serving.web.desk.routes`, before which they come."""
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

    @router.get("/accounts/{customer_id:path}/evidence/{code}")
    def evidence(
        customer_id: str, code: str, sight: Seen, item: str | None = None, as_of: str | None = None
    ) -> HTMLResponse:
        """The documents behind one reason."""
        body = documents.evidence(customer_id, code, item, day_of(as_of), LANGUAGE.get(), sight)
        return pages.show("evidence.html", **evidence_page(body))

    return router


def account_parts(body: Json, most_items: int, *, item_pictures: bool = True) -> Json:
    """An account's body with its pictures and the words of its first `most_items` items, each with a picture of its own
    where it is wanted; a history that older bodies lack is empty."""
    whose = {"customer_id": body["customer_id"], "as_of": body["run"]["as_of"]}
    return {
        "account": body,
        "waterfall": waterfall(body, **whose),
        "timeline": timeline(body),
        "promises": body.get("promises", ()),
        "contacts": body.get("contacts", ()),
        "opening": opening(body),
        "items": [
            {
                **item,
                "main": _main_reason(item["reasons"]),
                "waterfall": waterfall(item, of="invoice", **whose) if item_pictures else None,
                "told_range": range_words(item),
                "told_chances": chances_words(item),
                "if_paid": if_paid(item, body),
            }
            for item in body["items"][:most_items]
        ],
    }


def _main_reason(reasons: list[Json]) -> Json | None:
    """The largest reason but for the item's age, which stands beside it anyway."""
    return next((reason for reason in reasons if reason["concept"] != "age"), reasons[0] if reasons else None)
