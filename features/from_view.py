"""From the frames of a view to facts in numbers: ids become codes, and everything is laid out customer by customer."""

from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from features.cash import paid, settled_of
from features.clusters import Layout
from features.errors import WeightedSumTooLarge
from features.facts import (
    LARGEST_SUM,
    Applications,
    BoolArray,
    Contacted,
    CustomerRevisions,
    Disputed,
    Facts,
    IntArray,
    Promised,
    Revisions,
    as_days,
)
from features.kernels.arranging import arranged
from features.primitives import MOST_DAYS
from ledger.activity import RIGHT_PARTY_OUTCOMES
from ledger.days import NEVER
from ledger.lookup import positions, whole
from ledger.ordering import codes_of, starts
from ledger.view import APPLICATION_KINDS, LedgerView


def facts_of(view: LedgerView) -> Facts:
    """The view in numbers; made once per view. Raises `WeightedSumTooLarge`."""
    with _MAKING:
        found = _MADE.get(view)
        if found is None:
            found = _MADE[view] = _of_view(view)
        return found


def forget_facts(view: LedgerView) -> None:
    """Let go what `facts_of` made of a view, where nobody will ask for it again."""
    with _MAKING:
        _MADE.pop(view, None)


_MAKING = Lock()
_MADE: "WeakKeyDictionary[LedgerView, Facts]" = WeakKeyDictionary()


def _of_view(view: LedgerView) -> Facts:
    items = view.items
    item, names = _coded(items["item_id"])
    customer, customer_names = _coded(items["customer_id"])
    currency, currencies = _coded(items["currency"])
    layout = Layout.of(item, customer, whole(items["known_on"]), len(names), len(customer_names))

    def column(name: str) -> IntArray:
        return whole(items[name])[layout.order]

    revisions = Revisions(
        item=layout.item,
        customer=layout.customer,
        currency=currency[layout.order].astype(np.int32),
        amount=column("amount_minor"),
        issued=as_days(column("issued_on")),
        due=as_days(column("due_on")),
        known=as_days(column("known_on")),
        superseded=as_days(column("superseded_on")),
        source_row=column("source_row").astype(np.int32),
    )
    item_ids, customer_ids = names.take(layout.item_rank), customer_names.take(layout.customer_rank)
    first_known = revisions.known[starts(layout.item.astype(np.int64))].astype(np.int64)
    applications = _applications(view, item, layout, first_known)
    customers, countries = _customers(view.customers, customer_ids, currencies)
    facts = Facts(
        item_ids=item_ids,
        customer_ids=customer_ids,
        currencies=currencies,
        countries=countries,
        item_rank=layout.item_rank,
        cluster=layout.cluster,
        revisions=revisions,
        applications=applications,
        paid=paid(view.applications, item_ids, first_known, applications),
        settled=settled_of(revisions, applications, currencies),
        disputed=_disputed(view.disputes, item_ids, first_known),
        contacted=_contacted(view.contacts, customer_ids),
        promised=_promised(view.promise_spans, customer_ids),
        customers=customers,
    )
    _require_sums(facts)
    return facts


def _applications(view: LedgerView, item_of: IntArray, layout: Layout, first_known: IntArray) -> Applications:
    """`item_of`: the place of the item of each row of the view among the ids."""
    frame, items = view.applications, len(layout.item_rank)
    at = positions(frame["item_id"], view.items["item_id"])
    ours = np.flatnonzero(at >= 0)
    code = np.empty(items, dtype=np.int32)
    code[layout.item_rank] = np.arange(items, dtype=np.int32)
    item, happened = code[item_of[at[ours]]], whole(frame["happened_on"])[ours]
    # A payment cannot be known before its invoice; where a file says so, it counts from the invoice on.
    known = np.maximum(whole(frame["known_on"])[ours], first_known[item])
    kind = positions(frame["kind"], pd.Series(APPLICATION_KINDS))[ours]
    _, order = arranged(item, (known << 32) + happened, items)
    return Applications(
        item=item[order],
        amount=whole(frame["amount_minor"])[ours][order],
        happened=as_days(happened[order]),
        known=as_days(known[order]),
        kind=kind[order].astype(np.int8),
    )


def _disputed(frame: pd.DataFrame, item_ids: pd.Index, first_known: IntArray) -> Disputed:
    item = positions(frame["item_id"], pd.Series(item_ids))
    # Nor is a dispute known before its invoice.
    told = np.maximum(whole(frame["known_on"]), whole(frame["opened_on"]))
    start = np.maximum(told, np.append(first_known, NEVER)[item])
    end = np.minimum(whole(frame["superseded_on"]), whole(frame["resolved_on"]))
    dispute, _ = _coded(frame["dispute_id"])
    rows = np.lexsort((whole(frame["known_on"]), dispute))
    first = np.zeros(len(frame), dtype=np.bool_)
    first[rows] = starts(dispute[rows])
    order = np.lexsort((start, item))
    order = order[(item[order] >= 0) & ((end > start) | first)[order]]
    return Disputed(
        item[order].astype(np.int32), as_days(start[order]), as_days(np.maximum(start, end)[order]),
        whole(frame["amount_minor"])[order], first[order],
    )  # fmt: skip


