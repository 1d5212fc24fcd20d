"""Many things, some at a time: what is made, written or put together at once without being all there at once."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

Thing = TypeVar("Thing")


def at_a_time(things: Iterable[Thing], count: int) -> Iterator[list[Thing]]:
    """The things in their order, `count` of them at a time and the rest last.

    >>> list(at_a_time("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    rest = iter(things)
    while some := list(islice(rest, count)):
        yield some
