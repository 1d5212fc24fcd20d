"""Passwords: argon2id, and the same time spent on a name that nobody has."""

import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from serving.people.errors import WeakPassword
from serving.people.keys import new_key

LEAST_CHARACTERS, MOST_CHARACTERS = 12, 200

# OWASP's first choice for argon2id: 19 MiB, two passes, one lane. The library's own 64 MiB on four lanes would let a
# few guesses at once take the web process's memory.
STRENGTH = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


class Passwords:
    """Hashes and compares passwords.

    Args:
        hasher: how strongly; a test may take less.
    """

    def __init__(self, hasher: PasswordHasher = STRENGTH) -> None:
        self.hasher = hasher

    def hashed(self, password: str) -> str:
        """What is kept of a password. Raises `WeakPassword` for one that is too short or too long."""
        if not LEAST_CHARACTERS <= len(password) <= MOST_CHARACTERS:
            raise WeakPassword(LEAST_CHARACTERS, MOST_CHARACTERS)
        return self.hasher.hash(_one_way(password))

    def matches(self, kept: str | None, password: str) -> bool:
        """Whether it is the password; where there is none to compare with it takes as long, and is not."""
        told = _one_way(password[:MOST_CHARACTERS])
        try:
            return self.hasher.verify(kept or self._nobodys, told) and kept is not None
        except (VerificationError, InvalidHashError):
            return False

    @cached_property
    def _nobodys(self) -> str:
        return self.hasher.hash(new_key())


def _one_way(password: str) -> str:
    """One spelling for what looks the same: keyboards differ in how they write an accent."""
    return unicodedata.normalize("NFC", password)
