"""How a ledger looks from afar, from a few invoices."""

import math
from datetime import date

import pandas as pd
import pytest

from ledger.days import NEVER, to_day
from ledger.view import LedgerView
from simulation.calls.marginals import marginals


def day(text):
    return to_day(date.fromisoformat(text))


def view_of(items, paid, evening="2026-03-31"):
    """Items are (id, issued, due, cents), payments (id, cents, day)."""
    billed = pd.DataFrame(
        [
            {
                "item_id": name, "customer_id": "C-1", "entity": "", "invoice_number": name, "issued_on": day(issued),
                "due_on": day(due), "amount_minor": cents, "currency": "EUR", "terms": "", "known_on": day(issued),
                "superseded_on": NEVER, "source_row": 1,
            }
            for name, issued, due, cents in items
        ]
    )  # fmt: skip
    applied = pd.DataFrame(
        [
            {
                "application_id": f"P-{at}", "item_id": name, "kind": "cash", "amount_minor": cents,
                "happened_on": day(on), "known_on": day(on), "known_assumed": False,
            }
            for at, (name, cents, on) in enumerate(paid)
        ]
    )  # fmt: skip
    return LedgerView.of_facts(date.fromisoformat(evening), billed, applied)


def test_terms_and_days_late_are_counted_by_invoice():
    found = marginals(
        view_of(
            [
                ("I-1", "2026-01-01", "2026-01-15", 10_000),
                ("I-2", "2026-01-01", "2026-01-31", 90_000),
                ("I-3", "2026-01-01", "2026-03-02", 500),
                ("I-4", "2026-01-01", "2026-01-31", 900),
            ],
            [("I-1", 10_000, "2026-01-25"), ("I-2", 90_000, "2026-01-31"), ("I-3", 500, "2026-02-27")],
        )
    )

    assert (found.items, found.settled) == (4, 3)
    assert found.terms == (1 / 4, 2 / 4, 0.0, 1 / 4, 0.0)
    assert found.late == (1 / 3, 1 / 3, 0.0)  # 10, 0 and -3 days late
    assert found.days_late[0] == 0


def test_a_roll_is_what_stands_one_bucket_further_at_the_next_month_end():
    found = marginals(
        view_of(
            [("I-1", "2026-01-05", "2026-02-10", 30_000), ("I-2", "2026-01-05", "2026-02-10", 10_000)],
            [("I-2", 10_000, "2026-03-05")],
        )
    )

    # January to February: all of it rolls from current to 1-30; February to March three quarters on to 31-60.
    assert found.rolls[0] == 1.0
    assert found.rolls[1] == pytest.approx(0.75)
    assert math.isnan(found.rolls[2])


def test_a_ledger_in_which_nothing_was_paid_has_no_days_late():
    found = marginals(view_of([("I-1", "2026-01-05", "2026-02-10", 30_000)], [("I-1", 1, "2026-03-05")]))

    assert found.settled == 0
    assert all(map(math.isnan, (*found.late, *found.days_late)))
