"""What happened next: one item with a balance of 100, looked at on 1 March 2026."""

from datetime import date

import numpy as np
import pytest
from builders import invoice, ledger_of, payment, reversal

from features.compute import feature_rows
from ledger.days import to_day
from training.labels import booking_lag, outcomes, paths, person_periods, unpaid_after

TONIGHT = date(2026, 3, 1)
EDGES = (0, 7, 14, 30)


def followed(*facts, as_of="2026-05-01", edges=EDGES):
    """The balance of INV-1 after `TONIGHT`, as known on the evening `as_of`."""
    ledger = ledger_of(invoice("INV-1", due_on="2026-02-20", amount=100), *facts)
    view = ledger.as_of(TONIGHT)
    return paths(
        feature_rows(view).keys, outcomes(ledger, ledger.as_of(date.fromisoformat(as_of)), to_day(TONIGHT)), edges
    )


def test_cash_is_the_share_of_what_was_open_when_its_interval_began():
    path = followed(
        payment("INV-1", paid_on="2026-03-05", amount=60), payment("INV-1", paid_on="2026-03-12", amount=10)
    )

    assert path.paid_share[0] == pytest.approx([60 / 100, 10 / 40, 0.0])
    assert path.open_share[0] == pytest.approx([1.0, 0.4, 0.3, 0.3])


def test_the_last_day_of_an_interval_belongs_to_it():
    assert followed(payment("INV-1", paid_on="2026-03-08", amount=100)).paid_share[0].tolist() == [1.0, 0.0, 0.0]
    assert followed(payment("INV-1", paid_on="2026-03-09", amount=100)).paid_share[0].tolist() == [0.0, 1.0, 0.0]


def test_a_payment_of_yesterday_booked_tomorrow_is_paid_tomorrow():
    path = followed(payment("INV-1", paid_on="2026-02-25", known_on="2026-03-03", amount=100))

    assert path.paid_share[0].tolist() == [1.0, 0.0, 0.0]


def test_a_payment_known_tonight_is_no_outcome():
    path = followed(payment("INV-1", paid_on="2026-02-25", amount=50))

    assert path.open_share[0].tolist() == [1.0, 1.0, 1.0, 1.0]


def test_a_residue_within_tolerance_counts_as_paid():
    path = followed(payment("INV-1", paid_on="2026-03-05", amount="99.50"))

    assert path.paid_share[0, 0] == 1.0
    assert path.open_share[0, 1] == 0.0


def test_a_credit_leaves_the_book_without_being_paid():
    path = followed(payment("INV-1", paid_on="2026-03-05", amount=100, kind="credit"))

    assert path.paid_share[0].tolist() == [0.0, 0.0, 0.0]
    assert path.open_share[0].tolist() == [1.0, 0.0, 0.0, 0.0]


def test_a_write_off_ends_what_we_may_look_at():
    path = followed(payment("INV-1", paid_on="2026-03-10", amount=100, kind="write_off"))

    assert path.observed[0].tolist() == [True, False, False]


@pytest.mark.parametrize("taken_back_on", ["2026-03-05", "2026-03-07", "2026-03-12", "2026-04-20"])
def test_a_bounced_payment_was_not_paid_whenever_it_bounced(taken_back_on):
    path = followed(
        payment("INV-1", paid_on="2026-03-05", amount=100), reversal("INV-1", taken_back_on=taken_back_on, amount=100)
    )

    assert path.paid_share[0].tolist() == [0.0, 0.0, 0.0]
    assert path.open_share[0].tolist() == [1.0, 1.0, 1.0, 1.0]
    assert not path.left_otherwise.any()


def test_a_part_that_bounces_later_is_at_stake_again_beside_what_is_paid_in_the_first_week():
    path = followed(
        payment("INV-1", paid_on="2026-02-25", amount=60),
        payment("INV-1", paid_on="2026-03-05", amount=40),
        reversal("INV-1", taken_back_on="2026-03-25", amount=60),
    )

    assert path.paid_share[0] == pytest.approx([40 / (40 + 60), 0.0, 0.0])
    assert path.open_share[0].tolist() == [1.0, 1.0, 1.0, 1.0]


