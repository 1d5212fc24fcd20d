"""Accounts: scored items added up for a collector."""

import json
import math
from datetime import timedelta
from decimal import Decimal

import pytest
from evenings import EVENING, rates, score, why
from hypothesis import given
from hypothesis import strategies as st

from serving.accounts.account import CustomerFacts, Money
from serving.accounts.adding_up import account_of, accounts_of
from serving.published.reason_columns import account_reasons, said_by
from serving.wording import told_in


def one(*scores, facts=None, **quotes):
    return account_of(scores, facts or CustomerFacts(), rates(**quotes))


def test_overdue_money_times_late_risk_is_the_expected_late_money():
    account = one(
        score("A", open=100, dpd=9, late_risk=0.8),
        score("B", open=100, dpd=1, late_risk=0.4),
        score("C", open=300, dpd=-9, late_risk=0.1),
    )

    assert (account.open_minor, account.overdue_minor) == (500_00, 200_00)
    assert account.late_risk == pytest.approx((0.8 + 0.4) / 2)
    assert account.expected_late_minor == 100_00 * 0.8 + 100_00 * 0.4


def test_of_an_account_with_nothing_past_due_all_open_money_counts():
    account = one(score("A", open=100, dpd=0, late_risk=0.8), score("B", open=300, dpd=-9, late_risk=0.4))

    assert account.expected_late_minor == 100_00 * 0.8 + 300_00 * 0.4
    assert account.late_risk == pytest.approx((100 * 0.8 + 300 * 0.4) / 400)


def test_the_due_day_itself_is_not_overdue():
    account = one(score(dpd=0))

    assert (account.overdue_minor, account.overdue_count, account.oldest_dpd) == (0, 0, 0)


def test_unused_credits_stand_beside_the_open_money_and_lower_nothing():
    account = one(score(open=100), facts=CustomerFacts(credits=(Money(70_00, "EUR"),)))

    assert (account.open_minor, account.overdue_minor, account.credit_minor) == (100_00, 100_00, 70_00)


