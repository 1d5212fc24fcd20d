"""What was known of a promise, evening by evening: single cases; the laws are in `laws/test_promise_laws.py`."""

from datetime import date

import pandas as pd
from builders import customer, invoice, payment, promise, reversal
from views import view_of

from ledger.days import NEVER, to_date, to_day

OWED = [
    invoice("INV-1", due_on="2026-03-01", amount=100),
    invoice("INV-2", due_on="2026-03-01", amount=50),
    invoice("USD-1", due_on="2026-03-01", amount=100, currency="USD"),
    invoice("OTHER", due_on="2026-03-01", amount=100, customer="C-2"),
]
# Made on a Monday for Friday, the 13th; two bank days later it is Tuesday, the 17th.
PROMISE = promise("M-1", made_on="2026-03-09", promised_on="2026-03-13", amount=100)


def spans_of(*facts, day=date(2026, 3, 31), **promised):
    """State, first evening and evening of the end, '' where it stands, as March days."""
    told = [promise("M-1", **{"made_on": "2026-03-09", "promised_on": "2026-03-13", "amount": 100, **promised})]
    return drawn(view_of(*OWED, *told, *facts, day=day).promise_spans)


def drawn(spans: pd.DataFrame) -> list[tuple[str, int, int | str]]:
    rows = zip(spans["state"], spans["known_on"], spans["taken_back_on"], strict=True)
    return [(state, to_date(known).day, "" if end == NEVER else to_date(end).day) for state, known, end in rows]


def test_a_promise_without_cash_is_broken_on_the_evening_after_its_last_day():
    assert spans_of() == [("pending", 9, 18), ("broken", 18, "")]


def test_on_an_evening_before_that_nobody_knows_that_it_will_be_broken():
    assert spans_of(day=date(2026, 3, 17)) == [("pending", 9, "")]
    assert spans_of(day=date(2026, 3, 18)) == [("pending", 9, 18), ("broken", 18, "")]


def test_it_is_kept_from_the_evening_on_which_the_cash_is_known():
    assert spans_of(payment("INV-1", paid_on="2026-03-12", known_on="2026-03-16", amount=100)) == [
        ("pending", 9, 16), ("kept", 16, ""),
    ]  # fmt: skip


def test_cash_of_the_last_day_that_is_booked_later_mends_a_broken_promise():
    assert spans_of(payment("INV-1", paid_on="2026-03-17", known_on="2026-03-20", amount=95)) == [
        ("pending", 9, 18), ("broken", 18, 20), ("kept", 20, ""),
    ]  # fmt: skip


def test_cash_of_the_day_after_the_last_does_not():
    assert spans_of(payment("INV-1", paid_on="2026-03-18", amount=100)) == [("pending", 9, 18), ("broken", 18, "")]


def test_cash_from_before_the_promise_does_not_count():
    assert spans_of(payment("INV-1", paid_on="2026-03-08", known_on="2026-03-10", amount=100))[-1][0] == "broken"


def test_a_part_is_a_part_only_when_the_time_is_over():
    assert spans_of(payment("INV-1", paid_on="2026-03-10", amount=40)) == [("pending", 9, 18), ("part_kept", 18, "")]


def test_parts_on_several_items_add_up_to_95_percent():
    paid = payment("INV-1", paid_on="2026-03-10", amount=50), payment("INV-2", paid_on="2026-03-12", amount=45)

    assert spans_of(*paid) == [("pending", 9, 12), ("kept", 12, "")]


def test_only_the_items_that_it_names_count():
    paid = payment("INV-2", paid_on="2026-03-10", amount=50), payment("INV-1", paid_on="2026-03-11", amount=50)

    assert spans_of(*paid, items=["INV-2"])[-1][0] == "part_kept"
    assert spans_of(*paid, items=["INV-2", "INV-1"])[-1][0] == "kept"


def test_money_in_another_currency_of_another_customer_or_of_another_kind_does_not_count():
    others = [
        payment("USD-1", paid_on="2026-03-10", amount=100, currency="USD"),
        payment("OTHER", paid_on="2026-03-10", amount=100),
        payment("INV-1", paid_on="2026-03-10", amount=100, kind="credit"),
    ]

    assert spans_of(*others)[-1][0] == "broken"
    assert spans_of(*others, items=["USD-1", "INV-1"])[-1][0] == "broken"
    assert spans_of(*others, items=["OTHER"])[-1][0] == "kept"  # named: whoever owes it


