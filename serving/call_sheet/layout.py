"""The columns of a call sheet that people fill in, and the key that each of its rows carries."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date

KEY_HEADER = "Payrisk row"
"""Of the hidden column with the keys."""

ACCOUNT_HEADER = "Account"
"""Of the column that shows the account: where it is still there it has to agree with the key."""

FILLED: dict[str, tuple[str, int]] = {
    "outcome": ("Outcome", 14),
    "amount": ("Promised or disputed", 14),
    "day": ("Date", 12),
    "minutes": ("Minutes", 9),
    "item": ("Item", 14),
    "note": ("Note", 48),
}
"""Name → header and width of the columns to fill in."""

_KEY = re.compile(r"(\d{4}-\d\d-\d\d)/(\d{1,9})/([0-9a-f]{8})/(.+)", re.DOTALL)


@dataclass(frozen=True)
class RowKey:
    """What a row is about: the account, the list's evening, and the version that the account was at.

    As text it ends with the account and holds a check sum: a spreadsheet that continues a series (C-1, C-2, …) or a
    person who edits it makes a text that is no key.
    """

    as_of: date
    version: int
    customer_id: str

    def __str__(self) -> str:
        return f"{self.as_of.isoformat()}/{self.version}/{self._check}/{self.customer_id}"

    @property
    def _check(self) -> str:
        told = f"{self.as_of.isoformat()}/{self.version}/{self.customer_id}"
        return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:8]

    @classmethod
    def read(cls, text: str) -> "RowKey | None":
        """The key that a text is; None for any other.

        >>> key = RowKey(date(2026, 3, 31), 2, "C-1")
        >>> RowKey.read(str(key)) == key, RowKey.read(str(key).replace("C-1", "C-2"))
        (True, None)
        """
        found = _KEY.fullmatch(text)
        if not found:
            return None
        try:
            key = cls(date.fromisoformat(found[1]), int(found[2]), found[4])
        except ValueError:
            return None
        return key if str(key) == text else None
