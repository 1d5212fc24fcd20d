"""Daily runs of a small company for tests: its rooms, and what was published."""

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from builders import customer, invoice, payment, rate, together
from model_builders import random_habit_curve

from features.catalogue import fingerprint
from ledger.book import Ledger
from ledger.database import open_engine
from ledger.facts import Facts
from models.bundle import Bundle
from models.shelf import Shelf
from serving.daily import EveningSettings
from serving.morning.runner import Done, Rooms, run_daily
from serving.progress import Progress, silent
from serving.published.store import ServingStore

BEFORE, EVENING = date(2026, 3, 30), date(2026, 3, 31)
NOW = datetime(2026, 4, 1, 4, 30, tzinfo=UTC)
LATER = NOW + timedelta(hours=3, seconds=7)


def company() -> Facts:
    """Twelve customers, some of whom pay late, in two currencies."""
    facts = [rate("USD", "0.9", rate_on="2026-01-01")]
    for number in range(12):
        who, currency = f"C-{number:02d}", "USD" if number % 5 == 4 else "EUR"
        facts.append(customer(who, name=f"Customer {number} & Söhne", country="DE", known_on="2025-06-01"))
        for month in (1, 2, 3):
            name, due_on = f"INV-{number:02d}-{month}", date(2026, month, 1 + number)
            facts.append(invoice(name, customer=who, due_on=due_on, amount=300 + 70 * number, currency=currency))
            if month < 3 and number % 3:
                paid_on = due_on + timedelta(days=number)
                facts.append(payment(name, paid_on=paid_on, amount=300 + 70 * number, currency=currency))
    return together(*facts)


def rooms_of(
    url: str,
    home: Path,
    *,
    examine: Callable[[Ledger, date], tuple[str, ...]] = lambda *_: (),
    **settings: Any,
) -> Rooms:
    """The rooms over one database and one home."""
    return Rooms(
        Ledger.open(url), Shelf(home / "models"), ServingStore(url), home / "runs",
        EveningSettings(**{"capacity": 5} | settings), "1.0", examine, itertools.count().__next__,
    )  # fmt: skip


def started(
    url: str, home: Path, now: datetime = NOW, as_of: date = EVENING, progress: Progress = silent, **rooms: Any
) -> Done:
    """One start of the daily run, its connections given back."""
    opened = rooms_of(url, home, **rooms)
    try:
        return run_daily(opened, as_of, now, progress)
    finally:
        opened.ledger.close()
        opened.store.close()


def prepared(url: str, home: Path) -> None:
    """A company, a model in use, and the list of the evening before."""
    ledger = Ledger.open(url)
    ledger.load(company())
    ledger.close()
    curve = random_habit_curve(items=40, customers=3)
    shelf = Shelf(home / "models")
    shelf.promote(shelf.put(Bundle(curve, date(2026, 2, 28), 5, fingerprint(), passed=True)), by="Mara", at=NOW)
    started(url, home, NOW - timedelta(days=1), BEFORE)


def published(url: str) -> dict[str, list[str]]:
    """Every row of every published list and of its decisions, to the letter; runs in the order of publishing."""
    engine = open_engine(url)
    with engine.connect() as connection:
        rows = {
            name: [repr(tuple(row)) for row in connection.execute(sa.text(f"SELECT * FROM {name} ORDER BY {order}"))]
            for name, order in (
                ("queue_runs", "sequence"), ("queue_lines", "run_id, rank"), ("queue_accounts", "run_id, customer_id"),
                ("decision_log", "decision_id"),
            )
        }  # fmt: skip
    engine.dispose()
    return rows
