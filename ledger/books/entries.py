"""What moved between two evenings: one entry per thing that changed what is owed, each on the line where it belongs.

Every frame of entries has `item_id`, `entity`, `currency`, `line` (one of `LINES`), `minor` (what it does to the money
owed), `day` (when it counts) and `happened_on`, all days whole.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ledger.days import NEVER, to_day
from ledger.lookup import positions, whole
from ledger.ordering import Ints
from ledger.view import APPLICATION_KINDS, LedgerView

LINES = (
    "invoices", "debit_adjustments", "cash", "credits", "discounts", "write_offs", "reversals", "corrections",
)  # fmt: skip
"""The lines between opening and closing, each as what it does to the money owed: cash is negative. Cash on account and
credit memos count when they come in; applying them to an invoice moves nothing. A negative credit, discount or
write-off is a debit adjustment. A correction is a later revision of an item: another amount, a withdrawal, or a move to
another entity or currency with the money still open."""


def by_day(opening: LedgerView, closing: LedgerView) -> pd.DataFrame:
    """What happened after the opening evening; corrections change both evenings alike and are no entries."""
    items, applied = closing.billed(), closing.applied()
    counts_from = np.minimum(whole(items["issued_on"]), whole(items["known_on"]))
    at = positions(applied["item_id"], items["item_id"])
    day = whole(applied["happened_on"])
    # Paid before it was billed: the payment counts from the invoice's day, as it does in the view.
    day = np.where(at >= 0, np.maximum(day, counts_from[at] if len(items) else day), day)
    current = closing.items[whole(closing.items["superseded_on"]) == NEVER]
    billed_later = (at < 0) & (positions(applied["item_id"], current["item_id"]) >= 0)
    new, paid = counts_from > to_day(opening.day), (day > to_day(opening.day)) & ~billed_later
    entries = [_new(items[new], counts_from[new]), _payments(applied[paid], items, at[paid], day[paid])]
    # Known by the closing evening though dated after it (`known_by` is that evening): it counts there.
    together = pd.concat(entries, ignore_index=True)
    counts_on = np.minimum(whole(together["day"]), to_day(closing.day))
    return together.assign(day=counts_on, happened_on=counts_on)


def by_knowledge(opening: LedgerView, closing: LedgerView) -> pd.DataFrame:
    """What became known after the opening evening, up to the closing one."""
    revisions = closing.items
    known, until = whole(revisions["known_on"]), whole(revisions["superseded_on"])
    item, ids = pd.factorize(revisions["item_id"])
    first = np.ones(len(item), dtype=np.bool_)
    first[1:] = item[1:] != item[:-1]
    history = _History.of(revisions, item, ids, first, closing.applications)
    new, paid = first & (known > to_day(opening.day)), history.day > to_day(opening.day)
    corrections = pd.concat(_corrections(revisions, first, known, until, history), ignore_index=True)
    return pd.concat(
        [
            _new(revisions[new], known[new]),
            _payments(closing.applications[paid], revisions, history.revision[paid], history.day[paid]),
            corrections[whole(corrections["day"]) > to_day(opening.day)],
        ],
        ignore_index=True,
    )


@dataclass(frozen=True, eq=False)
class _History:
    """The applications of each item in the order in which they counted.

    Attributes:
        revision: per application, the revision that it counted against; -1 for an item that nobody knows.
        day: per application, when it counted: known, and its item known (again).
        item: per revision, the code of its item.
    """

    revision: Ints
    day: Ints
    item: Ints
    key: Ints
    running: Ints

    @classmethod
    def of(
        cls,
        revisions: pd.DataFrame,
        item: NDArray[Any],
        ids: Any,
        first: NDArray[np.bool_],
        applied: pd.DataFrame,
    ) -> "_History":
        known, until = whole(revisions["known_on"]), whole(revisions["superseded_on"])
        of_item = positions(applied["item_id"], pd.Series(ids))
        day = whole(applied["known_on"])
        if len(revisions):
            starts = np.flatnonzero(first)
            day = np.where(of_item >= 0, np.maximum(day, known[starts[of_item]]), day)
        key_of_revision = _pack(item.astype(np.int64), known)
        revision = np.searchsorted(key_of_revision, _pack(of_item, day), side="right") - 1
        if len(revisions):
            # Known while its item was withdrawn: it counts when the item is back, if it ever is.
            following = np.minimum(revision + 1, len(revisions) - 1)
            waits = (of_item >= 0) & (until[revision] <= day) & (revision + 1 < len(revisions))
            waits &= item[following] == of_item
            revision, day = np.where(waits, following, revision), np.where(waits, known[following], day)
        order = np.lexsort((day, of_item))
        running = np.concatenate([[0], np.cumsum(whole(applied["amount_minor"])[order])])
        return cls(
            revision=np.where(of_item >= 0, revision, -1),
            day=day,
            item=item.astype(np.int64),
            key=_pack(of_item, day)[order],
            running=running,
        )

    def applied_before(self, rows: Ints, day: Ints) -> Ints:
        """What had been applied to the items of these revisions before each day."""
        begin = np.searchsorted(self.key, _pack(self.item[rows], np.full(len(rows), -NEVER)))
        end = np.searchsorted(self.key, _pack(self.item[rows], day), side="left")
        before: Ints = self.running[end] - self.running[begin]
        return before


def _pack(item: Ints, day: Ints) -> Ints:
    """One key that sorts by item, then by day; days lie within ± `NEVER`."""
    packed: Ints = item * (4 * NEVER) + day
    return packed


def _new(items: pd.DataFrame, day: Ints) -> pd.DataFrame:
    """The first word of each item: an invoice, a credit memo, or cash on account."""
    line = items["kind"].map({"invoice": "invoices", "credit_memo": "credits", "on_account": "cash"})
    return _entries(items, line, whole(items["amount_minor"]), day, whole(items["issued_on"]))


def _payments(applied: pd.DataFrame, items: pd.DataFrame, at: Ints, day: Ints) -> pd.DataFrame:
    """The applications, each in the entity and currency of its item; '' where nobody knows the item."""
    minor = -whole(applied["amount_minor"])
    kind, known = applied["kind"].to_numpy(dtype=object), at >= 0
    line = np.array([_LINE_OF[name] for name in APPLICATION_KINDS], dtype=object)[
        pd.Index(APPLICATION_KINDS).get_indexer(pd.Index(kind))
    ]
    line[(minor > 0) & (kind == "cash")] = "reversals"
    line[(minor > 0) & np.isin(line, ("credits", "discounts", "write_offs"))] = "debit_adjustments"
    entity, currency, of_kind = (np.full(len(at), "", dtype=object) for _ in range(3))
    for column, name in ((entity, "entity"), (currency, "currency"), (of_kind, "kind")):
        column[known] = items[name].iloc[at[known]].to_numpy(dtype=object)
    # Using up a credit: the leg on the credit and the leg on the invoice are one line, and cancel out.
    line[of_kind == "credit_memo"] = "credits"
    line[of_kind == "on_account"] = "cash"
    keys = pd.DataFrame({"item_id": applied["item_id"].array, "entity": entity, "currency": currency})
    return _entries(keys, line, minor, day, whole(applied["happened_on"]))


_LINE_OF = {
    "cash": "cash", "credit": "credits", "discount": "discounts", "write_off": "write_offs", "reversal": "reversals",
}  # fmt: skip


def _corrections(
    revisions: pd.DataFrame, first: NDArray[np.bool_], known: Ints, until: Ints, history: _History
) -> list[pd.DataFrame]:
    """What later revisions changed: another amount, another entity or currency, a withdrawal, a return."""
    amount = whole(revisions["amount_minor"])
    entity, _ = pd.factorize(revisions["entity"])
    currency, _ = pd.factorize(revisions["currency"])
    after = np.flatnonzero(~first)
    follows = until[after - 1] == known[after]
    moved = (entity[after] != entity[after - 1]) | (currency[after] != currency[after - 1])

    changed = after[follows & ~moved]
    moves, returns = after[follows & moved], after[~follows]
    ends = until < NEVER
    ends[after[follows] - 1] = False
    leaves = np.flatnonzero(ends)

    def entries(rows: Ints, minor: Ints, day: Ints) -> pd.DataFrame:
        return _entries(revisions.iloc[rows], "corrections", minor, day, day)

    before_move = history.applied_before(moves, known[moves])
    return [
        entries(changed, amount[changed] - amount[changed - 1], known[changed]),
        entries(moves - 1, before_move - amount[moves - 1], known[moves]),
        entries(moves, amount[moves] - before_move, known[moves]),
        entries(leaves, history.applied_before(leaves, until[leaves]) - amount[leaves], until[leaves]),
        entries(returns, amount[returns] - history.applied_before(returns, known[returns]), known[returns]),
    ]


def _entries(keys: pd.DataFrame, line: Any, minor: Ints, day: Ints, happened_on: Ints) -> pd.DataFrame:
    """Entries of one line or several: `minor` is what each does to the money owed, `day` when it counts."""
    frame = keys[["item_id", "entity", "currency"]].reset_index(drop=True)
    line = line if isinstance(line, str) else np.asarray(line, dtype=object)
    return frame.assign(line=line, minor=minor, day=day, happened_on=happened_on)
