"""`Ledger`: the one door to what the company knows about what it is owed.

`load` adds facts, whole or not at all; `as_of` shows the evening of one day. Nothing is ever overwritten.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import date, datetime
from itertools import groupby
from pathlib import Path

import pandas as pd

from ledger.activity import require_unchanged
from ledger.books.reconcile import reconcile
from ledger.cache import Cache
from ledger.days import to_date
from ledger.derivation import StoredFacts, derive
from ledger.desk_journal import DESK, Connection, Recorded, after, last_heard, remember_heard
from ledger.desk_telling import told_by_desk
from ledger.errors import (
    BeforeFirstFact,
    ChangedApplication,
    EmptyLedger,
    ImportSwept,
    LedgerMoved,
    OrphanApplication,
)
from ledger.exports import DIRECT, INVOICES, PAYMENTS, Exports, ImportRecord
from ledger.facts import Facts
from ledger.store import LedgerStore
from ledger.told import Told
from ledger.view import LedgerView


class Ledger:
    """The ledger in one database."""

    def __init__(self, store: LedgerStore, cache: Path | None = None) -> None:
        self.store = store
        self._cache = Cache(cache, lambda: store.erased()[0])
        self._known_exports = Exports([])

    @classmethod
    def open(cls, url: str, cache: Path | None = None) -> "Ledger":
        """The ledger behind a database URL.

        Args:
            cache: a folder for its columns, so that they are not read from SQL again; it may be deleted at any time.

        Raises the errors of `LedgerStore.check` when the database is not ours or not of this version of payrisk.
        """
        store = LedgerStore(url)
        store.check()
        return cls(store, cache)

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
        source: str = DIRECT,
        as_of: date | None = None,
        recorded_at: datetime | None = None,
    ) -> int:
        """Book facts that state their own days, all of them or none; returns the new version.

        Args:
            facts: what was learned.
            source: who learned it.
            as_of: day of the export; without it the newest day on which one of the facts became known.
            recorded_at: when our store got it, an instant with its zone.

        Facts that hold nothing, without an `as_of`, change nothing. Raises `OrphanApplication`, `ChangedApplication`
        and `ChangedContact`.
        """
        newest = facts.newest_known_on()
        if as_of is None and newest is None:
            return self.version
        self.check(facts)
        roles = {kind for kind, frame in facts.frames().items() if len(frame)} - {"items", "applications"}
        if as_of is not None or len(facts.items) or len(facts.applications):
            roles |= {INVOICES, PAYMENTS}
        day = as_of if as_of is not None else to_date(newest or 0)
        return self.tell(Told.of_facts(facts), source=source, as_of=day, roles=roles, recorded_at=recorded_at)

    def tell(
        self,
        said: Told,
        *,
        source: str,
        as_of: date,
        roles: Collection[str],
        mode: str = "append",
        posting_lag_days: int = 0,
        recorded_at: datetime | None = None,
        files: Sequence[tuple[str, str]] = (),
        computed_on: int | None = None,
        before_accepting: Callable[[int], None] = lambda _: None,
        wrote: Callable[[int], None] = lambda _: None,
        also: Callable[[Connection, int], None] = lambda *_: None,
    ) -> int:
        """Add what an export told, all of it or none; returns the new version.

        Args:
            said: the rows, as `ledger.telling` makes them.
            source: the mapping that read it; as_of: its day; roles, mode: what its files held.
            posting_lag_days: from an event to its booking, where the rows state no booking day.
            recorded_at: when our store got it, an instant with its zone.
            files: name and SHA-256 of each file it came from. An import of files sweeps what dead ones left behind;
                one that still runs elsewhere is refused at its next step (`ImportSwept`) and can be run again.
            computed_on: the version that the rows were compared with.
            before_accepting: called with the id of the import, while nobody reads it yet.
            wrote: called with the number of rows written so far, between two batches.
            also: called with the version in the transaction that accepts it; when it fails, nothing is accepted.

        Raises `LedgerMoved` when another import was accepted since `computed_on`.
        """
        if files:
            self.store.sweep()
        import_id = self.store.begin_import(
            source, [name for name, _ in files], [sha256 for _, sha256 in files], as_of, recorded_at,
            mode=mode, roles=roles, posting_lag_days=posting_lag_days,
        )  # fmt: skip
        self.store.write(import_id, said, wrote)
        before_accepting(import_id)
        version = self.store.accept(import_id, computed_on, also)
        if computed_on == version - 1:
            exports, (_, gone) = self.exports(), self.store.erased()
            if not said.names_any_of(gone):  # else erased since it was heard; the store has it without the name
                self._cache.keep_told(exports, self.told(computed_on).with_news(said, version))
        return version

    def hear_desk(self, recorded_at: datetime | None = None) -> int:
        """Bring what people recorded at the desk (`ledger.desk_journal`) into the ledger, as one import of source
        `desk` for each day; returns the version, which stays where nothing new was recorded.

        Every fact keeps the day on which it was recorded. Killed in between, the next call hears the rest; of two at
        once both may tell the same, which is told once.
        """
        with self.store.reading() as connection:
            rows = after(connection, last_heard(connection))
        try:
            for day, of_day in groupby(rows, key=lambda row: row.known_on):
                self._hear(day, list(of_day), recorded_at)
        except (ImportSwept, LedgerMoved):  # an export came in between
            return self.hear_desk(recorded_at)
        return self.version

    def _hear(self, day: date, rows: list[Recorded], recorded_at: datetime | None) -> None:
        said = told_by_desk(rows)
        if not len(said):
            return

        def remember(import_id: int) -> None:
            with self.store.writing() as connection:
                remember_heard(connection, import_id, rows[-1].sequence)

        roles = {kind for kind, frame in said.frames().items() if len(frame)}
        self.tell(
            said, source=DESK, as_of=day, roles=roles, recorded_at=recorded_at, computed_on=self.version,
            before_accepting=remember,
        )  # fmt: skip

    def decisive_version(self, as_of: date) -> int:
        """The newest version that can say something of an evening: what people recorded on later days cannot."""
        records = self.exports().records
        return max((one.version for one in records if one.source != DESK or one.as_of <= as_of), default=0)

    def check(self, facts: Facts) -> None:
        """That the facts fit what is known: each payment has its item, no known payment or contact is told differently.

        Raises `OrphanApplication`, `ChangedApplication` and `ChangedContact`.
        """
        if facts.applications.empty and facts.contacts.empty:
            return
        stored = self._stored(None)
        require_unchanged(facts.contacts, stored.contacts)
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
            disputes=stored.disputes,
            absences=stored.absences,
            contacts=stored.contacts,
            promises=stored.promises,
            holds=stored.holds,
            callbacks=stored.callbacks,
            known_by=known_by,
            version=stored.version,
            ordered=True,
        )

    def at(self, version: int) -> "Ledger":
        """The ledger as it stood after so many imports, whatever is imported meanwhile; to be read, not written."""
        return _LedgerAt(self.store, self._cache, version)

    def first_day(self) -> date:
        """The first evening on which an item was known. Raises `EmptyLedger`."""
        return _first_day(self._stored(None))

    def newest_day(self) -> date:
        """The newest day of an accepted export (of a direct load: of its facts), of any source.

        Customers, rates and what collectors tell do not count. Raises `EmptyLedger`.
        """
        newest = self.exports().newest_book_day()
        if newest is None:
            raise EmptyLedger
        return newest

    def imports(self) -> list[ImportRecord]:
        """The accepted imports and direct loads, oldest first."""
        return list(self.exports().records)

    def told(self, version: int | None = None) -> Told:
        """All that was told up to a version; default: as it stands."""
        exports = self.exports(version)
        return self._cache.told(exports, lambda: self.store.told(len(exports.records)))

    def exports(self, version: int | None = None) -> Exports:
        """The calendar of the imports up to a version; default: as it stands."""
        newest = self.version
        if len(self._known_exports.records) != newest:
            self._known_exports = self.store.exports(newest)
        wanted = newest if version is None else min(version, newest)
        return Exports(self._known_exports.records[:wanted], self.store.erased()[0])

    def forget_columns(self) -> None:
        """Throw the kept columns away; they are made again of the store. Raises `OSError`."""
        self._cache.forget()

    def previous_exports(self, source: str) -> tuple[date, ...]:
        """The days on which one source exported the book, each once, ascending."""
        return self.exports().book_days(source)

    def newest_export(self, source: str) -> date | None:
        """The newest day on which one source exported the book; None when there is none."""
        return max(self.previous_exports(source), default=None)

    def reconcile(self, day: date) -> pd.DataFrame:
        """Whether what is open is what was billed less what was applied, on the evening of `day`.

        One row per currency, ordered by it, in its minor units: `open_items` (how many), `open_minor` as the queue
        sees it, `billed_minor` and `applied_minor` over all items, `difference_minor` (0 when the ledger reconciles;
        else `ledger.books.reconcile` names the items that make it).
        """
        return reconcile(self.as_of(day)).by_currency()

    def _stored(self, version: int | None) -> StoredFacts:
        exports = self.exports(version)
        return self._cache.facts(exports, lambda: derive(self.told(version), exports, len(exports.records)))


class _LedgerAt(Ledger):
    """A ledger that stays at one version; it shares the connections and the columns of the one it was made from."""

    def __init__(self, store: LedgerStore, cache: Cache, version: int) -> None:
        self.store, self._cache, self._version = store, cache, version
        self._known_exports = Exports([])

    @property
    def version(self) -> int:
        """The version at which it stays."""
        return self._version


def _first_day(stored: StoredFacts) -> date:
    if stored.items.empty:
        raise EmptyLedger
    return to_date(int(stored.items["known_on"].min()))
