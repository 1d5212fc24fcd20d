"""From the frames of a view to facts in numbers: ids become codes, and everything is laid out customer by customer."""

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from features.errors import WeightedSumTooLarge
from features.facts import (
    CASH,
    LARGEST_SUM,
    REVERSAL,
    Applications,
    Codes,
    Contacted,
    CustomerRevisions,
    Days,
    Disputed,
    Facts,
    IntArray,
    Paid,
    Promised,
    Revisions,
    Settled,
    changes,
    taken,
)
from features.primitives import MOST_DAYS
from ledger.activity import LIVE_OUTCOMES
from ledger.days import NEVER
from ledger.lookup import positions
from ledger.money import EXPONENT
from ledger.ordering import codes_of
from ledger.returned_cash import standing_cash
from ledger.settlement import Applied, Billed, episodes, residue_of
from ledger.view import APPLICATION_KINDS, LedgerView


def facts_of(view: LedgerView) -> Facts:
    """The view in numbers; made once per view. Raises `WeightedSumTooLarge`."""
    found = _MADE.get(view)
    if found is None:
        found = _MADE[view] = _of_view(view)
    return found


_MADE: "WeakKeyDictionary[LedgerView, Facts]" = WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Layout:
    """Where rows of items go, so that items lie customer by customer and customers cluster by cluster.

    Attributes:
        order: the rows in that order, shape (n_rows,).
        item, customer: their new codes, shape (n_rows,).
        item_rank: of each new item code its old one; customer_rank likewise.
        cluster: of each new customer code, ascending.
    """

    order: Codes
    item: Codes
    customer: Codes
    item_rank: Codes
    customer_rank: Codes
    cluster: Codes

    @classmethod
    def of(cls, item: IntArray, customer: IntArray, known: IntArray, items: int, customers: int) -> "Layout":
        """For rows of revisions whose items and customers have codes from 0; by the evening on which an item was first
        known, then its code."""
        from features.kernels import arranged

        if len(item) == items and (np.diff(item) == 1).all():
            start, order = np.arange(items + 1), np.arange(items, dtype=np.int32)
        else:
            start, order = arranged(item, known, items)
        first = order[start[:-1]]
        cluster, code_of_customer = np.arange(customers, dtype=np.int32), np.arange(customers, dtype=np.int32)
        if len(order) > items:
            cluster, code_of_customer = _clusters(item[order], customer[order], customers)
        # An item lies with the customer it was first known of.
        _, item_rank = arranged(code_of_customer[customer[first]], known[first], customers)
        customer_rank = np.empty(customers, dtype=np.int32)
        customer_rank[code_of_customer] = np.arange(customers, dtype=np.int32)
        if len(order) > items:
            code_of_item = np.empty(items, dtype=np.int32)
            code_of_item[item_rank] = np.arange(items, dtype=np.int32)
            _, again = arranged(code_of_item[item], known, items)
            return cls(
                again, code_of_item[item[again]], code_of_customer[customer[again]], item_rank, customer_rank, cluster
            )
        rows = taken(first, item_rank)
        held = taken(customer, rows).astype(np.int32)
        return cls(rows, np.arange(items, dtype=np.int32), held, item_rank, customer_rank, cluster)


def _clusters(item: IntArray, customer: IntArray, count: int) -> tuple[Codes, Codes]:
    """The cluster of each new customer code, ascending, and the new code of each old one. Rows ordered by item."""
    moved = np.flatnonzero((item[1:] == item[:-1]) & (customer[1:] != customer[:-1]))
    leader = np.arange(count)

    def leader_of(one: int) -> int:
        while leader[one] != one:
            leader[one] = leader[leader[one]]
            one = int(leader[one])
        return one

    for row in moved:
        one, other = leader_of(int(customer[row])), leader_of(int(customer[row + 1]))
        leader[max(one, other)] = min(one, other)
    cluster = np.array([leader_of(one) for one in range(count)], dtype=np.int64)
    order = np.argsort(cluster, kind="stable")
    code = np.empty(count, dtype=np.int32)
    code[order] = np.arange(count)
    return cluster[order].astype(np.int32), code


