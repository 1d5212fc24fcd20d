"""Set off: what unused credits take off the overdue money that somebody is called about, the oldest invoice first.

For whom to call alone: in the ledger, and in every sum, credits stand beside what is open.
"""

from collections.abc import Iterable, Mapping


def set_off(owed: Iterable[tuple[str, int]], credits: Mapping[str, int]) -> list[int]:
    """What credits take off each amount owed, in their order and each within its currency.

    Args:
        owed: currency and minor units, >= 0.
        credits: minor units by currency, >= 0, told in the same currency as the amounts.

    >>> set_off([("EUR", 100), ("USD", 50), ("EUR", 40)], {"EUR": 120})
    [100, 0, 20]
    """
    left, found = dict(credits), []
    for currency, minor in owed:
        part = min(minor, left.get(currency, 0))
        left[currency] = left.get(currency, 0) - part
        found.append(part)
    return found
