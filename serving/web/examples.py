"""One example of each body, as the documentation shows it; the names are invented and the figures add up."""

from typing import Any

Json = dict[str, Any]

REASONS: list[Json] = [
    {"concept": "habit", "text": "paid 26 days late on average over the last 180 days", "points": 0.26, "arrow": "▲"},
    {"concept": "exposure", "text": "60 % of the open amount is past due", "points": 0.12, "arrow": "▲"},
    {"concept": "newness", "text": "customer for 8 years", "points": -0.05, "arrow": "▼"},
]

FIGURES: Json = {
    "customer_id": "C-11366",
    "customer_name": "Crossmoor Ceramics Ltd",
    "country": "GB",
    "overdue": {"amount": "1200.00", "currency": "EUR"},
    "open": {"amount": "2000.00", "currency": "EUR"},
    "expected_late": {"amount": "768.00", "currency": "EUR"},
    "late_risk": 0.64,
    "late_risk_on": "2026-04-02",
    "p_late": 1.0,
    "expected_on": "2026-04-24",
    "base": 0.31,
    "reasons": REASONS,
    "next_action": "Call accounts payable and ask for a dated promise on 1,200.00 EUR, oldest invoice first.",
    "next_step": "call",
    "next_step_label": "Call",
    "standing": "listed",
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
    "rank_value": 768.0,
    "factors": [
        {"name": "overdue_money", "value": 1200.0, "unit": "money"},
        {"name": "late_risk_of_it", "value": 0.64, "unit": "share"},
    ],
}

RUN: Json = {
    "as_of": "2026-03-03",
    "mode": "model",
    "run_id": "2026-03-03-9f2c1e07ab44",
    "model_version": "2026-02-28-1a2b3c4d",
    "ledger_version": 7,
    "approved": False,
    "made_of": "5b0d7c9e21f4a836",
    "published_at": "2026-03-04T05:10:00+00:00",
    "notices": ["First version of the model, not yet approved by a person."],
}

QUEUE: Json = {
    **RUN,
    "summary": {
        "order": "overdue_times_risk",
        "order_sentence": "Ordered by overdue money × late risk.",
        "capacity": 40,
        "listed": 1,
        "below_the_cut": 0,
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
            "expected_on": "2026-04-24",
            "base": 0.31,
            "reasons": REASONS,
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
            "expected_on": "2026-04-12",
            "base": 0.31,
            "reasons": [{"concept": "age", "text": "due in 17 days", "points": 0.34, "arrow": "▲"}],
            "thin_history": False,
            "source_row": 342,
        },
    ],
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

NOT_UNDERSTOOD: Json = {
    "type": "about:blank",
    "title": "Unprocessable Content",
    "status": 422,
    "detail": '"31/02/2026" is not a day. Expected YYYY-MM-DD, as in 2026-03-31, or today.',
    "code": "bad_date",
    "field": "as_of",
    "remedy": None,
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
