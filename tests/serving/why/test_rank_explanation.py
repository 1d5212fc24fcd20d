"""Why an account is number n, what stands above it, and what would take it off the list."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from builders import law
from evenings import made_run, rates, rules_of, score
from hypothesis import given
from hypothesis import strategies as st
from strategy_kit import changed

from serving.accounts.account import CustomerFacts, Money
from serving.accounts.adding_up import NO_CALLS, accounts_of
from serving.listing.queue import build_queue
from serving.published.schemas import RankExplanationOut
from serving.value.item_call import Covered, ItemCall
from serving.value.priority import OverdueThenAge
from serving.why.rank_explanation import rank_explanations
from simulation.calls.rivals import OverdueTimesRisk


def queue_of(scores, *, capacity, customers=None, priority=None, minimum=0, calls=NO_CALLS, strategy=None):
    in_euro = rates(USD="0.5")
    rules = rules_of(capacity, in_euro, minimum_balance=Decimal(minimum))
    rules = rules if strategy is None else replace(rules, strategy=strategy)
    accounts = accounts_of(scores, customers or {}, in_euro, calls)
    return build_queue(accounts, priority or OverdueTimesRisk(), rules), rules


def explained(scores, **also):
    return rank_explanations(*queue_of(scores, **also))


def test_the_sentence_tells_the_factors_the_place_and_what_is_not_counted():
    names = {"C-1": CustomerFacts("Norfolk Tooling")}
    scores = [score("A", "C-1", open=41_200, late_risk=0.63), *(score(f"I-{n}", f"C-{n + 2}") for n in range(4))]

    why = explained(scores, capacity=3, customers=names)[0]

    assert why.sentence == (
        "#1 Norfolk Tooling: 41,200.00 EUR to call about × 63% late risk, before all 4 others. "
        "Not measured yet, so not counted: what a call changes, reach, earlier calls and minutes."
    )


def test_without_a_model_the_age_is_told_as_what_parts_equals_and_late_risk_is_not_counted():
    why = explained([score("A", "C-1", open=100, dpd=9, late_risk=None)], capacity=3, priority=OverdueThenAge())[0]

    assert why.sentence.startswith(
        "#1 C-1: 100.00 EUR to call about (between equals: 9 days past due, the oldest), the only account to call."
    )
    assert why.not_counted[0] == "late risk"
    assert why.decomposition.value == 100


def test_why_not_higher_tells_first_what_the_account_above_has_more_of():
    scores = [score("A", "C-1", open=400, late_risk=0.9), score("B", "C-2", open=600, late_risk=0.5)]

    first, second = explained(scores, capacity=2)

    assert first.ahead is None
    assert second.ahead.text == "#1 C-1 has 90% late risk against 50%, 400.00 EUR to call about against 600.00 EUR."
    assert second.ahead.times == pytest.approx((400 * 0.9) / (600 * 0.5))


def test_between_equals_the_older_stands_above_and_no_factor_is_told():
    first, second = explained([score("A", "C-1", dpd=9), score("B", "C-2", dpd=20)], capacity=2)

    assert (first.factors[0].outranks, second.factors[0].outranks) == (1 / 2, 1 / 2)
    assert second.ahead.text == ("#1 C-2 ranks by the same value, and its oldest overdue invoice is at least as old.")


def test_an_account_without_a_rate_is_admitted_after_the_others_and_says_why():
    scores = [score("A", "C-1"), score("B", "C-2", open=900, currency="CAD")]

    why = explained(scores, capacity=2)[1]

    assert (why.admitted_by, why.decomposition, why.ahead, why.factors) == ("no_rate", None, None, ())
    assert why.sentence.startswith("#2 C-2: no exchange rate to EUR is known")
    assert why.way_out.text == "Leaves the list at the latest when all of its 900.00 CAD overdue is paid."


@pytest.mark.parametrize(
    ("also", "paid", "text"),
    [
        ({"capacity": 1}, 40_01, "when 40.01 EUR of its 100.00 EUR overdue is paid, promised or disputed: then C-2,"),
        ({"capacity": 2}, 100_00, "at the latest when all of its 100.00 EUR overdue is paid"),
        ({"capacity": 2, "minimum": 60}, 40_01, "less than 60.00 EUR is open then, and an e-mail does"),
        ({"capacity": 2, "customers": {"C-1": CustomerFacts(credits=(Money(30_00, "EUR"),))}}, 70_00,
         "when 70.00 EUR of its 100.00 EUR overdue is paid: its unused credits cover the rest"),
        ({"capacity": 2, "customers": {"C-1": CustomerFacts(credits=(Money(30_00, "EUR"),))},
          "calls": {"A": ItemCall(None, Covered(disputed_minor=5_00))}}, 65_00,
         "when 65.00 EUR of its 100.00 EUR overdue is paid: its unused credits cover the rest"),
        ({"capacity": 2, "customers": {"C-1": CustomerFacts(credits=(Money(30_00, "EUR"),))},
          "strategy": changed(route={"credits": False, "minimum_balance": 0.0})}, 100_00,
         "at the latest when all of its 100.00 EUR overdue is paid"),
    ],
)  # fmt: skip
def test_the_way_out_is_the_least_that_has_to_be_paid(also, paid, text):
    scores = [score("A", "C-1", open=100), score("B", "C-2", open=60, late_risk=0.5)]

    out = explained(scores, **also)[0].way_out

    assert out.paid == Money(paid, "EUR")
    assert text in out.text


def test_money_without_a_rate_keeps_an_account_on_the_list():
    scores = [score("A", "C-1", open=100), score("B", "C-1", open=70, currency="CAD")]

    out = explained(scores, capacity=2)[0].way_out

    assert (out.paid, out.text) == (None, "Leaves the list only when 70.00 CAD is paid too: it has no exchange rate.")


@given(st.integers(0, 2**32 - 1))
@law(examples=25)
def test_who_pays_the_way_out_leaves_the_list_and_who_pays_two_cents_less_does_not(seed):
    rng = np.random.default_rng(seed)
    scores = [
        score(f"I-{n}", f"C-{n}", open=f"{rng.integers(2_000, 90_000) / 100:.2f}", dpd=int(rng.integers(1, 40)),
              late_risk=float(rng.choice([0.3, 0.5, rng.random()])))
        for n in range(7)
    ]  # fmt: skip
    customers = {"C-1": CustomerFacts(credits=(Money(int(rng.integers(1, 9_000)), "EUR"),))}
    also = {"capacity": int(rng.integers(1, 6)), "customers": customers, "minimum": int(rng.integers(0, 90))}
    queue, rules = queue_of(scores, **also)

    for line, why in zip(queue.lines, rank_explanations(queue, rules), strict=True):
        owed, minor = line.placed.account, why.way_out.paid.minor

        def listed(paid, owed=owed):
            left = [
                one._replace(
                    open_minor=one.open_minor - paid if one.customer_id == owed.customer_id else one.open_minor
                )
                for one in scores
            ]
            after = queue_of([one for one in left if one.open_minor > 0], **also)[0]
            return owed.customer_id in {line.placed.account.customer_id for line in after.lines}

        assert not listed(minor)
        assert minor <= 2 or listed(minor - 2)


def test_the_published_explanation_is_what_the_schema_says_and_its_logarithms_add_up():
    run = made_run([score(f"I-{n}", f"C-{n}", open=1000 - n, late_risk=0.1 * n) for n in range(8)], capacity=5)

    for line in run.lines:
        why = RankExplanationOut.model_validate(line["rank_explanation"])
        assert sum(factor.log for factor in why.factors) == pytest.approx(why.log_value, abs=1e-12)
        assert [factor.name for factor in why.factors] == [factor["name"] for factor in line["factors"]]
        assert why.callable_accounts == 8