def _contacted(frame: pd.DataFrame, customer_ids: pd.Index) -> Contacted:
    frame = tries(frame)
    customer = positions(frame["customer_id"], pd.Series(customer_ids))
    known = whole(frame["known_on"])
    unanswered, order = _unanswered(frame), contact_order(frame, customer)
    order = order[customer[order] >= 0]
    return Contacted(customer[order].astype(np.int32), as_days(known[order]), unanswered[order])


def tries(contacts: pd.DataFrame) -> pd.DataFrame:
    """The contacts that were tries: what was sent waits for an answer, and did not go unanswered."""
    return contacts[contacts["outcome"] != "sent"]


def contact_order(contacts: pd.DataFrame, customer: IntArray) -> IntArray:
    """By customer (a code a row), then as they became known; of one evening by their day, the answered first."""
    keys = _unanswered(contacts), whole(contacts["happened_on"]), whole(contacts["known_on"]), customer
    return np.asarray(np.lexsort(keys), dtype=np.int64)


def _unanswered(contacts: pd.DataFrame) -> BoolArray:
    return ~contacts["outcome"].isin(RIGHT_PARTY_OUTCOMES).to_numpy(dtype=np.bool_)


def promise_order(spans: pd.DataFrame, customer: IntArray) -> IntArray:
    """By customer (a code a row), then as they became known; of one evening by their id."""
    return np.asarray(np.lexsort((codes_of(spans["promise_id"]), whole(spans["known_on"]), customer)), dtype=np.int64)


def _promised(frame: pd.DataFrame, customer_ids: pd.Index) -> Promised:
    customer, promise = positions(frame["customer_id"], pd.Series(customer_ids)), _coded(frame["promise_id"])[0]
    known, until, state = whole(frame["known_on"]), whole(frame["taken_back_on"]), _coded(frame["state"])[0]
    order = np.lexsort((known, promise))
    run = np.ones(len(order), dtype=np.bool_)
    same = known[order][1:] == until[order][:-1]
    for column in (promise, customer, state):
        same &= column[order][1:] == column[order][:-1]
    run[1:] = ~same
    day = np.empty(len(order), dtype=np.int64)
    day[order] = known[order][run][np.cumsum(run) - 1]
    order = promise_order(frame, customer)
    order = order[customer[order] >= 0]
    told = frame["state"].to_numpy(dtype=object)[order]
    return Promised(
        customer[order].astype(np.int32), as_days(day[order]), as_days(known[order]), as_days(until[order]),
        pending=told == "pending", kept=told == "kept", broken=np.isin(told, ["broken", "part_kept"]),
    )  # fmt: skip


def _customers(frame: pd.DataFrame, customer_ids: pd.Index, currencies: pd.Index) -> tuple[CustomerRevisions, pd.Index]:
    customer = positions(frame["customer_id"], pd.Series(customer_ids))
    known = whole(frame["known_on"])
    order = np.lexsort((known, customer))
    order = order[customer[order] >= 0]
    country, countries = _coded(frame["country"])
    named = np.array([len(str(code)) == 2 for code in countries], dtype=np.bool_)
    limit_currency = positions(frame["credit_limit_currency"], pd.Series(currencies))
    return CustomerRevisions(
        customer[order].astype(np.int32),
        as_days(known[order]),
        as_days(whole(frame["superseded_on"])[order]),
        country=(np.where(named[country], country, -1) if len(named) else country)[order].astype(np.int32),
        credit_limit=whole(frame["credit_limit_minor"])[order],
        limit_currency=limit_currency[order].astype(np.int32),
    ), countries


def _require_sums(facts: Facts) -> None:
    """That no sum of one customer's money, or of money weighted by days late, can leave 64 bits."""
    held, applied = facts.revisions, facts.applications
    money = np.abs(held.amount).astype(np.float64)
    paid = np.abs(applied.amount).astype(np.float64)
    settled = facts.settled.revision
    late = (facts.settled.cleared - held.due[settled]).astype(np.float64)
    weighted = held.amount[settled] * np.clip(np.abs(late), 1.0, MOST_DAYS)
    if money.sum() + paid.sum() + weighted.sum() < LARGEST_SUM:
        return
    count = len(facts.customer_ids)
    owner = held.customer[np.searchsorted(held.item, applied.item)]
    sums = np.bincount(held.customer, money, count) + np.bincount(owner, paid, count)
    sums += np.bincount(held.customer[settled], weighted, count)
    if (sums >= LARGEST_SUM).any():
        raise WeightedSumTooLarge(str(facts.customer_ids[int(np.argmax(sums))]))


def _coded(texts: "pd.Series[Any]") -> tuple[IntArray, pd.Index]:
    """The place of each text among the distinct ones in order, and those."""
    code = codes_of(texts)
    if not len(code):
        return code, pd.Index([], dtype="str")
    row = np.empty(int(code.max()) + 1, dtype=np.int64)
    row[code] = np.arange(len(code))
    return code, pd.Index(texts.take(row), dtype="str")
