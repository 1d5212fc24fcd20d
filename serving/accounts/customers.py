"""What the ledger says of a customer beside the scored items: name, credits, payments, history, dealings, answers."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import date
from sys import intern

import pandas as pd

from ledger.days import NEVER, to_day
from ledger.frames import where
from ledger.lookup import positions, whole
from ledger.ordering import codes_of, sorted_by
from ledger.view import LedgerView
from serving.accounts.account import CustomerFacts, Money
from serving.accounts.dealings import NO_DEALINGS
from serving.accounts.dealings_reading import dealings_of
from serving.accounts.history import NO_HISTORY
from serving.accounts.history_reading import histories_of
from serving.accounts.own_rows import Owned, own_rows
from serving.strategy.strategy import Strategy
from serving.value.answering import NOTHING_KNOWN, answering_of
from serving.value.call_value import answers_of
from serving.value.response import ResponsePrior

LAST_PAID = 12
"""How many settled invoices a strip shows."""

NO_NAME = (None, None)
"""Neither a name nor a country."""


def customer_facts(
    view: LedgerView,
    prior: ResponsePrior,
    strategy: Strategy,
    works_on: date,
    listed_before: Collection[str] = (),
    customers: Iterable[str] | None = None,
    minutes_with: Callable[[str], float] | None = None,
) -> dict[str, CustomerFacts]:
    """The facts of every customer asked for that the view knows anything of, as known that evening.

    Args:
        prior: how customers are taken to answer a call; what is known of each is drawn towards it.
        strategy: the rules, which say for how long a promise is waited for.
        works_on: the day on which the list is worked.
        listed_before: who stood on the list published before.
        customers: who is asked for; None for everybody.
        minutes_with: that a call to a customer takes; None: those of the prior, for everybody.
    """
    asked = None if customers is None else set(customers)
    names = _newest_customers(view.customers)
    unused = _unused_credits(view)
    settled = _standing_settlements(view, asked)
    paid = _paid_days_late(settled)
    histories = histories_of(view, settled)
    answering, today = answering_of(view), to_day(view.day)
    dealings = dealings_of(view, works_on, strategy.promises.grace_bank_days)
    known = names.keys() | unused.keys() | paid.keys() | histories.keys() | answering.keys() | dealings.keys()
    return {
        customer_id: CustomerFacts(
            *names.get(customer_id, NO_NAME),
            credits=tuple(unused.get(customer_id, ())),
            paid_days_late=paid.get(customer_id, ()),
            history=histories.get(customer_id, NO_HISTORY),
            dealings=dealings.get(customer_id, NO_DEALINGS),
            answers=answers_of(
                answering.get(customer_id, NOTHING_KNOWN),
                today,
                prior,
                None if minutes_with is None else minutes_with(customer_id),
            ),
            was_listed=customer_id in listed_before,
        )
        for customer_id in sorted(known if asked is None else known & asked)
    }


def _newest_customers(customers: pd.DataFrame) -> dict[str, tuple[str | None, str | None]]:
    valid = customers[customers["superseded_on"] == NEVER]
    columns = (valid[name].tolist() for name in ("customer_id", "customer_name", "country"))
    return {str(customer): (_text(name), _code(country)) for customer, name, country in zip(*columns, strict=True)}


def _unused_credits(view: LedgerView) -> dict[str, list[Money]]:
    """Unused credits by customer and currency, as positive amounts."""
    open_items = view.open_items()
    credits = open_items[open_items["open_minor"] < 0]
    sums = credits.groupby(["customer_id", "currency"], sort=True)["open_minor"].sum().reset_index()
    found: dict[str, list[Money]] = defaultdict(list)
    for customer_id, currency, minor in zip(*(sums[name].tolist() for name in sums.columns), strict=True):
        found[str(customer_id)].append(Money(-int(minor), str(currency)))
    return found


def _standing_settlements(view: LedgerView, customers: set[str] | None) -> pd.DataFrame:
    """The settlements that stand (of some customers, or all), by customer in the order in which they were settled."""
    stands = where(view.settlements, whole(view.settlements["taken_back_on"]) == NEVER)
    if customers is None:
        owner = codes_of(stands["customer_id"])
    else:
        owner = positions(stands["customer_id"], pd.Series(sorted(customers), dtype="str"))
        stands, owner = where(stands, owner >= 0), owner[owner >= 0]
    # Of one day they stay by `item_id`, as the view has them.
    return sorted_by(stands, owner, whole(stands["cleared_on"]))[0]


def _paid_days_late(settled: pd.DataFrame) -> dict[str, tuple[int, ...]]:
    """Days late of the last invoices that stand settled, oldest first; `settled` has each customer's together."""
    days_late: Owned[int] = Owned(whole(settled["days_late"]).tolist(), own_rows(settled["customer_id"]))
    return {customer_id: days_late.last(customer_id, LAST_PAID) for customer_id in days_late.rows}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _code(value: object) -> str | None:
    """A text of which there are few, each kept once."""
    return intern(text) if (text := _text(value)) else None
