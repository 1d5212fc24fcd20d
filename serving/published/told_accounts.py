"""What is told of each account: written as soon as it is ranked, and put in its place once everybody is.

An account in full, with its reasons, items and history, is large; its place depends on all the others. So its JSON is
written, validated and laid aside at once, and what the list decides of it is put into the text when that is known.
"""

import json
from collections.abc import Iterable, Sequence

from ledger.database import JsonText
from serving.listing.queue import PlacedAccount
from serving.published.account_body import account_json, place_json
from serving.published.bodies import Json, MadeWhenRead, json_bytes, json_text
from serving.published.spool import Spool

_UNRANKED, _PLACE, _AFTER = b'{"rank":null', b'"next_action":', b',"segment":'
"""How a body begins that has no place yet, and what its place stands between; within a text all quotes are escaped."""


class ToldAccounts:
    """The bodies of accounts, by `customer_id`."""

    def __init__(self) -> None:
        self._spool = Spool()
        self._rows: dict[str, int] = {}

    @classmethod
    def of(cls, accounts: Iterable[PlacedAccount]) -> "ToldAccounts":
        """These, each told and let go before the next is asked for."""
        told = cls()
        for placed in accounts:
            told.tell(placed)
        return told

    def tell(self, placed: PlacedAccount) -> None:
        """Write down an account in full. Raises pydantic's `ValidationError`."""
        self._rows[placed.account.customer_id] = len(self._spool)
        self._spool.add(json_bytes({**account_json(placed), "rank": None}))

    def body(self, customer_id: str) -> Json:
        """What was told, without a rank."""
        found: Json = json.loads(self._spool.read(self._rows[customer_id]))
        return found

    def reasons(self, placed: PlacedAccount) -> list[Json]:
        """The reasons of an account as they were told."""
        reasons: list[Json] = self.body(placed.account.customer_id)["reasons"]
        return reasons

    def text(self, placed: PlacedAccount) -> JsonText:
        """The account as it was told, with the place that it has now; its other facts are not read."""
        rank, place = place_json(placed)
        text = self._spool.read(self._rows[placed.account.customer_id])
        if not text.startswith(_UNRANKED):  # written otherwise, for a letter that has no UTF-8
            return json_text({**json.loads(text), "rank": rank, **place})
        begins = text.index(_PLACE)
        ends = text.index(_AFTER, begins)
        within = json_bytes(place)[1:-1]
        head = b'{"rank":null' if rank is None else b'{"rank":%d' % rank
        return JsonText((head + text[len(_UNRANKED) : begins] + within + text[ends:]).decode())

    def texts(self, placed: Sequence[PlacedAccount]) -> Sequence[JsonText]:
        """The texts of accounts in their places."""
        return MadeWhenRead(len(placed), lambda at: self.text(placed[at]))
