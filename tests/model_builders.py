"""Small tables, curves and companies for the tests of models and training."""

from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
from builders import ledger_of

from features.catalogue import CATALOGUE, fingerprint
from features.table import KEY_COLUMNS, FeatureTable
from ledger.book import Ledger
from ledger.days import to_day
from ledger.facts import Facts
from models.habit_curve import HabitCurve
from models.payment_curve import PaymentCurve

EVENING = date(2026, 3, 31)
OPENED = date(2024, 9, 2)
"""The paying company's first day; it has 550 days of business."""


def random_table(rows: int, seed: int = 1, evening: date = EVENING) -> FeatureTable:
    """Rows of the real catalogue with drawn values, a tenth of them missing, of `rows / 4` customers on one evening."""
    rng = np.random.default_rng(seed)
    day = to_day(evening)
    due = day + rng.integers(-120, 60, rows)
    amount = rng.integers(1_000, 900_000, rows)
    keys = pd.DataFrame(
        {
            "item_id": [f"INV-{i:04d}" for i in range(rows)],
            "customer_id": [f"C-{i}" for i in rng.integers(0, max(1, rows // 4), rows)],
            "day": day,
            "issued_on": due - 30,
            "due_on": due,
            "dpd": day - due,
            "amount_minor": amount,
            "open_minor": amount,
            "currency": rng.choice(["EUR", "USD"], rows),
            "source_row": np.arange(1, rows + 1),
        }
    )
    values = pd.DataFrame({f.name: _values(f.is_category, rows, rng) for f in CATALOGUE})
    values["dpd"] = keys["dpd"].astype(float)
    return FeatureTable(keys[list(KEY_COLUMNS)], values, fingerprint())


def random_curve(seed: int = 1, rows: int = 400, rounds: int = 15, leaves: int = 7, **also: object) -> PaymentCurve:
    """A payment curve fitted to drawn intervals in which older items and higher late shares are paid more slowly."""
    table, rng = random_table(rows, seed), np.random.default_rng(seed)
    curve = PaymentCurve(num_leaves=leaves, rounds=rounds, min_rows_in_leaf=20, **also)  # type: ignore[arg-type]
    k = len(curve.edges) - 1
    row = np.repeat(np.arange(rows), k)
    slow = np.nan_to_num(table.values["late_5_share_365d"].to_numpy(), nan=0.5)[row] + rng.uniform(0, 0.3, len(row))
    paid = np.clip(1.0 - slow, 0.0, 1.0) * (rng.random(len(row)) < 0.6)
    intervals = pd.DataFrame({"row": row, "k": np.tile(np.arange(k), rows), "paid_share": paid, "weight": 1.0})
    return curve.fit(table, intervals)


def random_habit_curve(seed: int = 1, items: int = 200, customers: int = 12) -> HabitCurve:
    """A habit curve of drawn histories: customer 0 pays early, the last one a month late."""
    rng = np.random.default_rng(seed)
    who = rng.integers(0, customers, items)
    history = pd.DataFrame(
        {
            "customer_id": [f"C-{i}" for i in who],
            "currency": "EUR",
            "amount_minor": rng.integers(1_000, 900_000, items),
            "terms_days": 30,
            "entered": -30,
            "ended": who * 4 - 10 + rng.integers(-3, 4, items),
            "settled": rng.random(items) < 0.9,
        }
    )
    return HabitCurve().fit(history)


@cache
def paying_company(
    seed: int = 1, customers: int = 24, invoices: int = 900, scatter: float = 6, habits: bool = True
) -> Facts:
    """A company whose customers each have their own way of paying, some of it booked a few days late.

    Args:
        scatter: standard deviation of days around a customer's own way.
        habits: False for a company in which it is chance alone who pays when.
    """
    rng = np.random.default_rng(seed)
    begin, length = to_day(OPENED), 550
    who = rng.integers(0, customers, invoices)
    issued = np.sort(begin + rng.integers(0, length, invoices))
    amount = rng.integers(20_000, 900_000, invoices)
    # From ten days early to seven weeks late, and each customer has some scatter of its own.
    late = (who * 60 // customers - 10) + rng.normal(0, scatter, invoices).round().astype(int)
    if not habits:
        # Always as likely to come next week as it was last week: not even the age of an item says anything.
        late = np.random.default_rng([seed, 1]).geometric(1 / 40, invoices) - 30
    paid = np.maximum(issued + 1, issued + 30 + late)
    items = pd.DataFrame(
        {
            "item_id": [f"INV-{i:04d}" for i in range(invoices)],
            "customer_id": [f"C-{i:02d}" for i in who],
            "issued_on": issued,
            "due_on": issued + 30,
            "amount_minor": amount,
            "currency": rng.choice(["EUR", "EUR", "USD"], invoices),
            "known_on": issued,
        }
    )
    payments = pd.DataFrame(
        {
            "application_id": "P-" + items["item_id"],
            "item_id": items["item_id"],
            "kind": rng.choice(["cash"] * 30 + ["credit", "write_off"], invoices),
            "amount_minor": amount,
            "happened_on": paid,
            "known_on": paid + rng.integers(0, 3, invoices),
            "known_assumed": False,
        }
    )
    came = payments["known_on"] <= begin + length
    return Facts.of(items=items, applications=payments[came & (rng.random(invoices) > 0.02)])


def company_ledger(facts: Facts) -> Ledger:
    """A fresh ledger that holds the company."""
    return ledger_of(facts)


COMPANY_EVENING = OPENED + timedelta(days=549)
"""The last evening of the paying company."""


def _values(category: bool, rows: int, rng: np.random.Generator) -> np.ndarray:
    if category:
        return rng.choice(np.array(["EUR", "USD", "JPY"], dtype=object), rows)
    drawn = rng.normal(0, 1, rows)
    drawn[rng.random(rows) < 0.1] = np.nan
    return drawn
