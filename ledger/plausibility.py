"""Whether a snapshot can be the next one of its source: not half of it gone, not everything changed alike.

A wrong unit, a flipped sign, another currency or shifted dates change most invoices in the same way; a real ERP changes
few of those that it exported before. What is refused here can be allowed by an option, when it is true.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ledger.days import to_date
from ledger.hearing import Hearing
from ledger.money import money_text
from ledger.options import ImportOptions
from ledger.refusals import SnapshotShrunk, SuspiciousChange

_FEWEST = 5
"""Fewer invoices than this show no pattern."""
_MOST = 0.5
"""A larger share of the known invoices does not change at once."""
_ANOTHER_SIZE = 20.0
"""Amounts of new invoices whose median is so many times larger or smaller are of another unit."""

_FIELDS = {
    "amount_minor": "amount", "currency": "currency", "issued_on": "issue date", "due_on": "due date",
    "customer_id": "customer",
}  # fmt: skip


def refuse_implausible(hearing: Hearing, options: ImportOptions, file: str, set_aside: int) -> None:
    """That the export can be the next one.

    Args:
        set_aside: rows of invoices that were set aside: they are in the file, though not believed.

    Raises:
        FileRefused: `snapshot_shrunk`, `suspicious_change` or `distribution_shift`.
    """
    if options.mode == "snapshot" and not options.allow_shrink and "invoices" in hearing.export.roles:
        invoices = int((hearing.items.new["kind"] != "on_account").sum())
        shown, before = invoices + set_aside, len(hearing.items.own)
        if shown < options.min_snapshot_ratio * before:
            raise SnapshotShrunk(file, shown, before, options.min_snapshot_ratio)
    if not options.allow_shift:
        _refuse_common_change(hearing, file)
        _refuse_another_size(hearing, file)


def _refuse_common_change(hearing: Hearing, file: str) -> None:
    items = hearing.items
    known = int(items.is_known.sum())
    if known < _FEWEST:
        return
    was_paid = items.value_before("paid_minor") != 0
    open_again = was_paid & (items.new["paid_minor"] == 0).to_numpy() & items.new["tells_paid"].to_numpy()
    if was_paid.sum() >= _FEWEST and open_again.sum() > _MOST * was_paid.sum():
        paid = int(was_paid.sum())
        raise SuspiciousChange("suspicious_change", file, "paid amount", int(open_again.sum()), paid, "all open again")
    for column, said in _FIELDS.items():
        changed = items.is_known & ~items.same_in([column])
        if changed.sum() > _MOST * known:
            at = np.flatnonzero(changed)
            now, then = items.new.iloc[at], items.known.iloc[items.before[at]]
            how = "; ".join(_alike(column, then, now))
            raise SuspiciousChange("suspicious_change", file, said, len(at), known, how)


def _alike(column: str, then: pd.DataFrame, now: pd.DataFrame) -> Iterator[str]:
    """What the change has in common, in words, and an example."""
    old, new = then[column].iloc[0], now[column].iloc[0]
    if column in ("issued_on", "due_on"):
        shift = now[column].to_numpy() - then[column].to_numpy()
        if (shift == shift[0]).all():
            yield f"all by {int(shift[0]):,} days"
        old, new = to_date(int(old)).isoformat(), to_date(int(new)).isoformat()
    if column == "amount_minor":
        before, after = then[column].to_numpy(dtype=np.float64), now[column].to_numpy(dtype=np.float64)
        if before.all() and np.allclose(after / before, after[0] / before[0], rtol=1e-9):
            yield f"all to {after[0] / before[0]:g} times what they were"
        old, new = (money_text(int(rows[column].iloc[0]), str(rows["currency"].iloc[0])) for rows in (then, now))
    yield f'as "{now["item_id"].iloc[0]}" from {old} to {new}'


def _refuse_another_size(hearing: Hearing, file: str) -> None:
    """New invoices of another size, in a currency in which there were enough before."""
    items = hearing.items
    new = items.new[~items.is_known]
    known = items.known.iloc[items.standing]
    for currency, rows in new.groupby("currency"):
        size = rows["amount_minor"].abs()
        before = known.loc[known["currency"] == currency, "amount_minor"].abs()
        few = len(size) < 4 * _FEWEST or len(before) < 4 * _FEWEST
        if len(size) < _FEWEST or len(before) < _FEWEST:
            continue
        ratio = float(size.median()) / max(1.0, float(before.median()))
        if few and not (size.min() > before.max() or size.max() < before.min()):
            continue
        negative, was = (
            float((rows["amount_minor"] < 0).mean()),
            float((known.loc[known["currency"] == currency, "amount_minor"] < 0).mean()),
        )
        if ratio > _ANOTHER_SIZE or ratio < 1 / _ANOTHER_SIZE or (not few and abs(negative - was) > 0.8):
            how = f"the median of new amounts in {currency} is {ratio:g} times that of the known ones"
            raise SuspiciousChange("distribution_shift", file, "amount", len(size), len(before), how)
