"""The stacked classifier behind the face of the hazard."""

import numpy as np
import pandas as pd
import pytest
from curve_builders import DUE_DAY, drawn_stretches, fitted, settings
from model_builders import random_table

from models.readings import EDGES
from models.stacked_curve import PaymentCurveStacked
from models.typical_item import typical_log_odds

COUNT = len(EDGES) - 1


def test_it_learns_the_share_paid_from_tonight_on():
    """Of every item a tenth more comes by each edge."""
    table = random_table(300)
    row, k = np.repeat(np.arange(300), COUNT), np.tile(np.arange(COUNT), 300)
    stretches = pd.DataFrame({"row": row, "k": k, "paid_share": 0.1 * (k + 1), "weight": 1.0})

    curves = PaymentCurveStacked(num_leaves=4, rounds=5).fit(table, stretches).survival(table)

    for k, edge in enumerate(EDGES[1:]):
        assert curves.survival_at(edge) == pytest.approx(np.full(300, 1.0 - 0.1 * (k + 1)), abs=0.005)


def test_the_columns_of_the_day_are_the_last_of_the_stretch_and_the_lateness_on_it():
    curve, dpd = fitted("stacked"), np.array([-10, 40], dtype=np.float32)

    ahead, late = curve.interval_columns(dpd, np.array([0, 3]))

    assert ahead.tolist() == [EDGES[1], EDGES[4]]
    assert late.tolist() == [-10 + EDGES[1], 40 + EDGES[4]]


def test_where_longer_stretches_look_less_paid_they_start_from_what_shorter_ones_say():
    """Only slow items were seen that far; the curve may not fall and its reasons must still add up."""
    _, stretches = drawn_stretches(500, 1)
    found = typical_log_odds(stretches, COUNT)
    assert (np.diff(found) < 0).any()

    assert fitted("stacked").typical_.tolist() == np.maximum.accumulate(found).tolist()
    assert (np.diff(fitted("stacked blend").linear_.levels_) >= 0).all()


@pytest.mark.parametrize("family", ["stacked", "stacked blend"])
def test_nothing_needs_to_be_held_up_for_the_curve_not_to_fall(family):
    curve, table = fitted(family), random_table(80, seed=12)
    row, k = np.repeat(np.arange(80), COUNT), np.tile(np.arange(COUNT), 80)

    raw = curve.raw_scores(curve.interval_matrix(table, row, k), k).reshape(80, COUNT)

    assert (np.diff(raw, axis=1) >= 0).all()


def test_a_book_that_says_money_went_back_learns_a_curve_that_does_not_rise():
    """Of late payers nine in ten are said to have paid by the near edges, one in ten by the far ones."""
    table = random_table(400)
    row, k = np.repeat(np.arange(400), COUNT), np.tile(np.arange(COUNT), 400)
    late = table.values["late_5_share_365d"].to_numpy()[row] > 0
    share = np.where(late, np.where(k < 4, 0.9, 0.1), 0.5)
    stretches = pd.DataFrame({"row": row, "k": k, "paid_share": share, "weight": 1.0})

    curve = PaymentCurveStacked(**settings(monotone=None, feature_fraction=1.0)).fit(table, stretches)

    raw = curve.raw_scores(curve.interval_matrix(table, row, k), k).reshape(400, COUNT)
    assert (np.diff(raw, axis=1) >= 0).all()


def test_one_pass_at_a_horizon_on_an_edge_and_two_between_edges():
    curve = fitted("stacked")

    rows, k, share = curve.steps_until(np.array([30, 37, 3]), np.array([100, 100, 100]))

    told = {(row, EDGES[at + 1]): weight for row, at, weight in zip(rows, k, share, strict=True) if weight}
    assert told.keys() == {(0, 30), (1, 30), (1, 45), (2, 7)}
    assert told[0, 30] == 1.0
    assert told[1, 30] + told[1, 45] == pytest.approx(1.0)
    assert told[2, 7] == DUE_DAY.into(*(np.array([x]) for x in (100, 0, 7)), 3)[0]


def test_beyond_the_last_edge_the_line_goes_on():
    _, k, share = fitted("stacked").steps_until(np.array([300]), np.array([0]))

    assert [EDGES[at + 1] for at in k] == [90, 180]
    assert share[0] < 0 < 1 < share[1]
    assert share.sum() == pytest.approx(1.0)


def test_the_same_input_gives_the_same_trees_to_the_byte():
    table, stretches = drawn_stretches(200, 3)

    first, second = (PaymentCurveStacked(**settings()).fit(table, stretches).trees_.to_text() for _ in range(2))

    assert first == second
