"""Reading the dealings with all customers from a view, in a few passes over its columns."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from sys import intern
from typing import Any

import numpy as np
import pandas as pd

from ledger.activity import LIVE_OUTCOMES
from ledger.days import NEVER, to_day
from ledger.frames import where
from ledger.lookup import positions, whole
from ledger.ordering import are_in
from ledger.standing_orders import callbacks_to_keep, holds_in_force
from ledger.view import LedgerView
from serving.accounts.covered import awaited
from serving.accounts.dealings import BrokenPromise, Dealings
from serving.strategy.considered import BACK_DAYS, Callback

YEAR = 365


def dealings_of(view: LedgerView, works_on: date, grace_bank_days: int) -> dict[str, Dealings]:
    """The dealings with every customer with open items, as known on the evening.

    Args:
        works_on: the day on which the list is worked: the holds of that day count.
        grace_bank_days: after its day for which a promise is waited for.
    """
    open_items = view.open_items()
    tries, talks = _contacts(view)
    broken, until = _broken(view), _promised_until(view, grace_bank_days)
    masters = _masters(view)
    holds, callbacks = _holds(view, works_on), _callbacks(view)
    disputed, counts = _invoices(view)
    since = _overdue_since(view, open_items)
    return {
        customer: Dealings(
            *masters.get(customer, ("", -1, "")),
            holds=tuple(holds.get(customer, {})),
            hold_ends=tuple(holds.get(customer, {}).values()),
            callback=callbacks.get(customer),
            tries=tries.get(customer, ()),
            talks=talks.get(customer, ()),
            broken=broken.get(customer, ()),
            promised_until=until.get(customer),
            disputed_share=disputed.get(customer, 0.0),
            overdue_since=since.get(customer),
            only_one=counts.get(customer, 0) < 2,
        )
        for customer in sorted(set(open_items["customer_id"].astype(str)))
    }


def _masters(view: LedgerView) -> dict[str, tuple[str, int, str]]:
    valid = where(view.customers, whole(view.customers["superseded_on"]) == NEVER)
    names = ("customer_id", "debtor_class", "credit_limit_minor", "credit_limit_currency")
    return {
        str(customer): (intern(str(kind)), int(limit), intern(str(of)))
        for customer, kind, limit, of in _rows(valid, names)
    }


def _holds(view: LedgerView, works_on: date) -> dict[str, dict[str, int | None]]:
    """By customer each kind of hold with the day of its end; of two of a kind the later end, None being the latest."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for customer, kind, until in _rows(holds_in_force(view, works_on), ("customer_id", "kind", "until_on")):
        kinds = found[str(customer)]
        kinds[str(kind)] = max(kinds.get(str(kind), 0), int(until))
    return {
        customer: {kind: None if kinds[kind] == NEVER else kinds[kind] for kind in sorted(kinds)}
        for customer, kinds in found.items()
    }


def _callbacks(view: LedgerView) -> dict[str, Callback]:
    """The earliest of each customer, for they come in that order."""
    found: dict[str, Callback] = {}
    for customer, due_on, at in _rows(callbacks_to_keep(view), ("customer_id", "due_on", "at")):
        found.setdefault(str(customer), Callback(int(due_on), str(at)))
    return found


def _contacts(view: LedgerView) -> tuple[dict[str, tuple[int, ...]], dict[str, tuple[int, ...]]]:
    ago = to_day(view.day) - whole(view.contacts["happened_on"])
    recent = where(view.contacts.assign(ago=ago), (ago >= 0) & (ago < BACK_DAYS)).sort_values("ago", kind="stable")
    talks = recent[recent["outcome"].isin(LIVE_OUTCOMES)]
    return _days_by_customer(recent), _days_by_customer(talks)


def _days_by_customer(contacts: pd.DataFrame) -> dict[str, tuple[int, ...]]:
    found: dict[str, list[int]] = defaultdict(list)
    for customer, ago in _rows(contacts, ("customer_id", "ago")):
        found[str(customer)].append(int(ago))
    return {customer: tuple(days) for customer, days in found.items()}


