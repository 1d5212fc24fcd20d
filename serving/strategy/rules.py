"""Rules: what a strategy says of one account before anybody is ranked. Hard rules alone; each account has one ruling.

They are asked in this order, and the first that speaks decides: holds, nothing overdue, the three routes, the caps on
contacts, the days off of the customer's country, open promises. Who is left is callable. An appointment that the
customer asked for lifts the cap on conversations and a day off, and nothing else: not the cap on attempts, not a
statutory one, no hold, no route, no promise. An account that owes nothing overdue any more is not called, whatever it
asked for.

Source of the caps: the shape of Regulation F (12 CFR 1006.14, 2021), with numbers of one's own.
"""

import re
from functools import lru_cache
from itertools import zip_longest
from typing import Literal, NamedTuple

from ledger.days import to_date
from ledger.words import count_text
from serving.strategy.codes import HOLD_WORDS
from serving.strategy.considered import Callback, Considered
from serving.strategy.strategy import Cap, Strategy

Standing = Literal[
    "callable", "held", "routed_to_dispute_owner", "routed_to_cash_application", "routed_to_email", "not_overdue"
]

CALLBACK = "callback.due"
"""The rule of a callable account whose appointment is due; `VALUE` that of every other."""

VALUE = "value"

NOTHING = 0.005
"""Money below this is rounding, in reporting currency units."""


class Ruling(NamedTuple):
    """What the rules say of an account.

    Attributes:
        rule: the stable id of the rule that decided, such as hold.insolvency or cap.attempts.
        reason: why, in the collector's words, with the day until which it holds where that is known.
        until: the whole day (`ledger.days`) from which this rule no longer speaks; None where that is not known.
    """

    standing: Standing
    rule: str
    reason: str
    until: int | None = None


def rule_on(considered: Considered, strategy: Strategy, *, as_of: int, works_on: int) -> Ruling:
    """The ruling on an account of the evening `as_of`, for the list that is worked on `works_on`.

    Args:
        as_of, works_on: whole days (`ledger.days`), `works_on` not before `as_of`; contacts are `days ago` on the
            first, and are counted on the second.
    """
    ruling = (
        _held(considered, strategy)
        or _not_overdue(considered)
        or _routed(considered, strategy)
        or _capped(considered, strategy, as_of, works_on)
        or _off(considered, strategy, works_on)
        or _promised(considered)
    )
    if ruling is not None:
        return ruling
    if asked := due_callback(considered, works_on):
        return Ruling("callable", CALLBACK, appointment(asked))
    return Ruling("callable", VALUE, "No rule speaks: its place is by the order of the list.")


def due_callback(considered: Considered, works_on: int) -> Callback | None:
    """The appointment that is to be kept by that day; None where there is none so early."""
    asked = considered.callback
    return asked if asked is not None and asked.on <= works_on else None


def appointment(asked: Callback) -> str:
    """An appointment in words."""
    return f"Asked to be called on {day_words(asked.on)}{f' at {asked.at}' if asked.at else ''}."


def time_of(told: str) -> str:
    """The time of day in an appointment's words, in any language, where the customer is; '' where none was told.

    >>> time_of(appointment(Callback(0, "14:30"))), time_of(appointment(Callback(0)))
    ('14:30', '')
    """
    found = re.search(r" ([0-9]{2}:[0-9]{2})\.$", told)
    return found.group(1) if found else ""


@lru_cache(maxsize=4096)
def day_words(day: int) -> str:
    """A whole day as people write it.

    >>> day_words(0)
    '1 January 1970'
    """
    on = to_date(day)
    return f"{on.day} {on:%B %Y}"


def cap_for(considered: Considered, strategy: Strategy) -> Cap:
    """The cap that counts for a customer: who is not stated to be a company is treated as a person."""
    return strategy.caps.legal_person if considered.debtor_class == "legal_person" else strategy.caps.natural_person


