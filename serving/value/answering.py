"""How customers answer: tries and whom they reached, and how regular their payment days are, as of one evening."""

from typing import NamedTuple

import numpy as np

from ledger.activity import RIGHT_PARTY_OUTCOMES
from ledger.days import NEVER, to_day
from ledger.frames import where
from ledger.lookup import positions, whole
from ledger.ordering import Flags, codes_of, joined, sorted_by
from ledger.view import LedgerView
from serving.accounts.own_rows import own_rows

RUN_DAYS = 365
"""How far back payment days are looked at, in days."""

WEEKDAYS = 7


class Answering(NamedTuple):
    """How one customer answers.

    Attributes:
        tries, right_party: contacts so far, and how many of them reached somebody who may speak about paying.
        days_of_tries: whole days of the contacts of the last 90 days, newest first.
        pay_days, on_one_weekday: days of the last year on which money came, and how many fell on the commonest weekday.
    """

    tries: int = 0
    right_party: int = 0
    days_of_tries: tuple[int, ...] = ()
    pay_days: int = 0
    on_one_weekday: int = 0


NOTHING_KNOWN = Answering()
TRIES_DAYS = 90


def answering_of(view: LedgerView) -> dict[str, Answering]:
    """How each customer answers of whom a contact or a payment is known; others are `NOTHING_KNOWN`."""
    tries = _tries(view)
    runs = _pay_days(view)
    return {
        customer: Answering(*tries.get(customer, (0, 0, ())), *runs.get(customer, (0, 0)))
        for customer in sorted(tries.keys() | runs.keys())
    }


def _tries(view: LedgerView) -> dict[str, tuple[int, int, tuple[int, ...]]]:
    contacts, _ = sorted_by(view.contacts, codes_of(view.contacts["customer_id"]), -whole(view.contacts["happened_on"]))
    days, newest = whole(contacts["happened_on"]), to_day(view.day) - TRIES_DAYS
    right, lately = _added_up(contacts["outcome"].isin(RIGHT_PARTY_OUTCOMES).to_numpy()), _added_up(days > newest)
    listed: list[int] = days.tolist()
    return {
        customer: (
            own.stop - own.start,
            right[own.stop] - right[own.start],
            tuple(listed[own.start : own.start + lately[own.stop] - lately[own.start]]),
        )
        for customer, own in own_rows(contacts["customer_id"]).items()
    }


def _added_up(flags: Flags) -> list[int]:
    """How many of the first 0, 1, 2, … are set."""
    found: list[int] = np.append(0, np.cumsum(flags)).tolist()
    return found


def _pay_days(view: LedgerView) -> dict[str, tuple[int, int]]:
    """Days with cash, and those on the commonest weekday, by customer."""
    cash = view.applications
    counts = (cash["kind"] == "cash").to_numpy() & (whole(cash["happened_on"]) > to_day(view.day) - RUN_DAYS)
    cash = where(cash, counts)
    items = where(view.items, whole(view.items["superseded_on"]) == NEVER)
    rows = positions(cash["item_id"], items["item_id"])
    there = rows >= 0
    codes = codes_of(items["customer_id"])
    _, at, owner = np.unique(codes[rows[there]], return_index=True, return_inverse=True)
    customers = items["customer_id"].take(rows[there][at]).tolist()
    day = whole(cash["happened_on"])[there]
    _, once = np.unique(joined([owner, day]), return_index=True)
    weekdays = np.zeros((len(customers), WEEKDAYS), dtype=np.int64)
    np.add.at(weekdays, (owner[once], (day[once] + 3) % WEEKDAYS), 1)
    counted = zip(customers, weekdays.sum(axis=1).tolist(), weekdays.max(axis=1).tolist(), strict=True)
    return {str(customer): (total, most) for customer, total, most in counted}


def regularity(answering: Answering, run_from: float, run_over: float, pseudo_payments: float) -> float:
    """How regular a customer's payment runs are, 0 to 1: the share of payment days on one weekday, drawn towards the
    five weekdays as if `pseudo_payments` more had been spread over them evenly.

    >>> regularity(Answering(pay_days=95, on_one_weekday=95), 0.45, 0.4, 5.0), regularity(NOTHING_KNOWN, 0.45, 0.4, 5.0)
    (1.0, 0.0)
    """
    share = (answering.on_one_weekday + pseudo_payments / 5.0) / (answering.pay_days + pseudo_payments)
    return min(1.0, max(0.0, (share - run_from) / run_over))
