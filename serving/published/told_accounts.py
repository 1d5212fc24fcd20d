"""What is told of each account: written as soon as it is ranked, and put in its place once everybody is.

An account in full, with its reasons, items and history, is large; its place depends on all the others. So its JSON is
written, validated and laid aside at once, and what the list decides of it is put into the text when that is known.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

import pyarrow as pa

from serving.at_a_time import at_a_time
from serving.listing.queue import PlacedAccount
from serving.published.account_body import PLACE, account_texts, place_members
from serving.published.bodies import Json, MadeWhenRead, json_bytes
from serving.published.columns import Texts
from serving.published.spool import Spool

AT_ONCE, ITEMS_AT_ONCE = 1_000, 100_000
"""Accounts whose texts are made together, more would not be faster; and their items, some 1.5 KB each."""

_DIGEST_BYTES = sha256().digest_size

_PLACE, _AFTER = b'"next_action":', b',"segment":'
"""What the place of an account stands between in its body, after the rank; within a text all quotes are escaped."""


class ToldAccounts:
    """The bodies of accounts, by `customer_id`."""

    def __init__(self) -> None:
        self._spool = Spool()
        self._rows: dict[str, int] = {}
        self._digests = bytearray()

    @classmethod
    def of(cls, accounts: Iterable[PlacedAccount]) -> "ToldAccounts":
        """These, some told and let go before the next are asked for."""
        told = cls()
        for some in told_at_once(accounts):
            told.tell(some)
        return told

    def tell(self, accounts: Sequence[PlacedAccount]) -> None:
        """Write down some accounts in full. Raises pydantic's `ValidationError`."""
        first, texts = len(self._spool), _sound(account_texts(accounts))
        self._spool.add(texts)
        self._rows.update((one.account.customer_id, first + at) for at, one in enumerate(accounts))
        self._digests += b"".join(map(_digest, texts.to_pylist(), accounts))

    def body(self, customer_id: str) -> Json:
        """What was told, in the place that it had then."""
        found: Json = json.loads(self._spool.read(self._rows[customer_id]))
        return found

    def reasons(self, placed: PlacedAccount) -> list[Json]:
        """The reasons of an account as they were told."""
        reasons: list[Json] = self.body(placed.account.customer_id)["reasons"]
        return reasons

    def fingerprints(self, placed: Sequence[PlacedAccount]) -> Iterator[bytes]:
        """Of accounts in their places what tells all that is said of each but its name: a digest of what was told, and
        its place."""
        for some in at_a_time(placed, AT_ONCE):
            for one, (rank, place) in zip(some, place_members(some), strict=True):
                begins = self._rows[one.account.customer_id] * _DIGEST_BYTES
                yield b"%b,%b,%b" % (self._digests[begins : begins + _DIGEST_BYTES].hex().encode(), rank, place)

    def texts(self, placed: Sequence[PlacedAccount]) -> Sequence[bytes]:
        """The bodies of accounts in their places as JSON in UTF-8, made when they are read."""
        return _InTheirPlaces(self, placed)

    def in_their_places(self, placed: Sequence[PlacedAccount]) -> Iterator[bytes]:
        """Accounts as they were told, each with the place that it has now; their other facts are not read."""
        texts = self._spool.read_all(self._rows[one.account.customer_id] for one in placed)
        for text, (rank, place) in zip(texts, place_members(placed), strict=True):
            yield _put(text, rank, place)


def told_at_once(accounts: Iterable[PlacedAccount]) -> Iterator[list[PlacedAccount]]:
    """The accounts in their order, as many as are told together; one with very many items is told by itself."""
    some, items = list[PlacedAccount](), 0
    for one in accounts:
        own = len(one.account.items)
        if some and (len(some) == AT_ONCE or items + own > ITEMS_AT_ONCE):
            yield some
            some, items = [], 0
        some.append(one)
        items += own
    if some:
        yield some


class _InTheirPlaces(MadeWhenRead[bytes]):
    """Texts that are made some at a time where all of them are read."""

    def __init__(self, told: ToldAccounts, placed: Sequence[PlacedAccount]) -> None:
        super().__init__(len(placed), lambda at: next(told.in_their_places([placed[at]])))
        self._told, self._placed = told, placed

    def __iter__(self) -> Iterator[bytes]:
        for some in at_a_time(self._placed, AT_ONCE):
            yield from self._told.in_their_places(some)


def _sound(texts: Texts) -> Texts:
    """Bodies in UTF-8; a letter that has none, of a broken file, is escaped, and then all of its body is written so."""
    try:
        texts.cast(pa.string())  # which looks at every letter
    except pa.ArrowInvalid:
        return pa.array([json_bytes(json.loads(text)) for text in texts.to_pylist()], pa.binary())
    return texts


def _put(text: bytes, rank: bytes, place: bytes) -> bytes:
    """The body with this rank and place."""
    try:
        facts, rest = _around_place(text)
        place.decode()  # raises where a letter has no UTF-8
        return b"{%b%b%b%b" % (rank, facts, place, rest)
    except ValueError:  # a body that is written otherwise, for a letter that has no UTF-8
        return json_bytes({**json.loads(text), **json.loads(b"{%b,%b}" % (rank, place))})


def _digest(text: bytes, told: PlacedAccount) -> bytes:
    """SHA-256 of what a body says beside the name and the place."""
    name = told.account.facts.customer_name
    try:
        facts, rest = _around_place(text)
        # The first of its key that stands there.
        facts = facts.replace(b'"customer_name":%b' % json_bytes(name), b'"customer_name":null', 1)
    except ValueError:  # as above; where it is for the name, nothing of that is left
        facts, rest = _parts_without_name(json.loads(text) | {"customer_name": None})
    digest = sha256(facts)
    digest.update(rest)
    return digest.digest()


def _parts_without_name(body: Json) -> tuple[bytes, bytes]:
    try:
        return _around_place(json_bytes(body))
    except ValueError:
        return json_bytes({name: value for name, value in body.items() if name not in ("rank", *PLACE)}), b""


def _around_place(text: bytes) -> tuple[bytes, bytes]:
    """What stands in a body between the rank and the other figures of the place, and behind them.

    Raises `ValueError` for a body that is written otherwise.
    """
    after_rank = text.index(b",")
    begins = text.index(_PLACE, after_rank)
    return text[after_rank:begins], text[text.index(_AFTER, begins) :]
