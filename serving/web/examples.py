"""One example of each body, as the documentation shows it; the names are invented and the figures add up."""

from typing import Any

Json = dict[str, Any]

REASONS: list[Json] = [
    {
        "concept": "habit",
        "text": "paid 26 days late on average over the last 180 days",
        "points": 0.26,
        "arrow": "▲",
        "code": "days_late_mean_180d",
        "value": 26.0,
        "typical": 4.0,
        "item_id": "INV-30947",
        "money": {"amount": "312.00", "currency": "EUR"},
    },
    {
        "concept": "exposure",
        "text": "60 % of the open amount is past due",
        "points": 0.12,
        "arrow": "▲",
        "code": "overdue_share",
        "value": 0.6,
        "typical": 0.2,
        "item_id": "INV-30947",
        "money": {"amount": "144.00", "currency": "EUR"},
    },
    {
        "concept": "newness",
        "text": "customer for 2,920 days",
        "points": -0.05,
        "arrow": "▼",
        "code": "customer_days",
        "value": 2920.0,
        "typical": 730.0,
        "item_id": "INV-30947",
        "money": {"amount": "-60.00", "currency": "EUR"},
    },
]

ITEM_REASONS: list[Json] = [
    {name: value for name, value in reason.items() if name not in ("item_id", "money")} for reason in REASONS
]
"""The same as the item tells them that the account's speak of."""

FIGURES: Json = {
    "customer_id": "C-11366",
    "customer_name": "Crossmoor Ceramics Ltd",
    "country": "GB",
    "overdue": {"amount": "1200.00", "currency": "EUR"},
    "open": {"amount": "2000.00", "currency": "EUR"},
    "expected_late": {"amount": "768.00", "currency": "EUR"},
    "brought_forward": {
        "money_days": 8640,
        "money": {"amount": "1200.00", "currency": "EUR"},
        "days": 7.2,
        "measured": False,
        "prior": "1",
    },
    "promised": {"amount": "0.00", "currency": "EUR"},
    "disputed": {"amount": "0.00", "currency": "EUR"},
    "late_risk": 0.64,
    "late_risk_on": "2026-04-02",
    "p_late": 1.0,
    "expected_on": "2026-04-24",
    "base": 0.31,
    "base_money": {"amount": "372.00", "currency": "EUR"},
    "reasons": REASONS,
    "next_action": "Call accounts payable and ask for a dated promise on 1,200.00 EUR, oldest invoice first.",
    "next_step": "call",
    "next_step_label": "Call",
    "standing": "listed",
    "rule": "value",
    "rule_reason": "Among the first in the order of the list.",
    "rule_until": None,
    "collector": "team",
    "segment": "mixed",
    "open_items": 2,
    "overdue_items": 1,
    "oldest_dpd": 54,
    "thin_history": False,
    "unapplied_credits": [{"amount": "40.00", "currency": "EUR"}],
    "other_money": [],
    "paid_days_late": [12, 30, 45, 3, 28],
}

LINE: Json = {
    "rank": 1,
    **FIGURES,
    "rank_value": 360.0,
    "factors": [
        {"name": "callable_money", "value": 1200.0, "unit": "money", "role": "times"},
        {"name": "days_sooner", "value": 4.0, "unit": "days", "role": "times"},
        {"name": "not_a_payment_run", "value": 1.0, "unit": "share", "role": "times"},
        {"name": "reach", "value": 0.6, "unit": "share", "role": "times"},
        {"name": "freshness", "value": 1.0, "unit": "share", "role": "times"},
        {"name": "on_the_list_before", "value": 1.0, "unit": "times", "role": "times"},
        {"name": "minutes", "value": 8.0, "unit": "minutes", "role": "per"},
    ],
    "rank_explanation": {
        "sentence": "#1 Crossmoor Ceramics Ltd: 1,200.00 EUR to call about × 4.0 days sooner than by waiting a week × "
        "60% chance to reach somebody / 8 minutes a call, the only account to call. How customers answer a call is "
        "assumed, not measured (version 1).",
        "callable_accounts": 1,
        "admitted_by": "value",
        "because": "Among the first in the order of the list.",
        "log_value": 5.886104031450156,
        "factors": [
            {"name": "callable_money", "log": 7.090076835776092, "outranks": None},
            {"name": "days_sooner", "log": 1.3862943611198906, "outranks": None},
            {"name": "not_a_payment_run", "log": 0.0, "outranks": None},
            {"name": "reach", "log": -0.5108256237659907, "outranks": None},
            {"name": "freshness", "log": 0.0, "outranks": None},
            {"name": "on_the_list_before", "log": 0.0, "outranks": None},
            {"name": "minutes", "log": -2.0794415416798357, "outranks": None},
        ],
        "not_counted": [],
        "assumed": "How customers answer a call is assumed, not measured (version 1).",
        "ahead": None,
        "way_out": {
            "paid": {"amount": "1160.00", "currency": "EUR"},
            "standing": "routed_to_cash_application",
            "about": False,
            "moved_by": ["payment", "promise", "dispute"],
            "text": "Leaves the list when 1,160.00 EUR of its 1,200.00 EUR overdue is paid: its unused credits cover "
            "the rest.",
        },
    },
}

