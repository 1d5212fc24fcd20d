"""Forms: what a page's form sent, and the field that shows that it was a page of ours."""

from urllib.parse import parse_qsl

from fastapi import Request
from markupsafe import Markup

MOST_FIELDS = 100


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


def form_field() -> Markup:
    """In a template, inside every form that posts: `{{ form_field() }}`."""
    return Markup("")
