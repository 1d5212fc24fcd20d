"""`Ledger`: the one door to what the company knows about what it is owed.

`load` adds facts, whole or not at all; `as_of` shows the evening of one day. Nothing is ever overwritten.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

import pandas as pd

from ledger.days import to_date
from ledger.errors import BeforeFirstFact, ChangedApplication, EmptyLedger, OrphanApplication
from ledger.facts import Facts
from ledger.store import ImportRecord, LedgerStore, StoredFacts
from ledger.view import LedgerView

MASTERS = "masters/"
"""Leads the source of what holds customers or rates alone. It says nothing of what is owed or was paid up to its day,
so it is no export of the book: neither `newest_day` nor `previous_exports` counts it."""


class Ledger:
    """The ledger in one database."""

    def __init__(self, store: LedgerStore) -> None:
        self.store = store
        self._read: dict[int, StoredFacts] = {}

    @classmethod
    def open(cls, url: str) -> "Ledger":
        """The ledger behind a database URL.

        Raises the errors of `LedgerStore.check` when the database is not ours or not of this version of payrisk.
        """
        store = LedgerStore(url)
        store.check()
        return cls(store)

    def close(self) -> None:
        """Give the connections back."""
        self.store.close()

    @property
    def version(self) -> int:
        """How many imports and records were accepted; 0 for an empty ledger."""
        return self.store.newest_version()

    def load(
        self,
        facts: Facts,
        *,
        source: str = "direct",
        as_of: date | None = None,
        recorded_at: datetime | None = None,
        files: Sequence[tuple[str, str]] = (),
        computed_on: int | None = None,
    ) -> int:
        """Add facts to the ledger, all of them or none; returns the new version.

        Args:
            facts: what was learned.
            source: the mapping that read it, or `direct`; led by `MASTERS` for customers and rates alone.
            as_of: day of the export; without it the newest day on which one of the facts became known.
            recorded_at: when our store got it, an instant with its zone.
            files: name and SHA-256 of each file it came from. A load of files sweeps what dead imports left behind;
                one that still runs elsewhere is refused at its next step (`ImportSwept`) and can be run again.
            computed_on: the version that the facts were compared with; None when they hold whatever is known.

        Facts that hold nothing, without an `as_of`, change nothing. Raises `OrphanApplication`, `ChangedApplication`,
        and `LedgerMoved` when another import was accepted since `computed_on`.
        """
        newest = facts.newest_known_on()
        if as_of is None and newest is None:
            return self.version
        if as_of is None and facts.items.empty and facts.applications.empty:
            source = MASTERS + source
        self.check(facts)
        if files:
            self.store.sweep()
        day = as_of if as_of is not None else to_date(newest or 0)
        import_id = self.store.begin_import(source, [n for n, _ in files], [sha for _, sha in files], day, recorded_at)
        self.store.write(import_id, facts)
        return self.store.accept(import_id, computed_on)

    def check(self, facts: Facts) -> None:
        """That the facts fit what is known: each payment has its item, and no known payment is told differently.

        Raises `OrphanApplication` and `ChangedApplication`.
        """
        if facts.applications.empty:
            return
        stored = self._stored(None)
        known = set(stored.items["item_id"]) | set(facts.items["item_id"])
        orphans = facts.applications[~facts.applications["item_id"].isin(known)]
        if len(orphans):
            raise OrphanApplication(str(orphans.iloc[0]["application_id"]), str(orphans.iloc[0]["item_id"]))

        values = ["item_id", "kind", "amount_minor", "happened_on"]
        both = facts.applications.merge(stored.applications, on="application_id", suffixes=("", "_stored"))
        for name in values:
            changed = both[both[name] != both[f"{name}_stored"]]
            if len(changed):
                raise ChangedApplication(str(changed.iloc[0]["application_id"]))

    def as_of(self, day: date, known_by: date | None = None, version: int | None = None) -> LedgerView:
        """What was known on the evening of `day`: the only door to the facts.

        Args:
            day: the evening looked at. A day after the newest fact shows all facts, aged to that day.
            known_by: the evening whose knowledge is used; later than `day` only for reports, which say so.
            version: look with the ledger as it stood after that many imports; default: as it stands.

        Raises `EmptyLedger`, or `BeforeFirstFact` when no item is known by that evening.
        """
        stored = self._stored(version)
        first = _first_day(stored)
        if (known_by or day) < first:
            raise BeforeFirstFact(known_by or day, first)
        return LedgerView.of_facts(
            day,
            stored.items,
            stored.applications,
            stored.customers,
            stored.rates,
            known_by=known_by,
            version=stored.version,
        )

    def first_day(self) -> date:
        """The first evening on which an item was known. Raises `EmptyLedger`."""
        return _first_day(self._stored(None))

    def newest_day(self) -> date:
        """The newest day of an accepted export (of a direct load: of its facts), of any source.

        Customers and rates alone do not count. Raises `EmptyLedger`.
        """
        days = [record.as_of for record in self.imports() if not record.source.startswith(MASTERS)]
        if not days:
            raise EmptyLedger
        return max(days)

    def imports(self) -> list[ImportRecord]:
        """The accepted imports and direct loads, oldest first."""
        return self.store.imports()

    def previous_exports(self, source: str) -> tuple[date, ...]:
        """The days of the exports of one source that were accepted, each once, ascending."""
        return tuple(sorted({record.as_of for record in self.imports() if record.source == source}))

    def newest_export(self, source: str) -> date | None:
        """The day of the newest accepted export of one source; None when there is none."""
        return max(self.previous_exports(source), default=None)

    def newer_export_of(self, item_ids: Iterable[str], source: str, day: date) -> ImportRecord | None:
        """The newest export of another source, after `day`, when any export of that source held one of the items."""
        newest = {record.source: record for record in self.imports() if record.source != source and record.as_of > day}
        for name, record in newest.items():
            seen = self.store.seen_by(name)
            if any(item_id in seen for item_id in item_ids):
                return record
        return None

    def reconcile(self, day: date) -> pd.DataFrame:
        """Whether what is open is what was billed less what was applied, on the evening of `day`.

        One row per currency, ordered by it, in its minor units: `open_items` (how many), `open_minor` as the queue
        sees it, `billed_minor` and `applied_minor` over all items, `difference_minor` (0 when the ledger reconciles;
        else payments are applied to items not known that evening, or the ledger is damaged).
        """
        view = self.as_of(day)
        current = view.items.drop_duplicates("item_id", keep="last")
        open_items = view.open_items().groupby("currency")["open_minor"].agg(["size", "sum"])
        currency = current.set_index("item_id")["currency"]
        applied = view.applications.groupby(view.applications["item_id"].map(currency))["amount_minor"].sum()
        billed = current.groupby("currency")["amount_minor"].sum()
        table = pd.DataFrame(
            {
                "open_items": open_items["size"],
                "open_minor": open_items["sum"],
                "billed_minor": billed,
                "applied_minor": applied,
            },
            index=billed.index.sort_values(),
        )
        table = table.fillna(0).astype("int64")
        table["difference_minor"] = table["open_minor"] - (table["billed_minor"] - table["applied_minor"])
        return table.reset_index(names="currency")

    def _stored(self, version: int | None) -> StoredFacts:
        newest = self.version
        wanted = newest if version is None else min(version, newest)
        if wanted not in self._read:
            # One past version may be replayed beside the newest; more would only fill memory.
            self._read = {v: facts for v, facts in self._read.items() if v == newest}
            self._read[wanted] = self.store.read(wanted)
        return self._read[wanted]


def _first_day(stored: StoredFacts) -> date:
    if stored.items.empty:
        raise EmptyLedger
    return to_date(int(stored.items["known_on"].min()))
