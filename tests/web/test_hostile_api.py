"""Hostile strings in every query and in every field of every body that the API describes, and in what comes with files:
by its own description, so that no input is left out. Beside it: `test_hostile_inputs.py`, pages and headers too.
"""

import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hostile_answers import strings, wrong_with
from hostile_strings import PLANTED
from tried_desks import TriedDesk, tried_desk

KNOWN = {
    "customer_id": "C-2", "code": "days_late_last", "as_of": "today", "version": "v1", "run_id": "none",
    "import_id": "none", "activity_id": "none",
}  # fmt: skip
WITH_FILES = (
    "name",
    "mapping",
    "as_of",
    "mode",
    "date_order",
    "currency",
    "sheet",
    "review",
    "max_bad",
    "allow_shrink",
)
WHO = ("maria", "root")
"""A manager and an administrator: whatever may be asked, one of them may."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TriedDesk]:
    with tried_desk(tmp_path_factory.mktemp("hostile")) as desk:
        yield desk


def places(body: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where texts stand in a body of JSON."""
    if isinstance(body, str):
        yield at
    parts = body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ()
    for name, part in parts:
        yield from places(part, (*at, name))


def with_text(body: Any, at: tuple[Any, ...], told: str) -> Any:
    """The body with another text in one place."""
    changed = json.loads(json.dumps(body))
    inner = changed
    for name in at[:-1]:
        inner = inner[name]
    inner[at[-1]] = told
    return changed


def inputs(desk: TriedDesk) -> Iterator[tuple[str, str, Any]]:
    """Method, address and what makes the rest of a request of a string, of every input."""
    paths = desk.ask("root", "GET", "/api/v1/openapi.json").json()["paths"]
    for path, methods in paths.items():
        address = path.format_map(KNOWN)
        for one in methods.get("get", {}).get("parameters", ()):
            if one["in"] == "query":
                yield "GET", address, lambda told, name=one["name"]: {"query": f"{name}={quoted(told)}"}
        for media, content in methods.get("post", {}).get("requestBody", {}).get("content", {}).items():
            if media != "application/json":
                continue
            for at in places(content["example"]):
                yield "POST", address, lambda told, at=at, sent=content["example"]: {"json": with_text(sent, at, told)}
    for name in WITH_FILES:
        yield "POST", "/api/v1/imports", lambda told, name=name: {"query": f"{name}={quoted(told)}", "content": b"a,b"}


def quoted(told: str) -> str:
    return quote(told, safe="", errors="replace")


def test_no_string_in_any_query_or_body_of_the_api_is_run_or_leads_anywhere(desk, tmp_path_factory):
    luck, answers, wrong, tried = random.Random(8), Counter(), [], set()
    for method, address, of in inputs(desk):
        for told in strings(luck):
            rest = of(told)
            query = rest.pop("query", "")
            for who in WHO:
                if method == "POST" and "/models/" in address:  # so that what is sent gets as far as the shelf
                    rest["headers"] = {"if-match": desk.models.shelf.etag()}
                answer = desk.ask(who, method, f"{address}?{query}" if query else address, **rest)
                answers[answer.status_code] += 1
                if words := wrong_with(answer, told):
                    wrong.append(f"{who} {method} {address}: {told[:60]!r}: {words}")
        tried.add((method, address))

    assert wrong == []
    assert {200, 202, 404, 422, 428} <= set(answers), answers
    assert len(tried) > 30
    assert not [found for found in tmp_path_factory.getbasetemp().rglob("*") if PLANTED in found.name]
