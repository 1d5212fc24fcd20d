"""The engine: what was known about many customers on many evenings, at once.

A plan sorts the questions of a catalogue into what one walk over a stream can answer; a block of customers is answered
by a few compiled walks (`kernels`), its events and questions in the processor's cache. Sums are of whole numbers and an
answer depends on the facts known on its evening alone, so it is the same to the last bit from whatever later view, in
whatever block, it is asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from features.everyone import Everyone
from features.facts import Codes, Days, Facts, FloatArray, IntArray, Ints
from features.kernels import book_walks, event_walks
from features.kernels.arranging import arranged
from features.primitives import BINS, BOOK, EVENT_BINS, EVENT_ORDERS, EVENT_SUMS, HALF_LIVES, IN_CURRENCY, Ask
from features.streams import Block

ALL_DAYS = 1 << 22
"""A window longer than any history."""

BLOCK = 1 << 16
"""Items and questions of a block: what a processor's cache holds."""

Answers = dict[Ask, FloatArray]


@dataclass(frozen=True, eq=False)
class Asked:
    """Who is asked about, on which evening: codes and whole days, each shape (n,)."""

    customer: Codes
    currency: Codes
    day: Days

    def take(self, rows: "slice | Ints") -> "Asked":
        """The questions at these rows."""
        return Asked(self.customer[rows], self.currency[rows], self.day[rows])


@dataclass(frozen=True, eq=False)
class Distinct:
    """Questions put in order: each (customer, currency, evening) once.

    Attributes:
        asked: ordered by customer, currency, day.
        order: the given questions in that order, shape (n_given,).
        place: the row of `asked` for each question of `order`, ascending.
    """

    asked: Asked
    order: Codes
    place: Codes


def distinct(facts: Facts, asked: Asked) -> Distinct:
    """Each customer, currency and evening once, in order."""
    currencies = max(1, len(facts.currencies))
    account = asked.customer.astype(np.int64) * currencies + asked.currency
    _, order = arranged(account, asked.day, len(facts.customer_ids) * currencies)
    account, day = account[order], asked.day[order]
    first = np.ones(len(order), dtype=np.bool_)
    first[1:] = (account[1:] != account[:-1]) | (day[1:] != day[:-1])
    customer, currency = np.divmod(account[first], currencies)
    one = Asked(customer.astype(np.int32), currency.astype(np.int32), day[first])
    return Distinct(one, order, np.cumsum(first, dtype=np.int32) - 1)


class Plan:
    """The questions of a catalogue, by what answers them together."""

    def __init__(self, asks: Iterable[Ask]) -> None:
        self.asks = tuple(dict.fromkeys(asks))
        self.everyone = tuple(ask for ask in self.asks if ask.everyone)
        self.sums: dict[str, list[Ask]] = defaultdict(list)
        self.orders: dict[str, list[Ask]] = defaultdict(list)
        self.bins: dict[tuple[str, str, int], list[Ask]] = defaultdict(list)
        self.book: list[Ask] = []
        for ask in self.asks:
            if ask.everyone:
                continue
            if ask.primitive in EVENT_SUMS:
                self.sums[ask.over].append(ask)
            elif ask.primitive in EVENT_ORDERS:
                self.orders[ask.over].append(ask)
            elif ask.primitive in EVENT_BINS:
                self.bins[ask.over, ask.column, ask.window or ALL_DAYS].append(ask)
            else:
                assert ask.primitive in BOOK, ask
                self.book.append(ask)


def blocks(facts: Facts, asked: Asked) -> Iterator[tuple[slice, Block]]:
    """Runs of customers with the rows of `asked` (ordered by customer) that are about them."""
    count = len(facts.customer_ids)
    weight = np.bincount(facts.homes, minlength=count) + np.bincount(asked.customer, minlength=count)
    cuts = np.append(np.flatnonzero(np.diff(facts.cluster, prepend=-1)), count)
    before = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(weight)])[cuts]
    at = 0
    while at < len(cuts) - 1:
        # As many whole clusters as fit, but at least one.
        until = max(at + 1, int(np.searchsorted(before, before[at] + BLOCK, side="right")) - 1)
        first, last = (
            int(place) for place in np.searchsorted(asked.customer, np.array([cuts[at], cuts[until]], dtype=np.int32))
        )
        if first < last:
            yield slice(first, last), Block(facts, int(cuts[at]), int(cuts[until]))
        at = until


@dataclass(frozen=True, eq=False)
class _Groups:
    """The asked of a block by customer and currency: group g asks rows `start[g]` to `start[g + 1]`."""

    start: IntArray
    day: Days
    owner: IntArray
    account: IntArray
    currency: Codes

    @classmethod
    def of(cls, block: Block, asked: Asked) -> "_Groups":
        owner = asked.customer.astype(np.int64) - block.low
        account = owner * block.currencies + asked.currency
        first = np.flatnonzero(np.diff(account, prepend=-1))
        start = np.append(first, len(account))
        return cls(start, asked.day, owner[first], account[first], asked.currency[first])

    def events(self, start: IntArray, over: str) -> tuple[IntArray, IntArray]:
        """Where the events of each group begin and end."""
        owner = self.account if over in IN_CURRENCY else self.owner
        return start[owner], start[owner + 1]


