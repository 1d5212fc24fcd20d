"""Reason stability: the same items explained twice, small enough to be counted by hand; and what the card says."""

import json
from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from model_builders import EVENING, random_curve, random_habit_curve, random_table

from features.spec import CONCEPTS
from models.explanation import Contributions
from models.scoring import reasons_of
from training import card_stability as words
from training.explained import Explained, Sample
from training.fit import TrainingSet
from training.reason_stability import Other, Stability, compared, redrawn, stability_of

IDEAS = ("age", "amount", "habit", "terms")
SEPTEMBER = date(2025, 9, 30)


def told(*rows: tuple[float, ...], base: float = 0.4) -> Explained:
    """Items by their points of age, amount, habit and terms, as shares."""
    found = Contributions(np.full(len(rows), base), IDEAS, np.array(rows, dtype=np.float64))
    return Explained(found, {idea: idea for idea in IDEAS})


def against(ours: Explained, theirs: Explained, against: str = "in_use") -> Stability:
    customer = np.array([f"C-{at}" for at in range(len(ours.found.base))])
    return compared(ours, theirs, customer, against, SEPTEMBER)  # type: ignore[arg-type]


CALM = against(
    told(*[(0.1 + at / 1000, 0.05, -0.02, 0.01) for at in range(200)]),
    told(*[(0.1 + at / 990, 0.05, -0.02, 0.01) for at in range(200)]),
)


def test_the_first_reason_is_the_one_that_people_are_told():
    curve, table = random_curve(), random_table(60, seed=4)
    sample = Sample.of(table, 5)

    explained = Explained.of(curve, sample)

    first = [explained.ideas[at] for at in np.argsort(-np.abs(explained.by_idea), axis=1, kind="stable")[:, 0]]
    assert first == [why[0].concept for why in reasons_of(curve, sample.table, sample.horizons)]
    assert explained.late_risk == pytest.approx(curve.survival(sample.table).survival_at(sample.horizons), abs=1e-9)


def test_items_that_keep_their_first_reason_are_counted():
    ours = told((0.3, 0.1, 0, 0), (0.3, 0.1, 0, 0), (-0.3, 0.1, 0, 0), (0.1, 0.3, 0, 0))
    theirs = told((0.2, 0.1, 0, 0), (0.1, 0.2, 0, 0), (-0.2, 0.1, 0, 0), (0.1, 0.2, 0, 0))

    assert against(ours, theirs).first_same.value == 3 / 4


def test_a_first_reason_that_turned_its_sign_is_the_same_idea_and_is_counted_as_turned():
    found = against(told((0.3, 0.1, 0, 0), (0.3, 0.1, 0, 0)), told((-0.3, 0.1, 0, 0), (0.3, 0.1, 0, 0)))

    assert found.first_same.value == 1.0
    assert found.turned == 1 / 2


def test_what_people_see_as_no_points_has_no_sign():
    assert against(told((0.3, 0.004, 0, 0)), told((0.3, -0.1, 0, 0))).turned == 0.0
    assert against(told((0.3, 0.006, 0, 0)), told((0.3, -0.1, 0, 0))).turned == 1.0


def test_the_first_three_reasons_overlap_whatever_their_order():
    three = against(told((0.4, 0.3, 0.2, 0.1)), told((0.2, 0.4, 0.3, 0.1)))
    two = against(told((0.4, 0.3, 0.2, 0.1)), told((0.4, 0.3, 0.1, 0.2)))

    assert (three.first_three, two.first_three) == (1.0, 2 / 3)


def test_points_and_chances_that_moved_are_told_apart():
    """One version shifts points between two ideas and keeps the chance; the other moves the chance alone."""
    ours = told((0.3, 0.1, 0, 0))

    shifted, moved = against(ours, told((0.1, 0.3, 0, 0))), against(ours, told((0.3, 0.1, 0, 0), base=0.3))

    assert (shifted.points_moved, shifted.risk_moved) == pytest.approx(((20 + 20) / 4, 0.0))
    assert (moved.points_moved, moved.risk_moved) == pytest.approx((0.0, 10.0))


def test_each_idea_has_its_own_correlation_and_none_where_it_says_the_same_of_all():
    ours = told((0.3, 0.1, 0.05, 0), (0.2, 0.1, 0.04, 0), (0.1, 0.1, 0.03, 0))
    theirs = told((0.1, 0.1, 0.05, 0), (0.2, 0.2, 0.04, 0), (0.3, 0.3, 0.03, 0))

    held = {idea.key: idea for idea in against(ours, theirs).ideas}

    assert held["age"].correlation == pytest.approx(-1.0)
    assert held["habit"].correlation == pytest.approx(1.0)
    assert held["amount"].correlation is None
    assert held["age"].points == pytest.approx((30 + 20 + 10) / 3)
    assert held["age"].moved == pytest.approx((20 + 0 + 20) / 3)


