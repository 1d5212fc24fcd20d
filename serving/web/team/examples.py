"""One example of each body about the team and the settings, as the documentation shows it."""

from typing import Any

from serving.web.activities.examples import PROMISE

Json = dict[str, Any]

_HEAD: Json = {"as_of": "2026-03-31", "run_id": "2026-03-31-6f1c2a90", "today": "2026-04-01", "currency": "EUR"}

TEAM: Json = {
    "items": [
        {
            "collector_id": "ada",
            "name": "Ada",
            "minutes_a_day": 240.0,
            "works_on": ["monday", "tuesday", "wednesday", "thursday"],
            "absent": [{"first": "2026-04-07", "last": "2026-04-10"}],
            "languages": ["de", "en"],
            "countries": [],
            "skills": [],
            "group": "north",
            "owns": 212,
        }
    ],
    "next_cursor": None,
}

WORKLOAD: Json = {
    **_HEAD,
    "period": "week",
    "staffing": "",
    "call_minutes": {"noted": 14, "median": 6.5, "planned": 8.0},
    "promises_due_today": 3,
    "promises_broken": 1,
    "items": [
        {
            "collector_id": "ada",
            "name": "Ada",
            "capacity_minutes": 240.0,
            "listed": 30,
            "worked": 12,
            "planned_minutes": 96.0,
            "noted_minutes": 91,
            "tried": 22,
            "spoken": 9,
            "expected_spoken": 8.2,
            "promises": 4,
            "promised": {"amount": "18200.00", "currency": "EUR"},
            "expected_promised": {"amount": "15900.00", "currency": "EUR"},
            "without_next_step": 5,
        }
    ],
    "next_cursor": None,
}

COVERAGE: Json = {
    **_HEAD,
    "past_due": 412,
    "with_next_step": 371,
    "places": {"listed": 60, "held": 240, "held_open": 11, "handed_on": 52, "agreed_since": 8, "without": 41},
    "unowned": 3,
    "starving": 2,
    "items": [
        {
            "customer_id": "C-11366",
            "customer_name": "Crossmoor Ceramics Ltd",
            "overdue": {"amount": "1240.00", "currency": "EUR"},
            "oldest_dpd": 44,
            "collector": "",
            "standing": "below_the_cut",
            "contacted_on": "2026-02-17",
        }
    ],
    "next_cursor": "-1240.00:C-11366",
}

WAITING: Json = {
    **_HEAD,
    "items": [
        {
            **PROMISE,
            "kind": "contest",
            "said": {"because": "paid_already", "text": "by card on Friday"},
            "late_since": None,
        }
    ],
    "next_cursor": None,
}

ASSIGNMENT_SENT: Json = {"to": "bob", "reason": "speaks Dutch"}

ASSIGNMENT: Json = {**PROMISE, "kind": "assignment", "said": {"collector": "bob", "reason": "speaks Dutch"}}

PORTFOLIO_SENT: Json = {"whose": "ada", "to": "bob", "reason": "parental leave"}

PORTFOLIO: Json = {"whose": "ada", "to": "bob", "given": 212, "more": False}

PEOPLE: Json = {
    "items": [
        {
            "person_id": "ada",
            "name": "Ada",
            "roles": ["collector"],
            "collector": "ada",
            "disabled": False,
            "has_password": True,
            "tokens": [],
        },
        {
            "person_id": "erp",
            "name": "ERP",
            "roles": ["service"],
            "collector": None,
            "disabled": False,
            "has_password": False,
            "tokens": [
                {
                    "token_id": "3f9a1c",
                    "scopes": ["ingest"],
                    "created_at": "2026-01-02T08:00:00+00:00",
                    "expires_at": "2027-01-02T08:00:00+00:00",
                }
            ],
        },
    ],
    "next_cursor": None,
}

STRATEGY: Json = {
    "version": "2026-03",
    "valid_from": "2026-03-01",
    "sentence": "Call small accounts too, while the team has time.",
    "changes": [
        {"section": "route", "line": "minimum_balance: 100 → 50 (more small accounts are called)"},
    ],
    "remarks": [],
}

HOLDS: Json = {
    "items": [
        {
            "activity_id": "7d0c3f5a9b1e4c6d8f20",
            "customer_id": "C-11366",
            "customer_name": "Crossmoor Ceramics Ltd",
            "kind": "hold",
            "why": "legal",
            "reason": "lawsuit 12/26",
            "until_on": None,
            "by": "maria",
            "known_on": "2026-03-30",
        }
    ],
    "next_cursor": None,
}
