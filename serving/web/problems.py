"""Errors as answers: `application/problem+json` (RFC 9457) for machines, a page for people, never a traceback.

Every error of ours carries its code, its field and its remedy; here each code gets a status. What a visitor cannot
mend (a database that does not answer, a fault of ours) is told without its insides, which go to the log.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from ledger.database import storable
from ledger.errors import PayriskError
from models.errors import ShelfChanged
from serving.activities.errors import AccountChanged
from serving.people.errors import SignInNeeded, TryLater
from serving.side import Busy
from serving.versions.version_shelf import conflict_json
from serving.web.guard import SECURITY_HEADERS, Answer, Body, as_problem

Page = Callable[[Request, Body], Response]

STATUS: Mapping[str, int] = {
    "nothing_published": 404,
    "unknown_account": 404,
    "not_listed": 404,
    "no_reports": 404,
    "unknown_item": 404,
    "no_evidence": 404,
    "not_open_then": 404,
    "no_ledger": 503,
    "ledger_not_that_far": 503,
    "other_ledger": 503,
    "unknown_run": 404,
    "bad_cursor": 422,
    "not_acceptable": 406,
    "no_call_sheet": 422,
    "bad_date": 422,
    "sign_in_needed": 401,
    "sign_in_refused": 403,
    "foreign_form": 403,
    "needs_tls": 403,
    "no_such_page": 404,
    "link_spent": 404,
    "weak_password": 422,
    "password_elsewhere": 422,
    "provider_unreachable": 503,
    "not_proved": 403,
    "sign_in_abandoned": 403,
    "no_role": 403,
    "unusable_name": 403,
    "name_taken": 403,
    "sign_in_closed": 403,
    "try_later": 429,
    "unknown_activity": 404,
    "if_match_missing": 428,
    "account_changed": 412,
    "still_running": 409,
    "idempotency_key_reused": 422,
    "bad_idempotency_key": 422,
    "too_late_to_undo": 409,
    "already_undone": 409,
    "cannot_undo": 409,
    "not_yours_to_undo": 409,
    "no_team": 409,
    "last_administrator": 409,
    "person_exists": 409,
    "unknown_person": 404,
    "unknown_token": 404,
    "not_for_service": 409,
    **dict.fromkeys(("bad_person_id", "bad_roles", "bad_scopes", "unknown_collector", "bad_form"), 422),
    "nobody_called": 422,
    "bad_hours": 422,
    "hours_changed": 412,
    "not_a_dispute": 409,
    "unknown_version": 404,
    "models_changed": 412,
    **dict.fromkeys(
        ("same_person", "declined_version", "wrong_catalogue", "nothing_before", "bundle_refused", "no_champion",
         "run_under_way", "empty_ledger", "before_first_fact", "data_held", "bad_strategy",
         "two_strategies", "bad_team"),
        409,
    ),
    **dict.fromkeys(("cannot_score", "unparseable_terms", "as_of_beyond_knowledge"), 422),
    "unknown_import": 404,
    "nothing_set_aside": 404,
    "not_asking": 409,
    "import_changed": 412,
    "no_answer": 422,
    "bad_import_option": 422,
    "mapping_name_needed": 422,
    "mapping_exists": 422,
    "two_headers": 422,
    "no_files": 422,
    "too_many_files": 422,
    "too_large": 413,
    "upload_too_slow": 408,
    "upload_broken": 400,
    "no_room_for_files": 507,
    "too_many_waiting": 429,
    **dict.fromkeys(
        (
            "item_not_open", "more_than_open", "bad_channel", "bad_outcome", "bad_owner", "bad_why", "bad_because",
            "bad_minutes", "bad_day", "bad_callback", "bad_hold", "bad_currency", "bad_amount", "amount_precision",
            "amount_out_of_range", "too_long", "bad_text", "missing_text", "bad_kind",
        ),
        422,
    ),
}  # fmt: skip
"""The status of each code; a code that is not here is not the visitor's to mend and answers 503."""

RETRY_SECONDS = "10"
"""After which a database that does not answer may be asked again: who waits for it hears of it by then."""

WAYS_OUT: Mapping[int, str] = {
    400: "Send it again, whole: nothing was changed.",
    404: "Look up its id in the list that it is on; nothing was changed.",
    405: "See /docs for what may be asked there.",
    408: "Send it again, whole: nothing was changed.",
    409: "See how it stands now and decide anew; nothing was changed.",
    413: "Send less at once; nothing was changed.",
    422: "Correct it and send it again: nothing was changed.",
    429: "Wait a little and send it again; nothing was changed.",
}
"""By status, the remedy of an error that has none of its own: what was expected stands in its detail."""

INTERNAL: Body = {
    "type": "about:blank",
    "title": "Something went wrong on our side",
    "status": 500,
    "detail": "The request was understood and could not be answered. Nothing was changed.",
    "code": "internal_error",
    "field": None,
    "remedy": "Try again; if it happens again, tell the person who runs payrisk the time and the page.",
}


