"""When an item counts as settled, and since when that was known."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from builders import any_day, any_facts, invoice, law, ledger_of, payment, reversal
from hypothesis import given

from ledger.book import Ledger
from ledger.days import NEVER, to_day
from ledger.errors import BeforeFirstFact
from ledger.settlement import settlements, tolerance_minor
from ledger.view import APPLICATION_COLUMNS, ITEM_COLUMNS, LedgerView

LATER = date(2026, 12, 31)


def episodes(ledger: Ledger, day: date = LATER) -> list[dict[str, object]]:
    return ledger.as_of(day).settlements.to_dict("records")


def tolerance(amount_minor: int, currency: str) -> int:
    return int(tolerance_minor(np.array([amount_minor]), np.array([currency]))[0])


@pytest.mark.parametrize(
    ("amount_minor", "currency", "left_minor"),
    [
        (1_000_00, "EUR", 5_00),  # 0.5 %
        (200_00, "EUR", 1_00),  # 0.5 % and one unit are the same
        (100_00, "EUR", 1_00),  # one unit is more than 0.5 %
        (5_00, "EUR", 50),  # but never more than a tenth
        (10_000, "JPY", 50),
        (100, "JPY", 1),
        (1_000_000, "KWD", 5_000),
        (-1_000_00, "EUR", 5_00),
        (0, "EUR", 0),
    ],
)
def test_the_residue_that_still_counts_as_settled(amount_minor, currency, left_minor):
    assert tolerance(amount_minor, currency) == left_minor


def test_no_amounts_have_no_tolerances():
    assert len(tolerance_minor(np.array([]), np.array([]))) == 0


def test_an_item_paid_late_is_settled_on_its_value_day_and_known_settled_when_booked():
    ledger = ledger_of(
        invoice("INV-1", due_on="2026-03-14", amount=100),
        payment("INV-1", paid_on="2026-03-28", known_on="2026-04-03", amount=100),
    )

    (settled,) = episodes(ledger)

    assert settled["cleared_on"] == to_day(date(2026, 3, 28))
    assert settled["known_on"] == to_day(date(2026, 4, 3))
    assert settled["days_late"] == 14
    assert settled["taken_back_on"] == NEVER
    assert settled["by_cash"]


def test_before_the_booking_nobody_knew_that_it_was_settled():
    ledger = ledger_of(
        invoice("INV-1", due_on="2026-03-14", amount=100),
        payment("INV-1", paid_on="2026-03-28", known_on="2026-04-03", amount=100),
    )

    assert episodes(ledger, date(2026, 4, 2)) == []


def test_a_residue_within_the_tolerance_settles_and_one_cent_more_does_not():
    ledger = ledger_of(
        invoice("A", due_on="2026-03-14", amount=1000),
        payment("A", paid_on="2026-03-14", amount="995.00"),
        invoice("B", due_on="2026-03-14", amount=1000),
        payment("B", paid_on="2026-03-14", amount="994.99"),
    )

    assert [settled["item_id"] for settled in episodes(ledger)] == ["A"]


def test_a_residue_within_the_tolerance_stays_open_to_the_cent():
    ledger = ledger_of(
        invoice("A", due_on="2026-03-14", amount=1000), payment("A", paid_on="2026-03-14", amount="995.00")
    )

    (row,) = ledger.as_of(LATER).open_items().to_dict("records")

    assert row["open_minor"] == 5_00
    assert row["open_within_tolerance"]


def test_a_bounced_payment_ends_the_episode_and_the_next_one_begins_another():
    ledger = ledger_of(
        invoice("A", due_on="2026-03-14", amount=100),
        payment("A", paid_on="2026-03-10", amount=100),
        reversal("A", taken_back_on="2026-03-20", amount=100),
        payment("A", paid_on="2026-04-01", amount=100, payment_id="again"),
    )

    first, second = episodes(ledger)

    assert (first["days_late"], first["taken_back_on"]) == (-4, to_day(date(2026, 3, 20)))
    assert (second["days_late"], second["taken_back_on"]) == (18, NEVER)


def test_a_payment_that_bounced_on_the_evening_it_was_booked_settled_nothing():
    ledger = ledger_of(
        invoice("A", due_on="2026-03-14", amount=100),
        payment("A", paid_on="2026-03-10", amount=100),
        reversal("A", taken_back_on="2026-03-10", amount=100),
    )

    assert episodes(ledger) == []


def test_the_last_of_several_payments_clears_the_item():
    ledger = ledger_of(
        invoice("A", due_on="2026-03-14", amount=100),
        payment("A", paid_on="2026-03-10", amount=60),
        payment("A", paid_on="2026-03-24", amount=40),
    )

    (settled,) = episodes(ledger)

    assert settled["days_late"] == 10


@pytest.mark.parametrize(("cash", "by_cash"), [(50, True), (49, False)])
def test_an_item_is_settled_by_cash_when_cash_made_up_half_of_it(cash, by_cash):
    ledger = ledger_of(
        invoice("A", due_on="2026-03-14", amount=100),
        payment("A", paid_on="2026-03-10", amount=cash),
        payment("A", paid_on="2026-03-24", amount=100 - cash, kind="credit"),
    )

    (settled,) = episodes(ledger)

    assert settled["by_cash"] == by_cash


def test_a_credit_memo_is_never_settled_because_it_is_no_receivable():
    ledger = ledger_of(invoice("CM-1", due_on="2026-03-14", amount=-100))

    assert episodes(ledger) == []
    assert ledger.as_of(LATER).open_items()["open_minor"].tolist() == [-100_00]


def test_a_correction_that_lowers_the_amount_can_settle_what_was_paid_in_part():
    ledger = ledger_of(
        invoice("A", due_on="2026-03-14", amount=100),
        payment("A", paid_on="2026-03-10", amount=80),
        invoice("A", due_on="2026-03-14", amount=80, known_on="2026-03-20"),
    )

    (settled,) = episodes(ledger)

    assert settled["known_on"] == to_day(date(2026, 3, 20))
    assert settled["cleared_on"] == to_day(date(2026, 3, 10))


def test_a_settled_item_is_late_by_the_due_day_known_that_evening():
    ledger = ledger_of(
        invoice("A", due_on="2026-03-14", amount=100),
        payment("A", paid_on="2026-03-20", amount=100),
        invoice("A", due_on="2026-05-14", issued_on="2026-02-12", amount=100, known_on="2026-04-01"),
    )

    (settled,) = episodes(ledger)

    assert settled["days_late"] == 6


@law(12)
@given(any_facts(), any_day())
def test_the_fast_settlements_are_those_of_a_clerk_who_looks_every_evening(facts, day):
    try:
        view = ledger_of(facts).as_of(day)
    except BeforeFirstFact:
        return

    found = view.settlements[["item_id", "known_on", "cleared_on", "taken_back_on", "days_late", "by_cash"]]

    assert list(found.itertuples(index=False, name=None)) == list(_as_a_clerk(view))


def _as_a_clerk(view: LedgerView):
    """Item by item, evening by evening, with plain loops: slow and plain, the meaning of `settlements`."""
    for item_id, revisions in view.items.groupby("item_id"):
        applied = view.applications[view.applications["item_id"] == item_id]
        episode = None
        for evening in sorted({*revisions["known_on"], *applied["known_on"]}):
            current = revisions[revisions["known_on"] <= evening]
            if current.empty or current.iloc[-1]["amount_minor"] <= 0:
                continue
            item, known = current.iloc[-1], applied[applied["known_on"] <= evening]
            paid = known["amount_minor"].sum()
            left = item["amount_minor"] - paid
            is_settled = paid > 0 and left <= tolerance(item["amount_minor"], item["currency"])
            if is_settled and episode is None:
                cleared_on = known["happened_on"].max()
                cash = known.loc[known["kind"].isin(["cash", "reversal"]), "amount_minor"].sum()
                episode = (item_id, evening, cleared_on, NEVER, cleared_on - item["due_on"], cash * 2 >= paid)
            elif episode is not None and not is_settled:
                yield (*episode[:3], evening, *episode[4:])
                episode = None
        if episode is not None:
            yield episode


@pytest.mark.parametrize(("with_items", "typed"), [(True, False), (True, True), (False, False), (False, True)])
def test_items_without_any_payment_have_no_episodes_whatever_the_types_of_the_empty_frames(with_items, typed):
    facts = invoice("INV-1", due_on="2026-03-14", amount=100)
    whole = ledger_of(facts).as_of(LATER)
    items = whole.items if with_items else whole.items.iloc[:0]
    applications = whole.applications if typed else pd.DataFrame(columns=list(APPLICATION_COLUMNS))
    if not (with_items or typed):
        items = pd.DataFrame(columns=list(ITEM_COLUMNS))

    found = settlements(items, applications)

    assert (len(found), str(found["known_on"].dtype), str(found["days_late"].dtype)) == (0, "int64", "int64")
