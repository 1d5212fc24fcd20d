"""Priority v1: accounts in the order of what a call today would bring forward, per minute.

The value of a call is money × the days by which each unit comes sooner, less most of what the same call would still
bring in a week, × the chance to reach somebody × how fresh the account is, per minute of the call. How strongly
customers answer is an assumption with a version (`response.py`): the order hardly depends on it, money-days do.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

from serving.value.answering import Answering, regularity
from serving.value.priority import AccountToRank, Answers, BroughtForward, Factor, ItemToRank, value_of
from serving.value.response import ResponsePrior

_shared = lru_cache(maxsize=1 << 12)(Factor)
"""A factor that many accounts have alike, kept once."""


@dataclass(frozen=True)
class CallValue:
    """Expected cash acceleration, less what waiting a week would still bring; see `serving.value.acceleration`.

    An account without any item to call about has the value 0.
    """

    prior: ResponsePrior

    name = "expected_acceleration"
    sentence = "Ordered by the money that a call is expected to bring forward, per minute (assumed, not measured)."
    unit = "money-days (assumed, net of waiting a week)"
    not_counted: tuple[str, ...] = ()

    @property
    def assumed(self) -> str:
        """That how customers answer is an assumption, and which."""
        return f"How customers answer a call is {self.prior.sentence} (version {self.prior.version})."

    def rank_value(self, account: AccountToRank) -> float:
        """Money-days per minute, >= 0."""
        return value_of(self.factors(account)) if account.callable_money else 0.0

    def factors(self, account: AccountToRank) -> tuple[Factor, ...]:
        """Callable money, net days sooner per unit of it, and what concerns the account."""
        not_bound, reach, freshness = self._shares(account.answers)
        money = account.callable_money
        days = math.fsum([item.callable_amount * self._net_days(item) for item in account.overdue])
        return (
            Factor("callable_money", money, "money"),
            Factor("days_sooner", max(0.0, days / money) if money else 0.0, "days"),
            _shared("not_a_payment_run", not_bound, "share"),
            _shared("reach", reach, "share"),
            _shared("freshness", freshness, "share"),
            _shared("on_the_list_before", self.prior.kept_on_list if account.was_listed else 1.0, "times"),
            _shared("minutes", account.answers.minutes, "minutes", "per"),
        )

    def brings_forward(self, account: AccountToRank) -> BroughtForward:
        """What a call tonight brings, waiting or not, whatever its minutes and whoever was listed before."""
        money = account.callable_money
        if not money:
            return BroughtForward(money, 0.0, 0.0, self.prior.version)
        share = math.prod(self._shares(account.answers))
        now = share * math.fsum([item.callable_amount * self._days(item) for item in account.overdue]) / money
        later = share * math.fsum([item.callable_amount * self._days_later(item) for item in account.overdue]) / money
        return BroughtForward(money, now, later, self.prior.version)

    def _shares(self, answers: Answers) -> tuple[float, float, float]:
        """Of the effect of a call: not bound to a payment run, reached, and left after earlier calls."""
        freshness = math.exp(-self.prior.fatigue * max(0, answers.tries_lately - 1))
        return 1.0 - self.prior.lost_on_runs * answers.regularity, answers.reach, freshness

    def _days(self, item: ItemToRank) -> float:
        gain = item.gain
        return gain.days + self.prior.tail_weight * gain.tail if gain else 0.0

    def _days_later(self, item: ItemToRank) -> float:
        gain = item.gain
        return gain.days_after_waiting + self.prior.tail_weight * gain.tail_after_waiting if gain else 0.0

    def _net_days(self, item: ItemToRank) -> float:
        return self._days(item) - self.prior.patience * self._days_later(item)


def answers_of(answering: Answering, as_of: int, prior: ResponsePrior, minutes: float | None = None) -> Answers:
    """How a customer is taken to answer a call: its own record, drawn towards the prior.

    Args:
        as_of: the evening, as a whole day.
        minutes: that a call takes, > 0; None: those of the prior.
    """
    return Answers(
        reach=(answering.right_party + prior.reach * prior.reach_strength) / (answering.tries + prior.reach_strength),
        regularity=regularity(answering, prior.run_from, prior.run_over, prior.run_pseudo_payments),
        tries_lately=sum(day > as_of - prior.fatigue_days for day in answering.days_of_tries),
        minutes=prior.minutes if minutes is None else minutes,
    )
