"""Comparison: one evening under two strategies: what each rule admits, holds and routes, and who comes and goes.

The list here is that of one team without territories: whom the quotas ask for, then everybody by value, while the
minutes last. What a call changes is in the values; nothing is simulated and nothing stored.
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ledger.words import count_text
from serving.strategy.considered import Considered
from serving.strategy.floor import FLOOR, days_alone, written_because
from serving.strategy.quotas import asked_because, asked_for
from serving.strategy.rules import VALUE, Ruling, Standing, rule_on
from serving.strategy.strategy import Strategy
from serving.value.priority import call_order

BELOW = "below_the_cut"
"""The rule of a callable account for which no minutes were left, and to which nobody writes."""

MOST_NAMED = 20
"""Accounts that are named among those that come, and among those that go: the ones with the most overdue money."""


@dataclass(frozen=True)
class Placed:
    """An account under one strategy: the rule that placed it, why, and whether it is on the list."""

    standing: Standing
    rule: str
    reason: str
    listed: bool


@dataclass(frozen=True)
class Tally:
    """How many accounts, and their overdue money in reporting currency units."""

    accounts: int
    money: float


NOBODY = Tally(0, 0.0)


@dataclass(frozen=True)
class OfRule:
    """What one rule decides under the old and the new strategy."""

    rule: str
    old: Tally
    new: Tally


@dataclass(frozen=True)
class Moved:
    """An account that one strategy has on the list and the other has not."""

    customer_id: str
    overdue: float
    old: Placed
    new: Placed


@dataclass(frozen=True)
class Comparison:
    """Two strategies on one evening.

    Attributes:
        rules: in the order of their names.
        listed: the lists: accounts, and the overdue money to call about.
        moved: accounts whose standing changes, on the list or not.
        entering, leaving: accounts that come onto the list or leave it, at most `MOST_NAMED` of each.
        entering_count, leaving_count: how many there are of each.
        warnings: what somebody should know before it rules, in sentences.
    """

    rules: tuple[OfRule, ...]
    listed: OfRule
    moved: int
    entering: tuple[Moved, ...]
    leaving: tuple[Moved, ...]
    entering_count: int
    leaving_count: int
    warnings: tuple[str, ...]


def compare(
    everybody: Sequence[Considered],
    old: Strategy,
    new: Strategy,
    *,
    as_of: int,
    works_on: int,
    minutes: float,
    under_new: Sequence[Considered] | None = None,
) -> Comparison:
    """What changes on an evening when one strategy takes the place of another.

    Args:
        everybody: all accounts of the evening, each once, in any order, as the old strategy sees them.
        under_new: the same accounts as the new one sees them, where that differs: segments, and what is promised.
        as_of, works_on: whole days; see `rule_on`.
        minutes: that the team has on `works_on`.
    """
    before = placed_by(everybody, old, as_of=as_of, works_on=works_on, minutes=minutes)
    seen_anew = everybody if under_new is None else under_new
    after = placed_by(seen_anew, new, as_of=as_of, works_on=works_on, minutes=minutes)
    one_by_one = sorted(everybody, key=lambda one: (-one.overdue, one.customer_id))
    pairs = [(one, before[one.customer_id], after[one.customer_id]) for one in one_by_one]
    moves = [Moved(one.customer_id, one.overdue, was, is_) for one, was, is_ in pairs if was.listed != is_.listed]
    entering, leaving = ([move for move in moves if move.new.listed is comes] for comes in (True, False))
    rules = sorted({placed.rule for placed in (*before.values(), *after.values())})
    counts = (_by_rule(everybody, before), _by_rule(seen_anew, after))
    return Comparison(
        rules=tuple(OfRule(rule, *(count.get(rule, NOBODY) for count in counts)) for rule in rules),
        listed=OfRule("listed", _on_list(everybody, before), _on_list(seen_anew, after)),
        moved=sum((was.standing, was.listed) != (is_.standing, is_.listed) for _, was, is_ in pairs),
        entering=tuple(entering[:MOST_NAMED]),
        leaving=tuple(leaving[:MOST_NAMED]),
        entering_count=len(entering),
        leaving_count=len(leaving),
        warnings=_warnings(after),
    )


def placed_by(
    everybody: Sequence[Considered], strategy: Strategy, *, as_of: int, works_on: int, minutes: float
) -> dict[str, Placed]:
    """Every account under a strategy, by `customer_id`: exactly one place each."""
    rulings = {one.customer_id: rule_on(one, strategy, as_of=as_of, works_on=works_on) for one in everybody}
    callable_ = [one for one in everybody if rulings[one.customer_id].standing == "callable"]
    book = math.fsum(one.overdue for one in everybody)
    asked = asked_for(callable_, strategy, works_on=works_on, minutes=minutes, book_overdue=book)
    listed = _listed(callable_, asked, minutes)
    return {
        one.customer_id: _below(one, strategy, works_on)
        if one.customer_id not in listed and rulings[one.customer_id].standing == "callable"
        else _placed(one, rulings[one.customer_id], asked)
        for one in everybody
    }


def _listed(callable_: Sequence[Considered], asked: Mapping[str, str], minutes: float) -> set[str]:
    """Whom the quotas ask for, then the others by value, each while it fits into the minutes."""
    turn = {customer_id: place for place, customer_id in enumerate(asked)}

    def order(one: Considered) -> tuple[float, tuple[bool, float, int, str]]:
        return turn.get(one.customer_id, math.inf), call_order(one.value, one.oldest_dpd, one.customer_id)

    listed: set[str] = set()
    used = 0.0
    for one in sorted(callable_, key=order):
        if used + one.minutes <= minutes:
            used += one.minutes
            listed.add(one.customer_id)
    return listed


def _below(one: Considered, strategy: Strategy, works_on: int) -> Placed:
    days = days_alone(one, strategy, works_on=works_on)
    if days is None:
        return Placed("callable", BELOW, "No minutes were left for it today.", False)
    return Placed("callable", FLOOR, written_because(days), False)


def _placed(one: Considered, ruling: Ruling, asked: Mapping[str, str]) -> Placed:
    if ruling.standing != "callable":
        return Placed(ruling.standing, ruling.rule, ruling.reason, False)
    rule = asked.get(one.customer_id, VALUE)
    return Placed("callable", rule, ruling.reason if rule == VALUE else asked_because(rule, one), True)


def _by_rule(everybody: Sequence[Considered], placed: Mapping[str, Placed]) -> dict[str, Tally]:
    money: dict[str, list[float]] = defaultdict(list)
    for one in everybody:
        money[placed[one.customer_id].rule].append(one.overdue)
    return {rule: Tally(len(each), math.fsum(each)) for rule, each in money.items()}


def _on_list(everybody: Sequence[Considered], placed: Mapping[str, Placed]) -> Tally:
    money = [one.callable_money for one in everybody if placed[one.customer_id].listed]
    return Tally(len(money), math.fsum(money))


def _warnings(after: Mapping[str, Placed]) -> tuple[str, ...]:
    overdue = [placed for placed in after.values() if placed.standing != "not_overdue"]
    if not overdue or any(placed.standing == "callable" for placed in overdue):
        return ()
    left = count_text(len(overdue), "overdue account")
    return (f"The new strategy leaves nobody to call: each of {left} is held or routed.",)