def answered(plan: Plan, block: Block, asked: Asked, everyone: Everyone) -> Answers:
    """The answers about one block; `asked` ordered by customer, currency, day, each once."""
    groups = _Groups.of(block, asked)
    answers: Answers = {ask: everyone.answer(ask, asked.day) for ask in plan.everyone}
    for over, asks in plan.sums.items():
        answers |= _sums(block, groups, over, asks)
    for over, asks in plan.orders.items():
        answers |= _orders(block, groups, over, asks)
    for (over, column, window), asks in plan.bins.items():
        answers |= _bins(block, groups, over, column, window, asks)
    if plan.book:
        answers |= _book(block, groups, plan.book)
    return answers


def _sums(block: Block, groups: _Groups, over: str, asks: list[Ask]) -> Answers:
    stream = block.stream(over)
    columns = list(dict.fromkeys(ask.column for ask in asks))
    windows = list(dict.fromkeys(ask.window or ALL_DAYS for ask in asks))
    values = np.stack([stream.column(name) for name in columns], axis=1)
    out = np.empty((len(asks), len(groups.day)))
    event_walks.sums(
        groups.start, groups.day, *groups.events(stream.start, over), stream.day, stream.since, stream.until, values,
        np.array(windows), np.array([windows.index(ask.window or ALL_DAYS) for ask in asks]),
        np.array([columns.index(ask.column) for ask in asks]), out,
    )  # fmt: skip
    return dict(zip(asks, out, strict=True))


def _orders(block: Block, groups: _Groups, over: str, asks: list[Ask]) -> Answers:
    stream = block.stream(over)
    columns = list(dict.fromkeys(ask.column for ask in asks))
    half_lives = tuple(dict.fromkeys(ask.number for ask in asks if ask.primitive == "decayed_mean"))
    number = [half_lives.index(ask.number) if ask.primitive == "decayed_mean" else ask.number for ask in asks]
    out = np.empty((len(asks), len(groups.day)))
    event_walks.in_order(
        groups.start, groups.day, *groups.events(stream.start, over), stream.day, stream.since, stream.until,
        np.stack([stream.column(name) for name in columns], axis=1),
        np.array([EVENT_ORDERS.index(ask.primitive) for ask in asks]),
        np.array([columns.index(ask.column) for ask in asks]), np.array(number), weights_of(half_lives), out,
    )  # fmt: skip
    return dict(zip(asks, out, strict=True))


@cache
def weights_of(half_lives: tuple[int, ...]) -> FloatArray:
    """2^(-days / half-life): a row for each half-life, a column for each whole day; 0 in the last, for all later."""
    weights = np.zeros((max(1, len(half_lives)), HALF_LIVES * max(half_lives, default=1) + 1))
    for row, half_life in enumerate(half_lives):
        days = np.arange(HALF_LIVES * half_life)
        weights[row, : len(days)] = np.exp2(-days / half_life)
    return weights


def _bins(block: Block, groups: _Groups, over: str, column: str, window: int, asks: list[Ask]) -> Answers:
    stream, (lowest, highest) = block.stream(over), BINS[column]
    out = np.empty((len(asks), len(groups.day)))
    event_walks.by_bin(
        groups.start, groups.day, *groups.events(stream.start, over), stream.day, stream.since, stream.until,
        np.clip(stream.column(column), lowest, highest) - lowest, highest - lowest + 1, window,
        np.array([EVENT_BINS.index(ask.primitive) for ask in asks]), np.array([ask.number for ask in asks]), out,
    )  # fmt: skip
    shift = np.array([0 if ask.primitive == "peak" else lowest for ask in asks])[:, None]
    return dict(zip(asks, out + shift, strict=True))


def _book(block: Block, groups: _Groups, asks: list[Ask]) -> Answers:
    book = block.book
    out = np.empty((len(asks), len(groups.day)))
    held = book.revisions
    book_walks.open_book(
        groups.start, groups.day, groups.currency, book.start[groups.owner], book.start[groups.owner + 1],
        book.item, held.currency, held.amount, book.tolerance, held.due, held.known, book.ends, held.superseded,
        book.paid_start[groups.owner], book.paid_start[groups.owner + 1], book.paid_item, book.paid_known,
        book.paid_amount, book.ends_start[groups.owner], book.ends_start[groups.owner + 1], book.items,
        np.array([BOOK.index(ask.primitive) for ask in asks]), np.array([ask.number for ask in asks]), out,
    )  # fmt: skip
    return dict(zip(asks, out, strict=True))
