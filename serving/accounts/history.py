"""`History`: what an account did lately, as its payment-history picture shows it; read in `history_reading.py`."""

from datetime import date
from typing import NamedTuple

from ledger.measures.promises import PromiseState

HISTORY_DAYS = 730
"""How far back a history goes: two years, so that a season can be seen twice."""

MOST_SETTLED, MOST_PROMISES, MOST_CONTACTS = 60, 24, 40
"""The most of each that a history holds, the newest."""


class Settled(NamedTuple):
    """An invoice that stands settled; `amount_minor` is what was billed, in minor units of `currency`."""

    item_id: str
    due_on: date
    settled_on: date
    days_late: int
    amount_minor: int
    currency: str


class Promised(NamedTuple):
    """A promise as the evening knows it, judged by cash alone; `amount_minor` in minor units of `currency`."""

    promise_id: str
    promised_on: date
    amount_minor: int
    currency: str
    state: PromiseState


class Contacted(NamedTuple):
    """One contact; channel and outcome are codes of `ledger.activity`, `reached` whether somebody was spoken to."""

    happened_on: date
    channel: str
    outcome: str
    reached: bool


class History(NamedTuple):
    """What an account did lately, each list oldest first.

    Attributes:
        settled: by due day, within `HISTORY_DAYS` before the evening; of more than `MOST_SETTLED` those due last, so
            that no invoice settled is missing among them.
        settled_count: all invoices within these days that stand settled, so that a cut list says that it is one.
        promises: by promised day; `contacts`: by their day. Both within `HISTORY_DAYS` before the evening, or after it.
    """

    settled: tuple[Settled, ...] = ()
    settled_count: int = 0
    promises: tuple[Promised, ...] = ()
    contacts: tuple[Contacted, ...] = ()


NO_HISTORY = History()
