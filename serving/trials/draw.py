"""The draw: exactly as many accounts as planned, each with exactly its chance, the same one whenever it is repeated.

Chance comes from a secret and what is asked, by counter, never from what was drawn before: neither the order of the
accounts nor the machine matters, and nobody who does not know the salt can tell beforehand who will be drawn.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from serving.trials.errors import NotADesign

_UNIT = 1 << 40
"""Chances are drawn in whole parts of this: sums are exact, and a chance is met to a few parts in 10^8."""

_ALMOST = 1e-9


@dataclass(frozen=True)
class Seed:
    """What one draw depends on, besides its chances.

    Attributes:
        as_of: the evening; team: whose list is drawn, so that no two lists share their chance.
        salt: the secret of this company; whoever knows it can foretell every draw.
    """

    as_of: date
    team: str
    salt: str = field(repr=False)

    @property
    def seed_id(self) -> str:
        """Names the draw and tells nothing of its secret."""
        return f"{self.number('name'):016x}"

    def number(self, purpose: str, who: str = "") -> int:
        """A whole number below 2^64, by the key of the draw. Source: BLAKE2b with a key (RFC 7693)."""
        named = "\0".join((self.as_of.isoformat(), self.team, self.salt)).encode("utf-8", "surrogatepass")
        key = hashlib.blake2b(named).digest()
        asked = f"{purpose}\0{who}".encode("utf-8", "surrogatepass")
        return int.from_bytes(hashlib.blake2b(asked, key=key, digest_size=8).digest())


def drawn(chances: Mapping[str, float], seed: Seed) -> frozenset[str]:
    """Draw accounts, each with its own chance, as many as their chances add up to.

    The chances lie end to end on a line, in an order of their own for every seed; a comb with teeth one apart is laid
    on it at random, and whoever a tooth touches is drawn.

    Args:
        chances: by account, each in [0, 1], adding up to a whole number (within 1e-9).

    Raises:
        NotADesign: when a chance is none, or when they do not add up to a whole number.

    Source:
        Systematic sampling with unequal chances on a random order; Hartley & Rao, Annals of Mathematical Statistics 33
        (1962).

    >>> chances = {"a": 1.0, "b": 0.5, "c": 0.25, "d": 0.25, "e": 0.0}
    >>> found = drawn(chances, Seed(date(2026, 3, 31), "", "salt"))
    >>> "a" in found, "e" in found, len(found)
    (True, False, 2)
    """
    total = _whole(chances)
    sure = {account for account, chance in chances.items() if chance == 1.0}
    open_ = [account for account, chance in chances.items() if 0.0 < chance < 1.0]
    open_.sort(key=lambda account: (seed.number("order", account), account))
    parts = _in_parts([chances[account] for account in open_], total - len(sure))
    tooth, end, found = seed.number("comb") >> 24, 0, sure
    for account, part in zip(open_, parts, strict=True):
        end += part
        if tooth < end:
            found.add(account)
            tooth += _UNIT
    return frozenset(found)


def _whole(chances: Mapping[str, float]) -> int:
    for account, chance in chances.items():
        if not 0.0 <= chance <= 1.0:
            raise NotADesign(f"chance of {account}", chance, "a number from 0 to 1")
    total = math.fsum(chances.values())
    if abs(total - round(total)) > _ALMOST:
        raise NotADesign("chances that add up to", total, "a whole number: so many accounts are drawn")
    return round(total)


def _in_parts(chances: list[float], total: int) -> list[int]:
    """Each chance in whole units, adding up to `total` exactly: what rounding left goes to the first with room."""
    parts = [round(chance * _UNIT) for chance in chances]
    lacking = total * _UNIT - sum(parts)
    for index, part in enumerate(parts):
        parts[index] = min(max(part + lacking, 0), _UNIT)
        lacking -= parts[index] - part
        if not lacking:
            break
    return parts
