"""The desk's reading side: what was published, as the bodies that API, pages and command line share.

Nothing is computed here: bodies come from the store as they were validated when the run was published.
"""

import base64
import binascii
import json
from dataclasses import replace
from datetime import date
from decimal import ROUND_CEILING, Decimal

from ledger.money import EXPONENT
from serving.bodies import Json
from serving.errors import BadCursor, NothingPublished, NotListed, UnknownAccount
from serving.morning.run_log import RunLog
from serving.notices import MODE_NOTICES
from serving.own_lines import head_of
from serving.people.access import EVERYTHING, Sight
from serving.store import PublishedRun, ServingStore

MOST_LINES = 500
"""The most lines one request may ask for."""


class Desk:
    """The published lists behind one store."""

    def __init__(self, store: ServingStore) -> None:
        self.store = store
        self.daily_runs = RunLog(store)

    def queue(
        self,
        as_of: date | None = None,
        *,
        min_amount: Decimal | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        sight: Sight = EVERYTHING,
    ) -> Json:
        """The list of an evening (None: the newest published), or a page of it.

        Args:
            as_of: the evening; its newest run is shown. A cursor stays with the run that gave it. Without one, and
                when the newest daily run failed, the list published before it, in mode `last_queue`.
            min_amount: overdue money in the reporting currency that a line has at least.
            cursor: `next_cursor` of the page before.
            limit: lines of this page; None: all of them.
            sight: whose lines are seen; ranks stay those of the whole list, the figures are of what is seen.

        Raises:
            NothingPublished: when there is no run for that evening.
            BadCursor: when this list did not give the cursor.
        """
        run, after = self.run(as_of), 0
        if cursor is not None:
            run, after = self._continued(run, cursor)
        reporting = run.head["summary"]["overdue"]["currency"]
        found = self.store.lines(
            run.run_id,
            after_rank=after,
            limit=None if limit is None else limit + 1,
            min_overdue_minor=None if min_amount is None else _minor_at_least(min_amount, reporting),
            collectors=sight.collectors,
        )
        shown = found if limit is None else found[:limit]
        more = len(found) > len(shown)
        head = run.head
        if sight.collectors is not None:
            whole = found if not more and after == 0 and min_amount is None else None
            head = head_of(head, whole or self.store.lines(run.run_id, collectors=sight.collectors))
        return {**head, "items": shown, "next_cursor": _cursor(run.run_id, shown[-1]["rank"]) if more else None}

    def account(self, customer_id: str, as_of: date | None = None, sight: Sight = EVERYTHING) -> Json:
        """An account with its open items, on the list or not. Raises `NothingPublished` or `UnknownAccount`.

        One that is not seen is unknown, to the letter.
        """
        run = self.run(as_of)
        body = self._account(run, customer_id, sight)
        return {**body, "run": run_body(run)}

    def queue_item(self, customer_id: str, as_of: date | None = None, sight: Sight = EVERYTHING) -> Json:
        """One line of an evening's list with its open items: all its reasons, and why it has its rank.

        Raises `NothingPublished`, `UnknownAccount`, or `NotListed` for an account that is not on that list.
        """
        run = self.run(as_of)
        account = self._account(run, customer_id, sight)
        line = self.store.line(run.run_id, customer_id)
        if line is None:
            raise NotListed(customer_id, run.as_of, account["standing"])
        return {**line, "items": account["items"], "run": run_body(run)}

    def held(self, as_of: date | None = None, sight: Sight = EVERYTHING) -> list[Json]:
        """The accounts that a rule holds on an evening, by id. Raises `NothingPublished`."""
        bodies = self.store.accounts_standing(self.run(as_of).run_id, "held")
        return [body for body in bodies if sight.sees(body.get("collector", ""))]

    def evenings(self) -> list[date]:
        """The evenings with a published list, newest first."""
        return self.store.evenings()

    def require_shown(self, customer_id: str, sight: Sight) -> None:
        """That an account of the newest list is seen. Raises `NothingPublished` or `UnknownAccount`."""
        self._account(self.run(), customer_id, sight)

    def _account(self, run: PublishedRun, customer_id: str, sight: Sight) -> Json:
        body = self.store.account(run.run_id, customer_id)
        if body is None or not sight.sees(body.get("collector", "")):
            raise UnknownAccount(customer_id, run.as_of)
        return body

    def run(self, as_of: date | None = None) -> PublishedRun:
        """The run that an evening is read from, see `queue`. Raises `NothingPublished`."""
        run = self.store.newest_run(as_of)
        if run is None:
            raise NothingPublished(as_of)
        return run if as_of is not None else self._flagged(run)

    def _flagged(self, newest: PublishedRun) -> PublishedRun:
        """The newest list; when the daily run failed since, it says so: mode `last_queue`, and why first of all."""
        why = self.daily_runs.failure()
        if why is None:
            return newest
        notices = [f"{MODE_NOTICES['last_queue']} {why}", *newest.head["notices"]]
        return replace(newest, head={**newest.head, "mode": "last_queue", "notices": notices})

    def _continued(self, newest: PublishedRun, cursor: str) -> tuple[PublishedRun, int]:
        """The run a cursor belongs to, so that a list published meanwhile does not shift the pages."""
        try:
            run_id, rank = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii") + b"=="))
            if not (
                isinstance(run_id, str)
                and run_id.isascii()
                and run_id.isprintable()
                and type(rank) is int
                and 0 < rank < 2**31
            ):
                raise ValueError
        except (ValueError, TypeError, binascii.Error, RecursionError):
            raise BadCursor(cursor) from None
        run = newest if run_id == newest.run_id else self.store.run(run_id)
        if run is None or run.as_of != newest.as_of:
            raise BadCursor(cursor)
        return run, rank


def queue_body(store: ServingStore, as_of: date | None = None) -> Json:
    """The whole published list of an evening (None: the newest), the same object that the API answers."""
    return Desk(store).queue(as_of)


def run_body(run: PublishedRun) -> Json:
    """A run as accounts and reports name it: its head without the sums of the list."""
    return {name: value for name, value in run.head.items() if name != "summary"}


def _cursor(run_id: str, rank: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([run_id, rank]).encode()).decode().rstrip("=")


def _minor_at_least(amount: Decimal, currency: str) -> int:
    """The smallest whole number of minor units that reaches the amount, within what a database can compare."""
    if amount.adjusted() > 15:
        return 2**62 if amount > 0 else -(2**62)
    return int(amount.scaleb(EXPONENT[currency]).to_integral_value(ROUND_CEILING))
