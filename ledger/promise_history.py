"""What was known of each promise, evening by evening: pending, kept, part-kept, broken or cancelled.

The state of an evening is `ledger.measures.promises.promise_state` of what was known by then. It changes when the
promise is told otherwise, when cash or its return becomes known, and when its last day has passed.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ledger.days import NEVER
from ledger.frames import none_of, where
from ledger.lookup import whole
from ledger.measures.promises import DEFAULT_RULES, Promise
from ledger.ordering import Flags, Ints, are_in, changes, codes_of, joined, numbers_of, sorted_by, starts
from ledger.returned_cash import standing_cash

PROMISE_SPAN_COLUMNS = (
    "promise_id", "customer_id", "currency", "amount_minor", "promised_on", "state", "known_on", "taken_back_on",
)  # fmt: skip

_STATES = np.array(["pending", "kept", "part_kept", "broken", "cancelled"], dtype=object)
_PENDING, _KEPT, _PART_KEPT, _BROKEN, _CANCELLED = range(5)
_SHOWN = ["customer_id", "currency", "amount_minor", "promised_on"]


def promise_spans(
    promises: pd.DataFrame, items: pd.DataFrame, applications: pd.DataFrame, *, known_by: int = NEVER
) -> pd.DataFrame:
    """Every span of evenings on which the same was known of a promise.

    A promise covers the items that it names, or all of its customer; in either case those that are receivables (an
    amount above zero) in its currency, as they are known that evening. Cash on them counts from the evening on which it
    is known and has happened, if it happened between the day of the promise and its last day, both included (two bank
    days after the promised day). A reversal takes it back from the evening on which that is known, however late;
    `ledger.returned_cash` says which cash. Of an item that is corrected to another customer the cash goes along.

    Args:
        promises, items, applications: the frames of a `LedgerView` (`PROMISE_COLUMNS`, `ITEM_COLUMNS`,
            `APPLICATION_COLUMNS`).
        known_by: the last evening looked at, in whole days; without it also what will be when nothing else is learned.

    Returns:
        A frame ordered by (`promise_id`, `known_on`), one row per span: `promise_id`; `customer_id`, `currency`,
        `amount_minor` (promised, minor units) and `promised_on` as known on its evenings; `state`, one of pending,
        kept, part_kept, broken and cancelled; `known_on` the first evening; `taken_back_on` the evening from which
        another state, or another amount, promised day, customer or currency was known, `NEVER` when none was by
        `known_by`. So one promise has one row at most with a given `known_on`, and its spans follow without a gap.
    """
    if promises.empty:
        return none_of(PROMISE_SPAN_COLUMNS)  # most customers have none, and much cash
    items, applications = _of_promises(promises, items, applications)
    told = _Promises.of(promises)
    cash = _Cash.of(standing_cash(applications), items)
    paid = _paid(told, cash)
    turns = _turns(told)
    which, day, delta = (np.concatenate([one, other]) for one, other in zip(paid, turns, strict=True))
    seen = day <= known_by
    evenings = _Evenings.of(which[seen], day[seen], delta[seen])
    return _spans(told, evenings, known_by)


def _of_promises(
    promises: pd.DataFrame, items: pd.DataFrame, applications: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a promise can cover, and what was applied to it: of most customers there is no promise."""
    named = pd.Series(["", *promises["item_ids"].drop_duplicates()], dtype="str").str.split("\n").explode()
    covered = where(items, are_in(items["customer_id"], promises["customer_id"]) | are_in(items["item_id"], named))
    return covered, where(applications, are_in(applications["item_id"], covered["item_id"]))


