"""Reconciliation and roll-forward, by hand: what ties, what does not, and which item it is."""

from datetime import date

import pandas as pd
import pytest
from builders import invoice, payment, rate, reversal
from views import view_of

from ledger.books.control_file import read_control
from ledger.books.reconcile import reconcile
from ledger.books.roll_forward import roll_forward
from ledger.days import NEVER, to_day
from ledger.errors import DifferentClocks
from ledger.facts import Facts
from ledger.refusals import FileRefused

FEB, MARCH = date(2026, 2, 28), date(2026, 3, 31)
BOOK = (
    invoice("INV-1", due_on="2026-03-14", amount=100, entity="DE01"),
    invoice("INV-2", due_on="2026-03-20", amount=50, entity="DE01"),
    invoice("CRN-1", due_on="2026-03-20", amount=-10, entity="DE01"),
    payment("INV-1", paid_on="2026-03-20", amount=40),
)


def control_of(tmp_path, text):
    path = tmp_path / "control.csv"
    path.write_text(text, encoding="utf-8")
    return read_control(path)


def named(proof):
    return [(v.code, v.item_id, v.ours_minor, v.theirs_minor) for v in proof.variances]


def test_buckets_and_unapplied_are_open_and_open_is_billed_less_applied():
    proof = reconcile(view_of(*BOOK))

    assert proof.ties
    assert proof.rows.to_dict("records") == [
        {
            "entity": "DE01", "currency": "EUR", "open_items": 3, "buckets": 60_00 + 50_00, "unapplied": -10_00,
            "open": 100_00, "billed": 140_00, "applied": 40_00, "difference": 0,
        }
    ]  # fmt: skip


def test_a_payment_on_an_item_that_nobody_knows_is_named():
    proof = reconcile(view_of(*BOOK, payment("LOST", paid_on="2026-03-01", amount=7)))

    assert named(proof) == [("payments_on_unknown_item", "LOST", 0, -7_00)]
    assert proof.rows["difference"].tolist() == [7_00, 0]


def test_a_payment_on_an_item_that_was_withdrawn_is_named():
    view = view_of(*BOOK)
    gone = view.items.assign(superseded_on=view.items["superseded_on"].where(view.items["item_id"] != "INV-1", 20_000))

    proof = reconcile(type(view).of_facts(MARCH, gone, view.applications))

    assert named(proof) == [("payments_on_withdrawn_item", "INV-1", 0, -40_00)]


def test_a_control_total_that_agrees_ties(tmp_path):
    for text in ("entity;currency;amount\nDE01;EUR;100,00\n", "currency,amount\nEUR,100.00\n"):
        assert reconcile(view_of(*BOOK), control_of(tmp_path, text)).ties


def test_a_control_total_that_differs_points_at_what_its_source_no_longer_lists(tmp_path):
    absences = pd.DataFrame([{"item_id": "INV-2", "known_on": to_day(MARCH), "ended_on": NEVER}])

    proof = reconcile(
        view_of(*BOOK, absences=absences), control_of(tmp_path, "entity,currency,amount\nDE01,EUR,50.00\n")
    )

    assert named(proof) == [("control_total", "", 100_00, 50_00)]
    assert "INV-2" in proof.variances[0].sentence


def test_a_currency_that_the_control_file_leaves_out_is_a_variance(tmp_path):
    view = view_of(*BOOK, invoice("YEN", due_on="2026-03-20", amount=700, currency="JPY", entity="DE01"))

    proof = reconcile(view, control_of(tmp_path, "entity,currency,amount\nDE01,EUR,100.00\nDE01,USD,1.00\n"))

    assert named(proof) == [("control_total", "", 700, 0), ("control_total", "", 0, 1_00)]


