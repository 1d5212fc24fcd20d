"""Customers that were left out of learning: who they are, what they show, and where it is said."""

import json
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from judged_rows import ORDERS, random_judged
from model_builders import COMPANY_EVENING, company_ledger, paying_company

from training.backtest_page import page
from training.backtest_text import About, backtest_text
from training.budget import Budget, Until
from training.card_worse import worse_for
from training.choice import choose
from training.customer_places import place_of
from training.fit import Recipe, fit_family
from training.judgement import measure
from training.measured import NeverSeen, NeverSeenAt
from training.metrics import Interval
from training.never_seen import SHARE, never_seen, without_left_out
from training.walk_forward import folds_of, walk

RECIPE = Recipe(num_leaves=7, rounds=40, learning_rate=0.2)
ABOUT = About(date(2026, 3, 31), 5, 5, "EUR")
AT_30 = NeverSeenAt(
    rows=412, customers=17, unpaid=160, auc=Interval(0.712, 0.66, 0.76), seen=Interval(0.731, 0.69, 0.77),
    gain=Interval(-0.019, -0.04, 0.002), best="oldest", best_auc=0.655,
)  # fmt: skip
FOUND = NeverSeen(date(2025, 12, 30), 0.2, 19, 74, {30: AT_30})


@pytest.fixture(scope="module")
def walked():
    """A company of 60 customers, judged on its newest month."""
    ledger = company_ledger(paying_company(customers=60, invoices=2_400, scatter=20))
    view = ledger.as_of(COMPANY_EVENING)
    found = walk(ledger, view, folds_of(view, 1), lambda learned: RECIPE)
    choice = choose(found)
    return found, found.judged.assign(**choice.said), choice


def test_a_fifth_of_the_customers_is_left_out_of_learning_whole(walked):
    learned = walked[0].learned
    customer = learned.table.keys["customer_id"]

    kept = without_left_out(learned)

    left = set(customer[place_of(customer) < SHARE])
    assert 5 <= len(left) <= 20
    assert set(customer.iloc[kept.intervals["row"]]) == set(customer.iloc[learned.intervals["row"]]) - left
    there = ~customer.iloc[learned.intervals["row"]].isin(left).to_numpy()
    assert kept.intervals.equals(learned.intervals[there].reset_index(drop=True))


def test_who_is_left_out_depends_on_the_id_alone():
    alone, among = place_of(pd.Series(["C-7"])), place_of(pd.Series(["C-1", "C-7", "C-9", "C-7"]))

    assert alone[0] == among[1] == among[3]
    assert 0.17 < (place_of(pd.Series([f"C-{at}" for at in range(5_000)])) < SHARE).mean() < 0.23


def test_they_are_judged_on_the_newest_evenings_beside_the_curve_that_learned_from_them(walked):
    found, judged, choice = walked
    there = judged[place_of(judged["customer_id"]) < SHARE]

    told = never_seen(found, judged, choice, RECIPE, Until.ever())

    at = told.horizons[30]
    asked = there["known_30"] & (there["due_on"] <= there["day"] + 30)
    assert (at.rows, at.unpaid) == (asked.sum(), there["unpaid_30"][asked].sum())
    assert at.customers == there["customer_id"][asked].nunique()
    assert told.left_out + told.learned_from == found.learned.table.keys["customer_id"].nunique()
    assert at.gain.value == pytest.approx(at.auc.value - at.seen.value)
    assert at.auc.value > 0.55  # their own history is known to the features
    assert told == never_seen(found, judged, choice, RECIPE, Until.ever())


def test_all_that_tells_the_two_curves_apart_is_who_was_left_out(walked, monkeypatch):
    found, judged, choice = walked
    learned = fit_family(found.learned, RECIPE, choice.family, choice.linear_share)
    said = judged.assign(model_30=learned.survival(found.table).survival_at(30))

    apart = never_seen(found, said, choice, RECIPE, Until.ever()).horizons[30]
    monkeypatch.setattr("training.never_seen.without_left_out", lambda learned: learned)
    same = never_seen(found, said, choice, RECIPE, Until.ever()).horizons[30]

    assert apart.gain.value != 0.0
    assert same.gain == Interval(0.0, 0.0, 0.0)


def test_without_time_they_are_not_judged_and_that_is_said(walked):
    found, judged, choice = walked
    budget = Budget(0.0)

    assert never_seen(found, judged, choice, RECIPE, Until(budget, 0.7)) is None
    assert budget.skipped == ["customers left out of learning were not judged (time budget of 0 minutes)"]


def test_where_fewer_than_thirty_of_an_outcome_are_left_nothing_is_said(walked):
    found, judged, choice = walked

    told = never_seen(found, judged.assign(unpaid_30=False), choice, RECIPE, Until.ever())

    assert 30 not in told.horizons


def test_what_was_found_stands_on_the_page_the_card_the_terminal_in_the_figures_and_the_metrics():
    plain = measure(random_judged(1_500, months=3), ("model", "habit"), ORDERS[:3], "EUR")
    found = replace(plain, never_seen=FOUND)
    sentence = "Customers never seen, in 30 days: AUC 0.712 (95% 0.660 to 0.760), learned from them too 0.731"

    for told, silent in (
        (page(found, ABOUT), page(plain, ABOUT)),
        (backtest_text(found, ABOUT), backtest_text(plain, ABOUT)),
        (" ".join(worse_for(found, {})), " ".join(worse_for(plain, {}))),
    ):
        assert sentence in told
        assert "19 customers were left out of learning at the cutoff of 30 December 2025" in told
        assert "never seen" not in silent
    assert found.metrics()["never_seen_auc_30"] == 0.712
    assert found.metrics()["never_seen_auc_gain_30_high"] == 0.002
    assert "never_seen_auc_30" not in found.metrics_of_others()
    assert json.loads(json.dumps(found.as_dict()))["never_seen"]["horizons"]["30"]["auc"]["low"] == 0.66
