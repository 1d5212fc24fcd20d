"""The API's description, with an example of every body.

FastAPI drops nulls from examples, and a null is part of what ours say; so the examples are put in afterwards.
"""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from serving.reports.tables import table_of
from serving.tabular.account_lists import history_table, items_table
from serving.tabular.csv_file import csv_bytes
from serving.tabular.lists import activities_table, audit_table, queue_table, runs_table
from serving.tabular.shelf_lists import imports_table, models_table, set_aside_table
from serving.tabular.table import Table
from serving.tabular.team_lists import (
    coverage_table,
    holds_table,
    people_table,
    team_table,
    waiting_table,
    workload_table,
)
from serving.web import problem_examples
from serving.web.activities import examples as activity_examples
from serving.web.door import PLAIN_COOKIE, TLS_COOKIE
from serving.web.file_kinds import CSV, ENDINGS
from serving.web.imports import examples as import_examples
from serving.web.models import examples as model_examples
from serving.web.operations import examples as operation_examples
from serving.web.problems import INTERNAL
from serving.web.queues import examples as queue_examples
from serving.web.queues.api import history_body, items_body
from serving.web.reports.examples import REPORT_EXAMPLES
from serving.web.team import examples as team_examples

Json = dict[str, Any]

BODIES: dict[str, Json | str] = {
    "/api/v1/queues/{as_of}": queue_examples.QUEUE,
    "/api/v1/queues/{as_of}/items/{customer_id}": queue_examples.QUEUE_ITEM,
    "/api/v1/accounts/{customer_id}": queue_examples.ACCOUNT,
    "/api/v1/accounts/{customer_id}/items": items_body(queue_examples.ACCOUNT),
    "/api/v1/accounts/{customer_id}/history": history_body(queue_examples.ACCOUNT),
    "/api/v1/accounts/{customer_id}/evidence/{code}": queue_examples.EVIDENCE,
    "/api/v1/accounts/{customer_id}/activities": activity_examples.ACTIVITIES,
    **{f"/api/v1/reports/{name}": body for name, body in REPORT_EXAMPLES.items()},
    "/api/v1/imports": import_examples.IMPORTS,
    "/api/v1/imports/{import_id}": import_examples.DONE,
    "/api/v1/imports/{import_id}/quarantine": import_examples.QUARANTINE,
    "/api/v1/runs": operation_examples.RUNS,
    "/api/v1/runs/{run_id}": operation_examples.RUN,
    "/api/v1/audit": operation_examples.AUDIT,
    "/api/v1/models": model_examples.MODELS,
    "/api/v1/models/{version}": model_examples.MODEL,
    "/api/v1/team": team_examples.TEAM,
    "/api/v1/team/workload": team_examples.WORKLOAD,
    "/api/v1/team/coverage": team_examples.COVERAGE,
    "/api/v1/team/waiting": team_examples.WAITING,
    "/api/v1/people": team_examples.PEOPLE,
    "/api/v1/strategy": team_examples.STRATEGY,
    "/api/v1/holds": team_examples.HOLDS,
    "/healthz": {"status": "ok"},
    "/readyz": {"status": "ready"},
    "/metrics": operation_examples.METRICS,
}
"""What the route of each path answers to GET."""

TABLES: dict[str, Callable[[Any], Table]] = {
    "/api/v1/queues/{as_of}": queue_table,
    "/api/v1/accounts/{customer_id}/activities": activities_table,
    "/api/v1/accounts/{customer_id}/items": items_table,
    "/api/v1/accounts/{customer_id}/history": history_table,
    "/api/v1/runs": runs_table,
    "/api/v1/audit": audit_table,
    "/api/v1/imports": imports_table,
    "/api/v1/imports/{import_id}/quarantine": set_aside_table,
    "/api/v1/models": models_table,
    "/api/v1/team": team_table,
    "/api/v1/team/workload": workload_table,
    "/api/v1/team/coverage": coverage_table,
    "/api/v1/team/waiting": waiting_table,
    "/api/v1/people": people_table,
    "/api/v1/holds": holds_table,
    **{f"/api/v1/reports/{name}": table_of for name in REPORT_EXAMPLES},
}
"""The lists, each with what makes a table of its body."""

