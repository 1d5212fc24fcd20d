"""Money told by paid columns: from what each export says was paid so far to applications.

A row says a total and the day of the newest payment. What it says more than the row before is a payment; what it says
less was taken back, on the evening on which we learned of it; the same total on another day is a correction.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ledger.application_ids import total_name
from ledger.days import NEVER, to_date
from ledger.exports import Exports
from ledger.facts import typed
from ledger.lookup import positions
from ledger.ordering import as_arrow, codes_of, sorted_by, text_starts
from ledger.schema import APPLICATIONS


class _Applied(NamedTuple):
    application_id: str
    kind: str
    amount_minor: int
    happened_on: int
    known_on: int


def applications_of_totals(said: pd.DataFrame, own: "pd.Series[int]", exports: Exports) -> pd.DataFrame:
    """The applications that the paid columns of invoices tell, in the columns of `APPLICATIONS`.

    Args:
        said: rows told of items that are present, ordered by item and day of export.
        own: by item, the first day of an export with payments in rows of their own. From then on a total neither adds
            to them nor undoes them, and what totals told before is taken back: those rows tell it.
    """
    tells = said["tells_paid"].to_numpy(dtype=np.bool_)
    rows = said if tells.all() else said[tells].reset_index(drop=True)
    if len(own) and len(rows):
        rows = _until_own(rows, own)
    if rows.empty:
        return typed(None, APPLICATIONS)
    paid, paid_on, amount, said_on, version = (
        rows[name].to_numpy(dtype=np.int64) for name in ("paid_minor", "paid_on", "amount_minor", "said_on", "version")
    )
    begins = text_starts(rows["item_id"])
    before = np.where(begins, 0, np.roll(paid, 1))
    another_day = ~begins & (paid == before) & (paid != 0) & (paid_on != np.roll(paid_on, 1)) & (paid_on != NEVER)
    changed = (paid != before) | another_day
    known_on = exports.known_on(paid_on, said_on, version)
    # The source that told the total before did not have it on its own later days either.
    unsaid = exports.known_on(paid_on, said_on, np.where(begins, version, np.roll(version, 1)))
    known_on = np.maximum(known_on, unsaid)

    item = np.cumsum(begins) - 1
    once = np.bincount(item, weights=changed)[item] == 1
    raised = (paid != before) & ((paid - before < 0) == (amount < 0)) & (paid_on != NEVER)
    plain = changed & once & raised
    frame = _single_payments(rows[plain], (paid - before)[plain], known_on[plain])
    sequences = changed & ~plain
    if not sequences.any():
        return frame
    told = rows[sequences].assign(known_on=known_on[sequences])
    return pd.concat([frame, typed(list(_replayed(told)), APPLICATIONS)], ignore_index=True)


def _until_own(rows: pd.DataFrame, own: "pd.Series[int]") -> pd.DataFrame:
    """The rows before payments had rows of their own; then one that says that nothing was paid by totals."""
    until = np.append(own.to_numpy(dtype=np.int64), NEVER)[positions(rows["item_id"], own.index.to_series())]
    if (until == NEVER).all():
        return rows
    counts = rows["said_on"].to_numpy(dtype=np.int64) < until
    ended = rows.assign(said_on=until)[counts & (until != NEVER)].drop_duplicates("item_id", keep="last")
    ended = ended.assign(paid_minor=np.int64(0), paid_on=np.int64(NEVER))
    both = pd.concat([rows[counts], ended], ignore_index=True)
    return sorted_by(both, codes_of(both["item_id"]), both["said_on"].to_numpy(dtype=np.int64))[0]


def _single_payments(rows: pd.DataFrame, minor: Any, known_on: Any) -> pd.DataFrame:
    """One payment of each row."""
    days, day_of = np.unique(rows["paid_on"].to_numpy(dtype=np.int64), return_inverse=True)
    texts = pa.array([to_date(day).isoformat() for day in days.tolist()], type=pa.large_string()).take(pa.array(day_of))
    amounts = pc.cast(pa.array(minor), pa.large_string())
    # As `total_name` makes them.
    kind, sign = (pa.scalar(text, pa.large_string()) for text in ("cash", "/"))
    names = pc.binary_join_element_wise(as_arrow(rows["item_id"]), kind, texts, amounts, sign)
    return pd.DataFrame(
        {
            "application_id": pd.array(names, dtype="str"),
            "item_id": rows["item_id"].array,
            "kind": pd.array(np.full(len(rows), "cash"), dtype="str"),
            "amount_minor": minor,
            "happened_on": rows["paid_on"].to_numpy(dtype=np.int64),
            "known_on": known_on,
            "known_assumed": np.ones(len(rows), dtype=np.bool_),
        }
    )


def _replayed(rows: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """The applications of items whose totals changed more than once, row by row."""
    columns = zip(
        *(rows[n].tolist() for n in ("item_id", "amount_minor", "paid_minor", "paid_on", "said_on", "known_on")),
        strict=True,
    )
    current, applied = None, _Sequence("")
    for item_id, amount, paid, paid_on, said_on, known_on in columns:
        if item_id != current:
            yield from applied.rows()
            current, applied = item_id, _Sequence(item_id)
        applied.hear(amount, paid, paid_on, said_on, known_on)
    yield from applied.rows()


class _Sequence:
    """The applications of one item, as its totals change."""

    def __init__(self, item_id: str) -> None:
        self.item_id = item_id
        self.applied: list[_Applied] = []

    def rows(self) -> Iterator[dict[str, Any]]:
        return ({**applied._asdict(), "item_id": self.item_id, "known_assumed": True} for applied in self.applied)

    def hear(self, amount: int, paid: int, paid_on: int, said_on: int, known_on: int) -> None:
        difference = paid - self._sum()
        raised = (difference < 0) == (amount < 0)
        if not difference:
            self._another_day(paid_on, said_on)
            return
        if paid_on != NEVER and self._is_corrected(paid_on, raised):
            for applied in self._standing():
                self._take_back(applied, said_on)
            difference, raised, known_on = paid - self._sum(), True, said_on
        if raised and paid_on != NEVER:
            name = total_name(self.item_id, "cash", paid_on, difference, self._names())
            self.applied.append(_Applied(name, "cash", difference, paid_on, known_on))
        else:
            name = total_name(self.item_id, "reversal", said_on, difference, self._names())
            self.applied.append(_Applied(name, "reversal", difference, said_on, said_on))

    def _is_corrected(self, paid_on: int, raised: bool) -> bool:
        """Whether a newest payment on that day cannot follow those known: the whole total was told wrongly."""
        newest = max((a.happened_on for a in self._standing()), default=-NEVER)
        return paid_on < newest or (not raised and paid_on > newest != -NEVER)

    def _another_day(self, paid_on: int, said_on: int) -> None:
        """The same total on another day: the last payment that stands is taken back and told again."""
        last = max(self._standing(), key=lambda a: (a.known_on, a.happened_on), default=None)
        if last is None or last.happened_on == paid_on:
            return
        self._take_back(last, said_on)
        self.applied.append(_Applied(f"{last.application_id}/again", "cash", last.amount_minor, paid_on, said_on))

    def _take_back(self, applied: _Applied, said_on: int) -> None:
        """Undo a payment that was told wrongly, as if it had never been on that day."""
        name, minor = f"{applied.application_id}/undo", -applied.amount_minor
        self.applied.append(_Applied(name, "reversal", minor, applied.happened_on, said_on))

    def _standing(self) -> list[_Applied]:
        """The payments that were not taken back as told wrongly."""
        undone = {name.removesuffix("/undo") for name in self._names() if name.endswith("/undo")}
        return [a for a in self.applied if a.kind == "cash" and a.application_id not in undone]

    def _sum(self) -> int:
        return sum(a.amount_minor for a in self.applied)

    def _names(self) -> set[str]:
        return {a.application_id for a in self.applied}
