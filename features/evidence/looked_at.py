"""What a value looks at: the events behind one item's value on one evening, and the part that each plays.

An expression is walked from its top. Sums weigh each event, with the sign that the arithmetic around them gives it:
what enters twice with opposite signs (an invoice over 60 days past due, in the bucket of 31 to 60) has no part. Of
questions in order only what decides the answer is taken: the newest event, the run and what ended it.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from features.evidence.kinds import PARTS, EventKind, Part
from features.facts import BoolArray, Facts, IntArray
from features.point_in_time import ALL_DAYS
from features.primitives import BINS, EVENT_SUMS, IN_CURRENCY, LATE_DAYS, Ask, Combined, Expression, OfItem
from features.streams import Block

KIND_OF: dict[str, EventKind] = {
    "": "invoice",
    "settled": "invoice",
    "settled_in_currency": "invoice",
    "cleared": "invoice",
    "billed": "invoice",
    "billed_in_currency": "invoice",
    "paid": "payment",
    "first_paid": "payment",
    "credited_in_currency": "credit",
    "disputed": "dispute",
    "contacted": "contact",
    "promised": "promise",
}
"""What the events of a stream are; '' is the open book."""

BOOK_SUMS = ("open_count", "open_money", "open_days")
"""Questions to the open book that add up invoices; the other one reads a figure off the oldest."""

YES_OR_NO = frozenset(
    {"one", "on_time", "in_part", "unanswered", "pending", "kept", "broken", *(f"late_{days}" for days in LATE_DAYS)}
)
"""Columns of 1 and 0, of which a 0 adds nothing to a sum; of others an event of 0 counts with its 0."""


@dataclass(frozen=True)
class Event:
    """Which fact of the customer's `Facts` it is.

    Attributes:
        owner: code of the item; of contacts and promises the row among the customer's.
        day, happened: of payments and credits, the evening they were told and the day they are of; of disputes the
            evening they were raised; else 0.
    """

    kind: EventKind
    owner: int
    day: int = 0
    happened: int = 0


@dataclass(frozen=True, eq=False)
class LookedAt:
    """What one value rests on.

    Attributes:
        parts: each event with its part.
        of_item: what the item shows by itself (`OfItem.fact`) that enters.
        asks: every question to the customer's own facts.
        everyone: every question about all customers.
    """

    parts: dict[Event, Part]
    of_item: frozenset[str]
    asks: frozenset[Ask]
    everyone: frozenset[Ask]


def looked_at(expression: Expression, facts: Facts, customer: int, currency: int, day: int) -> LookedAt:
    """What the value of an expression rests on, for a customer and currency (codes) on an evening (whole day)."""
    walk = _Walk(_Customer(facts, customer, currency, day))
    walk.over(expression, "counted", 1)
    asks = frozenset(expression.asks())
    return LookedAt(
        walk.parts(),
        frozenset(walk.of_item),
        frozenset(ask for ask in asks if not ask.everyone),
        frozenset(ask for ask in asks if ask.everyone),
    )


def block_of(facts: Facts, customer: int) -> Block:
    """The streams of the customers that share items with this one."""
    cluster = facts.cluster[customer]
    return Block(facts, *(int(at) for at in np.searchsorted(facts.cluster, [cluster, cluster + 1])))


# ------------------------------------------------------------------ the walk over an expression

_Role = Literal["counted", "whole"]


@dataclass(eq=False)
class _Walk:
    """`weights`: how often each event enters each role, signed; `marks`: the parts told by questions in order."""

    customer: "_Customer"
    weights: dict[Event, dict[_Role, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    marks: dict[Event, set[Part]] = field(default_factory=lambda: defaultdict(set))
    of_item: set[str] = field(default_factory=set)

    def over(self, expression: Expression, role: _Role, sign: int) -> None:
        if isinstance(expression, OfItem):
            self.of_item.add(expression.fact)
        elif isinstance(expression, Ask):
            self._ask(expression, role, sign)
        elif isinstance(expression, Combined):
            for place, part in enumerate(expression.parts):
                self.over(part, *_place_in(expression.how, place, role, sign))

    def _ask(self, ask: Ask, role: _Role, sign: int) -> None:
        if ask.everyone:
            return
        if ask.primitive in (*EVENT_SUMS, *BOOK_SUMS):
            for event in self.customer.added(ask):
                self.weights[event][role] += sign
        else:
            for event, part in self.customer.chosen(ask):
                self.marks[event].add("whole" if role == "whole" else part)

    def parts(self) -> dict[Event, Part]:
        """The first of `PARTS` that each event plays; without those that play none."""
        for event, roles in self.weights.items():
            self.marks[event] |= {role for role, weight in roles.items() if weight}
        return {event: next(part for part in PARTS if part in marks) for event, marks in self.marks.items() if marks}


def _place_in(how: str, place: int, role: _Role, sign: int) -> tuple[_Role, int]:
    """The role and sign of a part of some arithmetic, by its place in it."""
    if how == "minus" and place == 1:
        return role, -sign
    if how in ("ratio", "share", "shrunken", "when_at_least") and place >= 1:
        return "whole", sign
    return role, sign


# ------------------------------------------------------------------ the events of a customer


class _Customer:
    """The events of one customer and currency on one evening."""

    def __init__(self, facts: Facts, customer: int, currency: int, day: int) -> None:
        self.facts, self.customer, self.currency, self.day = facts, customer, currency, day
        self.block = block_of(facts, customer)

    def added(self, ask: Ask) -> list[Event]:
        """The events that a sum, or a question to the open book, adds up."""
        if not ask.over:
            return [Event("invoice", int(item)) for item in self._in_book(ask)]
        at, value = self._held(ask)
        return self._events(ask.over, at[value != 0] if ask.column in YES_OR_NO else at)

    def chosen(self, ask: Ask) -> list[tuple[Event, Part]]:
        """The events that decide a question in order or by value, with their part."""
        if not ask.over:
            return [(Event("invoice", int(item)), "figure") for item in self._in_book(ask)]
        at, value = self._held(ask)
        if not len(at):
            return []
        chosen = _chosen(ask, value)
        events = self._events(ask.over, at)
        return [(event, PARTS[part]) for event, part in zip(events, chosen, strict=True) if part >= 0]

    def _held(self, ask: Ask) -> tuple[IntArray, IntArray]:
        """The events that hold on the evening, in their order, and what each has in the column."""
        stream, owner = self.block.stream(ask.over), self.customer - self.block.low
        if ask.over in IN_CURRENCY and self.block.currencies > 1:
            owner = owner * self.block.currencies + self.currency
        at = np.arange(stream.start[owner], stream.start[owner + 1])
        since, until, day = stream.since[at], stream.until[at], stream.day[at].astype(np.int64)
        holds = (since <= self.day) & (self.day < until)
        holds &= (day <= self.day) & (day > self.day - (ask.window or ALL_DAYS))
        return at[holds], stream.column(ask.column)[at[holds]]

    def _events(self, over: str, at: IntArray) -> list[Event]:
        """The facts that events of a stream are."""
        stream, kind = self.block.stream(over), KIND_OF[over]
        if kind in ("contact", "promise"):
            return [Event(kind, int(row)) for row in stream.column("fact")[at]]
        item = stream.column("item")[at]
        if kind == "invoice":
            return [Event(kind, int(one)) for one in item]
        if kind == "dispute":
            return [Event(kind, int(one), int(day)) for one, day in zip(item, stream.day[at], strict=True)]
        told, happened = stream.column("told")[at], stream.column("happened")[at]
        return [Event(kind, int(one), int(t), int(h)) for one, t, h in zip(item, told, happened, strict=True)]

    def _in_book(self, ask: Ask) -> IntArray:
        """The items of the open book that count."""
        held = self.block.receivable
        held = held.take((held.customer == self.customer) & (held.known <= self.day) & (self.day < held.superseded))
        item: IntArray = held.item.astype(np.int64)
        left = held.amount - self.facts.applied_by(item, np.full(len(item), self.day, dtype=np.int64))
        dpd = self.day - held.due.astype(np.int64)
        unsettled = left > self.facts.tolerance(held)
        if ask.primitive == "open_money":
            counts: BoolArray = (left > 0) & (dpd > ask.number) & (held.currency == self.currency)
        elif ask.primitive == "oldest_open_dpd":
            counts = unsettled & (dpd == dpd[unsettled].max(initial=-ALL_DAYS))
        else:
            counts = unsettled & (dpd > ask.number)
        return item[counts]


_FIGURE, _COUNTED, _ENDS, _WHOLE, _NONE = (*(PARTS.index(part) for part in ("figure", "counted", "ends", "whole")), -1)


def _chosen(ask: Ask, value: IntArray) -> IntArray:
    """The place in `PARTS` of each event in its order, -1 for none; `value` has at least one."""
    n = len(value)
    if ask.primitive in ("decayed_mean", "distinct"):
        return np.full(n, _COUNTED)
    if ask.primitive in ("last", "last_sum"):
        newest = np.arange(n) >= n - (ask.number or 1)
        return np.where(newest, _FIGURE if ask.primitive == "last" else _COUNTED, _NONE)
    if ask.primitive in ("streak", "longest_streak"):
        first, last = _run(value != 0, longest=ask.primitive == "longest_streak")
        place = np.arange(n)
        return np.select([(place >= first) & (place <= last), place == first - 1], [_COUNTED, _ENDS], _NONE)
    if ask.primitive in ("days_since_newest", "days_since_oldest"):
        told = value.max() if ask.primitive == "days_since_newest" else value.min()
        return np.where(value == told, _FIGURE, _NONE)
    held = np.clip(value, *BINS[ask.column])
    if ask.primitive == "peak":
        seen, count = np.unique(held, return_counts=True)
        return np.where(held == seen[count.argmax()], _COUNTED, _WHOLE)
    told = held.max() if ask.primitive == "highest" else np.sort(held)[(n * ask.number + 99) // 100 - 1]
    return np.where(held == told, _FIGURE, _COUNTED)


def _run(ones: BoolArray, *, longest: bool) -> tuple[int, int]:
    """The first and last place of the newest run of ones, or of the newest among the longest; an empty run ends before
    it begins."""
    zeros = np.flatnonzero(np.concatenate([[True], ~ones, [True]]))
    length = np.diff(zeros) - 1
    at = len(length) - 1 - int(length[::-1].argmax()) if longest else len(length) - 1
    return int(zeros[at]), int(zeros[at] + length[at] - 1)
