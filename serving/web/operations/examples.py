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

AUDIT: Json = {
    "items": [
        {
            "seq": 118,
            "actor": "maria",
            "role": "manager",
            "at": "2026-03-04T09:12:31+00:00",
            "action": "activity.promise",
            "object": "activities/9f1c2d7a5b30",
            "before": "",
            "after": "5df6e0e2761359d30a8275058e299fcc0381534545f55cf43e41983f5d4c9456",
            "request_id": "0b6c1f4e8a72d935",
            "prev_hash": "7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730",
            "hash": "a948904f2f0f479b8f8197694b30184b0d2ed1c1cd2a1ec0fb85d299a192a447",
        }
    ],
    "next_cursor": None,
}

METRICS = """\
# HELP payrisk_requests_total Requests answered, by route.
# TYPE payrisk_requests_total counter
payrisk_requests_total{method="GET",route="/api/v1/queues/{as_of}",status="200"} 412
# HELP payrisk_list_age_seconds Since the newest list was published.
# TYPE payrisk_list_age_seconds gauge
payrisk_list_age_seconds 5400
"""