def test_a_bounced_payment_unkeeps_a_promise_however_late_it_bounces():
    paid = payment("INV-1", paid_on="2026-03-10", amount=100)

    assert spans_of(paid, reversal("INV-1", taken_back_on="2026-03-12", amount=100)) == [
        ("pending", 9, 10), ("kept", 10, 12), ("pending", 12, 18), ("broken", 18, ""),
    ]  # fmt: skip
    assert spans_of(paid, reversal("INV-1", taken_back_on="2026-03-25", known_on="2026-03-27", amount=100)) == [
        ("pending", 9, 10), ("kept", 10, 27), ("broken", 27, ""),
    ]  # fmt: skip


def test_a_payment_from_before_the_promise_that_bounces_takes_nothing_from_it():
    before = payment("INV-1", paid_on="2026-03-02", amount=80)
    bounced = reversal("INV-1", taken_back_on="2026-03-11", amount=80)
    again = payment("INV-1", paid_on="2026-03-10", amount=100)

    assert spans_of(before, bounced, again)[-1] == ("kept", 10, "")


def test_money_on_account_that_is_used_counts_as_cash_on_the_invoice():
    used = [
        invoice("ON-ACCOUNT", due_on="2026-03-01", amount=-100),
        payment("ON-ACCOUNT", paid_on="2026-03-11", amount=-100),
        payment("INV-1", paid_on="2026-03-11", amount=100),
    ]

    assert spans_of(*used)[-1] == ("kept", 11, "")


def test_a_promise_is_cancelled_only_before_its_day():
    assert spans_of(cancelled_on="2026-03-11") == [("pending", 9, 11), ("cancelled", 11, "")]
    assert spans_of(cancelled_on="2026-03-13") == [("pending", 9, 18), ("broken", 18, "")]


def test_a_promise_that_is_told_late_begins_in_the_state_of_that_evening():
    assert spans_of(known_on="2026-03-20") == [("broken", 20, "")]
    assert spans_of(payment("INV-1", paid_on="2026-03-10", amount=100), known_on="2026-03-20") == [("kept", 20, "")]


def test_a_correction_begins_a_span_with_what_it_says(ledger):
    for fact in OWED:
        ledger.load(fact)
    ledger.load(PROMISE)
    ledger.load(promise("M-1", made_on="2026-03-09", promised_on="2026-03-20", amount=60, known_on="2026-03-12"))
    ledger.load(payment("INV-1", paid_on="2026-03-19", amount=60))

    spans = ledger.as_of(date(2026, 3, 31)).promise_spans

    assert drawn(spans) == [("pending", 9, 12), ("pending", 12, 19), ("kept", 19, "")]
    assert spans["amount_minor"].tolist() == [100_00, 60_00, 60_00]
    assert spans["promised_on"].map(to_date).map(str).tolist() == ["2026-03-13", "2026-03-20", "2026-03-20"]


def test_the_cash_of_an_invoice_that_gets_another_customer_goes_along(ledger):
    for fact in (*OWED, PROMISE, payment("INV-1", paid_on="2026-03-10", amount=100)):
        ledger.load(fact)
    ledger.load(invoice("INV-1", due_on="2026-03-01", amount=100, customer="C-2", known_on="2026-03-16"))

    assert drawn(ledger.as_of(date(2026, 3, 31)).promise_spans) == [
        ("pending", 9, 10), ("kept", 10, 16), ("pending", 16, 18), ("broken", 18, ""),
    ]  # fmt: skip


def test_later_knowledge_shows_what_was_learned_by_its_evening():
    paid = payment("INV-1", paid_on="2026-03-10", known_on="2026-03-25", amount=100)
    view = view_of(*OWED, PROMISE, paid, customer("C-1"), day=date(2026, 3, 20), known_by=date(2026, 3, 31))

    assert drawn(view.promise_spans)[-1] == ("kept", 25, "")
    assert view.promise_spans["known_on"].max() <= to_day(view.known_by)
