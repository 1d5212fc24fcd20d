"""Decisions as columns say and refuse what each of them by itself would."""

import json
import math
from datetime import date

import pytest
from builders import law
from hypothesis import given
from hypothesis import strategies as st
from logged import decided

from serving.trials.decided import Decided
from serving.trials.decision import Decision
from serving.trials.errors import NotADecision

numbers = st.floats(allow_nan=False, allow_infinity=False)
texts = st.one_of(st.text(), st.sampled_from(["], [", '"}, {"', "%s", "100 %", "\udc80", "企業 \x7f"]))
some = st.fixed_dictionaries(
    {
        "account_id": texts, "standing": st.sampled_from(["listed", "below_the_cut"]), "pi": st.floats(0.01, 1.0),
        "eligible": st.just(True), "design": st.sampled_from(["core", "explore"]),
        "item_ids": st.lists(texts, max_size=3).map(tuple), "callable_minor": st.none() | st.integers(-(2**62), 2**62),
        "score": st.none() | numbers, "rank": st.none() | st.integers(1, 10), "gain_now": st.none() | numbers,
        "gain_wait": st.none() | numbers, "components": st.dictionaries(texts, numbers, max_size=3), "rule": texts,
        "exclusion_reason": texts, "stratum": texts, "seed_id": texts, "eps": numbers, "k": st.integers(0, 9),
        "collector": texts, "action_planned": texts, "currency": texts,
    }
)  # fmt: skip
shared = st.fixed_dictionaries(
    {
        "team": texts, "policy_name": texts, "policy_version": texts, "model_version": st.none() | texts,
        "feature_snapshot_hash": texts, "response_prior_version": texts,
    }
)  # fmt: skip
drawn = st.tuples(texts, st.dates(), shared, st.lists(some, min_size=1, max_size=5))


def in_columns(run_id, as_of, same, rows):
    return Decided(run_id, as_of, same, {name: [row[name] for row in rows] for name in rows[0]})


def one_by_one(run_id, as_of, same, rows):
    return [Decision(run_id=run_id, as_of=as_of, **same, **row) for row in rows]


@given(run=drawn)
@law(examples=60)
def test_columns_are_the_decisions_whatever_they_say_and_share(run):
    part, single = in_columns(*run), one_by_one(*run)

    assert list(part.decisions()) == single
    assert [one for told in decided(single) for one in told.decisions()] == single
    assert part.item_ids() == [json.dumps(one.item_ids) for one in single]
    assert part.components() == [json.dumps(one.components) for one in single]
    assert Decided.from_json(json.loads(json.dumps(part.to_json()))) == part


WRONG = [
    {"pi": 1.1}, {"pi": math.nan}, {"pi": 0.0}, {"standing": "held", "eligible": False, "pi": 0.2}, {"eps": math.inf},
    {"score": -math.inf}, {"gain_now": math.nan}, {"components": {"reach": math.nan}}, {"gain_wait": None},
]  # fmt: skip


@given(run=drawn, wrong=st.sampled_from(WRONG), at=st.integers(0, 4))
@law(examples=60)
def test_columns_refuse_what_one_decision_would_in_the_same_words(run, wrong, at):
    *_, rows = run
    rows[at % len(rows)] |= {"standing": "listed"} | wrong

    def refusal(made):
        try:
            made(*run)
        except NotADecision as refused:
            return refused.field, str(refused)

    assert refusal(in_columns) == refusal(one_by_one)
    assert (refusal(in_columns) is None) == (wrong == {"gain_wait": None})


def test_of_nobody_nothing_is_decided():
    (part,) = decided([Decision("R-1", date(2026, 3, 31), "C-1", "listed", 1.0, "core", True)])
    nobody = Decided(part.run_id, part.as_of, part.shared, {name: [] for name in part.columns})

    assert list(nobody.decisions()) == []


def test_a_column_that_is_missing_or_too_short_makes_no_decisions():
    (part,) = decided([Decision("R-1", date(2026, 3, 31), customer, "listed", 1.0, "core", True) for customer in "AB"])
    without = {name: column for name, column in part.columns.items() if name != "rank"}

    for columns in (without, {**part.columns, "item_ids": [()]}, {**part.columns, "other": [1, 2]}):
        with pytest.raises(TypeError, match="columns of one length"):
            Decided(part.run_id, part.as_of, part.shared, columns)
