"""Retention: persons with whom nothing has happened for so long that their names need not be kept. Pure.

Of companies nothing goes: their name is no personal data. Who is not stated to be one counts as a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from serving.privacy.keeping import Keeping

COMPANY = "legal_person"


@dataclass(frozen=True)
class Old:
    """A person with whom nothing happened since a day (whole); `why` they are kept all the same, empty: they may go."""

    customer_id: str
    last_on: int
    why: tuple[str, ...]


def older_than(
    day: int, last_days: Mapping[str, int], classes: Mapping[str, str], keeping: Keeping, erased: frozenset[str]
) -> list[Old]:
    """The persons with whom nothing happened on or after a day, by customer; who was erased is none any more.

    Args:
        day: a whole day; last_days: the last one of each customer.
        classes: the class of debtor of each customer, '' or absent where none is stated.
    """
    found = [
        Old(customer, last, keeping.why(customer))
        for customer, last in last_days.items()
        if last < day and classes.get(customer) != COMPANY and customer not in erased
    ]
    return sorted(found, key=lambda one: one.customer_id)
