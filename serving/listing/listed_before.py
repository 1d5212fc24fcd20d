"""`ListedBefore`: the list published before, which the next one remembers so that lists do not flicker."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ListedBefore:
    """The run of a list, and who stood on it."""

    run_id: str = ""
    customers: frozenset[str] = frozenset()


NOTHING_BEFORE = ListedBefore()
