"""Placing: a scored evening as accounts in their places, before anybody reads it."""

import hashlib
import json
from dataclasses import dataclass, field, fields
from datetime import date

from ledger.bank_days import BankDays
from ledger.money import Rates
from serving.accounts.account import accounts_of
from serving.accounts.covered import covered_of
from serving.accounts.customers import customer_facts
from serving.accounts.reporting import reporting_currency_of
from serving.listing.listed_before import NOTHING_BEFORE, ListedBefore
from serving.listing.queue import Queue, QueueRules, build_queue
from serving.published.plain import plain
from serving.scoring.scored_evening import ScoredEvening
from serving.strategy.reading import shipped
from serving.strategy.strategy import Strategy
from serving.team.team import Team
from serving.value.call_value import CallValue
from serving.value.item_call import item_calls
from serving.value.priority import OverdueThenAge, Priority
from serving.value.rule_order import typical_days

BANK_DAYS = BankDays()
"""On which days lists are worked: Monday to Friday."""


@dataclass(frozen=True)
class ListSettings:
    """What people settled beforehand about every list.

    Attributes:
        capacity: accounts the team can work in a day, where `team` is None.
        reporting_currency: what money is compared in; None: see `serving.accounts.reporting`.
        strategy: the rules.
        team: who calls, and for how long.
        salt: the secret of the draws.
        before: the list published before, so that lists do not flicker.
    """

    capacity: int
    reporting_currency: str | None = None
    strategy: Strategy = field(default_factory=shipped)
    team: Team | None = None
    salt: str = field(default="", repr=False)
    before: ListedBefore = NOTHING_BEFORE

    @property
    def digest(self) -> str:
        """SHA-256 of all of it, the same on every machine."""
        told = {**{one.name: getattr(self, one.name) for one in fields(self)}, "strategy": self.strategy.digest}
        return hashlib.sha256(json.dumps(plain(told), sort_keys=True).encode()).hexdigest()


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


def placed_evening(evening: ScoredEvening, settings: ListSettings) -> PlacedEvening:
    """Put every account of a scored evening in its place."""
    reporting = reporting_currency_of(settings.reporting_currency, evening.scores, evening.view.rates)
    rates = Rates.of(reporting.currency, reporting.quotes)
    works_on = works_after(evening.as_of)
    customers = customer_facts(
        evening.view,
        evening.prior,
        settings.strategy,
        works_on,
        listed_before=settings.before.customers,
        customers=(score.customer_id for score in evening.scores),
    )
    covered = covered_of(evening.view, settings.strategy.promises.grace_bank_days)
    accounts = accounts_of(evening.scores, customers, rates, item_calls(evening.gains, covered))
    usual, priority = evening.prior.minutes, priority_of(evening)
    rules = QueueRules(
        currency=reporting.currency,
        rates=rates,
        team=settings.team or Team.of_capacity(settings.capacity, usual),
        strategy=settings.strategy,
        grace_days=evening.grace_days,
        usual_minutes=usual,
        works_on=works_on,
        salt=settings.salt,
        typical_days=typical_days(accounts, priority, settings.strategy),
    )
    return PlacedEvening(build_queue(accounts, priority, rules), priority, rules, rates, reporting.notices)


def priority_of(evening: ScoredEvening) -> Priority:
    """What ranks the list of an evening: what a call changes, or without probabilities overdue money and age."""
    return OverdueThenAge() if evening.bundle is None else CallValue(evening.prior)


def works_after(as_of: date) -> date:
    """The bank day on which the list of an evening is worked."""
    return BANK_DAYS.after(as_of, 1)
