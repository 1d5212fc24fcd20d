"""The pages of signing in and out, and one's own."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from features.languages import LANGUAGES, speech_of
from ledger.errors import PayriskError
from serving.people.access import SIGN_IN
from serving.people.errors import LinkSpent, PasswordElsewhere, SignInRefused, TryLater, WeakPassword
from serving.people.front_door import BEGINS_AT_COMPANY, Began, FrontDoor
from serving.people.person import Tour
from serving.people.provider_settings import UNNAMED
from serving.web.door import address_of, cookie_name, device_of, secrets_may_travel, with_session
from serving.web.forms import form_of
from serving.web.languages import tr
from serving.web.pages import Pages


def sign_in_form(pages: Pages, company: str | None) -> Callable[..., Response]:
    """Draws the page of signing in; `company` is what the button of its own sign-in says, None for none."""

    def form(
        request: Request, status: int = 200, *, to: str = "/", name: str = "", error: PayriskError | None = None
    ) -> Response:
        safe, left = secrets_may_travel(request), "left" in request.query_params
        button = tr("your company account") if company == UNNAMED else company
        return pages.show("sign_in.html", status, next=to, name=name, safe=safe, error=error, company=button, left=left)

    return form


def sign_in_router(front: FrontDoor, pages: Pages, form: Callable[..., Response]) -> APIRouter:
    """The routes of signing in and out."""
    router = APIRouter(include_in_schema=False)

    @router.get("/sign-in")
    async def asked(request: Request, next: str = "/") -> Response:
        """Name and password, or the company's own."""
        return form(request, to=own_path(next))

    @router.post("/sign-in")
    async def sign_in(request: Request) -> Response:
        """A new session, whatever cookie the browser came with; that one ends."""
        sent = await form_of(request)
        name, to = sent.get("name", "")[:200], own_path(sent.get("next", "/"))
        try:
            began = await run_in_threadpool(
                front.sign_in, name, sent.get("password", ""), address_of(request), device_of(request)
            )
        except (SignInRefused, TryLater) as refused:
            answer = form(request, 429 if isinstance(refused, TryLater) else 403, to=to, name=name, error=refused)
            if isinstance(refused, TryLater):
                answer.headers["retry-after"] = str(refused.seconds)
            return answer
        return await signed_in(front, request, began, to)

    @router.get("/sign-in/{link}")
    def link_form(link: str, request: Request) -> Response:
        """Whom the link signs in. It is spent by the button alone: programs that look at addresses spend none."""
        try:
            person = front.link_for(link)
        except LinkSpent as spent:
            return pages.show("sign_in_link.html", 404, person=None, safe=True, error=spent)
        return pages.show("sign_in_link.html", person=person, safe=secrets_may_travel(request), error=None)

    @router.post("/sign-in/{link}")
    async def sign_in_by_link(link: str, request: Request) -> Response:
        """A new session; the link is spent."""
        try:
            began = await run_in_threadpool(front.sign_in_by_link, link, device_of(request))
        except LinkSpent as spent:
            return pages.show("sign_in_link.html", 404, person=None, safe=True, error=spent)
        return await signed_in(front, request, began, "/")

    @router.post("/sign-out")
    async def sign_out(request: Request) -> Response:
        """The session ends; its cookie opens nothing any more."""
        await run_in_threadpool(front.sign_out, request.state.visitor.session_key)
        there = "?left=company" if request.state.visitor.via == BEGINS_AT_COMPANY else ""
        answer = RedirectResponse(SIGN_IN + there, status_code=303)
        answer.delete_cookie(cookie_name(request), path="/", secure=request.url.scheme == "https", httponly=True)
        return answer

    @router.get("/me")
    async def me(request: Request) -> Response:
        """Who is signed in, in which roles."""
        return _me(request)

    @router.post("/me/password")
    async def password(request: Request) -> Response:
        """A new password; every session of the person ends but this one, which begins anew."""
        sent, visitor = await form_of(request), request.state.visitor
        old, new = sent.get("old_password", ""), sent.get("new_password", "")
        try:
            began = await run_in_threadpool(
                front.change_password, visitor, old, new, address_of(request), device_of(request)
            )
        except (PasswordElsewhere, SignInRefused, TryLater, WeakPassword) as refused:
            return _me(request, 429 if isinstance(refused, TryLater) else 422, error=refused)
        return with_session(RedirectResponse("/me", status_code=303), request, began)

    @router.post("/me/language")
    async def language(request: Request) -> Response:
        """The language of the pages from now on; '' for what the browser asks for."""
        told = (await form_of(request)).get("language", "")
        if told in ("", *LANGUAGES):
            await run_in_threadpool(front.store.set_language, request.state.person.person_id, told)
        return RedirectResponse("/me", status_code=303)

    @router.post("/me/tour")
    async def tour(request: Request) -> Response:
        """The tour of the pages is over, or wanted once more."""
        told: Tour = "asked" if (await form_of(request)).get("do") == "show" else "done"
        await run_in_threadpool(front.store.set_tour, request.state.person.person_id, told)
        return RedirectResponse("/", status_code=303)

    def _me(request: Request, status: int = 200, **told: Any) -> Response:
        languages = {one: speech_of(one).name for one in LANGUAGES}
        via = request.state.visitor.via
        known = {"me": request.state.person, "via": via, "languages": languages, "error": None}
        return pages.show("me.html", status, **{**known, **told})

    return router


async def signed_in(front: FrontDoor, request: Request, began: Began, to: str) -> Response:
    """On to where somebody wanted, with the cookies of their new session; the one that the browser came with ends."""
    if before := request.cookies.get(cookie_name(request)):
        await run_in_threadpool(front.sign_out, before)
    return with_session(RedirectResponse(to, status_code=303), request, began)


def own_path(told: str) -> str:
    """Where to go after signing in: a path of this desk, else the start.

    >>> [own_path(told) for told in ("/queue?account=C-1", "//evil.example", "https://evil.example", "/\\\\evil")]
    ['/queue?account=C-1', '/', '/', '/']
    """
    own = told.startswith("/") and not told.startswith(("//", "/\\")) and told.isprintable() and "\\" not in told
    return quote(told, safe="/?&=%:@!$'()*+,;~-._") if own else "/"
