"""The API's description, with an example of every body.

FastAPI drops nulls from examples, and a null is part of what ours say; so the examples are put in afterwards.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from serving.web import examples
from serving.web.door import PLAIN_COOKIE, TLS_COOKIE
from serving.web.problems import INTERNAL

Json = dict[str, Any]

BODIES: dict[str, Json] = {
    "/api/v1/queues/{as_of}": examples.QUEUE,
    "/api/v1/queues/{as_of}/items/{customer_id}": examples.QUEUE_ITEM,
    "/api/v1/accounts/{customer_id}": examples.ACCOUNT,
    "/api/v1/accounts/{customer_id}/evidence/{code}": examples.EVIDENCE,
    "/healthz": {"status": "ok"},
}
WAYS_IN: dict[str, Json] = {
    "token": {"type": "http", "scheme": "bearer", "description": "of a machine: payrisk people token"},
    "session": {"type": "apiKey", "in": "cookie", "name": PLAIN_COOKIE, "description": f"over TLS {TLS_COOKIE}"},
}
PROBLEMS: dict[str, Json] = {
    "401": examples.NOT_SIGNED_IN,
    "404": examples.NOT_FOUND,
    "422": examples.NOT_UNDERSTOOD,
    "429": examples.TOO_MANY,
    "500": INTERNAL,
    "503": examples.UNAVAILABLE,
}


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
        for route in methods.values():
            for status, answer in route["responses"].items():
                for content in answer["content"].values():
                    content["example"] = BODIES[path] if status == "200" else PROBLEMS[status]
