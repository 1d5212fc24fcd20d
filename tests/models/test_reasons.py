"""Reasons: one fact per idea, with its code, its own value and the typical item's."""

import math

import numpy as np
import pytest
from curve_builders import fitted
from model_builders import random_habit_curve, random_table

from features.catalogue import CATALOGUE_BY_NAME
from features.reason_catalogue import CODES, tell_reason
from features.spec import Direction
from features.wording import format_value
from ledger.days import to_date
from models.explanation import Contributions
from models.fact import Fact, fact_of
from models.reasons import HISTORY, reasons
from models.scoring import SETTLED_COUNT, THIN, reasons_of, scores_of
from models.typical_item import median_values


def plain(column, rows):
    return [Fact(f"{column} of {row}") for row in rows]


def test_reasons_are_one_per_concept_with_its_strongest_fact_the_largest_first():
    found = Contributions(np.array([0.5]), ("a", "b", "c"), np.array([[0.3, -0.1, -0.25]]))

    told = reasons(found, {"a": "habit", "b": "habit", "c": "age"}, plain)

    assert [(r.concept, r.fact.text, round(r.points or 0, 9)) for r in told[0]] == [
        ("age", "c of 0", -0.25),
        ("habit", "a of 0", 0.2),
    ]


def test_each_row_has_its_own_reasons_whichever_column_tells_them():
    points = np.array([[0.3, 0.1, 0.2], [0.1, 0.3, -0.5], [-0.1, -0.2, 0.1]])
    found, fits = Contributions(np.zeros(3), ("a", "b", "c"), points), np.array([[1, 1, 1], [1, 1, 1], [0, 0, 1]]) > 0

    told = reasons(found, {"a": "habit", "b": "habit", "c": "age"}, plain, fits, item_ids=["I-1", "I-2", "I-3"])

    assert [[(one.fact.text, one.item_id) for one in own] for own in told] == [
        [("a of 0", "I-1"), ("c of 0", "I-1")],
        [("c of 1", "I-2"), ("b of 1", "I-2")],
        [("how this customer usually pays", "I-3"), ("c of 2", "I-3")],
    ]


def test_a_fact_that_points_the_other_way_is_not_told():
    found = Contributions(np.array([0.5]), ("a", "b"), np.array([[0.3, 0.1]]))
    habit = {"a": "habit", "b": "habit"}

    def told(*fits):
        return reasons(found, habit, plain, np.array([fits]))

    assert told(True, True)[0][0].fact.text == "a of 0"
    assert told(False, True)[0][0].fact.text == "b of 0"
    idea = told(False, False)[0][0]
    assert idea.fact[:3] == ("how this customer usually pays", "idea_habit", None)


def test_the_column_told_moves_the_way_its_concept_does():
    found = Contributions(np.array([0.5]), ("a", "b", "c"), np.array([[-0.3, 0.2, 0.2]]))

    told = reasons(found, dict.fromkeys("abc", "habit"), plain)

    assert (told[0][0].fact.text, round(told[0][0].points or 0, 9)) == ("b of 0", 0.1)


def test_a_fact_that_reads_as_the_typical_one_is_no_reason():
    curve, table = fitted("hazard"), random_table(60, seed=3)

    told = [reason for why in reasons_of(curve, table, np.full(60, 30)) for reason in why]

    compared = [
        (CATALOGUE_BY_NAME[reason.fact.code].unit, reason.fact.value, reason.fact.typical)
        for reason in told
        if reason.fact.code in CATALOGUE_BY_NAME
        and CATALOGUE_BY_NAME[reason.fact.code].direction is not Direction.OPEN
        and isinstance(reason.fact.value, float)
        and isinstance(reason.fact.typical, float)
    ]
    assert len(compared) > 60
    assert not [one for one in compared if format_value(*one[:2]) == format_value(one[0], one[2])]


def test_a_reason_carries_its_own_value_the_typical_one_and_its_item():
    curve, table = fitted("hazard"), random_table(60, seed=3)

    told = reasons_of(curve, table, np.full(60, 30))

    typical = curve.typical_values_
    facts = [(row, reason) for row, why in enumerate(told) for reason in why if reason.fact.code in CATALOGUE_BY_NAME]
    assert len(facts) > 60
    for row, reason in facts:
        own = table.values[reason.fact.code].iloc[row]
        missing = own != own or own is None
        assert reason.fact.value is None if missing else reason.fact.value == own
        assert reason.fact.typical == typical[reason.fact.code]
        assert reason.item_id == table.keys["item_id"].iloc[row]


def test_a_smoothed_column_is_told_with_the_code_and_the_values_of_the_plain_one(monkeypatch):
    curve, table = fitted("hazard"), random_table(5)
    table.values["late_5_share_365d"], table.values["late_5_share_shrunken_365d"] = 1.0, 0.4
    found = Contributions(np.full(5, 0.3), ("late_5_share_shrunken_365d",), np.full((5, 1), 0.2))
    monkeypatch.setattr("models.scoring.explain", lambda *_: found)

    told = reasons_of(curve, table, np.full(5, 30))[0][0]

    plain, smoothed = (curve.typical_values_[name] for name in ("late_5_share_365d", "late_5_share_shrunken_365d"))
    assert told.fact[1:4] == ("late_5_share_365d", 1.0, plain)
    assert plain != smoothed


def curve_of(family):
    return random_habit_curve() if family == "habit" else fitted(family)


@pytest.mark.parametrize("family", ["hazard", "stacked", "habit"])
def test_every_reason_is_told_again_by_its_code_and_numbers(family):
    for why in reasons_of(curve_of(family), random_table(60, seed=3), np.full(60, 30)):
        for reason in why:
            text, code, value, _, further = reason.fact
            assert code in CODES
            assert tell_reason(code, value, dict(further)) == text
            assert tell_reason(code, value, dict(further), "de") not in (None, text)


@pytest.mark.parametrize("family", ["hazard", "habit"])
def test_too_little_history_is_said_of_exactly_the_thin_scores_and_moves_nothing(family):
    curve, table = curve_of(family), random_table(80, seed=5)
    table.values[SETTLED_COUNT] = np.where(np.arange(80) % 4, 5.0, 1.0)
    table.values.loc[:8, SETTLED_COUNT] = math.nan  # no count is no history

    scores = scores_of(curve, table, to_date(int(table.keys["day"].iloc[0])), 5, "v", "model")

    assert {score.thin_history for score in scores} == {True, False}
    for score in scores:
        said = [reason for reason in score.reasons if reason.fact.code == "too_little_history"]
        assert len(said) == score.thin_history
        assert all((reason.points, reason.concept, reason.fact.value < THIN) == (0.0, HISTORY, True) for reason in said)
        assert abs(score.base + sum(reason.points for reason in score.reasons) - score.late_risk) < 1e-9


def test_a_fact_that_the_catalogue_cannot_tell_is_refused():
    with pytest.raises(ValueError, match="usual_payment_day"):
        fact_of("usual_payment_day", 3.0)
    assert fact_of("days_late_last", math.nan).value is None


def test_the_typical_text_is_the_commonest_and_the_first_by_alphabet_of_several():
    table = random_table(4)
    table.values["currency"] = ["USD", "EUR", "EUR", "USD"]
    table.values["dpd"] = [1.0, 2.0, 3.0, math.nan]
    table.values["month"] = math.nan

    typical = median_values(table)

    assert (typical["currency"], typical["dpd"], typical["month"]) == ("EUR", 2.0, None)
