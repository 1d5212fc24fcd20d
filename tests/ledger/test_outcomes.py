"""The one door forward: what became known after a cutoff, within the horizon."""

from datetime import date

from builders import invoice, law, ledger_of, payment, together
from hypothesis import given
from hypothesis import strategies as st

from ledger.outcomes import outcomes_after
from ledger.view import APPLICATION_COLUMNS

CUTOFF = date(2026, 3, 31)
TWO_INVOICES = together(
    invoice("INV-1", due_on="2026-03-14", amount=100), invoice("INV-2", due_on="2026-03-14", amount=100)
)


def outcome_ids(ledger) -> list[str]:
    return outcomes_after(ledger, CUTOFF, 30)["application_id"].tolist()


def test_only_what_became_known_after_the_cutoff_and_within_the_horizon_is_told():
    ledger = ledger_of(
        TWO_INVOICES,
        payment("INV-1", paid_on="2026-03-31", amount=1, payment_id="on the cutoff"),
        payment("INV-1", paid_on="2026-04-01", amount=1, payment_id="the day after"),
        payment("INV-1", paid_on="2026-04-30", amount=1, payment_id="on the last evening"),
        payment("INV-1", paid_on="2026-05-01", amount=1, payment_id="too late"),
    )

    assert outcome_ids(ledger) == ["the day after", "on the last evening"]


def test_a_payment_made_before_and_booked_after_the_cutoff_is_an_outcome():
    ledger = ledger_of(TWO_INVOICES, payment("INV-1", paid_on="2026-03-28", known_on="2026-04-03", amount=100))

    outcomes = outcomes_after(ledger, CUTOFF, 30)

    assert tuple(outcomes.columns) == APPLICATION_COLUMNS
    assert outcomes["amount_minor"].tolist() == [100_00]


def test_a_payment_made_within_but_booked_after_the_horizon_is_none():
    ledger = ledger_of(TWO_INVOICES, payment("INV-1", paid_on="2026-04-20", known_on="2026-05-02", amount=100))

    assert outcome_ids(ledger) == []


def test_a_later_correction_of_the_item_does_not_come_through_the_door():
    ledger = ledger_of(
        TWO_INVOICES,
        payment("INV-1", paid_on="2026-04-01", amount=1, payment_id="A"),
        invoice("INV-1", due_on="2026-03-14", amount=90, known_on="2026-04-10"),
    )

    assert set(outcomes_after(ledger, CUTOFF, 30).columns) == set(APPLICATION_COLUMNS)
    assert outcome_ids(ledger) == ["A"]


PAID_DAILY = ledger_of(
    together(
        TWO_INVOICES,
        *(payment("INV-1", paid_on=f"2026-04-{day:02}", amount=1, payment_id=f"P-{day:02}") for day in range(1, 31)),
    )
)


@law(40)
@given(st.integers(0, 40), st.integers(0, 40))
def test_what_a_view_shows_later_is_what_it_showed_plus_the_outcomes(horizon, more):
    def told(days: int) -> set[str]:
        return set(outcomes_after(PAID_DAILY, CUTOFF, days)["application_id"])

    assert told(horizon) <= told(horizon + more)
    assert len(told(horizon)) == min(horizon, 30)