def _of_view(view: LedgerView) -> Facts:
    items = view.items
    item, names = _coded(items["item_id"])
    customer, customer_names = _coded(items["customer_id"])
    currency, currencies = _coded(items["currency"])
    layout = Layout.of(item, customer, _whole(items["known_on"]), len(names), len(customer_names))

    def column(name: str) -> IntArray:
        return _whole(items[name])[layout.order]

    revisions = Revisions(
        item=layout.item,
        customer=layout.customer,
        currency=currency[layout.order].astype(np.int32),
        amount=column("amount_minor"),
        issued=_days(column("issued_on")),
        due=_days(column("due_on")),
        known=_days(column("known_on")),
        superseded=_days(column("superseded_on")),
        source_row=column("source_row").astype(np.int32),
    )
    item_ids, customer_ids = names.take(layout.item_rank), customer_names.take(layout.customer_rank)
    applications = _applications(view.applications, item_ids, revisions)
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
        paid=_paid(view.applications, item_ids, applications),
        settled=settled_of(revisions, applications, currencies),
        disputed=_disputed(view.disputes, item_ids),
        contacted=_contacted(view.contacts, customer_ids),
        promised=_promised(view.promise_spans, customer_ids),
        customers=customers,
    )
    _require_sums(facts)
    return facts


def settled_of(revisions: Revisions, applications: Applications, currencies: pd.Index) -> Settled:
    """The episodes of being settled, by `ledger.settlement`."""
    unit = 10 ** np.array([EXPONENT[str(code)] for code in currencies], dtype=np.int64)
    rows = np.flatnonzero(revisions.amount > 0)
    billed = revisions if len(rows) == len(revisions) else revisions.take(rows)
    if len(rows) < len(revisions):
        owed = np.zeros(int(revisions.item.max(initial=-1)) + 1, dtype=np.bool_)
        owed[billed.item] = True
        applications = applications.take(owed[applications.item])
    found = episodes(
        Billed(
            billed.item.astype(np.int64),
            billed.known.astype(np.int64),
            billed.amount,
            residue_of(billed.amount, unit[billed.currency] if len(unit) else billed.amount),
        ),
        Applied(
            applications.item.astype(np.int64),
            applications.known.astype(np.int64),
            applications.happened.astype(np.int64),
            applications.amount,
            (applications.kind == CASH) | (applications.kind == REVERSAL),
        ),
    )
    at = rows[found.revision]
    return Settled(
        item=revisions.item[at],
        revision=at.astype(np.int32),
        cleared=found.cleared.astype(np.int32),
        known=found.known.astype(np.int32),
        taken_back=found.taken_back.astype(np.int32),
        by_cash=found.by_cash,
    )


def _applications(frame: pd.DataFrame, item_ids: pd.Index, revisions: Revisions) -> Applications:
    from features.kernels import arranged

    item = positions(frame["item_id"], pd.Series(item_ids))
    ours = np.flatnonzero(item >= 0)
    item, happened = item[ours], _whole(frame["happened_on"])[ours]
    # A payment cannot be known before its invoice; where a file says so, it counts from the invoice on.
    known = np.maximum(_whole(frame["known_on"])[ours], revisions.known[changes(revisions.item)][item])
    kind = pd.Index(APPLICATION_KINDS).get_indexer(pd.Index(frame["kind"]))[ours]
    _, order = arranged(item, (known << 32) + happened, len(item_ids))
    return Applications(
        item=item[order].astype(np.int32),
        amount=_whole(frame["amount_minor"])[ours][order],
        happened=_days(happened[order]),
        known=_days(known[order]),
        kind=kind[order].astype(np.int8),
    )


def _paid(frame: pd.DataFrame, item_ids: pd.Index, applications: Applications) -> Paid:
    if not (applications.kind == REVERSAL).any():
        return paid_of(applications)
    parts = standing_cash(frame)
    item = positions(parts["item_id"], pd.Series(item_ids))
    ours = (item >= 0) & (_whole(parts["amount_minor"]) > 0)
    item, happened, known, until = (
        item[ours], *(_whole(parts[name])[ours] for name in ("happened_on", "known_on", "taken_back_on"))
    )  # fmt: skip
    # As for applications: not known before the item, whose first revision is known when its first application may be.
    first = np.full(len(item_ids), NEVER, dtype=np.int64)
    np.minimum.at(first, applications.item, applications.known)
    known = np.maximum(known, first[item])
    order = np.lexsort((until, happened, known, item))
    # What came together counts until the last part of it is taken back.
    last = np.ones(len(order), dtype=np.bool_)
    for column in (item[order], happened[order], known[order]):
        last[:-1] &= column[1:] == column[:-1]
    last[:-1] = ~last[:-1]
    order = order[last & (until > known)[order]]
    return Paid(item[order].astype(np.int32), _days(happened[order]), _days(known[order]), _days(until[order]))