RUN: Json = {
    "as_of": "2026-03-03",
    "mode": "model",
    "run_id": "2026-03-03-9f2c1e07ab44",
    "model_version": "2026-02-28-1a2b3c4d",
    "ledger_version": 7,
    "approved": False,
    "made_of": "5b0d7c9e21f4a836",
    "reasons_version": "1-fe8bc5d2bd36",
    "published_at": "2026-03-04T05:10:00+00:00",
    "notices": ["First version of the model, not yet approved by a person."],
}

QUEUE: Json = {
    **RUN,
    "summary": {
        "order": "expected_acceleration",
        "order_sentence": "Ordered by the money that a call is expected to bring forward, per minute (assumed, not "
        "measured).",
        "capacity": 40,
        "minutes": 320.0,
        "works_on": "2026-03-04",
        "strategy": "1",
        "staffing": "1 of 1 accounts have a caller. More time for calls would bring nothing more today.",
        "assigned_by": "in_order",
        "listed": 1,
        "below_the_cut": 0,
        "held": 0,
        "routed_to_dispute_owner": 0,
        "routed_to_email": 0,
        "routed_to_cash_application": 0,
        "not_overdue": 12,
        "overdue": {"amount": "1200.00", "currency": "EUR"},
        "open": {"amount": "2000.00", "currency": "EUR"},
        "expected_late": {"amount": "768.00", "currency": "EUR"},
    },
    "items": [LINE],
    "next_cursor": None,
}

ACCOUNT: Json = {
    "rank": 1,
    **FIGURES,
    "items": [
        {
            "item_id": "INV-30947",
            "due_on": "2026-01-08",
            "dpd": 54,
            "open": {"amount": "1200.00", "currency": "EUR"},
            "p_late": 1.0,
            "known_late": True,
            "late_risk": 0.64,
            "late_risk_on": "2026-04-02",
            "p_unpaid_14": 0.81,
            "p_unpaid_30": 0.64,
            "p_unpaid_60": 0.43,
            "p_30_dpd": 1.0,
            "p_60_dpd": 0.91,
            "p_90_dpd": 0.59,
            "expected_on": "2026-04-24",
            "expected_from": "2026-03-09",
            "expected_until": "2026-09-02",
            "base": 0.31,
            "reasons": ITEM_REASONS,
            "thin_history": False,
            "source_row": 118,
        },
        {
            "item_id": "INV-31502",
            "due_on": "2026-03-20",
            "dpd": -17,
            "open": {"amount": "800.00", "currency": "EUR"},
            "p_late": 0.72,
            "known_late": False,
            "late_risk": 0.65,
            "late_risk_on": "2026-04-02",
            "p_unpaid_14": 0.97,
            "p_unpaid_30": 0.65,
            "p_unpaid_60": 0.2,
            "p_30_dpd": 0.41,
            "p_60_dpd": 0.11,
            "p_90_dpd": 0.05,
            "expected_on": "2026-04-12",
            "expected_from": "2026-03-21",
            "expected_until": "2026-05-19",
            "base": 0.31,
            "reasons": [
                {
                    "concept": "age",
                    "text": "due in 17 days",
                    "points": 0.34,
                    "arrow": "▲",
                    "code": "age",
                    "value": -17.0,
                    "typical": 6.0,
                }
            ],
            "thin_history": False,
            "source_row": 342,
        },
    ],
    "settled_invoices": 2,
    "history": [
        {
            "item_id": "INV-29814",
            "due_on": "2025-11-30",
            "settled_on": "2025-12-03",
            "days_late": 3,
            "amount": {"amount": "640.00", "currency": "EUR"},
        },
        {
            "item_id": "INV-30102",
            "due_on": "2025-12-20",
            "settled_on": "2026-01-17",
            "days_late": 28,
            "amount": {"amount": "910.50", "currency": "EUR"},
        },
    ],
    "promises": [
        {
            "promise_id": "P-88",
            "promised_on": "2026-02-17",
            "amount": {"amount": "1200.00", "currency": "EUR"},
            "state": "broken",
        }
    ],
    "contacts": [{"happened_on": "2026-02-10", "channel": "phone", "outcome": "promise", "reached": True}],
    "run": RUN,
}

