"""Placing: a scored evening as accounts in their places, before anybody reads it."""

from dataclasses import dataclass
from decimal import Decimal

from ledger.money import Rates
from models.score import Mode
from serving.accounts import accounts_of
from serving.customers import customer_facts
from serving.priority import OverdueThenAge, OverdueTimesRisk, Priority
from serving.queue import MINIMUM_BALANCE, Queue, QueueRules, build_queue
from serving.reporting import reporting_currency_of
from serving.scored_evening import ScoredEvening


@dataclass(frozen=True, eq=False)
class PlacedEvening:
    """Everybody's place on one evening, and what decided it.

    Attributes:
        rates: to the reporting currency.
        notices: what is to be said of that currency.
    """

    queue: Queue
    priority: Priority
    rules: QueueRules
    rates: Rates
    notices: tuple[str, ...]


def placed_evening(
    evening: ScoredEvening,
    *,
    capacity: int,
    reporting_currency: str | None = None,
    minimum_balance: Decimal = MINIMUM_BALANCE,
) -> PlacedEvening:
    """Put every account of a scored evening in its place."""
    reporting = reporting_currency_of(reporting_currency, evening.scores, evening.view.rates)
    rates = Rates.of(reporting.currency, reporting.quotes)
    accounts = accounts_of(evening.scores, customer_facts(evening.view), rates)
    rules = QueueRules(capacity, reporting.currency, evening.grace_days, minimum_balance)
    priority = priority_of(evening.mode)
    return PlacedEvening(build_queue(accounts, priority, rules), priority, rules, rates, reporting.notices)


def priority_of(mode: Mode) -> Priority:
    """What ranks a list of this mode: without probabilities, overdue money and age."""
    return OverdueThenAge() if mode == "rule" else OverdueTimesRisk()
