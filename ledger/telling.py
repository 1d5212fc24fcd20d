"""What one export adds to what was told: only what differs from what was known of its day.

For each thing, what was told is a line over the days of the exports; an export states its value on one day. An older
export that comes late changes the line from its day on only up to the next snapshot of its source, which said what it
said: there the old value is told again. So exports give the same ledger in any order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ledger.exports import Exports
from ledger.ordering import Flags, Ints, are_in, carried, joined, numbers_of, sorted_by, starts
from ledger.schema import Table

_NOT_COMPARED = frozenset({"said_on", "present", "source_row", "known_assumed", "version"})


@dataclass(frozen=True)
class Export:
    """The export that is imported: its source, its day (whole), and what its files hold."""

    source: str
    day: int
    mode: str
    roles: frozenset[str]


@dataclass(frozen=True, eq=False)
class Telling:
    """One kind of what an export says, beside what was told before.

    Attributes:
        table: of the kind; `new` the rows of the export, one for each key, in the columns of the table but `said_on`
            and `present` (others are ignored).
        told: all rows told before, with their `version`; exports: the imports that brought them.
        vanishes: what a snapshot does not hold any more is told as missing; `within`: only of these items; `set_aside`:
            not invoices of these numbers, whose rows are there, though they are not believed.
        blank_keeps: a text or an amount that is not stated says nothing, and takes nothing back.
        roles: of the files that tell this kind, for only their later snapshots said what was so; None: all of `export`.
    """

    table: Table
    new: pd.DataFrame
    told: pd.DataFrame
    export: Export
    exports: Exports
    vanishes: bool = False
    within: "pd.Series[str] | None" = None
    set_aside: "pd.Series[str] | None" = None
    blank_keeps: bool = False
    roles: frozenset[str] | None = None

    @property
    def _key_columns(self) -> list[str]:
        return [name for name in self.table.key if name != "said_on"]

    @cached_property
    def _keys(self) -> tuple[Ints, Ints, "pd.DataFrame", Ints]:
        """Key numbers of the new rows; key numbers, rows and versions of what was told, in order."""
        both = [pd.concat([self.told[n], self.new[n]], ignore_index=True) for n in self._key_columns]
        key = joined([numbers_of(column) for column in both])
        old, new = key[: len(self.told)], key[len(self.told) :]
        said, version = (self.told[name].to_numpy(dtype=np.int64) for name in ("said_on", "version"))
        told, order = sorted_by(self.told, old, said, version)
        if self.blank_keeps:
            begins = starts(old[order])
            told = told.assign(**{name: carried(told[name], begins, blank) for name, blank in self._blanks.items()})
        return new, old[order], told, version[order]

    @cached_property
    def before(self) -> Ints:
        """For each new row the position in `known` of what was told of its key by that day, -1 where nothing was."""
        return self._state[self._keys[0]] if len(self.told) else np.full(len(self.new), -1, dtype=np.int64)

    @property
    def known(self) -> pd.DataFrame:
        """What was told before, ordered by key, day and version."""
        return self._keys[2] if len(self.told) else self.told

    @cached_property
    def is_known(self) -> Flags:
        """Whether anything was told of the key of a new row by that day, shape (len(new),)."""
        return self.before >= 0

    @cached_property
    def same(self) -> Flags:
        """Whether a new row says what was known of that day, shape (len(new),)."""
        return self.same_in(self._values)

    def same_in(self, columns: Sequence[str]) -> Flags:
        """Whether it says so in these columns; False where nothing was known."""
        at = np.flatnonzero(self.is_known)
        equal = np.ones(len(at), dtype=np.bool_)
        for name in columns:
            now, then = self.new[name].iloc[at].array, self.known[name].iloc[self.before[at]].array
            said = (now == then).astype(np.bool_)
            if name in self._blanks:
                said |= (now == self._blanks[name]).astype(np.bool_)
            equal &= np.asarray(said, dtype=np.bool_)
        same = np.zeros(len(self.new), dtype=np.bool_)
        same[at] = equal
        return same

    def value_before(self, column: str, default: int = 0) -> Ints:
        """What was known in a column of whole numbers, shape (len(new),); `default` where nothing was."""
        values = np.full(len(self.new), default, dtype=np.int64)
        at = np.flatnonzero(self.is_known)
        values[at] = self.known[column].to_numpy(dtype=np.int64)[self.before[at]]
        return values

    @cached_property
    def vanished(self) -> Ints:
        """Positions in `known` of what this source showed before and this snapshot of it does not hold."""
        if not (self.vanishes and self.export.mode == "snapshot" and len(self.told)):
            return np.empty(0, dtype=np.int64)
        gone = self.own[~np.isin(self._keys[1][self.own], self._keys[0])]
        if self.set_aside is not None:
            gone = gone[~are_in(self.known["invoice_number"].iloc[gone], self.set_aside)]
        if self.within is None:
            return gone
        return gone[are_in(self.known["item_id"].iloc[gone], self.within)]

    @property
    def returned(self) -> int:
        """How many new rows are of what was missing in the snapshot before."""
        if not len(self.told):
            return 0
        return int((self.is_known & ~self._is_present[np.maximum(self.before, 0)]).sum())

    @cached_property
    def standing(self) -> Ints:
        """Positions in `known` of what was known of each key by that day."""
        return self._state[self._state >= 0] if len(self.told) else np.empty(0, dtype=np.int64)

    @cached_property
    def own(self) -> Ints:
        """Positions in `known` of all that this source showed by that day, in the snapshot before."""
        at = self.standing
        at = at[self._is_present[at] & self._is_own[at]] if len(at) else at
        return at[~_is_on_account(self.known.iloc[at])]

    def rows(self) -> pd.DataFrame:
        """The rows to tell, in the columns of the table."""
        tell = ~self.same
        if len(self.told):
            at = np.maximum(self.before, 0)
            known = self.is_known
            tell |= known & ~self._is_present[at]
            if self.vanishes:
                tell |= known & ~self._is_own[at]
            if self.export.mode == "append":
                tell |= known & (self.known["said_on"].to_numpy(dtype=np.int64)[at] != self.export.day)
        told = (self.new if tell.all() else self.new[tell]).assign(said_on=np.int64(self.export.day), present=True)
        missing = self.known.iloc[self.vanished].assign(said_on=np.int64(self.export.day), present=False)
        parts = [part[list(self.table.names)] for part in (told, missing, *self._restored(tell)) if len(part)]
        if len(parts) == 1:
            return parts[0].reset_index(drop=True)
        return pd.concat(parts, ignore_index=True) if parts else told[list(self.table.names)]

    def told_by_others_later(self) -> Flags:
        """Which new rows another source of files told, or confirmed, after that day, shape (len(new),)."""
        if not len(self.told):
            return np.zeros(len(self.new), dtype=np.bool_)
        other_later = self._sources_after[self._keys[0]]
        at = np.flatnonzero(self.is_known)
        state = self.before[at]
        confirmed = np.zeros(len(self.new), dtype=np.bool_)
        for source in {self.exports.source_of(v) for v in np.unique(self._keys[3][state]).tolist()}:
            if source != self.export.source and self._next_snapshot(source) is not None:
                confirmed[at] |= self._sources[state] == source
        return other_later | confirmed

    @property
    def _values(self) -> list[str]:
        return [n for n in self.table.names if n not in self._key_columns and n not in _NOT_COMPARED]

    @cached_property
    def _blanks(self) -> dict[str, str | int]:
        """By column that may say nothing: what it says then."""
        optional = [c for c in self.table.columns if not c.required and c.type in ("text", "minor")]
        return {column.name: column.default for column in optional} if self.blank_keeps else {}

    @cached_property
    def _state(self) -> Ints:
        """For each key the position of what was told of it by the day of the export, -1 where nothing was."""
        new, old, known, _ = self._keys
        state = np.full(int(max(new.max(initial=-1), old.max(initial=-1))) + 1, -1, dtype=np.int64)
        at = np.flatnonzero(known["said_on"].to_numpy(dtype=np.int64) <= self.export.day)
        state[old[at]] = at  # of equal keys the last position stays
        return state

    @cached_property
    def _next(self) -> Ints:
        """For each key the day on which something was told of it next, after that of the export; beyond all days."""
        _, old, known, _ = self._keys
        said = known["said_on"].to_numpy(dtype=np.int64)
        later = np.flatnonzero(said > self.export.day)[::-1]
        following = np.full(len(self._state), np.iinfo(np.int64).max, dtype=np.int64)
        following[old[later]] = said[later]
        return following

    @cached_property
    def _is_present(self) -> Flags:
        return self.known["present"].to_numpy(dtype=np.bool_)

    @cached_property
    def _sources(self) -> NDArray[Any]:
        """The source of each row told before."""
        versions = self._keys[3]
        names = np.array(["", *(record.source for record in self.exports.records)], dtype=object)
        return names[versions]

    @cached_property
    def _is_own(self) -> Flags:
        return np.asarray(self._sources == self.export.source, dtype=np.bool_)

    @cached_property
    def _sources_after(self) -> Flags:
        """Whether another source told something of a key after the day of the export, by key."""
        _, old, known, _ = self._keys
        foreign = np.array([self.export.source, "direct"], dtype=object)
        later = known["said_on"].to_numpy(dtype=np.int64) > self.export.day
        told = np.zeros(len(self._state), dtype=np.bool_)
        told[old[later & ~np.isin(self._sources.astype(str), foreign.astype(str))]] = True
        return told

    def _next_snapshot(self, source: str) -> int | None:
        """The day of the next snapshot of a source after the export that held the same; None when there is none."""
        roles = self.export.roles if self.roles is None else self.roles & self.export.roles
        if not roles:
            return None
        days = np.concatenate([self.exports.snapshot_days(source, role) for role in sorted(roles)])
        later = days[days > self.export.day]
        return int(later.min()) if len(later) else None

    def _restored(self, tell: Flags) -> list[pd.DataFrame]:
        """What the next snapshot of this source said, where it said what was known before this export came late."""
        day = self._next_snapshot(self.export.source)
        if day is None:
            return []
        keys, old = self._keys[0], self._keys[1]
        again = np.flatnonzero(tell & (self._next[keys] > day))
        state = self.before[again]
        own = np.zeros(len(state), dtype=np.bool_)
        own[state >= 0] = self._is_own[state[state >= 0]]
        back = np.concatenate([state[own], self.vanished[self._next[old[self.vanished]] > day]])
        parts = [self.known.iloc[back].assign(said_on=np.int64(day))]
        if self.vanishes:
            first = self.new.iloc[again[state < 0]]
            parts.append(first[~_is_on_account(first)].assign(said_on=np.int64(day), present=False))
        return parts


def _is_on_account(rows: pd.DataFrame) -> Flags:
    """Money on account comes from payments, and those never vanish; shape (n,)."""
    if "kind" not in rows.columns:
        return np.zeros(len(rows), dtype=np.bool_)
    return np.asarray((rows["kind"] == "on_account").to_numpy(), dtype=np.bool_)
