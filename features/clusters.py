"""Who lies beside whom: items customer by customer, and customers that share an item in one cluster."""

from dataclasses import dataclass

import numpy as np

from features.facts import Codes, IntArray, taken
from features.kernels.arranging import arranged


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
