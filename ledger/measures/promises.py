"""Promises: what a customer said would come, and whether it did.

A promise is judged by the cash applied to the items it covers, never by what anyone says happened.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from ledger.bank_days import BankDays
from ledger.days import NEVER, to_date, to_day
from ledger.measures.ratios import ratio

PromiseState = Literal["pending", "kept", "part_kept", "broken", "cancelled"]


@dataclass(frozen=True)
class Promise:
    """A dated amount that a customer committed to.

    Attributes:
        amount_minor: promised, minor units, above 0.
        made_on, promised_on: the day it was given, the day by which the money is to come.
        cancelled_on: withdrawn or superseded; `NEVER` if not.
    """

    amount_minor: int
    made_on: int
    promised_on: int
    cancelled_on: int = NEVER


@dataclass(frozen=True)
class Cash:
    """Cash applied to an item that a promise covers: minor units, its day, and the day it was returned if it was."""

    amount_minor: int
    applied_on: int
    reversed_on: int = NEVER


@dataclass(frozen=True)
class PromiseRules:
    """How patient we are: bank days after the promised day, and the percent of the amount that counts as all of it."""

    grace_bank_days: int = 2
    enough_pct: Decimal = Decimal(95)
    bank_days: BankDays = field(default_factory=BankDays)

    def last_day(self, promise: Promise) -> int:
        """The last day on which cash keeps the promise; a Friday's promise has until Tuesday by default."""
        return to_day(self.bank_days.after(to_date(promise.promised_on), self.grace_bank_days))


DEFAULT_RULES = PromiseRules()


def paid_towards(promise: Promise, cash: Iterable[Cash], as_of: int, rules: PromiseRules = DEFAULT_RULES) -> int:
    """Minor units applied from the day of the promise to its last day, both included, and not returned by `as_of`."""
    until = min(as_of, rules.last_day(promise))
    return sum(
        each.amount_minor for each in cash if promise.made_on <= each.applied_on <= until and each.reversed_on > as_of
    )


def promise_state(
    promise: Promise, cash: Iterable[Cash], as_of: int, rules: PromiseRules = DEFAULT_RULES
) -> PromiseState:
    """What became of a promise by the evening of `as_of`.

    `kept` once at least `enough_pct` of it came in time; `pending` until its last day has passed; then `part_kept`
    with some of it, `broken` with none. Cash that is returned later un-keeps it. `cancelled` when it was withdrawn
    before the promised day; a later withdrawal changes nothing.

    Source: measures, section 3.
    """
    if promise.cancelled_on < promise.promised_on and promise.cancelled_on <= as_of:
        return "cancelled"
    paid = paid_towards(promise, cash, as_of, rules)
    if paid > 0 and paid * 100 >= promise.amount_minor * rules.enough_pct:
        return "kept"
    if as_of <= rules.last_day(promise):
        return "pending"
    return "part_kept" if paid > 0 else "broken"


@dataclass(frozen=True)
class PromiseTally:
    """Promises of a period by state, and the money of those that have come to an end (kept, part-kept, broken).

    Cancelled and pending ones stand in no denominator; they are counted, so that cancelling does not polish a rate.
    """

    counts: Counter[PromiseState]
    promised_minor: int
    paid_minor: int

    @property
    def kept_rate(self) -> Fraction | None:
        """Kept / (kept + part-kept + broken), a share by count; None when none has come to an end."""
        return ratio(self.counts["kept"], sum(self.counts[state] for state in ("kept", "part_kept", "broken")))

    @property
    def kept_rate_by_amount(self) -> Fraction | None:
        """What was paid, of each promise at most what was promised, as a share of what was promised."""
        return ratio(self.paid_minor, self.promised_minor)


def tally(
    promises: Iterable[tuple[Promise, Sequence[Cash]]], as_of: int, rules: PromiseRules = DEFAULT_RULES
) -> PromiseTally:
    """Count promises, each with the cash on the items it covers, in one currency."""
    counts: Counter[PromiseState] = Counter()
    promised = paid = 0
    for promise, cash in promises:
        state = promise_state(promise, cash, as_of, rules)
        counts[state] += 1
        if state in ("kept", "part_kept", "broken"):
            promised += promise.amount_minor
            paid += min(promise.amount_minor, paid_towards(promise, cash, as_of, rules))
    return PromiseTally(counts, promised, paid)
