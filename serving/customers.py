"""What the ledger says of a customer beside the scored items: name, unused credits, how it paid lately."""

from collections import defaultdict

import pandas as pd

from ledger.days import NEVER
from ledger.view import LedgerView
from serving.accounts import CustomerFacts, Money

LAST_PAID = 12
"""How many settled invoices a strip shows."""


def customer_facts(view: LedgerView) -> dict[str, CustomerFacts]:
    """The facts of every customer that the view knows anything of, as known that evening."""
    names = _newest_customers(view.customers)
    unused = _unused_credits(view)
    paid = _paid_days_late(view)
    return {
        customer_id: CustomerFacts(
            customer_name=names.get(customer_id, (None, None))[0],
            country=names.get(customer_id, (None, None))[1],
            credits=tuple(unused.get(customer_id, ())),
            paid_days_late=paid.get(customer_id, ()),
        )
        for customer_id in sorted(names.keys() | unused.keys() | paid.keys())
    }


def _newest_customers(customers: pd.DataFrame) -> dict[str, tuple[str | None, str | None]]:
    valid = customers[customers["superseded_on"] == NEVER]
    return {
        str(row.customer_id): (_text(row.customer_name), _text(row.country)) for row in valid.itertuples(index=False)
    }


def _unused_credits(view: LedgerView) -> dict[str, list[Money]]:
    """Unused credits by customer and currency, as positive amounts."""
    open_items = view.open_items()
    credits = open_items[open_items["open_minor"] < 0]
    sums = credits.groupby(["customer_id", "currency"], sort=True)["open_minor"].sum().reset_index()
    found: dict[str, list[Money]] = defaultdict(list)
    for customer_id, currency, minor in zip(*(sums[name].tolist() for name in sums.columns), strict=True):
        found[str(customer_id)].append(Money(-int(minor), str(currency)))
    return found


def _paid_days_late(view: LedgerView) -> dict[str, tuple[int, ...]]:
    """Days late of the last invoices that stand settled, oldest first."""
    stands = view.settlements[view.settlements["taken_back_on"] == NEVER]
    in_order = stands.sort_values(["customer_id", "cleared_on", "item_id"], kind="stable")
    last = in_order.groupby("customer_id", sort=False).tail(LAST_PAID)
    return {
        str(customer_id): tuple(int(days) for days in days_late)
        for customer_id, days_late in last.groupby("customer_id", sort=False)["days_late"]
    }


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None
