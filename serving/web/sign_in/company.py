"""The routes of signing in with the company's own account: there, back, and out."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from ledger.errors import PayriskError
from serving.people.access import SIGN_IN
from serving.people.company_sign_in import LASTS, CompanySignIn
from serving.people.errors import NeedsTls, ProviderUnreachable
from serving.web.door import cookie_name, device_of, secrets_may_travel
from serving.web.problems import STATUS
from serving.web.sign_in.pages import own_path, signed_in

UNDER_WAY = "-under-way"
"""Behind the name of the session's cookie: that of a sign-in that began and has not come back."""

Form = Callable[..., Response]
"""Draws the page of signing in."""


def company_router(company: CompanySignIn, form: Form) -> APIRouter:
    """The routes; before those of one-time links, whose keys could be called so."""
    router = APIRouter(include_in_schema=False, prefix=f"{SIGN_IN}/company")

    @router.get("")
    async def there(request: Request, next: str = "/") -> Response:
        """On to the provider, which sends the browser back."""
        if not secrets_may_travel(request):
            raise NeedsTls
        to = own_path(next)
        try:
            begun = await run_in_threadpool(company.begin, to, _back(request))
        except ProviderUnreachable as unreachable:
            return form(request, STATUS[unreachable.code], to=to, error=unreachable)
        answer = RedirectResponse(begun.address, status_code=303)
        answer.set_cookie(
            cookie_name(request) + UNDER_WAY, begun.browser, int(LASTS.total_seconds()), path="/",
            secure=request.url.scheme == "https", httponly=True, samesite="lax",
        )  # fmt: skip
        return answer

    @router.get("/back")
    async def back(request: Request) -> Response:
        """Back from the provider: a new session, or why there is none."""
        if not secrets_may_travel(request):
            raise NeedsTls
        name = cookie_name(request) + UNDER_WAY
        told, browser = dict(request.query_params), request.cookies.get(name, "")
        try:
            began, to = await run_in_threadpool(company.finish, told, browser, _back(request), device_of(request))
        except PayriskError as refused:
            if refused.code not in STATUS:
                raise
            answer = form(request, STATUS[refused.code], error=refused)
        else:
            answer = await signed_in(company.front, request, began, to)
        answer.delete_cookie(name, path="/", secure=request.url.scheme == "https", httponly=True)
        return answer

    @router.get("/out")
    async def out(request: Request) -> Response:
        """Out at the provider too, for whom its session outlives ours."""
        try:
            to = await run_in_threadpool(company.provider.address_out, f"{_origin(request)}{SIGN_IN}")
        except ProviderUnreachable as unreachable:
            return form(request, STATUS[unreachable.code], error=unreachable)
        return RedirectResponse(to or SIGN_IN, status_code=303)

    return router


def _origin(request: Request) -> str:
    """This desk as the browser calls it; the guard let only names of ours this far."""
    return f"{request.url.scheme}://{request.headers.get('host', '')}"


def _back(request: Request) -> str:
    return f"{_origin(request)}{SIGN_IN}/company/back"
