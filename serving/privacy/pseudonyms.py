"""Pseudonyms: a stable other name for an account or an item, which only the secret of this installation leads back.

Each is a keyed digest (HMAC-SHA-256, 80 bits) of the id: the same on every list and page, and not to be worked out by
somebody who knows ids but not the secret. The secret stands in the database and leaves it in backups alone.
"""

import base64
import hashlib
import hmac
from functools import lru_cache

from ledger.database import storable
from ledger.personal import kept_pseudonym_key, make_pseudonym_key
from serving.published.store import ServingStore

ACCOUNT, ITEM, PROMISE = "A", "I", "P"
"""What a pseudonym is of, and begins with."""

MOST_RUNS = 8
"""Of how many lists the way back is kept in memory."""


class Pseudonyms:
    """The pseudonyms of one installation; its secret is made at the first question."""

    def __init__(self, store: ServingStore) -> None:
        self._store, self._key = store, b""
        self._back = lru_cache(MOST_RUNS)(self._ways_back)

    def account(self, customer_id: str) -> str:
        """Of an account."""
        return self._of(ACCOUNT, customer_id)

    def item(self, item_id: str) -> str:
        """Of an item; '' of none."""
        return self._of(ITEM, item_id) if item_id else ""

    def promise(self, promise_id: str) -> str:
        """Of a promise."""
        return self._of(PROMISE, promise_id)

    def meant(self, run_id: str, pseudonym: str) -> str | None:
        """The account of a run behind a pseudonym; None where it has none of that name."""
        return self._back(run_id).get(pseudonym)

    def _ways_back(self, run_id: str) -> dict[str, str]:
        return {self.account(customer_id): customer_id for customer_id in self._store.customers_of(run_id)}

    def _of(self, kind: str, told_id: str) -> str:
        self._key = self._key or key_of(self._store)
        return pseudonym(self._key, kind, told_id)


def pseudonym(key: bytes, kind: str, told_id: str) -> str:
    """A letter for what it is of, a hyphen, and 16 letters and digits.

    >>> pseudonym(b"secret", "A", "C-1")
    'A-WJ55TFGMJQEOPFGJ'
    """
    made = hmac.new(key, f"{kind}\0{storable(told_id)}".encode(), hashlib.sha256).digest()
    return f"{kind}-{base64.b32encode(made[:10]).decode()}"


def key_of(store: ServingStore) -> bytes:
    """The secret; made where there is none yet."""
    with store.reading() as connection:
        kept = kept_pseudonym_key(connection)
    if kept is not None:
        return kept
    with store.writing() as connection:
        kept = kept_pseudonym_key(connection)
        return kept if kept is not None else make_pseudonym_key(connection)