def test_a_control_file_with_items_names_each_that_differs(tmp_path):
    text = """entity,currency,amount,item_id
DE01,EUR,160.00,
DE01,EUR,100.00,INV-1
DE01,EUR,70.00,INV-9
DE01,EUR,-10.00,CRN-1
"""

    proof = reconcile(view_of(*BOOK), control_of(tmp_path, text))

    assert named(proof) == [
        ("different", "INV-1", 60_00, 100_00),
        ("missing_there", "INV-2", 50_00, 0),
        ("missing_here", "INV-9", 0, 70_00),
    ]
    assert proof.against["difference"].tolist() == [sum(v.difference_minor for v in proof.variances)] == [-60_00]


def test_an_item_of_the_control_file_is_found_by_entity_and_number(tmp_path):
    view = view_of(invoice("DE01/INV-1", due_on="2026-03-14", amount=100, entity="DE01"))

    assert reconcile(view, control_of(tmp_path, "entity,currency,amount,item_id\nDE01,EUR,100.00,INV-1\n")).ties


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("entity,currency,amount\nDE01,EUR,1.234\n", "ambiguous_number_format", None),
        ("currency,amount\nEUR,1.50\nUSD,\"1,50\"\n", "mixed_number_formats", None),
        ("entity,amount\nDE01,1.50\n", "missing_columns", None),
        ("currency,amount,amount\nEUR,1.50,1.50\n", "duplicate_columns", None),
        ("currency,amount\nEUR,1.50\nEUR,1.50\n", "conflicting_duplicate", 3),
        ("currency,amount\nEURO,1.50\n", "bad_currency", 2),
        ("currency,amount\nEUR,1.505\nEUR,2.50\n", "amount_precision", 2),
        ("currency,amount\nEUR,\n", "missing_required", 2),
        ("currency,amount\nEUR,$1.50\n", "currency_mismatch", 2),
    ],
)  # fmt: skip
def test_a_control_file_that_could_be_misread_is_refused(tmp_path, text, code, line):
    with pytest.raises(FileRefused) as refused:
        control_of(tmp_path, text)

    assert (refused.value.code, refused.value.line) == (code, line)


def roll(*facts, day=MARCH, opening=FEB, base=None):
    return roll_forward(view_of(*facts, day=opening), view_of(*facts, day=day), base=base)


def moved(table):
    return {name: value for name, value in table.iloc[0].items() if not isinstance(value, str) and value}


def test_every_line_of_a_roll_forward_has_its_sign():
    rolled = roll(
        invoice("OLD", due_on="2026-02-20", amount=1000),
        invoice("NEW", issued_on="2026-03-05", due_on="2026-04-04", amount=200),
        invoice("CRN", issued_on="2026-03-06", due_on="2026-03-06", amount=-30),
        payment("OLD", paid_on="2026-03-07", amount=400),
        reversal("OLD", taken_back_on="2026-03-17", amount=150),
        payment("OLD", paid_on="2026-03-18", amount=10, kind="discount"),
        payment("OLD", paid_on="2026-03-19", amount=20, kind="credit"),
        payment("OLD", paid_on="2026-03-20", amount=60, kind="write_off"),
        payment("OLD", paid_on="2026-03-21", amount=-5, kind="credit"),
        payment("NEW", paid_on="2026-04-01", amount=200),
    )

    assert moved(rolled.rows) == {
        "opening": 1000_00, "invoices": 200_00, "debit_adjustments": 5_00, "cash": -400_00, "credits": -30_00 - 20_00,
        "discounts": -10_00, "write_offs": -60_00, "reversals": 150_00,
        "closing": 1000_00 + 200_00 + 5_00 - 400_00 - 50_00 - 10_00 - 60_00 + 150_00,
    }  # fmt: skip
    assert rolled.closes


def test_using_up_a_credit_moves_nothing_in_its_line():
    rolled = roll(
        invoice("INV-1", due_on="2026-02-20", amount=100),
        invoice("CRN-1", due_on="2026-02-20", amount=-30),
        payment("INV-1", paid_on="2026-03-07", amount=30, kind="credit", payment_id="A"),
        payment("CRN-1", paid_on="2026-03-07", amount=-30, kind="credit", payment_id="B"),
    )

    assert moved(rolled.rows) == {"opening": 70_00, "closing": 70_00}


