"""The calendar of exports: which source exported when, and so when something that states no day became known.

`known_on = min(day of the export, max(happened_on + posting lag, day after the newest earlier export))`: it depends on
the exports' own days, never on when they were imported.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from ledger.days import NEVER, to_day

INVOICES, PAYMENTS = "invoices", "payments"
BOOK = frozenset({INVOICES, PAYMENTS})
"""What makes an import an export of the book; customers or rates alone say nothing of what is owed or was paid."""

DIRECT = "direct"
"""The source of facts that no file told."""

Days = NDArray[np.int64]


@dataclass(frozen=True)
class ImportRecord:
    """One accepted import: `rows` rows told, the day of the export, and when our store got it (UTC; None if not told).

    `roles` are what its files held; a `snapshot` holds all that its source shows, an `append` only adds.
    """

    import_id: int
    source: str
    files: tuple[str, ...]
    file_sha256: tuple[str, ...]
    as_of: date
    version: int
    recorded_at: datetime | None
    rows: int
    mode: str
    roles: tuple[str, ...]
    posting_lag_days: int

    @property
    def is_book(self) -> bool:
        """Whether it says what is owed or was paid up to its day."""
        return not BOOK.isdisjoint(self.roles)


@dataclass(frozen=True)
class Exports:
    """The accepted imports up to one version, oldest version first; `erased`: a digest of who was erased of them."""

    records: Sequence[ImportRecord]
    erased: str = ""

    def book_days(self, source: str) -> tuple[date, ...]:
        """The days of the exports of the book by one source, each once, ascending."""
        return tuple(sorted({record.as_of for record in self.records if record.source == source and record.is_book}))

    def newest_book_day(self) -> date | None:
        """The newest day on which any source exported the book; None when there is none."""
        return max((record.as_of for record in self.records if record.is_book), default=None)

    def snapshot_days(self, source: str, role: str) -> Days:
        """The days of the snapshots of one source that held `role`, ascending, in whole days."""
        days = {
            to_day(r.as_of) for r in self.records if r.source == source and r.mode == "snapshot" and role in r.roles
        }
        return np.array(sorted(days), dtype=np.int64)

    def known_on(self, happened_on: Days, said_on: Days, version: Days) -> Days:
        """The evening from which something new was known that an export stated no day for; all of shape (n,).

        Args:
            happened_on: the day it happened; said_on: the day of the export that said it first.
            version: of the import that brought it: its source's other exports and posting lag count.
        """
        known = np.array(said_on, dtype=np.int64)
        for record in self.records:
            mine = np.flatnonzero(version == record.version)
            if not len(mine):
                continue
            days = np.array([to_day(day) for day in self.book_days(record.source)], dtype=np.int64)
            at = np.searchsorted(days, said_on[mine], side="left") - 1
            lagged = happened_on[mine] + record.posting_lag_days
            after_previous = np.where(at >= 0, days[np.maximum(at, 0)] + 1, -NEVER) if len(days) else -NEVER
            known[mine] = np.minimum(said_on[mine], np.maximum(lagged, after_previous))
        return known

    def source_of(self, version: int) -> str:
        """The source of one accepted import."""
        return self.records[version - 1].source