def test_of_what_somebody_is_called_about_credits_take_their_part_off_the_oldest_first_within_their_currency():
    account = one(
        score("NEW", open=100, dpd=5), score("OLD", open=100, dpd=50), score("SOON", open=900, dpd=-5),
        score("USD", open=100, dpd=90, currency="USD"),
        facts=CustomerFacts(credits=(Money(130_00, "EUR"), Money(20_00, "USD"))), USD="0.5",
    )  # fmt: skip

    assert [(item.score.item_id, item.callable_minor) for item in account.items] == [
        ("USD", (100_00 - 20_00) // 2), ("OLD", 0), ("NEW", 100_00 - 30_00), ("SOON", 0),
    ]  # fmt: skip
    assert account.callable_minor == 40_00 + 70_00
    assert account.to_rank().callable_money == pytest.approx(110.0)
    assert account.overdue_minor == 100_00 + 100_00 + 50_00


def test_credits_beyond_what_is_overdue_leave_nothing_to_call_about():
    account = one(score(open=100), facts=CustomerFacts(credits=(Money(170_00, "EUR"), Money(9_00, "CAD"))))

    assert (account.callable_minor, account.to_rank().callable_money) == (0, 0.0)


def test_money_is_compared_at_the_rate_of_the_day():
    account = one(score("A", open=100, currency="USD"), score("B", open=10), USD="0.5")

    assert (account.currency, account.open_minor) == ("EUR", 100_00 // 2 + 10_00)


def test_money_without_a_rate_is_listed_by_its_currency_and_added_to_nothing():
    account = one(score("A", open=100), score("B", open=7, currency="CAD"), score("C", open=5, currency="CAD", dpd=-1))

    assert account.open_minor == 100_00
    assert [(m.currency, m.open_minor, m.overdue_minor) for m in account.other_money] == [("CAD", 12_00, 7_00)]
    assert account.overdue_count == 2


def test_an_account_without_any_rate_tells_its_own_currency_and_is_not_comparable():
    account = one(score("A", open=100, currency="CAD"), score("B", open=5, currency="CAD"), score("C", currency="USD"))

    assert (account.comparable, account.currency, account.open_minor) == (False, "CAD", 105_00)
    assert [m.currency for m in account.other_money] == ["USD"]


def test_a_concept_is_told_by_the_item_that_moves_most_money_the_way_the_sum_goes():
    account = one(
        score("A", open=100, reasons=[why("habit", "small and strong", 0.4)], late_risk=0.7),
        score("B", open=1000, reasons=[why("habit", "large", 0.1)], late_risk=0.4),
        score("C", open=5000, reasons=[why("habit", "the other way", -0.01)], late_risk=0.29),
    )

    assert (account.reasons[0].fact.text, account.reasons[0].item_id) == ("large", "B")
    assert account.reasons[0].points == pytest.approx((100 * 0.4 + 1000 * 0.1 - 5000 * 0.01) / 6100)


def test_a_reason_of_an_account_is_the_fact_of_the_item_that_tells_it():
    facts = [why("habit", f"fact {n}", 0.1 * n, "days_late_last", float(n), 3.0) for n in (1, 2)]
    account = one(score("A", open=10, reasons=facts[:1]), score("B", open=10, reasons=facts[1:]))

    told = account.reasons[0]
    assert (*told.fact[1:4], told.item_id) == ("days_late_last", 2.0, 3.0, "B")


def aged(item_id, open, dpd):
    return score(item_id, open=open, dpd=dpd, reasons=[why("age", f"{dpd} days past due", 0.2)])


def test_the_age_of_an_account_is_told_of_all_its_overdue_money():
    several = one(aged("A", 300, 20), aged("B", 100, 240), aged("C", 900, -5))

    mean = (300 * 20 + 100 * 240) / 400
    assert several.reasons[0].fact.text == f"overdue money is {mean:.0f} days past due on average, the oldest 240"
    assert one(aged("A", 300, 64), aged("B", 900, -5)).reasons[0].fact.text == "64 days past due"
    assert one(aged("A", 300, 1)).reasons[0].fact.text == "1 day past due"
    assert one(aged("A", 300, 7), aged("B", 100, 7)).reasons[0].fact.text == "7 days past due"
    not_due = one(aged("A", 300, -5), aged("B", 100, -9))
    assert not_due.reasons[0].fact.text == "-5 days past due"  # the item's own words


def test_the_largest_contribution_stands_first_whatever_its_direction():
    reasons = [why("age", "older", 0.05), why("habit", "punctual", -0.2), why("terms", "long", 0.01)]
    account = one(*(score(item_id, reasons=reasons, base=0.5, late_risk=0.36) for item_id in ("I-1", "I-2")))

    assert [reason.concept for reason in account.reasons] == ["habit", "age", "terms"]


shares = st.floats(-0.15, 0.15)
items = st.lists(
    st.tuples(st.integers(1, 10**13), st.sampled_from(["EUR", "USD"]), st.lists(shares, min_size=3, max_size=3)),
    min_size=1,
    max_size=8,
)


@given(items)
def test_base_and_points_add_up_to_the_accounts_late_risk_and_their_money_to_what_is_expected_late(drawn):
    scores = []
    for number, (minor, currency, moved) in enumerate(drawn):
        base = 0.47
        reasons = [why(concept, f"{concept} {number}", points) for concept, points in zip("abc", moved, strict=True)]
        made = score(f"I-{number}", open=f"{minor / 100:.2f}", currency=currency, base=base, reasons=reasons)
        scores.append(made._replace(late_risk=base + sum(moved)))
    account = one(*scores, USD="0.8731")

    assert abs(account.base + sum(reason.points for reason in account.reasons) - account.late_risk) < 1e-9
    late = math.fsum(item.minor * item.score.late_risk for item in account.items)
    parts = [account.money_of(account.base), *(account.money_of(reason.points) for reason in account.reasons)]
    assert math.fsum(parts) == pytest.approx(late, rel=1e-9)
    said = said_by(account.reasons).of_items
    reasons, base_money = (json.loads(column.json[0].as_py()) for column in account_reasons([account], said))
    cents = [Decimal(money["amount"]) for money in (base_money, *(one["money"] for one in reasons))]
    assert sum(cents) * 100 == account.expected_late_minor
    for part, cent in zip(parts, cents, strict=True):
        assert abs(part - float(cent * 100)) <= 2 + abs(part) * 1e-12


def test_without_a_prediction_the_reasons_are_the_rules_own_facts():
    account = one(score("A", open=100, dpd=3, late_risk=None), score("B", open="12.5", dpd=40, late_risk=None))

    assert [reason.fact.text for reason in account.reasons] == [
        "112.50 EUR overdue on 2 invoices",
        "the oldest is 40 days past due",
    ]
    assert {reason.points for reason in account.reasons} == {None}
    assert (account.late_risk, account.expected_late_minor, account.base) == (None, None, None)


def test_a_rules_facts_tell_money_without_a_rate_by_its_own_currency():
    account = one(score("A", open=100, late_risk=None), score("B", open=7, currency="CAD", late_risk=None))
    cad_only = one(score("A", dpd=-1, late_risk=None), score("B", open=7, currency="CAD", late_risk=None))

    assert [reason.fact.text for reason in account.reasons] == [
        "100.00 EUR overdue on 1 invoice",
        "the oldest is 10 days past due",
        "7.00 CAD overdue on 1 invoice",
    ]
    assert cad_only.reasons[0].fact.text == "7.00 CAD overdue on 1 invoice"


def test_one_missing_prediction_leaves_the_account_without_one():
    assert one(score("A", late_risk=0.5), score("B", late_risk=None)).late_risk is None


def test_the_expected_day_is_the_one_by_which_half_of_the_money_comes():
    early, late = score("A", open=60, expected_in=5), score("B", open=40, expected_in=50)

    assert one(early, late).expected_on == EVENING + timedelta(days=5)
    assert one(
        score("A", open=40, expected_in=5), score("B", open=60, expected_in=50)
    ).expected_on == EVENING + timedelta(days=50)
    larger, never = score("C", open=90, expected_in=50), score("D", open=90, expected_in=None)
    assert one(early, larger).expected_on == EVENING + timedelta(days=50)
    assert one(early, never).expected_on is None


def test_accounts_and_their_items_come_in_one_order_however_the_scores_came():
    scores = [score("B", "C-2", dpd=1), score("A", "C-2", dpd=9), score("C", "C-1")]

    accounts = accounts_of(scores, {}, rates())

    assert accounts == accounts_of(scores[::-1], {}, rates())
    assert [account.customer_id for account in accounts] == ["C-1", "C-2"]
    assert [item.score.item_id for item in accounts[1].items] == ["A", "B"]


def test_among_several_invoices_the_one_that_a_fact_is_about_is_named_in_every_language():
    fact = why("amount", "this invoice is 9 days past due", 0.2, "dpd", 9.0)
    alone, several = (
        account_of([score(f"INV-{at}", reasons=[fact]) for at in range(1, count + 1)], CustomerFacts(), rates())
        for count in (1, 2)
    )

    assert alone.reasons[0].fact.text == "this invoice is 9 days past due"
    assert several.reasons[0].fact.text == "invoice INV-1 is 9 days past due"
    told = told_in({**several.reasons[0].to_json(), "item_id": several.reasons[0].item_id}, "de")
    assert told["text"].startswith("die Rechnung INV-1 ist")
