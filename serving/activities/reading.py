"""What was recorded about accounts, as it is told: of one account, since an evening, of some kinds."""

from collections.abc import Collection
from datetime import date

from ledger import desk_journal as journal
from ledger.desk_journal import Recorded
from serving.activities.bodies import Json, activity_json, page_of
from serving.activities.effort import standing
from serving.activities.said import Dispute, Resolution
from serving.published.desk import Desk


class Activities:
    """The activities that were recorded about the accounts of a desk.

    Args:
        desk: whose newest list says which accounts there are.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk, self.store = desk, desk.store

    def version(self, customer_id: str) -> int:
        """How many changes people made to the account."""
        newest = self.newest(customer_id)
        return newest.account_version if newest else 0

    def activities(
        self, customer_id: str, *, below: int | None = None, limit: int = 50, until: date | None = None
    ) -> Json:
        """A page of what was recorded about an account, newest first; `below` an account version; with `until` as it
        was known on that evening.

        Raises `NothingPublished` or `UnknownAccount` where nothing was recorded and no such account is known.
        """
        page = self.recorded(customer_id, below=below, limit=limit, until=until)
        if not page["account_version"] and self.newest(customer_id) is None:
            self.desk.account(customer_id)
        return page

    def recorded(
        self, customer_id: str, *, below: int | None = None, limit: int = 50, until: date | None = None
    ) -> Json:
        """The same of whoever, on a list or not; empty where nothing was recorded."""
        with self.store.reading() as connection:
            rows = journal.of_account(connection, customer_id, below=below, limit=limit + 1, until=until)
            referring = journal.referring_to(connection, customer_id)
            newest = journal.of_account(connection, customer_id, limit=1, until=until)
        known = [row for row in referring if until is None or row.known_on <= until]
        return page_of(customer_id, newest[0].account_version if newest else 0, rows, known, limit)

    def since(self, customer_id: str, evening: date) -> list[Json]:
        """What was recorded about an account after an evening, newest first: its list does not know it."""
        with self.store.reading() as connection:
            rows = journal.of_account(connection, customer_id, limit=500)
            referring = journal.referring_to(connection, customer_id)
        return [activity_json(row, referring) for row in rows if row.known_on > evening]

    def after(self, customer_id: str, version: int) -> list[Json]:
        """What was recorded about an account since it was at a version, oldest first."""
        with self.store.reading() as connection:
            rows = journal.of_account(connection, customer_id)
            referring = journal.referring_to(connection, customer_id)
        return [activity_json(row, referring) for row in reversed(rows) if row.account_version > version]

    def versions(self) -> dict[str, int]:
        """How many changes people made to each account; accounts without any are not there."""
        with self.store.reading() as connection:
            return journal.versions(connection)

    def activity(self, customer_id: str, activity_id: str) -> Json | None:
        """One activity of an account; None where it has none of that id."""
        with self.store.reading() as connection:
            row = journal.one(connection, customer_id, activity_id)
            return activity_json(row, journal.referring_to(connection, customer_id)) if row else None

    def known_after(self, evening: date) -> list[Recorded]:
        """Everything that was recorded since an evening, newest first."""
        with self.store.reading() as connection:
            return journal.known_after(connection, evening)

    def of_kinds(self, kinds: Collection[str], until: date | None = None, since: date | None = None) -> list[Recorded]:
        """Everything of some kinds that was recorded (after one evening, and known on another, when given), and every
        undo; newest first."""
        with self.store.reading() as connection:
            return journal.of_kinds(connection, kinds, until=until, since=since)

    def newest(self, customer_id: str) -> Recorded | None:
        """What was recorded last about an account; None where nothing was."""
        with self.store.reading() as connection:
            return journal.newest_of(connection, customer_id)

    def open_disputes(self, customer_id: str) -> list[Json]:
        """The disputes of an account that were recorded here and have not ended, newest first."""
        with self.store.reading() as connection:
            rows = journal.of_account(connection, customer_id)
        ended = {row.refers_to for row in standing(rows) if row.kind == Resolution.kind}
        return [activity_json(row, []) for row in standing(rows)
                if row.kind == Dispute.kind and row.activity_id not in ended]  # fmt: skip
