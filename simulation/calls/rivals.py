"""Rivals: priorities of others, put beside the engine's own in the table; the list itself never uses them."""

import math

from serving.value.priority import NOT_MEASURED, AccountToRank, Factor, ItemToRank

POINTS_BY_AGE = ((90, 90), (60, 70), (30, 50), (10, 30), (0, 10))
"""(days past due, points of an account whose oldest item is later than that), oldest first."""

POINTS_BY_MONEY = ((50_000, 80), (20_000, 60), (5_000, 40), (1_000, 20), (0, 5))
"""(overdue money, points of an account that owes more than that), largest first; in currency units."""


class Rival:
    """What every rival tells of itself: no effect of a call."""

    not_counted: tuple[str, ...] = ("what a call changes",)
    assumed = ""
    unit = ""

    def factors(self, account: AccountToRank) -> tuple[Factor, ...]:
        """None are told, unless a rival has its own."""
        return ()

    def brings_forward(self, account: AccountToRank) -> None:
        """Unknown: this order knows no effect of a call."""


class OverdueTimesRisk(Rival):
    """Overdue money that is expected to stay unpaid: the sum of callable money × late risk over the overdue items."""

    name = "overdue_times_risk"
    sentence = "Ordered by overdue money × late risk."
    not_counted = NOT_MEASURED

    def rank_value(self, account: AccountToRank) -> float:
        """Reporting currency units. An item without a predicted risk counts as if it stayed unpaid."""
        return math.fsum(item.callable_amount * _risk(item) for item in account.overdue)

    def factors(self, account: AccountToRank) -> tuple[Factor, ...]:
        """Callable money and its money-weighted late risk: their product is the rank value."""
        money = account.callable_money
        share = self.rank_value(account) / money if money else 0.0
        return Factor("callable_money", money, "money"), Factor("late_risk_of_it", share, "share")


class LateRisk(Rival):
    """By the chance of being late alone: what nobody should do, shown beside the others as a warning."""

    name = "late_risk"
    sentence = "Ordered by late risk."
    not_counted = ("money", *Rival.not_counted)

    def rank_value(self, account: AccountToRank) -> float:
        """The money-weighted late risk of the overdue items."""
        money = account.callable_money
        return OverdueTimesRisk().rank_value(account) / money if money else 0.0


class AgingPoints(Rival):
    """Points per aging bucket and amount class, as the worklists of accounting systems give them."""

    name = "aging_points"
    sentence = "Ordered by points for age and amount."
    not_counted = ("late risk", *Rival.not_counted)

    def rank_value(self, account: AccountToRank) -> float:
        """Points of the oldest item's bucket and of the overdue money's class; between equals the larger first."""
        if not account.overdue:
            return 0.0
        money = account.callable_money
        points = _points(account.oldest_dpd, POINTS_BY_AGE) + _points(money, POINTS_BY_MONEY)
        return points + money / (money + 1e6)


def _points(value: float, classes: tuple[tuple[int, int], ...]) -> int:
    return next((points for above, points in classes if value > above), 0)


def _risk(item: ItemToRank) -> float:
    return 1.0 if item.late_risk is None else item.late_risk
