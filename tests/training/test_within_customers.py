"""Outcomes dealt out anew within customers: what is left is how customers differ, and of their items nothing."""

import math
import os

import numpy as np
import pandas as pd
import pytest

from training import within_customers as checked
from training.leak_gates import forgets_within_customers
from training.metrics import Draws, auc
from training.small_trees import Answered
from training.within_customers import WithinCustomers, dealt_within, within_customers, within_draws

SEEDS = 20 if os.environ.get("PAYRISK_TEST_EXAMPLES") else 4


def answered(rows: int, seed: int, customers: int = 60, own: float = 1.0, items: float = 1.5) -> Answered:
    """Rows of customers who differ (`own`, told by the column `slow` too), and of items that do (`items`, by `age`).

    Slow customers have old items: who learns that slow customers pay late could take it for what age does.
    """
    rng = np.random.default_rng(seed)
    habit = np.random.default_rng(1).normal(0, 1, customers)
    who = rng.integers(0, customers, rows)
    age = rng.normal(0, 1, rows) + habit[who]
    odds = own * habit[who] + items * age - 0.5
    return Answered(
        values=pd.DataFrame({"slow": habit[who], "age": age, "noise": rng.normal(0, 1, rows)}),
        unpaid=(rng.random(rows) < 1 / (1 + np.exp(-odds))).astype(float),
        customer=np.array([f"C-{at}" for at in who], dtype=object),
        day=rng.integers(0, 4, rows) * 7,
    )


def test_each_customer_keeps_its_outcomes_and_they_are_dealt_by_the_seed():
    rows = answered(2_000, seed=1)
    code = pd.factorize(rows.customer)[0]

    dealt = dealt_within(rows.unpaid, code, seed=3)

    assert np.bincount(code, weights=dealt).tolist() == np.bincount(code, weights=rows.unpaid).tolist()
    assert 0.2 < (dealt != rows.unpaid).mean() < 0.6
    assert dealt_within(rows.unpaid, code, seed=3).tolist() == dealt.tolist()
    assert dealt_within(rows.unpaid, code, seed=4).tolist() != dealt.tolist()


def test_the_auc_within_customers_is_that_of_its_pairs_each_group_by_its_rows():
    rng = np.random.default_rng(2)
    rows = answered(300, seed=2, customers=12)
    said = rng.integers(0, 9, 300).astype(float)

    found = within_draws(said, rows, Draws.of(rows.customer.astype(str), 5))

    area = weight = 0.0
    frame = pd.DataFrame({"s": said, "y": rows.unpaid, "c": rows.customer, "d": rows.day})
    for _, group in frame.groupby(["c", "d"]):
        pairs = group["y"].sum() * (1 - group["y"]).sum() / len(group)
        if pairs:
            area += pairs * auc(group["s"], group["y"])
            weight += pairs
    assert found[0] == pytest.approx(area / weight, abs=1e-12)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_dealt_out_within_customers_their_items_rank_like_chance_and_by_the_true_outcomes_they_do_not(seed):
    found = within_customers(answered(4_000, 10 + seed), answered(1_500, 900 + seed), seed)

    assert found.true > 0.7
    assert found.error > 0
    assert forgets_within_customers(found).passed


def test_outcomes_that_were_not_dealt_out_would_not_pass(monkeypatch):
    monkeypatch.setattr(checked, "dealt_within", lambda unpaid, customer, seed: unpaid)

    assert not forgets_within_customers(within_customers(answered(4_000, 1), answered(1_500, 901))).passed


def test_without_each_customers_own_share_beforehand_how_customers_differ_would_pass_for_what_their_items_do(
    monkeypatch,
):
    """The start is what makes the rule exact: slow customers have old items, so age would still rank them."""
    monkeypatch.setattr(checked, "_customers_own", lambda unpaid, customer: np.zeros(len(unpaid)))

    assert not forgets_within_customers(within_customers(answered(4_000, 1), answered(1_500, 901))).passed


def test_the_same_seed_finds_the_same():
    learned, judged = answered(1_000, 1), answered(500, 2)

    assert within_customers(learned, judged, seed=5) == within_customers(learned, judged, seed=5)
    assert within_customers(learned, judged, seed=5) != within_customers(learned, judged, seed=6)


@pytest.mark.parametrize("who", ["one item each", "one outcome each"])
def test_where_no_customer_has_items_of_both_outcomes_nothing_can_be_measured(who):
    rows = answered(400, 1)
    alone = np.arange(400).astype(str).astype(object)
    rows = Answered(
        rows.values, rows.unpaid, alone if who == "one item each" else np.where(rows.unpaid, "A", "B"), rows.day
    )

    found = within_customers(rows, rows)

    assert math.isnan(found.dealt)
    gate = forgets_within_customers(found)
    assert (gate.passed, gate.reason.endswith("not measurable")) == (True, True)


def test_two_deals_are_made_however_short_the_time_is():
    asked = []

    found = within_customers(answered(600, 1), answered(300, 2), may_deal=lambda made: bool(asked.append(made)))

    assert (found.deals, asked) == (2, [2])
    assert within_customers(answered(600, 1), answered(300, 2)).deals == checked.DEALS


@pytest.mark.parametrize(("dealt", "passed"), [(0.559, True), (0.441, True), (0.561, False), (0.439, False)])
def test_three_standard_errors_are_the_edge(dealt, passed):
    gate = forgets_within_customers(WithinCustomers(true=0.68, dealt=dealt, error=0.02, deals=6))

    assert (gate.passed, gate.blocks) == (passed, "model")
    assert f"{dealt:.3f} (chance: 0.500 within 0.060; by the true ones 0.680)" in gate.reason
