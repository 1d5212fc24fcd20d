"""The rule order within another order: who is placed by overdue money and age although the others are by a model.

A strategy may leave classes of debtors to it (`scoring.left_to_rule`). No score of such an account has a say: a unit of
its money counts what one unit counts on average among the accounts that are scored, so that one list holds both, and
among themselves those left to the rule stand by callable money, then by age.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from serving.accounts.account import Account
from serving.strategy.strategy import Strategy
from serving.value.call_value import CallValue
from serving.value.priority import ANYBODY, AccountToRank, Factor, Gain, Priority

NATURAL_PERSON, UNKNOWN = "natural_person", "unknown"
RULES = {NATURAL_PERSON: "order.natural_person", UNKNOWN: "order.unknown_debtor"}
"""Class of debtor → the rule of a line whose place the rule order decides."""

SENTENCES = {
    RULES[NATURAL_PERSON]: "A natural person: placed by overdue money and age, and no model score decides its place.",
    RULES[UNKNOWN]: "No class of debtor is known, as of a natural person: placed by overdue money and age, and no "
    "model score decides its place.",
}

_ANY_DAYS = 1.0
"""What a call brings per unit of money where nobody is scored: any number gives the same order."""


@dataclass(frozen=True)
class RuleOrder:
    """Callable money, then age, told in the factors of the order that ranks the others.

    Attributes:
        days: net days sooner per unit of money, the same for everybody: the average of those that are scored.
        usual: minutes that a call takes, the same for everybody; None: those of the prior.
    """

    order: CallValue
    days: float
    usual: float | None = None

    name = "overdue_then_age"
    sentence = "Ordered by overdue amount and age."
    unit = ""
    not_counted: tuple[str, ...] = ()
    assumed = ""

    @property
    def minutes(self) -> float:
        """That a call to anybody left to it is taken to need, > 0."""
        return self.usual or self.order.prior.minutes

    def rank_value(self, account: AccountToRank) -> float:
        """Callable money times what a unit counts on average, >= 0."""
        return self.order.rank_value(self._of_anybody(account))

    def factors(self, account: AccountToRank) -> tuple[Factor, ...]:
        """The factors of the other order, all but the money the same for everybody."""
        return self.order.factors(self._of_anybody(account))

    def brings_forward(self, account: AccountToRank) -> None:
        """Unknown: nobody is scored here."""

    def _of_anybody(self, account: AccountToRank) -> AccountToRank:
        """The account with its money and age alone."""
        gain = Gain(self.days, 0.0)
        items = tuple(item._replace(late_risk=None, gain=gain) for item in account.items)
        prior = self.order.prior
        anybody = ANYBODY._replace(reach=prior.reach, minutes=self.minutes)
        return AccountToRank(account.customer_id, items, anybody)


def rule_for(account: Account, strategy: Strategy) -> str:
    """The rule that places an account by money and age; '' where its score may."""
    kind = account.facts.dealings.debtor_class or UNKNOWN
    return RULES[kind] if kind in strategy.scoring.left_to_rule else ""


def order_for(
    account: Account, priority: Priority, strategy: Strategy, days: float = _ANY_DAYS, usual: float | None = None
) -> Priority:
    """What an account is ranked by: the order of the list, or the rule order where the strategy leaves it to that."""
    if isinstance(priority, CallValue) and rule_for(account, strategy):
        return RuleOrder(priority, days, usual)
    return priority


def typical_days(accounts: Iterable[Account], priority: Priority, strategy: Strategy) -> float:
    """Net days sooner that a unit of callable money counts on average, over the accounts whose score may place them."""
    if not strategy.scoring.left_to_rule or not isinstance(priority, CallValue):
        return _ANY_DAYS
    scored = [one.to_rank() for one in accounts if one.comparable and not rule_for(one, strategy)]
    values = [(one.callable_money, priority.factors(one)[1].value) for one in scored]
    money = math.fsum(of for of, _ in values)
    return math.fsum(of * days for of, days in values) / money if money else _ANY_DAYS
