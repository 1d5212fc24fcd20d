"""How guessing gets slower: after some failures the next try has to wait, twice as long each time.

Nobody is locked out: a lock could be used to keep a colleague out; a delay only slows who guesses.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

FORGOTTEN_AFTER = timedelta(minutes=15)
"""Failures count until nobody has failed for so long."""

LONGEST_WAIT = 60


@dataclass(frozen=True)
class Failures:
    """How often a sign-in failed, and when last."""

    count: int
    last_at: datetime

    def counted_by(self, now: datetime) -> int:
        """How many still count."""
        return 0 if now - self.last_at > FORGOTTEN_AFTER else self.count

    def seconds_to_wait(self, now: datetime, free: int) -> int:
        """Whole seconds until the next try, when `free` failures cost nothing; 0: now.

        >>> at = datetime(2026, 4, 1, 8)
        >>> [Failures(count, at).seconds_to_wait(at, 5) for count in (4, 5, 6, 8, 40)]
        [0, 1, 2, 8, 60]
        """
        above = self.counted_by(now) - free
        if above < 0:
            return 0
        wait = min(LONGEST_WAIT, 1 << min(above, 10))
        return max(0, wait - int((now - self.last_at).total_seconds()))
