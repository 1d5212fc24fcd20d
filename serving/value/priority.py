"""Priority: what the list is ranked by, as arithmetic on one account.

A priority turns an account into one number and can say which factors it is made of. The list needs no more: what a call
changes (`serving.value.call_value`) and the order of a day without a model stand behind one interface.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple, Protocol


class Gain(NamedTuple):
    """What a call brings forward per unit of an item's money; see `serving.value.acceleration.Gains`."""

    days: float
    days_after_waiting: float
    tail: float = 0.0
    tail_after_waiting: float = 0.0


class ItemToRank(NamedTuple):
    """One open item.

    Attributes:
        open_amount: open money in reporting currency units, > 0.
        dpd: days past due; negative before due.
        late_risk: chance to be unpaid at its horizon, in [0, 1]; None where nothing was predicted.
        covered: of the open money, what is promised, disputed or covered by credits: nobody is called about it.
        gain: of a call; None where nobody asked.
    """

    open_amount: float
    dpd: int
    late_risk: float | None
    covered: float = 0.0
    gain: Gain | None = None

    @property
    def callable_amount(self) -> float:
        """Open money that a call is about, in reporting currency units."""
        return max(0.0, self.open_amount - self.covered)


class Answers(NamedTuple):
    """How a customer is taken to answer a call.

    Attributes:
        reach: chance that a try reaches the right party.
        regularity: of its payment runs, 0 to 1.
        tries_lately: within the last weeks.
        minutes: that a call takes, > 0.
    """

    reach: float = 1.0
    regularity: float = 0.0
    tries_lately: int = 0
    minutes: float = 1.0


ANYBODY = Answers()
"""Somebody who is always reached, in a minute."""


@dataclass(frozen=True)
class AccountToRank:
    """An account with the items whose money can be told in the reporting currency.

    Attributes:
        answers: how its customer answers calls.
        was_listed: whether it stood on the list published before.
    """

    customer_id: str
    items: tuple[ItemToRank, ...]
    answers: Answers = ANYBODY
    was_listed: bool = False

    @cached_property
    def overdue(self) -> tuple[ItemToRank, ...]:
        """The items past due; the due day itself is not."""
        return tuple([item for item in self.items if item.dpd > 0])

    @cached_property
    def callable_money(self) -> float:
        """Overdue money that is not covered, in reporting currency units."""
        return math.fsum([item.callable_amount for item in self.overdue])

    @property
    def oldest_dpd(self) -> int:
        """Days past due of the oldest item; 0 when none is past due."""
        return max((item.dpd for item in self.overdue), default=0)


YEAR_DAYS = 365


class BroughtForward(NamedTuple):
    """What a call tonight is expected to bring forward, on average over reaching somebody or not.

    Attributes:
        money: that the call is about, in reporting currency units.
        days: by which each unit of it comes sooner on average; days_if_waiting: when the call is made a week later.
        prior: the version of the assumption behind it (`serving.value.response`): assumed, not measured.
        worth: of the call, in reporting currency units, see `priced`; None where nobody said what money costs.
    """

    money: float
    days: float
    days_if_waiting: float
    prior: str
    worth: float | None = None

    @property
    def money_days(self) -> float:
        """Reporting currency units times days."""
        return self.money * self.days

    @property
    def money_days_if_waiting(self) -> float:
        """The same of a call a week later."""
        return self.money * self.days_if_waiting

    def priced(self, cost_of_money: float, cost_of_contact: float) -> "BroughtForward":
        """With its worth: what the money costs that comes sooner, less what the contact does; below 0 where that is
        more.

        Args:
            cost_of_money: a year, as a share.
            cost_of_contact: in reporting currency units.

        >>> BroughtForward(10_000.0, 7.3, 0.0, "1").priced(0.1, 5.0).worth
        15.0
        """
        return self._replace(worth=self.money_days * cost_of_money / YEAR_DAYS - cost_of_contact)


Unit = Literal["money", "share", "days", "minutes", "times"]
Role = Literal["times", "per", "tie_break"]


class Factor(NamedTuple):
    """One factor of a rank.

    Attributes:
        name: its stable key.
        value: how much, >= 0; above 0 where it divides.
        unit: `money` is in reporting currency units, `times` a bare number around 1.
        role: the rank value is the product of what counts `times`, divided by what counts `per`; a `tie_break` is no
            part of it and only parts equals.
    """

    name: str
    value: float
    unit: Unit
    role: Role = "times"


def value_of(factors: Sequence[Factor]) -> float:
    """The rank value that factors make: the product of what counts `times`, over that of what counts `per`."""
    product = math.prod([factor.value for factor in factors if factor.role == "times"])
    return product / math.prod([factor.value for factor in factors if factor.role == "per"])


NOT_MEASURED = ("what a call changes", "reach", "earlier calls", "minutes")
"""What the expected effect of a call is made of beside money; until it is estimated, an order says that it lacks it."""


class Priority(Protocol):
    """What a list can be ranked by. The larger `rank_value`, the earlier the call; 0 when a call has no point."""

    @property
    def name(self) -> str:
        """The order's stable key."""

    @property
    def sentence(self) -> str:
        """The order in the collector's words."""

    @property
    def unit(self) -> str:
        """What the value of a whole call is in, in words, where it can be added up; '' where it cannot."""

    @property
    def not_counted(self) -> tuple[str, ...]:
        """What a call depends on and this order does not know, in words."""

    @property
    def assumed(self) -> str:
        """What this order assumes and nobody measured, as a sentence; '' for nothing."""

    def rank_value(self, account: AccountToRank) -> float:
        """The number to rank by, >= 0."""

    def factors(self, account: AccountToRank) -> tuple[Factor, ...]:
        """What the number is made of: those that count `times` over those that count `per` are `rank_value`."""

    def brings_forward(self, account: AccountToRank) -> BroughtForward | None:
        """What a call is expected to bring forward; None where the order knows no effect of a call."""


class OverdueThenAge:
    """The order of a day without a model: overdue money, and between equals the older first."""

    name = "overdue_then_age"
    sentence = "Ordered by overdue amount and age."
    unit = ""
    not_counted = ("late risk", *NOT_MEASURED)
    assumed = ""

    def rank_value(self, account: AccountToRank) -> float:
        """Callable money in reporting currency units; the age is the tie-break that every order shares."""
        return account.callable_money

    def factors(self, account: AccountToRank) -> tuple[Factor, ...]:
        """Callable money and the days past due of the oldest item."""
        return (
            Factor("callable_money", self.rank_value(account), "money"),
            Factor("oldest_days_past_due", float(account.oldest_dpd), "days", "tie_break"),
        )

    def brings_forward(self, account: AccountToRank) -> None:
        """Unknown: this order knows no effect of a call."""


CallOrder = tuple[bool, float, int, str]
"""What places are sorted by."""


def call_order(rank_value: float | None, oldest_dpd: int, customer_id: str) -> CallOrder:
    """Where an account comes in the order of calling: sort by this, and the first is called first.

    Equal values: the account with the older overdue item first, then by `customer_id`, so that one ledger has one
    list. None, an unknown value, stands after all others.
    """
    return rank_value is None, -(rank_value or 0.0), -oldest_dpd, customer_id
