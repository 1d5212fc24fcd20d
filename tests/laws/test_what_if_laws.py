"""What-if is the truth of another evening: supposing a payment equals having been told of it."""

from dataclasses import asdict

import numpy as np
import pandas as pd
from builders import FIRST_DAY, law
from hypothesis import given
from hypothesis import strategies as st
from random_companies import bits, random_company, view_of

from features.account_rows import AccountRows
from features.compute import feature_rows
from ledger.days import NEVER, to_date, to_day
from ledger.facts import Facts
from ledger.supposed import SupposedInvoice, SupposedPayment, with_invoices, with_payments
from ledger.view import LedgerView


def told_of(facts: Facts, view: LedgerView, payments: list[SupposedPayment]) -> LedgerView:
    """The evening of a ledger that was told of these payments on it."""
    day = to_day(view.day)
    rows = [
        {
            "application_id": f"P-told-{number}", "item_id": paid.item_id, "kind": "cash", "known_assumed": False,
            "amount_minor": paid.amount_minor, "happened_on": day, "known_on": day,
        }
        for number, paid in enumerate(payments)
    ]  # fmt: skip
    told = pd.concat([facts.applications, pd.DataFrame(rows)], ignore_index=True)
    return view_of(Facts.of(**(facts.frames() | {"applications": told})), view.day)


def of_customer(table, customer_id):
    return table.take(np.flatnonzero(table.keys["customer_id"] == customer_id).tolist())


@given(seed=st.integers(0, 2**32 - 1), at=st.floats(0.2, 1.0))
@law(examples=10)
def test_supposing_payments_gives_the_rows_of_a_ledger_that_was_told_of_them_to_the_last_bit(seed, at):
    facts, rng = random_company(seed), np.random.default_rng(seed)
    last = int(facts.items["known_on"].max())
    view = view_of(facts, to_date(int(to_day(FIRST_DAY) + (last - to_day(FIRST_DAY)) * at)))
    table = feature_rows(view)
    if not len(table):
        return
    customer_id = str(rng.choice(table.keys["customer_id"].unique()))
    own = table.keys[table.keys["customer_id"] == customer_id]
    payments = [
        SupposedPayment(str(item_id), int(open_minor) if rng.random() < 0.6 else max(1, int(open_minor) // 3))
        for item_id, open_minor in zip(own["item_id"], own["open_minor"], strict=True)
        if rng.random() < 0.6
    ]

    known = view.part_of([customer_id])
    supposed = AccountRows(view).rows(customer_id, known, with_payments(known, payments))

    assert bits(supposed) == bits(of_customer(feature_rows(told_of(facts, view, payments)), customer_id))


def told_of_invoices(facts: Facts, view: LedgerView, invoices: list[SupposedInvoice]) -> LedgerView:
    """The evening of a ledger in which these invoices were booked on it."""
    like = {name: facts.items[name].iloc[0] for name in facts.items.columns}
    unsaid = {"entity": "", "kind": "invoice", "instalment": 0, "known_on": to_day(view.day), "superseded_on": NEVER}
    rows = [{**like, **unsaid, **asdict(one), "invoice_number": one.item_id} for one in invoices]
    told = pd.concat([facts.items, pd.DataFrame(rows)[facts.items.columns]], ignore_index=True)
    return view_of(Facts.of(**(facts.frames() | {"items": told})), view.day)


@given(seed=st.integers(0, 2**32 - 1), at=st.floats(0.2, 1.0), is_new=st.booleans())
@law(examples=10)
def test_supposing_invoices_gives_the_rows_of_a_ledger_that_was_told_of_them_to_the_last_bit(seed, at, is_new):
    facts, rng = random_company(seed), np.random.default_rng(seed)
    last = int(facts.items["known_on"].max())
    view = view_of(facts, to_date(int(to_day(FIRST_DAY) + (last - to_day(FIRST_DAY)) * at)))
    customers = view.items["customer_id"].unique()
    if not len(customers):
        return
    customer_id = "C-never-seen" if is_new else str(rng.choice(customers))
    invoices = [
        SupposedInvoice(
            f"new/{number}", customer_id, int(rng.integers(1, 9_000_00)), "EUR", to_day(view.day) - number,
            to_day(view.day) - number + int(rng.integers(0, 60)), "net 30",
        )
        for number in range(int(rng.integers(1, 4)))
    ]  # fmt: skip

    known = view.part_of([customer_id])
    supposed = AccountRows(view).rows(customer_id, known, with_invoices(known, invoices))

    assert bits(supposed) == bits(of_customer(feature_rows(told_of_invoices(facts, view, invoices)), customer_id))
