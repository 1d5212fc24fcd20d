"""The fallback: an account's own habit."""

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest
from builders import invoice, ledger_of, payment, reversal
from model_builders import random_habit_curve, random_table

from models.errors import NothingToFit
from models.habit_curve import HabitCurve, history_of


def history(*rows: tuple[str, int, bool]) -> pd.DataFrame:
    """(customer, days past due when it ended, whether cash ended it)."""
    frame = pd.DataFrame(rows, columns=["customer_id", "ended", "settled"])
    return frame.assign(currency="EUR", amount_minor=10_000, terms_days=30, entered=-30)


def one_item(customer: str, dpd: int):
    table = random_table(1)
    keys = table.keys.assign(customer_id=customer, dpd=dpd, due_on=table.keys["day"] - dpd, currency="EUR")
    keys = keys.assign(amount_minor=10_000, issued_on=keys["due_on"] - 30)
    return type(table)(keys, table.values, table.fingerprint)


def test_a_customer_who_always_pays_on_the_due_day_is_expected_to_have_paid_by_then():
    curve = HabitCurve().fit(history(*[("punctual", 0, True)] * 20, *[("slow", 40, True)] * 20))

    punctual, slow = (curve.survival(one_item(c, dpd=-5)).survival_at(14)[0] for c in ("punctual", "slow"))

    assert punctual < 0.15
    assert slow > 0.85


def test_a_customer_never_seen_has_the_curve_of_its_segment():
    curve = HabitCurve().fit(history(*[("a", 0, True)] * 10, *[("b", 40, True)] * 10))

    new = curve.survival(one_item("new", dpd=-5)).survival_at(14)[0]

    assert 0.3 < new < 0.7


def test_the_own_habit_weighs_its_items_against_four_of_the_segment():
    curve = HabitCurve().fit(history(("own", 50, True), *[("other", 0, True)] * 400))

    own = curve.survival(one_item("own", dpd=-5)).survival_at(7)[0]
    new = curve.survival(one_item("new", dpd=-5)).survival_at(7)[0]

    assert own == pytest.approx((1 * 1.0 + 4 * new) / 5, abs=0.01)


def test_an_item_still_open_after_everyone_paid_is_not_certain_of_anything():
    curve = HabitCurve().fit(history(*[("a", 0, True)] * 30))

    s = curve.survival(one_item("a", dpd=200))

    assert 0 < s.survival_at(30)[0] < 1
    assert (np.diff(s.intensity, axis=1) >= 0).all()


def test_an_open_item_says_only_that_it_is_not_paid_yet():
    paid = HabitCurve().fit(history(*[("a", 10, True)] * 10, *[("b", 30, True)] * 10))
    one_open = HabitCurve().fit(history(*[("a", 10, True)] * 10, *[("b", 30, True)] * 10, *[("b", 60, False)] * 5))

    assert one_open.survival(one_item("b", 0)).survival_at(30)[0] > paid.survival(one_item("b", 0)).survival_at(30)[0]


def test_json_brings_it_back_to_the_last_bit():
    curve, table = random_habit_curve(), random_table(40)

    again = HabitCurve.from_json(json.loads(json.dumps(curve.to_json())))

    assert np.array_equal(curve.survival(table).intensity, again.survival(table).intensity)
    assert curve.facts(table) == again.facts(table)


def test_facts_are_told_with_their_numbers():
    curve = HabitCurve().fit(history(*[("a", 12, True)] * 3, ("b", 0, True), ("c", 9, False)))

    assert {step: [fact.text for fact in facts] for step, facts in curve.facts(one_item("a", 34)).items()} == {
        "age": ["34 days past due"],
        "terms": ["terms of 21-35 days, a smaller amount"],
        "habit": ["usually pays 12 days late (3 settled items)"],
    }
    habit = curve.facts(one_item("a", 34))["habit"][0]
    assert (habit.code, habit.value, habit.further) == ("usual_payment_day", 12.0, (("count", 3.0),))
    assert curve.facts(one_item("b", 1))["habit"][0].text == "usually pays on the due day (1 settled item)"
    assert curve.facts(one_item("c", 1))["habit"][0].text == "no settled item of this account yet"


def test_there_is_no_habit_without_a_settled_item():
    with pytest.raises(NothingToFit, match="no settled item"):
        HabitCurve().fit(history(("a", 10, False)))


def test_history_counts_settled_open_and_written_off_items_and_forgets_bounced_payments():
    ledger = ledger_of(
        invoice("PAID", due_on="2026-01-10", amount=100),
        payment("PAID", paid_on="2026-01-22", amount=100),
        invoice("OPEN", due_on="2026-01-31", amount=100),
        invoice("LOST", due_on="2026-02-01", amount=100),
        payment("LOST", paid_on="2026-02-11", amount=100, kind="write_off"),
        invoice("BOUNCED", due_on="2026-02-10", amount=100),
        payment("BOUNCED", paid_on="2026-02-12", amount=100),
        reversal("BOUNCED", taken_back_on="2026-02-20", amount=100),
    )

    found = history_of(ledger.as_of(date(2026, 3, 2)))

    assert sorted(zip(found["ended"], found["settled"], strict=True)) == [
        (10, False), (12, True), (20, False), (30, False),
    ]  # fmt: skip
    assert set(found["entered"]) == {-30}


def test_a_book_paid_on_the_day_it_was_known_has_curves():
    paid_at_once = {"customer_id": ["C-1"] * 5, "entered": -30, "ended": -30, "settled": True}
    history = pd.DataFrame(paid_at_once | {"currency": "EUR", "amount_minor": 100, "terms_days": 30})

    curves = HabitCurve().fit(history).survival(random_table(20))

    for day in (1, 30, 37, 720):
        assert np.isfinite(curves.survival_at(day)).all()
    assert (curves.first_day_at(0.5) == 1).all()
