"""The desk's reading side: what was published, as the bodies that API, pages and command line share.

Nothing is computed here: bodies come from the store as they were validated when the run was published.
"""

import gzip
import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from functools import lru_cache, partial
from typing import NamedTuple

from ledger.database import storable
from ledger.kept_reads import KeptReads
from ledger.money import EXPONENT
from serving.errors import BadCursor, NothingPublished, NotListed, UnknownAccount
from serving.listing.standing import Standing
from serving.morning.run_log import RunLog
from serving.people.access import EVERYTHING, Sight
from serving.privacy.pseudonyms import Pseudonyms
from serving.privacy.unnamed import Unnamed
from serving.published.bodies import Json, json_text
from serving.published.kept_pages import KeptPages
from serving.published.own_lines import figures_of, head_of, without_others
from serving.published.store import PublishedRun, ServingStore
from serving.published.which import NEWEST_LIST, Which, cursor_of, read_cursor
from serving.scoring.notices import MODE_NOTICES

MOST_LINES = 500
"""The most lines one request may ask for."""

MOST_KEPT_BYTES = 32 * 2**20
"""Of pages that are kept as they were answered: more than a thousand of 50 lines, packed."""

PACKED = 5
"""How hard answers are packed: a page of the list takes a third of the time that 9 takes, and an eighth more bytes."""

MOST_OWN_FIGURES = 500
"""Of how many collectors and lists it is remembered what their lines come to."""

MOST_RUNS = 8
"""Of how many runs it is remembered what stands in their accounts."""

BROKEN_DAYS = 90
"""How long a broken promise is chased by its own tab."""

NEWEST = "the newest list"


class _Page(NamedTuple):
    """Which lines of a run, in a state of it: below the rank `after`, with `least` minor units overdue, of these
    collectors, whose lines are about the accounts `seen`, of a `segment`; `unnamed`: without names and ids."""

    run_id: str
    state: str
    after: int
    limit: int | None
    least: int | None
    collectors: frozenset[str] | None
    seen: frozenset[str] | None
    unnamed: bool = False
    segment: str | None = None