def paid_of(applications: Applications) -> Paid:
    """The payments where none bounced."""
    cash = applications.cash
    told = applications if cash.all() else applications.take(cash)
    again = (told.item[1:] == told.item[:-1]) & (told.known[1:] == told.known[:-1])
    again &= told.happened[1:] == told.happened[:-1]
    if again.any():
        told = told.take(np.concatenate([[True], ~again]))
    never = np.broadcast_to(np.int32(NEVER), len(told))
    return Paid(told.item, told.happened, told.known, never)


def _disputed(frame: pd.DataFrame, item_ids: pd.Index) -> Disputed:
    item = positions(frame["item_id"], pd.Series(item_ids))
    start = np.maximum(_whole(frame["known_on"]), _whole(frame["opened_on"]))
    end = np.minimum(_whole(frame["superseded_on"]), _whole(frame["resolved_on"]))
    dispute, _ = _coded(frame["dispute_id"])
    rows = np.lexsort((_whole(frame["known_on"]), dispute))
    first = np.zeros(len(frame), dtype=np.bool_)
    first[rows] = changes(dispute[rows])
    order = np.lexsort((start, item))
    order = order[(item[order] >= 0) & ((end > start) | first)[order]]
    return Disputed(
        item[order].astype(np.int32), _days(start[order]), _days(np.maximum(start, end)[order]),
        _whole(frame["amount_minor"])[order], first[order],
    )  # fmt: skip


def _contacted(frame: pd.DataFrame, customer_ids: pd.Index) -> Contacted:
    customer = positions(frame["customer_id"], pd.Series(customer_ids))
    known = _whole(frame["known_on"])
    unanswered = ~frame["outcome"].isin(LIVE_OUTCOMES).to_numpy(dtype=np.bool_)
    order = np.lexsort((unanswered, _whole(frame["happened_on"]), known, customer))
    order = order[customer[order] >= 0]
    return Contacted(customer[order].astype(np.int32), _days(known[order]), unanswered[order])


def _promised(frame: pd.DataFrame, customer_ids: pd.Index) -> Promised:
    customer, promise = positions(frame["customer_id"], pd.Series(customer_ids)), _coded(frame["promise_id"])[0]
    known, until, state = _whole(frame["known_on"]), _whole(frame["taken_back_on"]), _coded(frame["state"])[0]
    order = np.lexsort((known, promise))
    run = np.ones(len(order), dtype=np.bool_)
    same = known[order][1:] == until[order][:-1]
    for column in (promise, customer, state):
        same &= column[order][1:] == column[order][:-1]
    run[1:] = ~same
    since = np.empty(len(order), dtype=np.int64)
    since[order] = known[order][run][np.cumsum(run) - 1]
    order = np.lexsort((promise, known, customer))
    order = order[customer[order] >= 0]
    told = frame["state"].to_numpy(dtype=object)[order]
    return Promised(
        customer[order].astype(np.int32), _days(since[order]), _days(known[order]), _days(until[order]),
        pending=told == "pending", kept=told == "kept", broken=np.isin(told, ["broken", "part_kept"]),
    )  # fmt: skip


def _customers(frame: pd.DataFrame, customer_ids: pd.Index, currencies: pd.Index) -> tuple[CustomerRevisions, pd.Index]:
    customer = positions(frame["customer_id"], pd.Series(customer_ids))
    known = _whole(frame["known_on"])
    order = np.lexsort((known, customer))
    order = order[customer[order] >= 0]
    country, countries = _coded(frame["country"])
    named = np.array([len(str(code)) == 2 for code in countries], dtype=np.bool_)
    limit_currency = positions(frame["credit_limit_currency"], pd.Series(currencies))
    return CustomerRevisions(
        customer[order].astype(np.int32),
        _days(known[order]),
        _days(_whole(frame["superseded_on"])[order]),
        country=(np.where(named[country], country, -1) if len(named) else country)[order].astype(np.int32),
        credit_limit=_whole(frame["credit_limit_minor"])[order],
        limit_currency=limit_currency[order].astype(np.int32),
    ), countries


def _require_sums(facts: Facts) -> None:
    """That no sum of one customer's money, or of money weighted by days late, can leave 64 bits."""
    held, applied = facts.revisions, facts.applications
    money = np.abs(held.amount).astype(np.float64)
    paid = np.abs(applied.amount).astype(np.float64)
    settled = facts.settled.revision
    weighted = held.amount[settled].astype(np.float64) * MOST_DAYS
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


def _whole(column: "pd.Series[Any]") -> IntArray:
    return column.to_numpy(dtype=np.int64)


def _days(days: IntArray) -> Days:
    return np.clip(days, -NEVER, NEVER).astype(np.int32)
