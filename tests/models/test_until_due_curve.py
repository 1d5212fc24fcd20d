"""The hazard with a stacked classifier beside it: who speaks when. What every family keeps is in `test_curve_laws`."""

import dataclasses

import numpy as np
from curve_builders import fitted
from model_builders import random_table

from features.table import FeatureTable
from models.explanation import explain
from models.readings import EDGES
from models.typical_item import typical_rows
from models.until_due_curve import PaymentCurveUntilDue

DPD = np.array([-400, -31, -1, 0, 1, 2, 30, 500])


def around_the_due_day(rows: int = 80) -> FeatureTable:
    table = random_table(rows, seed=21)
    dpd = np.resize(DPD, rows)
    return dataclasses.replace(table, keys=table.keys.assign(dpd=dpd, due_on=table.keys["day"] - dpd))


def test_until_an_item_is_due_it_is_the_mean_of_both_curves_and_then_the_hazard_alone():
    table, late = around_the_due_day(), np.resize(DPD > 0, 80)
    both, hazard, stacked = (fitted(name).survival(table) for name in ("until due", "hazard", "stacked"))

    for day in (*EDGES[1:], 3, 37, 400):
        mean = np.sqrt(hazard.survival_at(day) * stacked.survival_at(day))
        assert np.abs(both.survival_at(day) - mean)[~late].max() < 1e-12
        assert np.abs(both.survival_at(day) - hazard.survival_at(day))[~late].max() > 0.001
        assert both.survival_at(day)[late].tobytes() == hazard.survival_at(day)[late].tobytes()


def test_the_reasons_of_an_item_past_due_are_those_of_the_hazard_and_before_they_lie_between():
    table, late = around_the_due_day(), np.resize(DPD > 0, 80)
    both, horizons = fitted("until due"), np.full(80, 37)
    typical = typical_rows(both._last_week, lambda some: both.survival(some).survival_at(30))
    hazard, stacked = (fitted(name).blended(0.0) for name in ("hazard", "stacked"))
    hazard.tell_against(typical)
    stacked.tell_against(typical)

    found, alone, other = (explain(curve, table, horizons) for curve in (both, hazard, stacked))

    assert found.points[late].tobytes() == alone.points[late].tobytes()
    assert found.base[late].tobytes() == alone.base[late].tobytes()
    assert np.abs(found.base - np.sqrt(alone.base * other.base))[~late].max() < 1e-12
    assert np.abs(found.points - alone.points)[~late].max() > 0.001


def test_both_are_told_against_one_typical_item_whichever_is_asked_first():
    made = PaymentCurveUntilDue.of(fitted("hazard"), fitted("stacked"))

    (_, _), (stacked, _) = made.parts(random_table(3))

    assert stacked.typical_values_ == made.typical_values_
    rows = typical_rows(made._last_week, lambda some: made.survival(some).survival_at(30))
    assert stacked.reference_.tobytes() == stacked._contributions_of(rows).tobytes()


def test_putting_two_curves_together_changes_neither():
    hazard, stacked, table = fitted("hazard", 2), fitted("stacked", 2), random_table(30)
    before = [(curve.typical_to_json(), curve.survival(table).intensity.tobytes()) for curve in (hazard, stacked)]

    made = PaymentCurveUntilDue.of(hazard, stacked)
    explain(made, table, np.full(30, 30))

    assert before == [(one.typical_to_json(), one.survival(table).intensity.tobytes()) for one in (hazard, stacked)]
    assert made.leaves == hazard.leaves + stacked.leaves > stacked.leaves > 0
