"""Quotas: which callable accounts are called whatever their value, each kind within its share of the team's minutes.

Appointments come first and have no share: somebody asked for the call. Then broken promises, minimum touch with the
starvation guard, and new large exposures. A quota never takes more minutes than its share: a call that no longer fits
leaves the room to a shorter one, and a team so small that no call fits into a share has none of that kind. An account
that two kinds ask for is admitted by the first and costs the second nothing.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from ledger.words import count_text
from serving.strategy.considered import BACK_DAYS, Considered
from serving.strategy.rules import CALLBACK, appointment, due_callback
from serving.strategy.strategy import Strategy

BROKEN = "quota.broken_promises"
TOUCH = "quota.minimum_touch"
STARVING = "quota.starvation"
"""The starvation guard: it asks within the share of `TOUCH`."""
NEW = "quota.new_exposure"

Asking = tuple[str, Considered]
"""A rule and the account that it asks for."""


def asked_for(
    callable_: Sequence[Considered], strategy: Strategy, *, works_on: int, minutes: float, book_overdue: float
) -> dict[str, str]:
    """The accounts that are called whatever their value, with the rule that asks; in the order in which they ask.

    Args:
        callable_: the accounts whose ruling is callable, each once, in any order.
        works_on: the whole day on which the list is worked.
        minutes: that the team has that day, >= 0.
        book_overdue: all overdue money of the evening, callable or not.

    Returns:
        customer_id → rule id. Appointments by day and time, those without a time after the others; then each quota by
        money. Equals go by `customer_id`, so that the order of `callable_` does not matter.
    """
    due = sorted((one for one in callable_ if due_callback(one, works_on)), key=_by_time)
    found = {one.customer_id: CALLBACK for one in due}
    by_overdue = sorted(callable_, key=_by_overdue)
    for asking, share in (
        (_broken(callable_, strategy), strategy.quotas.broken_promises.share),
        (_to_be_touched(by_overdue, strategy), strategy.quotas.minimum_touch.share),
        (_new(by_overdue, strategy, book_overdue), strategy.quotas.new_exposure.share),
    ):
        found |= _fitting(asking, found, share * minutes)
    return found


def asked_because(rule: str, considered: Considered) -> str:
    """Why a rule of `asked_for` asks for the account, in the collector's words."""
    if rule == CALLBACK and considered.callback is not None:
        return appointment(considered.callback)
    if rule == BROKEN:
        return f"Broke a promise {count_text(considered.broken[0].days_ago, 'day')} ago: ask what happened."
    if rule == TOUCH:
        return f"Among those who owe most, and nobody spoke to them for {_since(considered.talks)}."
    if rule == STARVING:
        overdue = count_text(considered.oldest_dpd, "day")
        return f"Overdue for {overdue} and not contacted for {_since(considered.tries)}."
    return f"Large money that became overdue {count_text(considered.overdue_since_days, 'day')} ago."


def _fitting(asking: Iterable[Asking], taken: dict[str, str], room: float) -> dict[str, str]:
    found: dict[str, str] = {}
    used = 0.0
    for rule, one in asking:
        if one.customer_id in taken or one.customer_id in found:
            continue
        if used + one.minutes <= room:
            used += one.minutes
            found[one.customer_id] = rule
    return found


def _broken(callable_: Sequence[Considered], strategy: Strategy) -> Iterator[Asking]:
    """By the money of the promises that broke lately."""
    days = strategy.quotas.broken_promises.days

    def lately(one: Considered) -> float:
        return math.fsum(each.money for each in one.broken if each.days_ago <= days)

    broke = [one for one in callable_ if one.broken and lately(one) > 0]
    for one in sorted(broke, key=lambda one: (-lately(one), one.customer_id)):
        yield BROKEN, one


def _to_be_touched(by_overdue: Sequence[Considered], strategy: Strategy) -> Iterator[Asking]:
    """Large accounts and starving ones in turn, so that neither crowds out the other."""
    touch = strategy.quotas.minimum_touch
    owing = [one for one in by_overdue if one.overdue > 0]
    top = owing[: math.ceil(touch.top_share * len(owing) - 1e-9)]
    large = [(TOUCH, one) for one in top if _quiet(one.talks, touch.days_without_talk)]
    starving = [
        (STARVING, one)
        for one in by_overdue
        if one.oldest_dpd > touch.starving_overdue_days and _quiet(one.tries, touch.starving_days)
    ]
    for pair in zip_longest(large, starving):
        yield from (asking for asking in pair if asking is not None)


def _new(by_overdue: Sequence[Considered], strategy: Strategy, book_overdue: float) -> Iterator[Asking]:
    new = strategy.quotas.new_exposure
    for one in by_overdue:
        limit = one.credit_limit
        large = one.overdue > new.of_book * book_overdue or (
            limit is not None and one.overdue > new.of_credit_limit * limit
        )
        if one.overdue > 0 and 1 <= one.overdue_since_days <= new.first_days and large:
            yield NEW, one


def _quiet(days_ago: tuple[int, ...], days: int) -> bool:
    """Whether nothing of it happened for so many days."""
    return not days_ago or days_ago[0] >= days


def _since(days_ago: tuple[int, ...]) -> str:
    return count_text(days_ago[0], "day") if days_ago else f"{BACK_DAYS} days or more"


def _by_time(one: Considered) -> tuple[int, bool, str, str]:
    on, at = (one.callback.on, one.callback.at) if one.callback else (0, "")
    return on, not at, at, one.customer_id


def _by_overdue(one: Considered) -> tuple[float, str]:
    return -one.overdue, one.customer_id