def test_a_bounce_that_finds_no_payment_raises_the_balance_on_the_day_it_is_known():
    path = followed(
        reversal("INV-1", taken_back_on="2026-03-03", known_on="2026-03-10", amount=20),
        payment("INV-1", paid_on="2026-03-20", amount=60),
    )

    assert path.paid_share[0] == pytest.approx([0.0, 0.0, 60 / 120])
    assert path.open_share[0] == pytest.approx([1.0, 1.0, 1.0, 60 / 100])


def test_a_corrected_amount_moves_the_balance_like_a_credit():
    path = followed(
        invoice("INV-1", due_on="2026-02-20", amount=80, known_on="2026-03-04"),
        payment("INV-1", paid_on="2026-03-10", amount=80),
    )

    assert path.open_share[0].tolist() == [1.0, 0.8, 0.0, 0.0]
    assert path.paid_share[0].tolist() == [0.0, 1.0, 0.0]


def test_an_interval_not_over_by_the_end_of_knowledge_is_not_observed_even_if_paid_in():
    path = followed(payment("INV-1", paid_on="2026-03-16", amount=100), as_of="2026-03-20")

    assert path.observed[0].tolist() == [True, True, False]


def test_what_the_evening_does_not_know_yet_did_not_happen():
    path = followed(payment("INV-1", paid_on="2026-03-05", known_on="2026-04-02", amount=100), as_of="2026-04-01")

    assert path.open_share[0].tolist() == [1.0, 1.0, 1.0, 1.0]


def test_the_booking_lag_is_the_quantile_of_stated_booking_days():
    ledger = ledger_of(
        invoice("INV-1", due_on="2026-02-20", amount=100),
        payment("INV-1", paid_on="2026-03-01", known_on="2026-03-05", amount=50),
        payment("INV-1", paid_on="2026-03-02", known_on="2026-03-20", amount=50, known_assumed=True),
    )
    applications = ledger.as_of(date(2026, 4, 1)).applications

    assert booking_lag(applications) == 4
    assert booking_lag(applications[applications["known_assumed"]]) == 0


def test_the_last_days_are_not_observed_while_their_cash_is_still_being_booked():
    booked_after_three_days = payment("INV-1", paid_on="2026-02-01", known_on="2026-02-04", amount=1)

    # The first interval ends on 8 March.
    assert followed(booked_after_three_days, as_of="2026-03-11").observed[0].tolist() == [True, False, False]
    assert followed(booked_after_three_days, as_of="2026-03-10").observed[0].tolist() == [False, False, False]


def test_rows_to_learn_from_weigh_what_is_still_open():
    ledger = ledger_of(
        invoice("INV-1", due_on="2026-02-20", amount=100), payment("INV-1", paid_on="2026-03-05", amount=60)
    )
    found = outcomes(ledger, ledger.as_of(date(2026, 5, 1)), to_day(TONIGHT))

    rows = person_periods(feature_rows(ledger.as_of(TONIGHT)).keys, found, EDGES, np.array([2.0]))

    assert rows["k"].tolist() == [0, 1, 2]
    assert rows["weight"].tolist() == pytest.approx([2.0, 0.8, 0.8])


def test_the_question_unpaid_after_14_days_has_no_answer_for_what_was_credited():
    ledger = ledger_of(
        *(invoice(name, due_on="2026-02-20", amount=100) for name in ("A", "B", "C", "D")),
        payment("A", paid_on="2026-03-10", amount=100),
        payment("B", paid_on="2026-03-10", amount=100, kind="credit"),
        payment("C", paid_on="2026-03-10", amount=100, kind="write_off"),
    )
    found = outcomes(ledger, ledger.as_of(date(2026, 5, 1)), to_day(TONIGHT))

    unpaid, known = unpaid_after(feature_rows(ledger.as_of(TONIGHT)).keys, found, 14)

    assert known.tolist() == [True, False, False, True]
    assert unpaid[known].tolist() == [False, True]


def test_cash_less_a_discount_is_paid():
    ledger = ledger_of(
        invoice("A", due_on="2026-02-20", amount=100),
        payment("A", paid_on="2026-03-10", amount=95),
        payment("A", paid_on="2026-03-10", amount=5, kind="discount"),
    )
    found = outcomes(ledger, ledger.as_of(date(2026, 5, 1)), to_day(TONIGHT))

    unpaid, known = unpaid_after(feature_rows(ledger.as_of(TONIGHT)).keys, found, 14)

    assert (unpaid.tolist(), known.tolist()) == ([False], [True])