WRITES: dict[str, tuple[Json | str, Json]] = {
    "/api/v1/accounts/{customer_id}/activities": (activity_examples.PROMISE_SENT, activity_examples.PROMISE),
    "/api/v1/accounts/{customer_id}/activities/{activity_id}/undo": (
        activity_examples.UNDO_SENT,
        activity_examples.UNDO,
    ),
    "/api/v1/accounts/{customer_id}/assignments": (team_examples.ASSIGNMENT_SENT, team_examples.ASSIGNMENT),
    "/api/v1/team/assignments": (team_examples.PORTFOLIO_SENT, team_examples.PORTFOLIO),
    "/api/v1/call-sheets": ({}, activity_examples.CALL_SHEET),
    "/api/v1/runs": ({"as_of": "2026-03-03"}, operation_examples.STARTED),
    "/api/v1/models/{version}/promotions": (model_examples.PROMOTION_SENT, model_examples.PROMOTION),
    "/api/v1/models/rollbacks": (model_examples.ROLLBACK_SENT, model_examples.ROLLBACK),
    "/api/v1/scores": (model_examples.SCORES_SENT, model_examples.SCORES),
    "/api/v1/imports": (import_examples.FILE_SENT, import_examples.UPLOADED),
    "/api/v1/imports/{import_id}/answers": (import_examples.ANSWER_SENT, import_examples.ANSWERED),
}
"""What the route of each path is sent by POST, where it is JSON, and what it answers."""
WAYS_IN: dict[str, Json] = {
    "token": {"type": "http", "scheme": "bearer", "description": "of a machine: payrisk people token"},
    "session": {"type": "apiKey", "in": "cookie", "name": PLAIN_COOKIE, "description": f"over TLS {TLS_COOKIE}"},
}
PROBLEMS: dict[str, Json] = {
    "400": import_examples.BROKEN,
    "401": problem_examples.NOT_SIGNED_IN,
    "403": activity_examples.FOREIGN,
    "404": problem_examples.NOT_FOUND,
    "406": problem_examples.NOT_ACCEPTABLE,
    "408": problem_examples.TOO_SLOW,
    "409": activity_examples.TOO_LATE,
    "412": activity_examples.CONFLICT,
    "413": problem_examples.TOO_LARGE,
    "422": problem_examples.NOT_UNDERSTOOD,
    "428": activity_examples.NO_VERSION,
    "429": problem_examples.TOO_MANY,
    "500": INTERNAL,
    "503": problem_examples.UNAVAILABLE,
    "507": import_examples.NO_ROOM,
}


OWN_PROBLEMS: dict[tuple[str, str], Json] = {
    ("/api/v1/imports/{import_id}/answers", "409"): import_examples.NOT_ASKING,
    ("/api/v1/imports/{import_id}/answers", "412"): import_examples.CHANGED,
    ("/api/v1/imports/{import_id}/answers", "428"): import_examples.NO_VERSION,
    ("/api/v1/models/rollbacks", "412"): model_examples.CHANGED,
    ("/api/v1/models/rollbacks", "428"): model_examples.NO_STATE,
    ("/api/v1/models/{version}/promotions", "412"): model_examples.CHANGED,
    ("/api/v1/models/{version}/promotions", "428"): model_examples.NO_STATE,
}
"""By path and status, where another example would mislead."""


def describe(app: FastAPI) -> None:
    """Have the application describe itself with these examples; made once, when it is first asked for."""

    def described() -> Json:
        if app.openapi_schema is None:
            schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            _add_examples(schema)
            schema["components"]["securitySchemes"] = WAYS_IN
            schema["security"] = [{way: []} for way in WAYS_IN]
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]  # FastAPI's own way to replace it


def _add_examples(schema: Json) -> None:
    for path, methods in schema["paths"].items():
        for method, route in methods.items():
            if "requestBody" in route:
                for media, content in route["requestBody"]["content"].items():
                    if media not in ENDINGS:
                        content["example"] = WRITES[path][0]
            for status, answer in route["responses"].items():
                for media, content in answer["content"].items():
                    if media == CSV:
                        content["example"] = csv_bytes(TABLES[path](BODIES[path])).decode()
                    elif media not in ENDINGS:
                        good = WRITES[path][1] if method == "post" else BODIES[path]
                        content["example"] = OWN_PROBLEMS.get((path, status)) or PROBLEMS.get(status) or good
