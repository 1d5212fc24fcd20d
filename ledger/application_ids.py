"""The ids of payments: each tells by itself which kind of file told it, and no two payments ever share one.

Parts are joined by "/". A payment's own id has that sign written as %2F, so that it ends where its item begins.
"""

import re
from collections.abc import Collection
from itertools import count

from ledger.days import to_date

_TOTAL = re.compile(r"/(?:cash|reversal)/\d{4}-\d\d-\d\d/-?\d+(?:#\d+)?(?:/undo|/again)*")


def payment_prefix(payment_id: str) -> str:
    """The beginning of the ids of all applications of one payment.

    >>> payment_prefix("2026/17")
    '2026%2F17/'
    """
    return payment_id.replace("%", "%25").replace("/", "%2F") + "/"


def payment_name(payment_id: str, item_id: str, kind: str) -> str:
    """The id of a row of a payments file that has one of its own."""
    return f"{payment_prefix(payment_id)}{item_id}/{kind}"


def payment_of(application_id: str, item_id: str, kind: str) -> str:
    """The payment's own id in an id that `payment_name` made; '' in any other.

    >>> payment_of(payment_name("2026/17", "INV-1", "cash"), "INV-1", "cash"), payment_of("INV-1/x", "INV-1", "cash")
    ('2026/17', '')
    """
    prefix = application_id.removesuffix(f"{item_id}/{kind}")
    payment_id = prefix.removesuffix("/").replace("%2F", "/").replace("%25", "%")
    return payment_id if payment_name(payment_id, item_id, kind) == application_id and payment_id else ""


def equal_name(item_id: str, kind: str, paid_on: int, amount_minor: int, number: int) -> str:
    """The id of a row of a payments file without one: the `number`th, from 1, of those that say the same."""
    return f"{item_id}/{kind}/{to_date(paid_on).isoformat()}/{amount_minor}/{number}"


def total_name(item_id: str, kind: str, day: int, minor: int, taken: Collection[str]) -> str:
    """The id of a difference between paid totals; a running number tells it from an equal one that was taken back.

    >>> total_name("INV-1", "cash", 0, 40, ()), total_name("INV-1", "cash", 0, 40, ["INV-1/cash/1970-01-01/40"])
    ('INV-1/cash/1970-01-01/40', 'INV-1/cash/1970-01-01/40#2')
    """
    name = f"{item_id}/{kind}/{to_date(day).isoformat()}/{minor}"
    return next(found for n in count(1) if (found := name if n == 1 else f"{name}#{n}") not in taken)


def told_by_total(application_id: str, item_id: str) -> bool:
    """Whether a paid total of the item's own row told the application, and not a file of payments.

    >>> told_by_total("INV-1/cash/1970-01-01/40/undo", "INV-1"), told_by_total("INV-1/cash/1970-01-01/40/1", "INV-1")
    (True, False)
    """
    return application_id.startswith(item_id) and bool(_TOTAL.fullmatch(application_id, len(item_id)))
