"""`Pace`: how many requests one asker may make: so many a second in the long run, and some at once."""

import time
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address
from threading import Lock

MOST_ASKERS = 10_000
"""Who is remembered; beyond, those who could ask anew without waiting are forgotten."""


class Pace:
    """Counts requests by asker, in this process.

    One number is kept for each: the moment at which all it asked for is worked off.

    Args:
        per_second: requests in the long run, > 0.
        at_once: requests without a pause, >= 1.
        seconds: a clock that only goes forward.
    """

    def __init__(self, per_second: float, at_once: int, seconds: Callable[[], float] = time.monotonic) -> None:
        self.gap, self.seconds = 1 / per_second, seconds
        self.slack = self.gap * (at_once - 1)
        self._worked_off: dict[str, float] = {}
        self._counting = Lock()

    def wait(self, asker: str) -> float:
        """Seconds until this request may be made, and it was not counted; 0 when it may be made now.

        >>> pace = Pace(per_second=2, at_once=3, seconds=lambda: 100.0)
        >>> [pace.wait("ada") for _ in range(4)], pace.wait("bob")
        ([0, 0, 0, 0.5], 0)
        """
        with self._counting:
            now = self.seconds()
            then = max(self._worked_off.get(asker, now), now)
            if then - now > self.slack:
                return then - now - self.slack
            if len(self._worked_off) >= MOST_ASKERS:
                self._worked_off = {one: at for one, at in self._worked_off.items() if at > now}
            self._worked_off[asker] = then + self.gap
            return 0


def neighbourhood(address: str) -> str:
    """How far one asker reaches: of IPv6 the whole /64, which is a single line at home, else the address alone.

    >>> neighbourhood("2001:db8:1:2:aaaa::1"), neighbourhood("::ffff:192.0.2.7"), neighbourhood("192.0.2.7")
    ('2001:db8:1:2::/64', '192.0.2.7', '192.0.2.7')
    """
    try:
        read = ip_address(address.partition("%")[0])
    except ValueError:  # a socket's file, or a name that a test gives
        return address
    if not isinstance(read, IPv6Address):
        return str(read)
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped)
    return f"{IPv6Address(int(read) >> 64 << 64).compressed}/64"