def problem(status: int, code: str, detail: str, *, field: str | None = None, remedy: str | None = None) -> Body:
    """The body of an error answer."""
    title = HTTPStatus(status).phrase
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        "field": field,
        "remedy": remedy,
    }


def of_error(error: PayriskError) -> Body:
    """The body for one of our own errors."""
    status = STATUS.get(error.code)
    if status is not None:
        remedy = error.remedy or WAYS_OUT.get(status)
        body = problem(status, error.code, str(error), field=error.field, remedy=remedy)
        if isinstance(error, ShelfChanged):
            return body | conflict_json(error)
        return body | _conflict(error) if isinstance(error, AccountChanged) else body
    return problem(
        503,
        error.code,
        "The published queues cannot be read right now. Nothing was changed.",
        remedy="The person who runs payrisk finds the reason with: payrisk doctor",
    )


def _conflict(error: AccountChanged) -> Body:
    """Who changed the account, what they did and when, and the version to go on from."""
    newest = error.newest
    return {
        "changed_by": newest.actor if newest else None,
        "changed": newest.kind if newest else None,
        "changed_at": newest.recorded_at.isoformat(timespec="seconds") if newest else None,
        "account_version": error.version,
    }


def install(app: FastAPI, page: Page) -> Answer:
    """Answer every error of the application; under `/api/` as JSON, elsewhere as `page` where a browser asks.

    Returns:
        how it is answered, for what refuses requests before the application.
    """

    def answer(request: Request, body: Body, headers: Mapping[str, str] | None = None) -> Response:
        if not wants_page(request):
            return as_problem(request, body, headers)
        response = page(request, body)
        response.headers.update(headers or {})
        return response

    @app.exception_handler(PayriskError)
    async def ours(request: Request, error: PayriskError) -> Response:
        wait = {"retry-after": RETRY_SECONDS} if error.code not in STATUS else None
        return answer(request, of_error(error), wait)

    @app.exception_handler(SignInNeeded)
    async def to_sign_in(request: Request, error: SignInNeeded) -> Response:
        if wants_page(request):
            asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            to = f"?next={quote(asked, safe='')}" if request.method == "GET" and asked != "/" else ""
            return RedirectResponse(f"/sign-in{to}", status_code=303)
        return answer(request, of_error(error), {"www-authenticate": "Bearer"})

    @app.exception_handler(TryLater)
    async def later(request: Request, error: TryLater) -> Response:
        return answer(request, of_error(error), {"retry-after": str(error.seconds)})

    @app.exception_handler(Busy)
    async def busy(request: Request, error: Busy) -> Response:
        told = problem(503, error.code, str(error), remedy=error.remedy)
        return answer(request, told, {"retry-after": str(error.seconds)})

    @app.exception_handler(RequestValidationError)
    async def not_understood(request: Request, error: RequestValidationError) -> Response:
        return answer(request, _of_validation(error))

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        return answer(request, _of_http(request, error), error.headers)

    @app.exception_handler(Exception)
    async def fault(request: Request, _: Exception) -> Response:
        # Answered outside of the guard, so the headers are set here. The exception itself goes to the server's log.
        return answer(request, INTERNAL, SECURITY_HEADERS)

    return answer


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks for a page."""
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def _of_validation(error: RequestValidationError) -> Body:
    first = error.errors()[0]
    field = next(part for part in reversed(first["loc"]) if isinstance(part, str))  # beside places in lists
    came, ctx = first.get("input", ""), first.get("ctx", {})
    if ctx.get("discriminator") == "'kind'":  # of none of the kinds that there are
        field, came = "kind", ctx.get("tag", "")
    came = storable(str(came)[:60])
    return problem(
        422,
        "bad_request",
        f'{field}: "{came}" cannot be used: {first["msg"]}.',
        field=field,
        remedy="Correct it and send it again: nothing was changed. See /docs for what each parameter takes.",
    )


def _of_http(request: Request, error: HTTPException) -> Body:
    if error.status_code == 404:
        return problem(
            404, "no_such_page", f"Nothing is at {request.url.path[:200]}.", remedy="Start at /queue, or see /docs."
        )
    if error.status_code == 400:  # the body could not even be read as JSON: its bytes, its depth, its numbers
        return problem(
            422, "bad_request", "The body cannot be read. Expected JSON in UTF-8.", field="body",
            remedy="Correct it and send it again: nothing was changed. See /docs for what each body takes.",
        )  # fmt: skip
    if error.status_code == 413:  # Python's own name of it changed with 3.13
        return problem(
            413,
            "content_too_large",
            "The body is larger than this route takes.",
            field="body",
            remedy="Send less at once; nothing was changed.",
        )
    status = error.status_code
    return problem(status, HTTPStatus(status).name.lower(), str(error.detail), remedy=WAYS_OUT.get(status))
