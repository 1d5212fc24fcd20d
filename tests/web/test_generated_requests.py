"""Requests that are generated from the API's own description, sound ones and broken ones, by everybody who may ask.

No answer is a fault of ours, each is one that the description tells, and none shows the insides. `make test` sends some
hundreds, `make test-all` more than ten thousand.
"""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import checks
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks as openapi_checks
from tried_desks import CODE, CUSTOMERS, ROLES, RUN, TriedDesk, tried_desk
from web_clients import ADDRESS

EACH = 12 * int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1"))
"""Requests for each operation; four times as many where something is written."""

CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
]
KNOWN = {"customer_id": CUSTOMERS, "as_of": ("today", "2026-03-31"), "code": (CODE,), "run_id": (RUN.key,)}
UPLOAD = ("post", "/api/v1/imports")
"""Forms with files: this client cannot read back what it sent of one. They are tried in tests/web/test_uploads.py."""

INSIDES = ("Traceback", "sqlalchemy", "site-packages", 'File "/')


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TriedDesk]:
    with tried_desk(tmp_path_factory.mktemp("generated")) as desk:
        yield desk


def operations(desk: TriedDesk) -> list:
    schema = schemathesis.openapi.from_dict(desk.app.openapi())
    found = [one.ok() for one in schema.get_all_operations()]
    return [one for one in found if (one.method, one.path) != UPLOAD]


def cases_of(operation) -> st.SearchStrategy:
    """Sound cases and broken ones; where the description leaves an id open, often one that is there."""
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    return st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])


@st.composite
def asked(draw, operation):
    case, who = draw(cases_of(operation)), draw(st.sampled_from(ROLES))
    for name in set(case.path_parameters or ()) & set(KNOWN):
        if draw(st.integers(0, 3)) < 3:
            case.path_parameters[name] = draw(st.sampled_from(KNOWN[name]))
    return case, who, draw(st.integers(0, 3)) < 3


def sent_by(desk: TriedDesk, case, who: str, knows_version: bool):
    """The request of a case, as one of the roles, on the version of the account or the models where they know it."""
    told = case.as_transport_kwargs(base_url=ADDRESS)
    cookies = told.pop("cookies") or {}
    headers = {name.lower(): value for name, value in told.pop("headers").items()}
    if knows_version and (case.path_parameters or {}).get("customer_id") in CUSTOMERS:
        headers["if-match"] = desk.version(case.path_parameters["customer_id"])
    if knows_version and "/models" in case.path:
        headers["if-match"] = desk.models.shelf.etag()
    if who != "nobody":  # what is generated stands in for who asks only where nobody does
        headers.pop("authorization", None)
    elif cookies:
        headers["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    if "data" in told:
        told["content"] = told.pop("data")
    return desk.ask(who, told.pop("method"), told.pop("url"), headers, **told)


def test_no_generated_request_breaks_what_the_api_says_of_itself(desk):
    answers: Counter[int] = Counter()
    for operation in operations(desk):
        examples = EACH * (4 if operation.method == "post" else 1)

        @settings(
            max_examples=examples, database=None, deadline=None, derandomize=True, suppress_health_check=HealthCheck
        )
        @given(asked(operation))
        def holds(one):
            case, who, knows_version = one
            answer = sent_by(desk, case, who, knows_version)
            answers[answer.status_code] += 1
            case.validate_response(answer, checks=CHECKS)
            assert not any(word in answer.text for word in INSIDES)

        holds()

    print(f"{sum(answers.values())} requests, by status: {dict(sorted(answers.items()))}")
    assert sum(answers.values()) > 0.6 * EACH * len(operations(desk))
    assert {200, 201, 401, 404, 422} <= set(answers), answers