def test_a_curve_is_perfectly_stable_against_itself():
    curve = random_curve()
    sample = Sample.of(random_table(60, seed=4), 5)

    (found,) = stability_of(sample, Explained.of(curve, sample), [Other("in_use", EVENING, curve)])

    assert (found.first_same.value, found.first_three, found.turned) == (1.0, 1.0, 0.0)
    assert (found.points_moved, found.risk_moved) == (0.0, 0.0)
    assert found.points_correlation == pytest.approx(1.0)
    assert {idea.key for idea in found.ideas} <= {concept.key for concept in CONCEPTS}


def test_a_habit_curve_is_not_held_against_a_learned_one():
    sample = Sample.of(random_table(60, seed=4), 5)

    assert not stability_of(
        sample, Explained.of(random_curve(), sample), [Other("in_use", EVENING, random_habit_curve())]
    )


def test_customers_are_drawn_whole_and_as_often_as_they_were_drawn():
    table = random_table(40, seed=3)
    intervals = pd.DataFrame({"row": np.arange(40), "k": 0, "paid_share": 0.5, "weight": 1.0})
    learned = TrainingSet(table, np.ones(40), SimpleNamespace(), intervals)  # type: ignore[arg-type]

    again = redrawn(learned, seed=7)

    rows = again.intervals["row"].to_numpy()
    times = np.bincount(rows, minlength=40)
    customer = table.keys["customer_id"].to_numpy()
    assert [len(set(times[customer == name])) for name in set(customer)] == [1] * len(set(customer))
    assert 0 in times
    assert times.max() > 1
    assert (again.weight == times).all()
    assert redrawn(learned, seed=7).intervals.equals(again.intervals)
    assert not redrawn(learned, seed=8).intervals.equals(again.intervals)


def test_the_headline_tells_a_manager_how_many_kept_their_first_reason():
    first = replace(CALM.first_same, value=0.912)

    said = " ".join(words.told([replace(CALM, first_same=first)]))

    assert (
        "Between the version in use, trained on 30 September 2025, and this one, 91 of 100 open items kept their "
        "first reason." in said
    )
    assert f"Meanwhile their chances moved by {CALM.risk_moved:.1f} points on average" in said
    assert words.NO_CHANCE in said
    assert words.NO_EARLIER not in said


def test_a_first_version_is_held_against_the_newest_month_and_says_so():
    said = words.told([replace(CALM, against="newest_month")])

    assert said[0] == words.NO_EARLIER
    assert said[1].startswith("Between the curve of the newest judged month, which learned until 30 September 2025,")


@pytest.mark.parametrize(
    ("share", "items", "kept"),
    [(0.999, 300, "99 of 100 open items"), (0.001, 300, "1 of 100 open items"), (1.0, 300, "100 of 100 open items"),
     (27 / 31, 31, "27 of 31 open items"), (1.0, 1, "1 of 1 open item")],
)  # fmt: skip
def test_no_count_is_rounded_to_all_or_none_and_few_items_are_counted(share, items, kept):
    one = replace(CALM, items=items, first_same=replace(CALM.first_same, value=share))

    assert f"{kept} kept their first reason" in " ".join(words.told([one]))


def test_below_seventy_of_a_hundred_the_card_warns_and_from_there_on_it_does_not():
    at = [replace(CALM, first_same=replace(CALM.first_same, value=value)) for value in (0.69, 0.70)]

    assert [len(words.warnings([one])) for one in at] == [1, 0]
    assert "fewer than 70 of 100 items kept their first reason" in words.warnings(at[:1])[0]
    assert words.progress(at[:1])[-1].startswith("warning: ")


def test_what_moved_beyond_chance_is_told_apart_from_what_did_not():
    def beside(value: float, low: float, high: float, against: str) -> Stability:
        return replace(CALM, against=against, first_same=replace(CALM.first_same, value=value, low=low, high=high))

    chance = beside(0.80, 0.75, 0.85, "redrawn")

    assert words.told([beside(0.90, 0.86, 0.94, "in_use"), chance])[-1].endswith("moved no more than that.")
    assert words.told([beside(0.78, 0.73, 0.83, "in_use"), chance])[-1].endswith("no more than that can explain.")
    assert words.told([beside(0.60, 0.55, 0.65, "in_use"), chance])[-1].endswith("it learned something else.")


def test_it_is_plain_json_also_where_too_few_customers_give_no_interval():
    found = against(told((0.3, 0.1, 0, 0)), told((0.3, 0.1, 0, 0)))

    plain = json.loads(json.dumps(found.as_dict(), allow_nan=False))

    assert plain["first_same"] == {"value": 1.0, "low": None, "high": None}
    assert plain["trained_as_of"] == "2025-09-30"
    assert plain["risk_correlation"] is None
