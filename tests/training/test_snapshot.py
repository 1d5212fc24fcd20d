"""Which evenings are learned from, and how much they weigh."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from builders import invoice, ledger_of, payment
from model_builders import COMPANY_EVENING, company_ledger, paying_company, random_table

from ledger.days import to_day
from training.cutoffs import WEEKDAY, weekday
from training.snapshot import HALF_LIFE_DAYS, PER_ITEM, chosen_evenings, snapshots, thinned

AS_OF = date(2026, 3, 31)


def chosen(*facts, as_of=AS_OF):
    return chosen_evenings(ledger_of(*facts).as_of(as_of))


def test_an_item_is_seen_when_it_became_known_after_its_due_day_and_every_friday_between():
    found = chosen(
        invoice("INV-1", issued_on="2026-02-02", due_on="2026-02-11", amount=100),
        payment("INV-1", paid_on="2026-02-18", amount=100),
    )

    assert [str(date(1970, 1, 1) + timedelta(days=d)) for d in found["day"]] == [
        "2026-02-02", "2026-02-06", "2026-02-12", "2026-02-13",
    ]  # fmt: skip


def test_nothing_is_learned_from_the_evening_itself():
    assert (chosen(invoice("INV-1", due_on="2026-03-30", amount=100))["day"] < to_day(AS_OF)).all()


def test_an_item_open_for_long_has_at_most_eight_evenings_whose_weights_restore_the_count():
    found = chosen(invoice("INV-1", issued_on="2025-09-01", due_on="2025-10-01", amount=100))

    undone = found["weight"] / 0.5 ** ((to_day(AS_OF) - found["day"]) / HALF_LIFE_DAYS)
    fridays = [d for d in range(to_day(date(2025, 9, 1)), to_day(AS_OF)) if weekday(d) == WEEKDAY]
    assert len(found) == PER_ITEM
    assert undone.sum() == pytest.approx(2 + len(fridays))


@pytest.mark.parametrize("fridays", [1, 6, 7, 8, 15, 49, 100])
def test_an_item_of_any_age_has_as_many_evenings_as_fit_and_they_spread_over_its_life(fridays):
    """Known on a Saturday, not due for long; one learns on the Friday after the last that counts."""
    facts = [invoice(f"INV-{n}", issued_on="2024-01-06", due_on="2026-12-31", amount=100) for n in range(6)]
    found = chosen(*facts, as_of=date(2024, 1, 12) + timedelta(days=7 * fridays))

    assert found.groupby("item_id").size().tolist() == [min(PER_ITEM, 1 + fridays)] * 6
    assert found.groupby("item_id")["day"].diff().max() <= 7 * np.ceil(fridays / (PER_ITEM - 1))


def test_a_smaller_cap_keeps_a_part_of_what_a_larger_one_keeps():
    table = random_table(2_000)
    rows = pd.DataFrame({"row": np.repeat(np.arange(2_000), 3), "k": np.tile([0, 1, 2], 2_000), "weight": 1.0})

    few, many = (set(thinned(rows, table, cap)["row"]) for cap in (1_000, 3_000))

    assert few < many


def test_what_is_kept_under_a_cap_does_not_depend_on_the_order_of_the_rows():
    table = random_table(2_000)
    rows = pd.DataFrame({"row": np.repeat(np.arange(2_000), 3), "k": np.tile([0, 1, 2], 2_000), "weight": 1.0})

    dealt = thinned(rows.sample(frac=1.0, random_state=1), table, 3_000).sort_values(["row", "k"], ignore_index=True)

    pd.testing.assert_frame_equal(dealt, thinned(rows, table, 3_000))


def test_items_more_than_a_year_past_due_are_left_out():
    found = chosen(invoice("INV-1", issued_on="2024-10-01", due_on="2024-10-31", amount=100))

    assert (found["day"] - to_day(date(2024, 10, 31))).max() <= 365


def test_an_evening_counts_half_as_much_for_every_year_it_is_back():
    old = chosen(invoice("INV-1", issued_on="2025-03-31", due_on="2025-04-01", amount=100))

    assert old["weight"].iloc[0] == pytest.approx(0.5)


def test_invoices_paid_on_the_day_they_became_known_teach_nothing():
    assert chosen(
        invoice("INV-1", issued_on="2026-02-02", due_on="2026-02-11", amount=100),
        payment("INV-1", paid_on="2026-02-02", amount=100),
    ).empty


def test_rows_of_an_earlier_evening_come_out_the_same_with_a_later_one_beside_it():
    ledger = company_ledger(paying_company(invoices=300))
    late, early = ledger.as_of(COMPANY_EVENING), ledger.as_of(COMPANY_EVENING - timedelta(days=90))

    _, beside = snapshots([late, early])
    (alone,) = snapshots([early])

    pd.testing.assert_frame_equal(beside.table.values, alone.table.values, check_exact=True)
    pd.testing.assert_frame_equal(beside.table.keys, alone.table.keys, check_exact=True)
    assert np.array_equal(beside.weight, alone.weight)


def test_thinning_keeps_whole_snapshots_and_the_total_weight():
    table = random_table(2_000)
    rows = pd.DataFrame({"row": np.repeat(np.arange(2_000), 3), "k": np.tile([0, 1, 2], 2_000), "weight": 1.0})

    kept = thinned(rows, table, cap=3_000)

    assert len(kept) == pytest.approx(3_000, rel=0.1)
    assert kept.groupby("row")["k"].count().eq(3).all()
    assert kept["weight"].sum() == pytest.approx(6_000, rel=0.1)
    assert thinned(rows, table, cap=6_000) is rows
