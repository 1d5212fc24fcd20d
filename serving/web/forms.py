"""Forms: what a page's form sent, and the field that shows that it was a page of ours."""

from collections.abc import Mapping
from contextvars import ContextVar
from urllib.parse import parse_qsl

from fastapi import Request
from markupsafe import Markup

from serving.people.front_door import Visitor
from serving.people.keys import form_key
from serving.web.uploads import Upload

Fields = Mapping[str, str]
"""What a form sent: the text of each field."""

FORM_FIELD, FORM_HEADER = "form_key", "x-form-key"
MOST_FIELDS = 100

UPLOADS = "most_bytes"
"""What a route's function has that takes forms with files: how many bytes of them."""

VISITOR: ContextVar[Visitor | None] = ContextVar("visitor", default=None)
"""Who the page being drawn is for: set by the door for each request, read by the templates."""


async def form_of(request: Request) -> dict[str, str]:
    """The fields of an urlencoded form, of each the last; empty for any other body. It may be asked for twice."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return {}
    sent = (await request.body()).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(sent, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:  # more fields than any form of ours has
        return {}


async def sent_form_key(request: Request) -> str:
    """The proof that a form carries; of one with files the field that stands before them. The rest of such a body is
    read by its route, from `upload` of the request's state."""
    most_bytes = getattr(request.scope["route"].endpoint, UPLOADS, None)
    if most_bytes is None:
        return (await form_of(request)).get(FORM_FIELD, "")
    if not request.headers.get("content-type", "").lower().startswith("multipart/"):
        return ""  # no form of ours, and as long as a file may be
    upload = request.state.upload = Upload(request, most_bytes)
    return await upload.field(FORM_FIELD)


def form_field() -> Markup:
    """In a template, inside every form that posts: `{{ form_field() }}`. A script sends its value as the header
    `x-form-key`; nobody signed in, nothing to prove."""
    visitor = VISITOR.get()
    key = form_key(visitor.session_key) if visitor and visitor.session_key else ""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FORM_FIELD, key)


def visitor_now() -> Visitor | None:
    """Who the page is for."""
    return VISITOR.get()