def test_a_payment_dated_back_shows_in_the_period_in_which_it_became_known():
    facts = (
        invoice("INV-1", due_on="2026-02-20", amount=100),
        payment("INV-1", paid_on="2026-02-25", known_on="2026-03-03", amount=100),
    )

    known = roll(*facts)
    happened = roll_forward(
        view_of(*facts, day=FEB, known_by=date(2026, 4, 30)), view_of(*facts, known_by=date(2026, 4, 30))
    )

    assert moved(known.rows) == {"opening": 100_00, "cash": -100_00, "back_dated": -100_00}
    assert (known.clock, happened.clock) == ("known", "happened")
    assert happened.rows.empty


def test_a_correction_moves_what_is_open_to_another_entity():
    old = invoice("INV-1", due_on="2026-02-20", amount=100, entity="DE01")
    new = Facts.of(items=old.items.assign(entity="US01", known_on=to_day(date(2026, 3, 10))))
    paid = payment("INV-1", paid_on="2026-03-01", amount=30)
    items = pd.concat([
        old.items.assign(superseded_on=to_day(date(2026, 3, 10)), source_row=0),
        new.items.assign(superseded_on=NEVER, source_row=0),
    ])  # fmt: skip
    closing = type(view_of(*BOOK)).of_facts(MARCH, items, paid.applications)

    rows = roll_forward(closing.earlier(FEB), closing).rows.set_index("entity")

    assert rows.loc["DE01", ["opening", "cash", "corrections", "closing"]].tolist() == [100_00, -30_00, -70_00, 0]
    assert rows.loc["US01", ["opening", "cash", "corrections", "closing"]].tolist() == [0, 0, 70_00, 70_00]


def test_the_change_of_rates_stands_apart_and_the_period_closes_in_the_reporting_currency():
    rolled = roll(
        invoice("OLD", due_on="2026-02-20", amount=100, currency="USD"),
        payment("OLD", paid_on="2026-03-10", amount=40, currency="USD"),
        rate("USD", "0.90", rate_on="2026-02-01"),
        rate("USD", "0.80", rate_on="2026-03-10"),
        rate("USD", "0.95", rate_on="2026-03-31"),
        base="EUR",
    )

    assert moved(rolled.told) == {
        "opening": 90_00, "cash": -32_00, "fx": 57_00 - 90_00 + 32_00, "closing": 57_00,
    }  # fmt: skip
    assert rolled.told["fx"].item() == 100_00 * (95 - 90) // 100 - 40_00 * (95 - 80) // 100


def test_a_currency_without_a_rate_on_the_opening_day_is_named_and_not_told():
    rolled = roll(
        invoice("OLD", due_on="2026-02-20", amount=100, currency="USD"),
        rate("USD", "0.80", rate_on="2026-03-10"),
        base="EUR",
    )

    assert rolled.told.empty
    assert [error.currency for error in rolled.missing] == ["USD"]


def test_an_item_that_changed_without_an_entry_is_named():
    opening, closing = view_of(*BOOK, day=date(2026, 3, 25)), view_of(*BOOK[:3])

    rolled = roll_forward(opening, closing)

    assert not rolled.closes
    assert [(item.item_id, item.difference_minor) for item in rolled.unexplained] == [("INV-1", 40_00)]
    assert rolled.rows["difference"].tolist() == [40_00]


def test_evenings_that_do_not_follow_each_other_or_were_seen_differently_are_refused():
    march, february = view_of(*BOOK), view_of(*BOOK, day=FEB)
    for opening, closing in ((march, march), (march, february), (view_of(*BOOK, day=FEB, known_by=MARCH), march),
                             (view_of(*BOOK, day=FEB, known_by=date(2026, 4, 1)), march)):  # fmt: skip
        if opening.later and opening.known_by == closing.known_by:
            assert roll_forward(opening, closing).closes
        else:
            with pytest.raises(DifferentClocks):
                roll_forward(opening, closing)