QUEUE_ITEM: Json = {**LINE, "items": ACCOUNT["items"], "run": RUN}

EVIDENCE: Json = {
    "customer_id": "C-11366",
    "customer_name": "Crossmoor Ceramics Ltd",
    "item_id": "INV-30947",
    "code": "late_5_share_90d",
    "text": "50 % of invoices more than 5 days late over the last 90 days",
    "feature": "late_5_share_90d",
    "feature_text": "50 % of invoices more than 5 days late over the last 90 days",
    "why": "How often, where the mean says how much. Open invoices overdue by so much already count as late.",
    "unit": "share, 0 to 1",
    "window_days": 90,
    "value": 0.5,
    "published_value": 0.5,
    "agrees": True,
    "everyone": None,
    "rows": [
        {
            "kind": "invoice",
            "part": "counted",
            "item_id": "INV-30947",
            "document_id": "30947",
            "happened_on": "2025-12-09",
            "known_on": "2025-12-09",
            "due_on": "2026-01-08",
            "amount": {"amount": "1200.00", "currency": "EUR"},
            "days_late": 54,
            "state": "open",
        },
        {
            "kind": "invoice",
            "part": "whole",
            "item_id": "INV-30120",
            "document_id": "30120",
            "happened_on": "2025-11-14",
            "known_on": "2025-11-14",
            "due_on": "2025-12-14",
            "amount": {"amount": "640.00", "currency": "EUR"},
            "days_late": 3,
            "state": "settled",
        },
        {
            "kind": "cash",
            "part": "supports",
            "item_id": "INV-30120",
            "document_id": "P-7741",
            "happened_on": "2025-12-17",
            "known_on": "2025-12-18",
            "due_on": None,
            "amount": {"amount": "640.00", "currency": "EUR"},
            "days_late": None,
            "state": "",
        },
    ],
    "rows_left_out": 0,
    "rows_of_others": 0,
    "run": RUN,
}

NOT_FOUND: Json = {
    "type": "about:blank",
    "title": "Not Found",
    "status": 404,
    "detail": "No queue was published for the evening of 2026-03-03.",
    "code": "nothing_published",
    "field": "as_of",
    "remedy": "Make one: payrisk queue --as-of 2026-03-03",
}

NOT_ACCEPTABLE: Json = {
    "type": "about:blank",
    "title": "Not Acceptable",
    "status": 406,
    "detail": '"image/png" takes none of the kinds that this list is given in.',
    "code": "not_acceptable",
    "field": "Accept",
    "remedy": "Send Accept with one of application/json, text/csv, "
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, application/vnd.apache.parquet; "
    "without it a list is JSON.",
}

TOO_LARGE: Json = {
    "type": "about:blank",
    "title": "Request Entity Too Large",
    "status": 413,
    "detail": "The body is larger than this route takes.",
    "code": "content_too_large",
    "field": "body",
    "remedy": "Send less at once.",
}

NOT_SIGNED_IN: Json = {
    "type": "about:blank",
    "title": "Unauthorized",
    "status": 401,
    "detail": "This is shown to people who are signed in.",
    "code": "sign_in_needed",
    "field": None,
    "remedy": "Sign in at /sign-in; a machine sends its token as Authorization: Bearer payrisk_…",
}

TOO_MANY: Json = {
    "type": "about:blank",
    "title": "Too Many Requests",
    "status": 429,
    "detail": "Too many tries in a short time.",
    "code": "try_later",
    "field": None,
    "remedy": "Try again in 3 seconds.",
}

TOO_SLOW: Json = {
    "type": "about:blank",
    "title": "Request Timeout",
    "status": 408,
    "detail": "The body of the request did not come in time.",
    "code": "request_timeout",
    "field": None,
    "remedy": "Send it again, whole: nothing was changed.",
}

NOT_UNDERSTOOD: Json = {
    "type": "about:blank",
    "title": "Unprocessable Content",
    "status": 422,
    "detail": '"31/02/2026" is not a day. Expected YYYY-MM-DD, as in 2026-03-31, or today.',
    "code": "bad_date",
    "field": "as_of",
    "remedy": "Correct it and send it again: nothing was changed.",
}

UNAVAILABLE: Json = {
    "type": "about:blank",
    "title": "Service Unavailable",
    "status": 503,
    "detail": "The published queues cannot be read right now. Nothing was changed.",
    "code": "database_locked",
    "field": None,
    "remedy": "The person who runs payrisk finds the reason with: payrisk doctor",
}
