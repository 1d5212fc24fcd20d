"""Examples of the bodies of activities, as the documentation shows them; the account is that of `examples.py`."""

from typing import Any

from serving.web.problems import problem

Json = dict[str, Any]

_ACCOUNT = "C-11366"

PROMISE_SENT: Json = {
    "kind": "promise", "amount": "1200.00", "currency": "EUR", "promised_on": "2026-04-10",
    "item_ids": ["INV-30947"],
}  # fmt: skip

PROMISE: Json = {
    "activity_id": "7d0c3f5a9b1e4c6d8f20",
    "customer_id": _ACCOUNT,
    "account_version": 2,
    "kind": "promise",
    "said": {name: value for name, value in PROMISE_SENT.items() if name != "kind"},
    "of": None,
    "by": "maria",
    "recorded_at": "2026-04-01T09:41:07+00:00",
    "known_on": "2026-04-01",
    "undone": None,
}

CONTACT: Json = {
    **PROMISE,
    "activity_id": "b3a19e7c5d2f40816a9c",
    "account_version": 1,
    "kind": "contact",
    "said": {"channel": "phone", "outcome": "promise", "minutes": 6},
    "recorded_at": "2026-04-01T09:40:12+00:00",
}

ACTIVITIES: Json = {
    "customer_id": _ACCOUNT,
    "account_version": 2,
    "items": [PROMISE, CONTACT],
    "next_cursor": None,
}

UNDO_SENT: Json = {"reason": "wrong account"}

UNDO: Json = {
    **PROMISE,
    "activity_id": "e41f6b8a0c7d42953b1e",
    "account_version": 3,
    "kind": "undo",
    "said": UNDO_SENT,
    "of": PROMISE["activity_id"],
    "recorded_at": "2026-04-01T09:43:30+00:00",
}

FOREIGN: Json = problem(
    403,
    "foreign_form",
    "This form did not come from a page of yours. Nothing was changed.",
    remedy="Load the page again and send the form from there.",
)
TOO_LATE: Json = problem(
    409,
    "too_late_to_undo",
    "The contact of 2026-03-30 is history: lists were made on it.",
    remedy="Record a note that says what was wrong with it.",
)
CONFLICT: Json = {
    **problem(
        412,
        "account_changed",
        "maria recorded a promise at 2026-04-01T09:41:07+00:00: the account is at version 2, and the change was made "
        "on another one.",
        field="If-Match",
        remedy="Read the account again, and record it once more if it still holds.",
    ),
    "changed_by": "maria",
    "changed": "promise",
    "changed_at": "2026-04-01T09:41:07+00:00",
    "account_version": 2,
}
NO_VERSION: Json = problem(
    428,
    "if_match_missing",
    "A change of an account must say which version it was made on.",
    field="If-Match",
    remedy="Send the ETag of GET /api/v1/accounts/{customer_id} as If-Match.",
)

CALL_SHEET: Json = {
    "recorded": 1,
    "already_recorded": 0,
    "conflict": 0,
    "refused": 1,
    "blank": 38,
    "rows": [
        {
            "line": 2,
            "customer_id": "C-11366",
            "status": "recorded",
            "kinds": ["promise", "note"],
            "activity_ids": ["7d0c3f5a9b1e4c6d8f20", "e2a01167fe7a8fdcb397"],
            "code": None,
            "field": None,
            "problem": None,
            "remedy": None,
        },
        {
            "line": 5,
            "customer_id": "C-10021",
            "status": "refused",
            "kinds": [],
            "activity_ids": [],
            "code": "bad_day",
            "field": "day",
            "problem": 'day: "03/04/2026" can be read in two ways. Write it YYYY-MM-DD, as in 2026-03-31.',
            "remedy": "Correct the cell, and import the sheet again.",
        },
    ],
}