class Desk:
    """The published lists behind one store."""

    def __init__(self, store: ServingStore) -> None:
        self.store = store
        self.daily_runs = RunLog(store)
        self._pages = KeptPages(MOST_KEPT_BYTES)
        self._runs: KeptReads[PublishedRun] = KeptReads(store.written)
        self._evenings: KeptReads[list[date]] = KeptReads(store.written)
        # A published list in one state does not change: what a collector's own lines come to is worked out once.
        self._own = lru_cache(MOST_OWN_FIGURES)(self._own_lines)
        self._pseudonyms = Pseudonyms(store)
        self._unnamed = Unnamed(self._pseudonyms)
        self._broken = lru_cache(MOST_RUNS)(self._broken_of)
        self._due = lru_cache(MOST_RUNS)(self._due_of)

    def queue(self, which: Which = NEWEST_LIST) -> Json:
        """The list of an evening, or a page of it.

        Raises:
            NothingPublished: when there is no run for that evening.
            BadCursor: when this list did not give the cursor.
        """
        head, page = self._page(self.run(which.as_of), which)
        found, next_cursor = self._lines(page)
        items = [json.loads(body) for body in found]
        if page.unnamed:
            head, items = self._unnamed.head(head), [self._unnamed.line(line) for line in items]
        return {**head, "items": items, "next_cursor": next_cursor}

    def queue_json(self, which: Which = NEWEST_LIST, *, packed: bool = False) -> bytes:
        """The same as JSON in UTF-8, the lines joined as they were stored, and none of them read; made once.

        Args:
            packed: as gzip.
        """
        head, page = self._page(self.run(which.as_of), which)
        told = json_text(head)
        return self._pages.get((told, page, packed), lambda: self._joined(told, page, packed))

    def kept_queue_json(self, which: Which = NEWEST_LIST, *, packed: bool = False) -> bytes | None:
        """The same, where it is certain without asking the database; of the whole newest list alone, else None."""
        run = self._runs.known(NEWEST)
        if run is None or which.as_of is not None or which.sight.collectors is not None:
            return None
        if which.cursor is not None and read_cursor(which.cursor)[0] != run.run_id:
            return None
        head, page = self._page(run, which)
        return self._pages.known((json_text(head), page, packed))

    def _page(self, run: PublishedRun, which: Which) -> tuple[Json, _Page]:
        """The head of a page of an evening's run, and which lines stand on it."""
        after, sight = 0, which.sight
        if which.cursor is not None:
            run, after = self._continued(run, which.cursor, which.as_of)
        head, collectors, seen = run.head, None if sight.unnamed else sight.collectors, None
        reporting = head["summary"]["overdue"]["currency"]
        if collectors is not None:
            figures, seen = self._own(run.run_id, run.state, reporting, collectors)
            head = head_of(head, figures)
        least = None if which.min_amount is None else _minor_at_least(which.min_amount, reporting)
        if which.collector is not None:
            asked = frozenset({storable(which.collector)})
            collectors = asked if collectors is None else asked & collectors
            collectors = frozenset() if sight.unnamed else collectors  # nor are they told who calls whom
        segment = None if which.segment is None else storable(which.segment)
        return head, _Page(run.run_id, run.state, after, which.limit, least, collectors, seen, sight.unnamed, segment)

    def _lines(self, page: _Page) -> tuple[list[bytes], str | None]:
        """The lines of a page as JSON, and `next_cursor`."""
        found = self.store.stored_lines(
            page.run_id,
            after_rank=page.after,
            limit=None if page.limit is None else page.limit + 1,
            min_overdue_minor=page.least,
            collectors=page.collectors,
            segment=page.segment,
        )
        shown = found if page.limit is None else found[: page.limit]
        bodies = [body for _, body in shown]
        if page.seen is not None:
            bodies = [json_text(without_others(json.loads(body), page.seen)).encode() for body in bodies]
        return bodies, cursor_of(page.run_id, shown[-1][0]) if len(found) > len(shown) else None

    def _joined(self, head: str, page: _Page, packed: bool) -> bytes:
        found, next_cursor = self._lines(page)
        if page.unnamed:
            head = json_text(self._unnamed.head(json.loads(head)))
            found = [self._unnamed_json(body) for body in found]
        before, after = f'{head[:-1]},"items":['.encode(), f'],"next_cursor":{json_text(next_cursor)}}}'.encode()
        joined = b"".join((before, *_with_commas(found), after))
        return gzip.compress(joined, PACKED, mtime=0) if packed else joined

    def _unnamed_json(self, line: bytes) -> bytes:
        return json_text(self._unnamed.line(json.loads(line))).encode()

    def _own_lines(
        self, run_id: str, _state: str, reporting: str, collectors: frozenset[str]
    ) -> tuple[Json, frozenset[str]]:
        """What the lines of these collectors come to, and the accounts that they are about."""
        own = self.store.lines(run_id, collectors)
        return figures_of(own, reporting), frozenset(line["customer_id"] for line in own)

    def _broken_of(self, run_id: str, _state: str, evening: date) -> frozenset[str]:
        since = (evening - timedelta(BROKEN_DAYS)).isoformat()
        newest = {
            customer_id: max((one for one in promises if one["state"] != "cancelled"), key=_promised_on, default=None)
            for customer_id, _, promises in self.store.promises(run_id, listed=True)
        }
        return frozenset(
            customer_id
            for customer_id, one in newest.items()
            if one is not None and one["state"] == "broken" and one["promised_on"] > since
        )

    def _due_of(self, run_id: str, _state: str, day: str) -> Counter[str]:
        return Counter(
            owner
            for _, owner, promises in self.store.promises(run_id, listed=False)
            for one in promises
            if one["state"] == "pending" and one["promised_on"] == day
        )

    def account(self, customer_id: str, as_of: date | None = None, sight: Sight = EVERYTHING) -> Json:
        """An account with its open items, on the list or not. Raises `NothingPublished` or `UnknownAccount`.

        One that is not seen is unknown, to the letter.
        """
        run = self.run(as_of)
        body = self._account(run, customer_id, sight)
        if sight.unnamed:
            return {**self._unnamed.account(body), "run": self._unnamed.head(run_body(run))}
        return {**body, "run": run_body(run)}

    def account_of_item(self, item_id: str, as_of: date | None = None, sight: Sight = EVERYTHING) -> Json:
        """The account that an open item belongs to, see `account`; `UnknownAccount` names the item."""
        run = self.run(as_of)
        customer_id = self.store.customer_of_item(run.run_id, item_id)
        if customer_id is None:
            raise UnknownAccount(item_id, run.as_of)
        return self.account(customer_id, as_of, sight)

    def account_json(self, customer_id: str, as_of: date | None = None, sight: Sight = EVERYTHING) -> bytes:
        """The same as JSON in UTF-8, as it was stored with its run behind it."""
        if sight.unnamed:
            return json_text(self.account(customer_id, as_of, sight)).encode()
        run = self.run(as_of)
        body = self.store.stored_account(run.run_id, customer_id)
        if body is None or not (sight.collectors is None or sight.sees(json.loads(body).get("collector", ""))):
            raise UnknownAccount(customer_id, run.as_of)
        return b'%b,"run":%b}' % (body[:-1], json_text(run_body(run)).encode())

    def queue_item(self, customer_id: str, as_of: date | None = None, sight: Sight = EVERYTHING) -> Json:
        """One line of an evening's list with its open items: all its reasons, and why it has its rank.

        Raises `NothingPublished`, `UnknownAccount`, or `NotListed` for an account that is not on that list.
        """
        run = self.run(as_of)
        account = self._account(run, customer_id, sight)
        line = self.store.line(run.run_id, account["customer_id"])
        if line is None:
            raise NotListed(customer_id, run.as_of, account["standing"])
        if sight.unnamed:
            items = [self._unnamed.item(one) for one in account["items"]]
            return {**self._unnamed.line(line), "items": items, "run": self._unnamed.head(run_body(run))}
        if sight.collectors is not None:
            reporting = run.head["summary"]["overdue"]["currency"]
            line = without_others(line, self._own(run.run_id, run.state, reporting, sight.collectors)[1])
        return {**line, "items": account["items"], "run": run_body(run)}

    def standing(self, standing: Standing, as_of: date | None = None, sight: Sight = EVERYTHING) -> list[Json]:
        """The accounts with a standing on an evening, by id. Raises `NothingPublished`."""
        bodies = self.store.accounts_standing(self.run(as_of).run_id, standing)
        return [body for body in bodies if sight.sees(body.get("collector", ""))]

    def broken(self, as_of: date | None = None) -> frozenset[str]:
        """The accounts of a list whose newest promise broke in the last `BROKEN_DAYS`. Raises `NothingPublished`."""
        run = self.run(as_of)
        return self._broken(run.run_id, run.state, run.as_of)

    def promised_for(self, day: date, as_of: date | None = None, sight: Sight = EVERYTHING) -> int:
        """How many promises known on an evening fall due on a day. Raises `NothingPublished`."""
        run = self.run(as_of)
        due = self._due(run.run_id, run.state, day.isoformat())
        return sum(count for owner, count in due.items() if sight.sees(owner))

    def evenings(self) -> list[date]:
        """The evenings with a published list, newest first."""
        return self._evenings.get("all", self.store.evenings) or []

    def require_shown(self, customer_id: str, sight: Sight) -> None:
        """That an account is seen, also one that paid all and so left the newest list: then by who saw it last.

        Raises `NothingPublished` or `UnknownAccount`.
        """
        if self.left(customer_id, sight) is None:
            self._account(self.run(), customer_id, sight)

    def left(self, customer_id: str, sight: Sight) -> Json | None:
        """An account that is not on the newest list, as it was when it last had open items; None for any other, and for
        one that is not seen. Raises `NothingPublished`."""
        if self.store.account(self.run().run_id, customer_id) is not None:
            return None
        last = self.store.last_account(customer_id)
        if last is None or not sight.sees(last[1].get("collector", "")):
            return None
        return {**last[1], "run": run_body(last[0])}

    def _account(self, run: PublishedRun, customer_id: str, sight: Sight) -> Json:
        meant = self._pseudonyms.meant(run.run_id, customer_id) if sight.unnamed else customer_id
        body = None if meant is None else self.store.account(run.run_id, meant)
        if body is None or not (sight.unnamed or sight.sees(body.get("collector", ""))):
            raise UnknownAccount(customer_id, run.as_of)
        return body

    def run(self, as_of: date | None = None) -> PublishedRun:
        """The run that an evening is read from, see `Which`. Raises `NothingPublished`."""
        run = self._runs.get(
            as_of or NEWEST, self._newest_list if as_of is None else partial(self.store.newest_run, as_of)
        )
        if run is None:
            raise NothingPublished(as_of)
        return run

    def _newest_list(self) -> PublishedRun | None:
        found = self.daily_runs.newest_list()
        return None if found is None else _flagged(*found)

    def _continued(self, newest: PublishedRun, cursor: str, as_of: date | None) -> tuple[PublishedRun, int]:
        """The run a cursor belongs to, so that a list published meanwhile does not shift the pages; of the newest list
        also one of a later evening."""
        run_id, rank = read_cursor(cursor)
        run = newest if run_id == newest.run_id else self.store.run(run_id)
        if run is None or (as_of is not None and run.as_of != as_of):
            raise BadCursor(cursor)
        return run, rank