@dataclass(frozen=True, eq=False)
class _Promises:
    """The revisions of the promises, ordered by (`promise_id`, `known_on`); all arrays of shape (n,).

    `last_day` is the last one on which cash keeps the promise; `enough` the least that keeps it, in minor units.
    """

    rows: pd.DataFrame
    number: Ints
    known_on: Ints
    until: Ints
    made_on: Ints
    promised_on: Ints
    cancelled_on: Ints
    last_day: Ints
    enough: Ints

    @classmethod
    def of(cls, promises: pd.DataFrame) -> "_Promises":
        number = codes_of(promises["promise_id"])
        rows, order = sorted_by(promises, number, whole(promises["known_on"]))
        days, at = np.unique(whole(rows["promised_on"]), return_inverse=True)
        last = [DEFAULT_RULES.last_day(Promise(1, day, day)) for day in days.tolist()]
        percent, of = DEFAULT_RULES.enough_pct.as_integer_ratio()
        known_on, until, made_on, promised_on, cancelled_on = (
            whole(rows[name]) for name in ("known_on", "superseded_on", "made_on", "promised_on", "cancelled_on")
        )
        enough = -(-whole(rows["amount_minor"]) * percent // (100 * of))
        return cls(
            rows, number[order], known_on, until, made_on, promised_on,
            # A later withdrawal changes nothing.
            np.where(cancelled_on < promised_on, cancelled_on, NEVER),
            np.array(last, dtype=np.int64)[at], enough,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Cash:
    """Cash on receivables, once for each revision of its item; `since` and `until` the evenings on which it counts."""

    item_id: "pd.Series[str]"
    customer_id: "pd.Series[str]"
    currency: "pd.Series[str]"
    amount: Ints
    happened_on: Ints
    since: Ints
    until: Ints

    @classmethod
    def of(cls, parts: pd.DataFrame, items: pd.DataFrame) -> "_Cash":
        receivable = items[whole(items["amount_minor"]) > 0]
        key = numbers_of(pd.concat([receivable["item_id"], parts["item_id"]], ignore_index=True))
        of_item, of_part = key[: len(receivable)], key[len(receivable) :]
        order = np.argsort(of_item, kind="stable")
        line = of_item[order]
        part, place = _pairs(np.searchsorted(line, of_part, "left"), np.searchsorted(line, of_part, "right"))
        item, part_rows = receivable.iloc[order[place]].reset_index(drop=True), parts.iloc[part].reset_index(drop=True)
        happened_on = whole(part_rows["happened_on"])
        since = np.maximum(np.maximum(whole(part_rows["known_on"]), happened_on), whole(item["known_on"]))
        until = np.minimum(whole(part_rows["taken_back_on"]), whole(item["superseded_on"]))
        texts = item["item_id"], item["customer_id"], item["currency"]
        return cls(*texts, whole(part_rows["amount_minor"]), happened_on, since, until)


def _paid(told: _Promises, cash: _Cash) -> tuple[Ints, Ints, Ints]:
    """What came in for a promise and what was taken back: its revision, the evening, minor units with their sign."""
    ids = told.rows["item_ids"]
    everything = np.flatnonzero((ids == "").to_numpy())
    account, of_cash = _numbers([told.rows["customer_id"], told.rows["currency"]], [cash.customer_id, cash.currency])
    one, part = _in_window(told, everything, account[everything], cash.happened_on, of_cash)

    by_item = ids.str.split("\n").explode().rename("item_id").rename_axis("which").reset_index()
    by_item = by_item[by_item["item_id"] != ""].drop_duplicates()
    by_name = whole(by_item["which"])
    names, of_name = _numbers([by_item["item_id"]], [cash.item_id])
    two, part_two = _in_window(told, by_name, names, cash.happened_on, of_name)
    currency, of_cash = _numbers([told.rows["currency"]], [cash.currency])
    same = currency[two] == of_cash[part_two]

    which, at = np.concatenate([one, two[same]]), np.concatenate([part, part_two[same]])
    begins, ends = np.maximum(cash.since[at], told.known_on[which]), np.minimum(cash.until[at], told.until[which])
    counts = begins < ends
    which, begins, ends, amount = which[counts], begins[counts], ends[counts], cash.amount[at[counts]]
    back = ends < told.until[which]
    which, day = np.concatenate([which, which[back]]), np.concatenate([begins, ends[back]])
    return which, day, np.concatenate([amount, -amount[back]])


def _turns(told: _Promises) -> tuple[Ints, Ints, Ints]:
    """The evenings on which a promise may change without any money: when it is told, withdrawn, and too late."""
    which = np.tile(np.arange(len(told.rows)), 3)
    day = np.concatenate([told.known_on, told.cancelled_on, told.last_day + 1])
    within = (day >= told.known_on[which]) & (day < told.until[which])
    return which[within], day[within], np.zeros(int(within.sum()), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class _Evenings:
    """For each revision of a promise the evenings on which something changed, and what was paid by then, (n,)."""

    which: Ints
    day: Ints
    paid: Ints

    @classmethod
    def of(cls, which: Ints, day: Ints, delta: Ints) -> "_Evenings":
        order = np.lexsort([day, which])
        which, day = which[order], day[order]
        last = np.ones(len(which), dtype=np.bool_)
        last[:-1] = (which[1:] != which[:-1]) | (day[1:] != day[:-1])
        # Sums of many promises may leave 64 bits; their differences come back.
        paid = np.cumsum(delta[order])
        first = np.flatnonzero(starts(which))
        before = np.repeat(paid[first] - delta[order][first], np.diff(np.append(first, len(which))))
        return cls(which[last], day[last], (paid - before)[last])


def _spans(told: _Promises, evenings: _Evenings, known_by: int) -> pd.DataFrame:
    which, day = evenings.which, evenings.day
    state = _state(told, evenings)
    shown = np.cumsum(changes(told.rows, starts(told.number), _SHOWN))[which] if len(told.rows) else which
    ends = told.until[which].copy()
    same = which[1:] == which[:-1]
    ends[:-1][same] = day[1:][same]
    begins = np.ones(len(which), dtype=np.bool_)
    begins[1:] = (shown[1:] != shown[:-1]) | (state[1:] != state[:-1]) | (day[1:] != ends[:-1])
    ends = ends[_before(begins)]
    rows = told.rows.iloc[which[begins]].reset_index(drop=True)
    return pd.DataFrame(
        {
            **{name: rows[name] for name in ("promise_id", "customer_id", "currency")},
            **{name: whole(rows[name]) for name in ("amount_minor", "promised_on")},
            "state": pd.Series(_STATES[state[begins]], dtype="str"),
            "known_on": day[begins],
            "taken_back_on": np.where(ends > known_by, NEVER, ends),
        }
    )


def _state(told: _Promises, evenings: _Evenings) -> Ints:
    """As `promise_state` has it, for all evenings at once."""
    which, day, paid = evenings.which, evenings.day, evenings.paid
    some = paid > 0
    return np.select(
        [told.cancelled_on[which] <= day, some & (paid >= told.enough[which]), day <= told.last_day[which], some],
        [_CANCELLED, _KEPT, _PENDING, _PART_KEPT],
        _BROKEN,
    ).astype(np.int64)


def _before(begins: Flags) -> Flags:
    """The last rows of the runs that begin there."""
    return np.append(begins[1:], True)[: len(begins)]


def _numbers(asked: "list[pd.Series[str]]", held: "list[pd.Series[str]]") -> tuple[Ints, Ints]:
    """One number for each combination of texts, the same for both sides."""
    both = [numbers_of(pd.concat([one, other], ignore_index=True)) for one, other in zip(asked, held, strict=True)]
    key = joined(both)
    return key[: len(asked[0])], key[len(asked[0]) :]


def _in_window(told: _Promises, which: Ints, group: Ints, happened_on: Ints, of_cash: Ints) -> tuple[Ints, Ints]:
    """Pairs of a revision and a cash of its group that happened in its window.

    Args:
        which, group: the revisions that ask, and the group of each; shape (n,).
        happened_on, of_cash: of all cash, its day and its group; shape (m,).
    """
    if not len(which) or not len(happened_on):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    low = int(happened_on.min())
    width = int(happened_on.max()) - low + 2
    order = np.lexsort([happened_on, of_cash])
    line = of_cash[order] * width + (happened_on[order] - low)
    first = np.clip(told.made_on[which] - low, 0, width - 1)
    last = np.clip(told.last_day[which] - low, -1, width - 2)
    begin, end = np.searchsorted(line, group * width + first), np.searchsorted(line, group * width + last, "right")
    asked, place = _pairs(begin, np.maximum(begin, end))
    return which[asked], order[place]


def _pairs(begin: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Each position with every number from `begin` to before `end` of that position."""
    count = end - begin
    at = np.repeat(np.arange(len(begin)), count)
    return at, np.arange(len(at)) - np.repeat(np.cumsum(count) - count - begin, count)
