"""The roll-forward: how what was owed on one evening became what was owed on a later one, line by line.

opening + invoices + debit adjustments - cash - credits - discounts - write-offs + reversals ± corrections (± FX)
= closing, per entity and currency. What the lines do not explain is named by item.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd

from ledger.books.conversion import convert_rows, rates_of
from ledger.books.entries import LINES, by_day, by_knowledge
from ledger.days import to_day
from ledger.errors import DifferentClocks, MissingRate
from ledger.lookup import grouped, summed_at, whole
from ledger.money import Rates
from ledger.ordering import Ints
from ledger.view import LedgerView

Clock = Literal["known", "happened"]


@dataclass(frozen=True)
class Unexplained:
    """What the lines do not explain of one item, in minor units of `currency`: closing - opening - its lines."""

    entity: str
    currency: str
    item_id: str
    difference_minor: int


@dataclass(frozen=True, eq=False)
class RollForward:
    """One period, from the evening `opened_on` (not in it) to the evening `closed_on` (in it).

    Attributes:
        clock: `known` when each entry counts on the evening on which it became known, `happened` by its own day.
        rows: one per (`entity`, `currency`), minor units: `opening`, the `LINES`, `closing`, `difference` (what the
            lines leave unexplained), and `back_dated`: how much of the lines happened on or before `opened_on` and
            became known later (always 0 by the clock `happened`).
        unexplained: the items that make the differences.
        base: the reporting currency of `told`; None without.
        told: the same rows in minor units of `base`, with the line `fx`: opening at the opening day's rate, each
            entry at its own day's, closing at the closing day's. Each item and entry is rounded by itself; what
            rounding leaves is in `fx`. Currencies without a rate on one of these days are not in it.
        missing: one `MissingRate` per such currency.
    """

    opened_on: date
    closed_on: date
    known_by: date
    clock: Clock
    rows: pd.DataFrame
    unexplained: tuple[Unexplained, ...]
    base: str | None = None
    told: pd.DataFrame | None = None
    missing: tuple[MissingRate, ...] = ()

    @property
    def closes(self) -> bool:
        """Whether the lines explain everything."""
        return not self.unexplained


def roll_forward(opening: LedgerView, closing: LedgerView, *, base: str | None = None) -> RollForward:
    """The way from one evening to a later one.

    Two evenings as they were known then (`known_by = day`) are rolled by knowledge: an entry counts in the period in
    which it became known, so that opening and closing are the agings that were shown on those evenings. An entry
    dated back into an earlier period is then in this one, and its amount is told as `back_dated`. Two evenings with
    the same later knowledge are rolled by the day on which things happened.

    Args:
        opening, closing: two evenings of one ledger; `closing.earlier(day)` makes the first from the second.
        base: also tell it in this currency, at the rates that each evening knows.

    Raises `DifferentClocks` when the evenings do not follow each other or were not seen in one way.
    """
    clock = _clock(opening, closing)
    first, last = _balances(opening), _balances(closing)
    entries = by_knowledge(opening, closing) if clock == "known" else by_day(opening, closing)
    rows, unexplained = _rows(first, entries, last, to_day(opening.day))
    told, missing = (None, ()) if base is None else _told(first, entries, last, opening, closing, base)
    return RollForward(
        opened_on=opening.day,
        closed_on=closing.day,
        known_by=closing.known_by,
        clock=clock,
        rows=rows,
        unexplained=unexplained,
        base=base,
        told=told,
        missing=missing,
    )


def _clock(opening: LedgerView, closing: LedgerView) -> Clock:
    if opening.day >= closing.day:
        raise DifferentClocks(f"{opening.day.isoformat()} is not before {closing.day.isoformat()}")
    if not opening.later and not closing.later:
        return "known"
    if opening.known_by != closing.known_by:
        raise DifferentClocks(
            f"one is seen with what was known on {opening.known_by.isoformat()}, "
            f"the other on {closing.known_by.isoformat()}"
        )
    return "happened"


def _balances(view: LedgerView) -> pd.DataFrame:
    """What is open of each item, `minor`, on the evening, `day`."""
    items = view.open_items()
    frame = items[["item_id", "entity", "currency"]].assign(minor=items["open_minor"])
    return frame.assign(day=to_day(view.day))


def _rows(
    first: pd.DataFrame, entries: pd.DataFrame, last: pd.DataFrame, opened: int
) -> tuple[pd.DataFrame, tuple[Unexplained, ...]]:
    """The table, and the items whose lines do not lead from opening to closing."""
    table = _table(first, entries, last)
    table["difference"] = table["closing"] - table["opening"] - table[list(LINES)].sum(axis=1)
    back_dated = entries[whole(entries["happened_on"]) <= opened]
    return table.assign(back_dated=_summed(back_dated, table)), _unexplained(first, entries, last)


def _table(first: pd.DataFrame, entries: pd.DataFrame, last: pd.DataFrame) -> pd.DataFrame:
    """Opening, lines and closing per (entity, currency)."""
    by = ("entity", "currency")
    _, table = grouped(pd.concat([frame[list(by)] for frame in (first, entries, last)], ignore_index=True), by)
    columns = {"opening": _summed(first, table)}
    columns |= {line: _summed(entries[entries["line"] == line], table) for line in LINES}
    return table.assign(**columns, closing=_summed(last, table))


def _summed(frame: pd.DataFrame, table: pd.DataFrame) -> Ints:
    """The sums of `minor` by the rows of the table, each an (entity, currency)."""
    rows, keys = grouped(frame, ("entity", "currency"))
    place = {key: at for at, key in enumerate(zip(table["entity"], table["currency"], strict=True))}
    at = np.array([place[key] for key in zip(keys["entity"], keys["currency"], strict=True)], dtype=np.int64)
    return summed_at(at[rows], whole(frame["minor"]), len(table))


def _unexplained(first: pd.DataFrame, entries: pd.DataFrame, last: pd.DataFrame) -> tuple[Unexplained, ...]:
    keys = ["entity", "currency", "item_id"]
    frames = [frame[[*keys, "minor"]] for frame in (first, entries, last)]
    told = pd.concat(frames, ignore_index=True)
    sign = np.repeat([-1, -1, 1], [len(frame) for frame in frames])
    rows, names = grouped(told, keys)
    left = summed_at(rows, whole(told["minor"]) * sign, len(names))
    wrong = np.flatnonzero(left)
    found = zip(*(names[name].iloc[wrong].tolist() for name in keys), left[wrong].tolist(), strict=True)
    return tuple(Unexplained(*item) for item in found)


def _told(
    first: pd.DataFrame, entries: pd.DataFrame, last: pd.DataFrame, opening: LedgerView, closing: LedgerView, base: str
) -> tuple[pd.DataFrame, tuple[MissingRate, ...]]:
    """The table in the reporting currency, with what the change of rates made of it."""
    opening_rates, rates = rates_of(opening, base), rates_of(closing, base)
    missing = _without_rate(first, opening_rates) | _without_rate(entries, rates) | _without_rate(last, rates)
    parts = [
        _converted(first, opening_rates, missing), _converted(entries, rates, missing), _converted(last, rates, missing)
    ]  # fmt: skip
    table = _table(*parts)
    owed = _table(*(frame[~frame["currency"].isin(missing)] for frame in (first, entries, last)))
    left = whole(owed["closing"] - owed["opening"] - owed[list(LINES)].sum(axis=1))
    closing_day = np.full(len(owed), to_day(closing.day), dtype=np.int64)
    table["difference"] = convert_rows(left, owed["currency"], closing_day, rates) if left.any() else left
    explained = table["opening"] + table[list(LINES)].sum(axis=1) + table["difference"]
    table.insert(table.columns.get_loc("closing"), "fx", table["closing"] - explained)  # type: ignore[arg-type]
    return table, tuple(MissingRate(currency, base) for currency in sorted(missing) if currency)


def _without_rate(frame: pd.DataFrame, rates: Rates) -> set[str]:
    """The currencies of which an amount stands on a day without a rate; '' is that of an item nobody knows."""
    codes, currencies = pd.factorize(frame["currency"])
    days = whole(frame["day"])
    return {
        str(currency)
        for code, currency in enumerate(currencies)
        if not rates.knows(str(currency), int(days[codes == code].min()))
    }


def _converted(frame: pd.DataFrame, rates: Rates, missing: set[str]) -> pd.DataFrame:
    there = frame[~frame["currency"].isin(missing)]
    return there.assign(minor=convert_rows(whole(there["minor"]), there["currency"], whole(there["day"]), rates))
