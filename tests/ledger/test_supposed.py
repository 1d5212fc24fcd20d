"""A supposed payment is cash of the view's own evening, and the view it is added to does not know of it."""

from datetime import date

import pandas as pd
from builders import invoice, ledger_of, payment, together

from ledger.supposed import SupposedPayment, with_payments
from ledger.view import LedgerView

EVENING = date(2026, 3, 31)


def view():
    return ledger_of(
        together(
            invoice("A", due_on="2026-03-01", amount=100),
            invoice("B", due_on="2026-03-01", amount=50),
            payment("A", paid_on="2026-03-31", amount=10),
            payment("B", paid_on="2026-03-02", amount=5),
        )
    ).as_of(EVENING)


def test_what_is_supposed_is_no_longer_open_and_the_given_view_is_as_it_was():
    known = view()

    supposed = with_payments(known, [SupposedPayment("B", 45_00), SupposedPayment("A", 1_00)])

    assert supposed.open_items()[["item_id", "open_minor"]].to_numpy().tolist() == [["A", 89_00]]
    assert known.open_items()["open_minor"].tolist() == [90_00, 45_00]
    assert with_payments(known, []) is known


def test_supposed_payments_stand_in_the_order_of_a_view():
    supposed = with_payments(view(), [SupposedPayment("B", 45_00), SupposedPayment("A", 1_00)])

    sorted_again = LedgerView.of_facts(EVENING, supposed.items, supposed.applications)
    pd.testing.assert_frame_equal(supposed.applications, sorted_again.applications)
    assert supposed.applications["application_id"].str.startswith("supposed/").tolist() == [False, True, False, True]