def _held(considered: Considered, strategy: Strategy) -> Ruling | None:
    """The first hold in the strategy's order; the reason names them all, and the last of their ends is the ruling's."""
    if not considered.holds:
        return None
    ends = dict(zip_longest(considered.holds, considered.hold_ends))
    holds = {hold: ends[hold] for hold in strategy.exclude.holds if hold in considered.holds}
    if not holds:
        return None
    told = [f"{HOLD_WORDS[hold]}{f' until {day_words(end)}' if end is not None else ''}" for hold, end in holds.items()]
    last = None if None in holds.values() else max(end for end in holds.values() if end is not None)
    return Ruling("held", f"hold.{next(iter(holds))}", f"On hold: {'; '.join(told)}.", last)


def _not_overdue(considered: Considered) -> Ruling | None:
    if considered.overdue > 0 or considered.other_overdue:
        return None
    return Ruling("not_overdue", "not_overdue", "Nothing is overdue.")


def _routed(considered: Considered, strategy: Strategy) -> Ruling | None:
    route, overdue = strategy.route, considered.overdue
    all_disputed = overdue > 0 and overdue - considered.disputed < NOTHING and not considered.other_overdue
    if route.disputed and all_disputed:
        return Ruling(
            "routed_to_dispute_owner", "route.dispute", "All overdue money is disputed: settle the dispute first."
        )
    if route.credits and (covered := _covered_by_credits(considered)):
        return Ruling(
            "routed_to_cash_application", "route.credits", f"Unused credits cover {covered}: apply them first."
        )
    if considered.open < route.minimum_balance and not (considered.other_overdue or considered.other_open):
        reason = "Owes less in all than the least that is called for: send an e-mail instead."
        return Ruling("routed_to_email", "route.minimum_balance", reason)
    return None


def _covered_by_credits(considered: Considered) -> str:
    """What credits cover, in words, where they leave nothing to call about; '' where something is left or promised."""
    if 0 < considered.overdue <= considered.credits:
        return "what is overdue"
    left = considered.callable_money >= NOTHING or considered.other_overdue
    return "" if left or considered.promised or not considered.credited else "what is overdue and not disputed"


def _capped(considered: Considered, strategy: Strategy, as_of: int, works_on: int) -> Ruling | None:
    """The cap that holds longer where both do."""
    cap = cap_for(considered, strategy)
    lifted = due_callback(considered, works_on) is not None and not cap.statutory
    talks = None if lifted else _again_on(considered.talks, cap.conversations, cap.days, as_of)
    tries = _again_on(considered.tries, cap.attempts, cap.days, as_of)
    again = max((day for day in (talks, tries) if day is not None), default=works_on)
    if again <= works_on:
        return None
    if again == talks:
        told = f"Spoken to on {day_words(as_of - considered.talks[0])}"
        rule, most = "cap.conversations", count_text(cap.conversations, "conversation")
    else:
        told = f"Last tried on {day_words(as_of - considered.tries[0])}"
        rule, most = "cap.attempts", count_text(cap.attempts, "attempt")
    within = count_text(cap.days, "day")
    return Ruling("held", rule, f"{told}: at most {most} in {within}. Again from {day_words(again)}.", again)


def _again_on(days_ago: tuple[int, ...], most: int, within: int, as_of: int) -> int | None:
    """The day from which fewer than `most` contacts lie within so many days; None where there were never so many."""
    return as_of - days_ago[most - 1] + within if len(days_ago) >= most else None


def _off(considered: Considered, strategy: Strategy, works_on: int) -> Ruling | None:
    """Nobody works there on the day of the list: weekend or a public holiday of the whole country."""
    again = considered.open_again
    if strategy.calls.on_their_days_off or again is None or again <= works_on or due_callback(considered, works_on):
        return None
    told = f"{considered.country.upper()} does not work on {day_words(works_on)}"
    return Ruling("held", "calls.day_off", f"{told}. Again from {day_words(again)}.", again)


def _promised(considered: Considered) -> Ruling | None:
    """Held only where a promise leaves nothing to call about."""
    if considered.promised <= 0 or considered.callable_money >= NOTHING or considered.other_overdue:
        return None
    until = considered.promised_until
    left = considered.overdue - considered.promised
    if left < NOTHING:
        rest = "All overdue money is promised"
    elif left - considered.disputed < NOTHING:
        rest = "What is not disputed is promised"
    else:
        rest = "What is neither disputed nor covered by credits is promised"
    when = f", to be waited for until {day_words(until)}." if until is not None else ": wait for it."
    return Ruling("held", "promise.open", rest + when, until)
