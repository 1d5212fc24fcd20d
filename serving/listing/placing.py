"""Placing: a scored evening as accounts in their places, before anybody reads it."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import date

from ledger.bank_days import BankDays
from ledger.money import Rates
from serving.accounts.adding_up import accounts_of
from serving.accounts.covered import covered_of
from serving.accounts.customers import customer_facts
from serving.accounts.reporting import reporting_currency_of
from serving.listing.listed_before import NOTHING_BEFORE, ListedBefore
from serving.listing.queue import PlacedAccount, Queue, QueueRules, queue_in_places, ranked_alone
from serving.published.plain import plain
from serving.scoring.scored_evening import ScoredEvening
from serving.strategy.reading import shipped
from serving.strategy.strategy import Strategy
from serving.team.handling import NOTHING_NOTED
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
    placing = Placing.of(evening, settings, (score.currency for score in evening.scores))
    alone, rules = placing.ranked_alone(evening)
    return placing.placed(alone, rules)


@dataclass(frozen=True, eq=False)
class Placing:
    """What places the accounts of an evening, all at once or block by block.

    Attributes:
        rules: without `typical_days`, which is of all accounts.
        notices: what is to be said of the reporting currency.
    """

    settings: ListSettings
    priority: Priority
    rules: QueueRules
    notices: tuple[str, ...]

    @classmethod
    def of(cls, evening: ScoredEvening, settings: ListSettings, currencies: Iterable[str]) -> "Placing":
        """Of an evening, its scores not looked at; `currencies`: of each open item."""
        reporting = reporting_currency_of(settings.reporting_currency, currencies, evening.view.rates)
        handling = settings.team.handling if settings.team else NOTHING_NOTED
        usual = handling.usual_minutes(evening.prior.minutes)
        rules = QueueRules(
            currency=reporting.currency,
            rates=Rates.of(reporting.currency, reporting.quotes),
            team=settings.team or Team.of_capacity(settings.capacity, usual),
            strategy=settings.strategy,
            grace_days=evening.grace_days,
            usual_minutes=usual,
            works_on=works_after(evening.as_of),
            salt=settings.salt,
        )
        return cls(settings, priority_of(evening), rules, reporting.notices)

    @property
    def block_by_block(self) -> bool:
        """Whether an account can be ranked without the others: not where some stand by what is typical of all."""
        return not self.settings.strategy.scoring.left_to_rule

    def ranked_alone(self, block: ScoredEvening) -> tuple[Iterator[PlacedAccount], QueueRules]:
        """The accounts of a block by `customer_id`, each ranked for itself, and the rules that ranked them.

        Args:
            block: some customers with all their items, scored; its view knows all about them.
        """
        strategy, handling = self.settings.strategy, self.rules.team.handling
        # A lot draws as many as surely fit: long calls among them would leave much of the day to nobody.
        by_minutes = isinstance(self.priority, CallValue) and not strategy.exploration.on
        customers = customer_facts(
            block.view,
            block.prior,
            strategy,
            self.rules.works_on,
            listed_before=self.settings.before.customers,
            customers=(score.customer_id for score in block.scores),
            minutes_with=lambda customer: (
                handling.minutes_with(customer, block.prior.minutes) if by_minutes else self.rules.usual_minutes
            ),
        )
        covered = covered_of(block.view, strategy.promises.grace_bank_days)
        accounts = accounts_of(block.scores, customers, self.rules.rates, item_calls(block.gains, covered))
        rules = replace(self.rules, typical_days=typical_days(accounts, self.priority, strategy))
        return (ranked_alone(account, self.priority, rules) for account in accounts), rules

    def placed(self, alone: Iterable[PlacedAccount], rules: QueueRules) -> PlacedEvening:
        """All accounts in their places, each ranked by `ranked_alone`."""
        queue = queue_in_places(list(alone), self.priority, rules)
        return PlacedEvening(queue, self.priority, rules, rules.rates, self.notices)


def priority_of(evening: ScoredEvening) -> Priority:
    """What ranks the list of an evening: what a call changes, or without probabilities overdue money and age."""
    return OverdueThenAge() if evening.bundle is None else CallValue(evening.prior)


def works_after(as_of: date) -> date:
    """The bank day on which the list of an evening is worked."""
    return BANK_DAYS.after(as_of, 1)