def _broken(view: LedgerView) -> dict[str, tuple[BrokenPromise, ...]]:
    """Promises of which nothing came, and that no later one followed."""
    today, spans = to_day(view.day), view.promise_spans
    if spans.empty:
        return {}
    stands = where(spans, whole(spans["taken_back_on"]) == NEVER)
    made = view.promises.drop_duplicates("promise_id", keep="last").set_index("promise_id")["made_on"]
    newest = stands.assign(made_on=whole(stands["promise_id"].map(made))).groupby("customer_id")["made_on"].max()
    broken: dict[str, list[BrokenPromise]] = defaultdict(list)
    names = ("promise_id", "customer_id", "currency", "amount_minor", "state", "known_on")
    for promise, customer, currency, minor, state, known_on in _rows(stands, names):
        ago = today - int(known_on)
        if state == "broken" and ago < BACK_DAYS and int(made[promise]) == int(newest[customer]):
            broken[str(customer)].append(BrokenPromise(int(minor), str(currency), ago))
    return {customer: tuple(sorted(ones, key=lambda one: one.days_ago)) for customer, ones in broken.items()}


def _promised_until(view: LedgerView, grace_bank_days: int) -> dict[str, int]:
    """The first day after the waiting for a customer's first open promise."""
    until: dict[str, int] = {}
    for customer, day in _rows(awaited(view, grace_bank_days), ("customer_id", "waited_until")):
        until[str(customer)] = min(until.get(str(customer), NEVER), int(day) + 1)
    return until


def _invoices(view: LedgerView) -> tuple[dict[str, float], dict[str, int]]:
    """By customer which share of the invoices of the last year were ever disputed, and how many invoices there are."""
    billed = view.billed()
    invoices = where(billed, whole(billed["amount_minor"]) > 0)
    owner, customers = pd.factorize(invoices["customer_id"])
    counts = np.bincount(owner, minlength=len(customers))
    shares = dict[str, float]()
    if not view.disputes.empty:
        lately = whole(invoices["issued_on"]) > to_day(view.day) - YEAR
        ever = lately & are_in(invoices["item_id"], view.disputes["item_id"])
        disputed, of = (np.bincount(owner[rows], minlength=len(customers)) for rows in (ever, lately))
        some = np.flatnonzero(disputed)
        shares = dict(zip(customers[some].tolist(), (disputed[some] / of[some]).tolist(), strict=True))
    return shares, dict(zip(customers.tolist(), counts.tolist(), strict=True))


def _overdue_since(view: LedgerView, open_items: pd.DataFrame) -> dict[str, int]:
    """The first day of the unbroken time in which something of a customer has been overdue, up to this evening.

    From the oldest open item backwards over settled ones: each that became overdue by then and was settled after it.
    """
    overdue = where(open_items, (whole(open_items["dpd"]) > 0) & (whole(open_items["open_minor"]) > 0))
    if overdue.empty:
        return {}
    since = (overdue.groupby("customer_id")["due_on"].min() + 1).astype(np.int64)
    settled = view.settlements
    cleared, begins = whole(settled["cleared_on"]), whole(settled["due_on"]) + 1
    at = positions(settled["customer_id"], since.index.to_series())
    counts = (at >= 0) & (cleared > begins) & (whole(settled["taken_back_on"]) == NEVER)
    first = whole(since)[at]
    reach = np.zeros(len(since), dtype=np.bool_)
    reach[at[counts & (begins < first) & (first <= cleared)]] = True  # of the others no settled one reaches the oldest
    before = where(settled, counts & reach[at])
    before = before.sort_values("cleared_on", ascending=False, kind="stable")
    found = {str(customer): int(day) for customer, day in since.items()}
    for customer, due_on, cleared_on in _rows(before, ("customer_id", "due_on", "cleared_on")):
        if int(due_on) + 1 < found[customer] <= int(cleared_on):
            found[customer] = int(due_on) + 1
    return found


def _rows(frame: pd.DataFrame, names: Iterable[str]) -> Iterable[tuple[Any, ...]]:
    return zip(*(frame[name].tolist() for name in names), strict=True)
