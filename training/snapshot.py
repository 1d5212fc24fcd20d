"""Snapshots: the open items of past evenings, as rows to learn from.

One evening a week, plus the evening an invoice became known and the one after its due day. An item that stays open for
long would outvote the others, so at most `PER_ITEM` of its evenings are taken, with weights that restore the count.
What is taken depends on the item and what was known of it each evening: never on chance, on the order of rows, or on
other customers, but for the evening on which the ledger begins to show who pays. Where a ledger has more than a curve
needs to see, a part is left out by a hash of item and evening, before any feature is worked out.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.compute import feature_rows
from features.facts import Facts
from features.from_view import facts_of
from features.questions import require_own_evening
from features.table import FeatureTable
from ledger.days import NEVER, to_day
from ledger.ordering import as_arrow, starts
from ledger.view import LedgerView
from models.readings import EDGES, Floats
from training.cutoffs import HISTORY_DAYS, training_evenings
from training.labels import booking_lag

LONGEST_DPD = 365
"""Items longer past due teach nothing about those that collectors can still move."""

PER_ITEM = 8
LONGEST_SILENCE = 30
"""Days past due beyond which an item should have seen another one settled before it, in a ledger that shows both."""

HALF_LIFE_DAYS = 365
"""An evening counts half as much for every year it is back."""

MARGIN = 1.05
"""Before features, so many times the wanted rows are kept: how many there will be is estimated, and counted later."""

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Seeds = npt.NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Snapshots:
    """Feature rows of past evenings, ordered by evening, then item.

    Attributes:
        table: the rows.
        weight: how much each counts, also for those that were left out; shape (n_rows,).
        share: the part of the chosen evenings that was kept, in (0, 1].
        customers: whose evenings were chosen, kept or not.
    """

    table: FeatureTable
    weight: Floats
    share: float
    customers: frozenset[str]


@dataclass(frozen=True, eq=False)
class _Chosen:
    """Evenings of items, each of shape (n,): codes of `Facts`, rows of `Facts.revisions`, whole days, weights."""

    item: Ints
    revision: Ints
    day: Ints
    weight: Floats

    def take(self, rows: Ints | Flags) -> "_Chosen":
        return _Chosen(self.item[rows], self.revision[rows], self.day[rows], self.weight[rows])


def snapshots(views: Sequence[LedgerView], caps: Sequence[int] | None = None) -> list[Snapshots]:
    """The rows to learn from on the evening of each view: all of evenings before it.

    What is taken is chosen from each view alone. The rows are then made in one go from the newest of them, since a past
    evening asked later gives the same row to the last bit.

    Args:
        views: the evenings of learning.
        caps: of each view, how many person-period rows are wanted. Where there would be more, evenings are left out
            until about `MARGIN` times as many remain, and the others weigh for them. None keeps all evenings.
    """
    newest = max(views, key=lambda view: view.day)
    kept, told = list[tuple[Ints, Ints]](), []
    for view, cap in zip(views, caps if caps is not None else repeat(None, len(views)), strict=True):
        facts, chosen = facts_of(view), _chosen(view)
        customers = facts.customer_ids.take(np.flatnonzero(np.bincount(facts.revisions.customer[chosen.revision])))
        share = 1.0 if cap is None else min(1.0, MARGIN * cap / max(1, _intervals_of(view, chosen)))
        if share < 1.0:
            drawn = _draws(_seeds_of(facts, chosen.item), chosen.day)
            chosen = chosen.take(drawn < share)
        kept.append((_codes_in(facts_of(newest), facts, chosen.item), chosen.day))
        told.append((chosen.weight / share, share, frozenset(str(name) for name in customers)))
    asked, places = _each_once(kept)
    table = feature_rows(newest, _questions(facts_of(newest), *asked))
    if len(views) == 1:  # the questions are its own, in order
        return [Snapshots(table, *told[0])]
    return [Snapshots(table.take(place.tolist()), *one) for place, one in zip(places, told, strict=True)]


def chosen_evenings(view: LedgerView) -> pd.DataFrame:
    """Which evenings of which items to learn from, and how much each counts: `item_id`, `day`, `weight`, ordered.

    The weights of an item, before the half-life, add up to the number of its evenings: those of `open_questions` on
    every weekly evening, and its special ones, each not more than `LONGEST_DPD` days past due as known then.
    """
    chosen = _chosen(view)
    return _questions(facts_of(view), chosen.item, chosen.day).assign(weight=chosen.weight)


def first_evening(view: LedgerView) -> int:
    """From which evening on the ledger shows who pays: its first, unless it began with a list of open items.

    Of the time before such a list only those items are there that lasted until it; learned from, they would say that
    nobody ever pays. It shows by items long past due before anything was settled: then the evening of the first
    settlement is the first.
    """
    if view.items.empty:
        return to_day(view.day)
    begins = int(view.items["known_on"].min())
    if view.settlements.empty:
        return begins
    first_settled = int(view.settlements["known_on"].min())
    owed = view.items[view.items["amount_minor"] > 0]
    silent = bool((owed["due_on"] + LONGEST_SILENCE < first_settled).any())
    return first_settled if silent else begins


def thinned(rows: pd.DataFrame, table: FeatureTable, cap: int, share: float = 1.0) -> pd.DataFrame:
    """At most about `cap` person-period rows: whole snapshots are left out by a hash of item and evening.

    Args:
        rows: `row`, `k`, `paid_share`, `weight`, as `training.labels.person_periods` makes them.
        table: the snapshots that `row` points into.
        cap: rows wanted; what is kept weighs as much more as was left out.
        share: the part of the snapshots that `rows` still has, of those that there were before any was left out.
    """
    if len(rows) <= cap:
        return rows
    keep = cap / len(rows)
    codes, names = pd.factorize(table.keys["item_id"])
    drawn = _draws(_seeds(names)[codes], table.keys["day"].to_numpy(dtype=np.int64))
    chosen = pd.DataFrame(rows[(drawn < share * keep)[rows["row"].to_numpy()]])
    return chosen.assign(weight=chosen["weight"] / keep).reset_index(drop=True)


def _chosen(view: LedgerView) -> _Chosen:
    """The evenings of `chosen_evenings`, ordered by day, then id; weights with the half-life."""
    require_own_evening(view)
    facts, as_of, first = facts_of(view), to_day(view.day), first_evening(view)
    special = _special_evenings(facts, max(first, as_of - HISTORY_DAYS), as_of)
    weekly = _weekly_evenings(facts, np.array(training_evenings(first, as_of), dtype=np.int64))
    # A special evening that is also a weekly one counts once, as special.
    weekly = weekly.take(~_among(_key(weekly.item, weekly.day), _key(special.item, special.day)))
    special, weekly = (
        part.take(part.day - facts.revisions.due[part.revision] <= LONGEST_DPD) for part in (special, weekly)
    )
    room = PER_ITEM - np.bincount(special.item, minlength=len(facts.item_rank))
    weekly = _spread(facts, weekly, room)
    item, revision, day, weight = (
        np.concatenate([getattr(special, name), getattr(weekly, name)])
        for name in ("item", "revision", "day", "weight")
    )
    order = np.argsort((day << 32) + facts.item_rank[item], kind="stable")
    age = as_of - day[order].astype(np.float64)
    return _Chosen(item[order], revision[order], day[order], weight[order] * 0.5 ** (age / HALF_LIFE_DAYS))


def _weekly_evenings(facts: Facts, evenings: Ints) -> _Chosen:
    """Those of `evenings`, ascending, on which each item had money to come; ordered by item, then day."""
    spans = facts.to_come
    low, high = np.searchsorted(evenings, spans.start), np.searchsorted(evenings, spans.end)
    count = high - low
    span = np.repeat(np.arange(len(spans)), count)
    at = np.arange(len(span)) - np.repeat(np.cumsum(count) - count - low, count)
    weekly = _evenings(spans.item[span], spans.revision[span], evenings[at])
    return weekly.take(np.argsort(_key(weekly.item, weekly.day), kind="stable"))


def _special_evenings(facts: Facts, earliest: int, as_of: int) -> _Chosen:
    """The evenings on which an item became known, and the first after its due day as known then, with money to come.

    From `earliest` to before `as_of`; ordered by item, then day.
    """
    held = facts.revisions
    owed = np.flatnonzero(held.amount > 0)
    overdue = held.due.astype(np.int64) + 1
    passed = owed[(held.known[owed] <= overdue[owed]) & (overdue[owed] < held.superseded[owed])]
    new, passed = (rows[starts(held.item[rows].astype(np.int64))] for rows in (owed, passed))
    item = np.concatenate([held.item[new], held.item[passed]]).astype(np.int64)
    day = np.concatenate([held.known[new].astype(np.int64), overdue[passed]])
    keys = np.sort(_key(item, day)[(earliest <= day) & (day < as_of)], kind="stable")
    item, day = _of_key(keys[starts(keys)])
    row = facts.revision_at(item, day)
    known = row >= 0
    item, day, row = item[known], day[known], row[known]
    left = held.amount[row] - facts.applied_by(item, day)
    to_come = (held.amount[row] > 0) & (left > facts.tolerance(held.take(row)))
    return _evenings(item[to_come], row[to_come], day[to_come])


def _spread(facts: Facts, weekly: _Chosen, room: Ints) -> _Chosen:
    """Of each item's weekly evenings as many as there is room for, evenly spread, each weighing for those left out.

    `weekly` ordered by item, then day; `room` of each item code.
    """
    count = np.bincount(weekly.item, minlength=len(room))[weekly.item]
    begins = starts(weekly.item)
    place = np.arange(len(begins)) - np.flatnonzero(begins)[np.cumsum(begins) - 1]
    wanted = np.minimum(room[weekly.item], count)
    # Evenly spread over the item's life, from a start of the item's own so that not all begin with their first week.
    share = _draws(_seeds_of(facts, weekly.item), np.zeros(len(weekly.item), dtype=np.int64))
    start = np.floor(share * count).astype(np.int64)
    kept = ((place + 1) * wanted + start) // count > (place * wanted + start) // count
    return replace(weekly, weight=count / wanted).take(kept)


def _intervals_of(view: LedgerView, chosen: _Chosen) -> int:
    """About how many intervals can be learned from: over by the end of knowledge, begun before the item was paid."""
    settled = facts_of(view).settled
    stands = settled.taken_back == NEVER
    cleared = np.full(len(facts_of(view).item_rank), NEVER, dtype=np.int64)
    cleared[settled.item[stands]] = settled.cleared[stands]
    last_observed = to_day(view.day) - booking_lag(view.applications)
    over = np.searchsorted(EDGES[1:], last_observed - chosen.day, side="right")
    begun = np.searchsorted(EDGES, np.maximum(cleared[chosen.item] - chosen.day, 1), side="left")
    return int(np.minimum(over, begun).sum())


def _each_once(asked: Sequence[tuple[Ints, Ints]]) -> tuple[tuple[Ints, Ints], list[Ints]]:
    """Items and days, each pair once, in the order in which they first came; and the place there of each that came."""
    place, found = pd.factorize(np.concatenate([_key(item, day) for item, day in asked]))
    ends = np.cumsum([len(item) for item, _ in asked])
    return _of_key(found), np.split(place, ends[:-1])


def _questions(facts: Facts, item: Ints, day: Ints) -> pd.DataFrame:
    return pd.DataFrame({"item_id": facts.item_ids.take(item), "day": day})


def _codes_in(newer: Facts, facts: Facts, item: Ints) -> Ints:
    """The codes by which other facts of the same ledger know these items."""
    return item if newer is facts else newer.items_of(pd.Series(facts.item_ids))[item]


def _evenings(item: "npt.NDArray[Any]", revision: Ints, day: Ints) -> _Chosen:
    return _Chosen(item.astype(np.int64), revision, day, np.ones(len(day)))


def _key(item: Ints, day: Ints) -> Ints:
    """One number for each item and day, in their order: a day has less than 31 bits."""
    return (item << 32) + day


def _of_key(key: Ints) -> tuple[Ints, Ints]:
    item = (key + (1 << 31)) >> 32
    return item, key - (item << 32)


def _among(keys: Ints, others: Ints) -> Flags:
    """Which keys are among the others, which are ascending."""
    at = np.searchsorted(others, keys)
    return np.asarray(np.append(others, -1)[at] == keys)


def _seeds_of(facts: Facts, item: Ints) -> Seeds:
    """The seed of each of these items, shape (n,)."""
    codes, found = pd.factorize(item)
    return _seeds(facts.item_ids.take(found))[codes]


def _seeds(names: "pd.Index[Any]") -> Seeds:
    """A number for each id, the same on every machine."""
    return np.array([zlib.crc32(name.encode()) for name in as_arrow(names).to_pylist()], dtype=np.uint64)


def _draws(seed: Seeds, day: Ints) -> Floats:
    """A number in [0, 1) for each item, by its seed, and day, the same on every machine."""
    x = seed * np.uint64(0x9E3779B97F4A7C15) + day.astype(np.uint64)
    # splitmix64: neighbouring days land far apart.
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((x ^ (x >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / float(1 << 53)
