"""One example of each body about operations, as the documentation shows it."""

from typing import Any

Json = dict[str, Any]

RUN: Json = {
    "id": "2026-03-03-5b0d7c9e21f4a836",
    "as_of": "2026-03-03",
    "state": "done",
    "reason": None,
    "attempt": 1,
    "ledger_version": 7,
    "planned_at": "2026-03-04T05:10:00+00:00",
    "asked_by": "service",
    "steps_done": ["planned", "ingested", "validated", "staged", "published", "reported"],
}

RUNS: Json = {"items": [RUN], "next_cursor": None}

STARTED: Json = {"state": "running", "id": RUN["id"], "run": f"/api/v1/runs/{RUN['id']}"}

METRICS = """\
# HELP payrisk_requests_total Requests answered, by route.
# TYPE payrisk_requests_total counter
payrisk_requests_total{method="GET",route="/api/v1/queues/{as_of}",status="200"} 412
# HELP payrisk_list_age_seconds Since the newest list was published.
# TYPE payrisk_list_age_seconds gauge
payrisk_list_age_seconds 5400
"""
