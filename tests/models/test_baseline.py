"""The simple orders and the rule."""

from datetime import timedelta

import numpy as np
import pytest
from model_builders import EVENING, random_table

from ledger.aging import aging_bucket
from models.baseline import amount_order, bucket_order, bucket_risk, oldest_first, rule_scores


def test_the_simple_orders_are_the_columns_people_sort_by():
    keys = random_table(20).keys

    assert np.argmax(amount_order(keys)) == keys["open_minor"].argmax()
    assert np.argmax(oldest_first(keys)) == keys["dpd"].argmax()


def test_a_bucket_with_few_items_is_drawn_towards_all_of_them():
    risk = bucket_risk([-5] * 10 + [10] * 2, [0] * 10 + [1] * 2)

    assert risk["1-30"] == pytest.approx((2 + 4 * (2 / 12)) / (2 + 4))
    assert risk[">120"] == pytest.approx(2 / 12)


def test_the_bucket_order_ranks_by_the_risk_of_the_items_bucket():
    keys = random_table(30).keys
    risk = bucket_risk(keys["dpd"], keys["dpd"] > 30)

    assert bucket_order(keys, risk).tolist() == [risk[aging_bucket(d)] for d in keys["dpd"]]


def test_the_rule_states_facts_and_predicts_nothing():
    table = random_table(12)

    scores = rule_scores(table, EVENING)

    assert [s.item_id for s in scores] == table.keys["item_id"].tolist()
    for score in scores:
        assert score.mode == "rule"
        numbers = (score.p_late, score.late_risk, score.p_unpaid_14, score.p_unpaid_30, score.expected_on, score.base)
        assert set(numbers) == {None}
        assert score.due_on == EVENING - timedelta(days=score.dpd)
        assert [r.points for r in score.reasons] == [None, None]


def test_the_rules_reasons_name_the_money_and_the_age():
    table = random_table(1)
    keys = table.keys.assign(open_minor=420_000, currency="EUR", dpd=17)

    score = rule_scores(type(table)(keys, table.values, table.fingerprint), EVENING)[0]

    assert [r.fact.text for r in score.reasons] == ["4,200.00 EUR overdue", "17 days past due"]
    assert [r.concept for r in score.reasons] == ["exposure", "age"]
