"""Handling: how long calls take, by what collectors noted of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any

KNOWN_AFTER = 5.0
"""Calls of an account whose minutes count for as much as what calls usually take."""


@dataclass(frozen=True)
class Handling:
    """Minutes of calls.

    Attributes:
        usual: that a call takes, the median of all that were noted; None while too few were.
        own: customer → how many calls about it were noted, and their minutes together.
    """

    usual: float | None = None
    own: Mapping[str, tuple[int, int]] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def from_plain(cls, told: Mapping[str, Any]) -> "Handling":
        """What `serving.published.plain` told."""
        return cls(told["usual"], {customer: (calls, minutes) for customer, (calls, minutes) in told["own"].items()})

    def minutes_with(self, customer_id: str, assumed: float) -> float:
        """That a call to a customer is taken to need, > 0: its own, drawn towards the usual ones.

        Args:
            assumed: that a call takes where nobody measured it.

        >>> noted = Handling(usual=6.0, own={"C-1": (5, 100)})
        >>> noted.minutes_with("C-1", 8.0), noted.minutes_with("C-2", 8.0), Handling().minutes_with("C-1", 8.0)
        (13.0, 6.0, 8.0)
        """
        return _drawn(*self.own.get(customer_id, (0, 0)), self.usual_minutes(assumed))

    def usual_minutes(self, assumed: float) -> float:
        """That a call takes about which nothing is known."""
        return self.usual or assumed


@lru_cache(maxsize=1 << 12)
def _drawn(calls: int, minutes: int, usual: float) -> float:
    """Minutes of calls drawn towards the usual ones; the same of many customers, and then kept once."""
    return (minutes + KNOWN_AFTER * usual) / (calls + KNOWN_AFTER)


NOTHING_NOTED = Handling()
