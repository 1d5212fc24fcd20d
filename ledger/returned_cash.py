"""Which cash a reversal took back: nothing says it, so each reversal is matched to the cash of its item.

A reversal takes back cash that happened by its own day and is known by the evening on which the reversal is known: the
newest of exactly its amount where there is one, else the newest, part by part. One above zero undoes a reversal: what
was taken back is there again, as of its old day. What later evenings bring changes no match, so every evening sees the
matches that it saw then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ledger.days import NEVER
from ledger.lookup import whole
from ledger.ordering import Flags, Ints, numbers_of


def standing_cash(applications: pd.DataFrame) -> pd.DataFrame:
    """The cash applied to items, in parts, each with the evenings on which it was there.

    Args:
        applications: the frame of a `LedgerView` (`APPLICATION_COLUMNS`); kinds other than cash and reversal are left
            out.

    Returns:
        A frame in no promised order: `item_id`; `amount_minor`; `happened_on` the day of the cash; `known_on` the
        evening from which it was known; `taken_back_on` the evening from which it was known to be reversed, `NEVER` if
        it was not. A reversal above zero that undoes nothing known is cash of its own; one below zero that finds no
        cash takes nothing back.
    """
    kinds = applications["kind"].to_numpy(dtype=object)
    back, cash = kinds == "reversal", kinds == "cash"
    columns = {
        "item": numbers_of(applications["item_id"]),
        **{name: whole(applications[name]) for name in ("amount_minor", "happened_on", "known_on")},
    }
    touched = np.zeros(int(columns["item"].max(initial=-1)) + 1, dtype=np.bool_)
    touched[columns["item"][back]] = True
    matched = (cash | back) & touched[columns["item"]]
    plain = np.flatnonzero(cash & ~matched)
    parts = list(_replayed(columns, np.flatnonzero(matched), back))
    at = np.array([row for row, _ in parts], dtype=np.int64)
    found = {"item_id": applications["item_id"].iloc[np.concatenate([plain, at])].reset_index(drop=True)}
    for name in ("amount_minor", "happened_on", "known_on"):
        found[name] = np.concatenate([columns[name][plain], _whole(getattr(part, name) for _, part in parts)])
    found["taken_back_on"] = np.concatenate([np.full(len(plain), NEVER), _whole(p.taken_back_on for _, p in parts)])
    return pd.DataFrame(found)


def _whole(values: Iterator[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


@dataclass(eq=False)
class _Part:
    """A part of the cash of one item: minor units, and the days as `standing_cash` says."""

    amount_minor: int
    happened_on: int
    known_on: int
    taken_back_on: int = NEVER


def _replayed(columns: Mapping[str, Ints], rows: Ints, back: Flags) -> Iterator[tuple[int, _Part]]:
    """The parts of the items of these rows, each with the row of one application of its item."""
    amount = columns["amount_minor"]
    # Of one evening: cash first, then reversals that are undone, then reversals.
    rank = np.where(~back, 0, np.where(amount > 0, 1, 2))
    keys = [columns["item"], columns["known_on"], rank, columns["happened_on"], amount]
    rows = rows[np.lexsort([key[rows] for key in reversed(keys)])]
    said = (columns[name][rows].tolist() for name in ("item", "amount_minor", "happened_on", "known_on"))
    current, first, pile = -1, -1, _Pile()
    for row, item, minor, happened, known, reverses in zip(rows.tolist(), *said, back[rows].tolist(), strict=True):
        if item != current:
            yield from ((first, part) for part in pile.parts)
            current, first, pile = item, row, _Pile()
        if not reverses:
            pile.add(minor, happened, known)
        elif minor > 0:
            pile.give_back(minor, happened, known)
        else:
            pile.take_back(-minor, happened, known)
    yield from ((first, part) for part in pile.parts)


@dataclass
class _Pile:
    """The cash of one item: all its parts, and which of them are there and which were taken back."""

    parts: list[_Part] = field(default_factory=list)
    there: list[_Part] = field(default_factory=list)
    gone: list[_Part] = field(default_factory=list)

    def add(self, minor: int, happened: int, known: int) -> None:
        part = _Part(minor, happened, known)
        self.parts.append(part)
        self.there.append(part)

    def take_back(self, minor: int, happened: int, known: int) -> None:
        for part in self._chosen(self.there, minor, happened):
            part.taken_back_on = known
            self.gone.append(part)

    def give_back(self, minor: int, happened: int, known: int) -> None:
        for part in self._chosen(self.gone, minor, happened):
            self.add(part.amount_minor, part.happened_on, known)
            minor -= part.amount_minor
        if minor:
            self.add(minor, happened, known)

    def _chosen(self, pile: list[_Part], minor: int, by: int) -> list[_Part]:
        """The newest parts that happened by that day and make the amount, taken off the pile; the last may be split."""
        fits = [part for part in pile if part.happened_on <= by and part.amount_minor > 0]
        newest = sorted(fits, key=_newness, reverse=True)
        exact = next((part for part in newest if part.amount_minor == minor), None)
        chosen = []
        for part in [exact] if exact else newest:
            if not minor:
                break
            if part.amount_minor > minor:
                rest = replace(part, amount_minor=part.amount_minor - minor)
                part.amount_minor = minor
                self.parts.append(rest)
                pile.append(rest)
            minor -= part.amount_minor
            pile.remove(part)
            chosen.append(part)
        return chosen


def _newness(part: _Part) -> tuple[int, int, int]:
    """Of parts that are equally new the larger comes first, so that the order of the rows does not matter."""
    return part.happened_on, part.known_on, part.amount_minor
