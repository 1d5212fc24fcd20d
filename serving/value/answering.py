"""How customers answer: tries and whom they reached, and how regular their payment days are, as of one evening."""

from dataclasses import dataclass

import numpy as np

from ledger.activity import RIGHT_PARTY_OUTCOMES
from ledger.days import NEVER, to_day
from ledger.frames import where
from ledger.lookup import positions, whole
from ledger.ordering import codes_of
from ledger.view import LedgerView

RUN_DAYS = 365
"""How far back payment days are looked at, in days."""

WEEKDAYS = 7


@dataclass(frozen=True)
class Answering:
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
    contacts, newest = view.contacts, to_day(view.day) - TRIES_DAYS
    found: dict[str, tuple[int, int, tuple[int, ...]]] = {}
    right, happened = contacts["outcome"].isin(RIGHT_PARTY_OUTCOMES).to_numpy(), whole(contacts["happened_on"])
    for customer, at in contacts.groupby("customer_id", sort=True).indices.items():
        days = happened[at]
        lately = tuple(sorted((int(day) for day in days[days > newest]), reverse=True))
        found[str(customer)] = (len(at), int(right[at].sum()), lately)
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
    days = np.unique(np.stack([owner, whole(cash["happened_on"])[there]], axis=1), axis=0)
    weekdays = np.zeros((len(customers), WEEKDAYS), dtype=np.int64)
    np.add.at(weekdays, (days[:, 0], (days[:, 1] + 3) % WEEKDAYS), 1)
    counted = zip(customers, weekdays.sum(axis=1).tolist(), weekdays.max(axis=1).tolist(), strict=True)
    return {str(customer): (total, most) for customer, total, most in counted}


def regularity(answering: Answering, run_from: float, run_over: float, pseudo_payments: float) -> float:
    """How regular a customer's payment runs are, 0 to 1: the share of payment days on one weekday, drawn towards the
    five weekdays as if `pseudo_payments` more had been spread over them evenly.

    >>> regularity(Answering(pay_days=95, on_one_weekday=95), 0.45, 0.4, 5.0), regularity(NOTHING_KNOWN, 0.45, 0.4, 5.0)
    (1.0, 0.0)
    """
    share = (answering.on_one_weekday + pseudo_payments / 5.0) / (answering.pay_days + pseudo_payments)
    return float(np.clip((share - run_from) / run_over, 0.0, 1.0))