def _flagged(newest: PublishedRun, failure: str | None) -> PublishedRun:
    """The newest list; when the daily run failed since, it says so: mode `last_queue`, and why first of all."""
    if failure is None:
        return newest
    notices = [f"{MODE_NOTICES['last_queue']} {failure}", *newest.head["notices"]]
    return replace(newest, head={**newest.head, "mode": "last_queue", "notices": notices})


def queue_body(store: ServingStore, as_of: date | None = None) -> Json:
    """The whole published list of an evening (None: the newest), the same object that the API answers."""
    return Desk(store).queue(Which(as_of))


def run_body(run: PublishedRun) -> Json:
    """A run as accounts and reports name it: its head without the sums of the list."""
    return {name: value for name, value in run.head.items() if name != "summary"}


def _with_commas(bodies: list[bytes]) -> list[bytes]:
    """What stands between the brackets of a list, in parts, so that the whole is copied once."""
    parts = [b","] * (2 * len(bodies) - 1)
    parts[::2] = bodies
    return parts


def _promised_on(promise: Json) -> str:
    return str(promise["promised_on"])


def _minor_at_least(amount: Decimal, currency: str) -> int:
    """The smallest whole number of minor units that reaches the amount, within what a database can compare."""
    if amount.adjusted() > 15:
        return 2**62 if amount > 0 else -(2**62)
    return int(amount.scaleb(EXPONENT[currency]).to_integral_value(ROUND_CEILING))
