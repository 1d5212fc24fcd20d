"""The learned payment curve."""

import numpy as np
import pandas as pd
import pytest
from model_builders import random_curve, random_table

from models.errors import NothingToFit
from models.payment_curve import PaymentCurve, softplus
from models.readings import EDGES


def test_the_same_input_gives_the_same_trees_to_the_byte():
    assert random_curve(seed=3).to_text() == random_curve(seed=3).to_text()


def test_another_input_gives_other_trees():
    assert random_curve(seed=3).to_text() != random_curve(seed=4).to_text()


def test_curves_start_at_one_and_never_rise():
    curves = random_curve().survival(random_table(50, seed=9))

    s = np.stack([curves.survival_at(u) for u in range(0, 200, 5)], axis=1)

    assert (s[:, 0] == 1.0).all()
    assert (np.diff(s, axis=1) <= 0).all()
    assert ((s >= 0) & (s <= 1)).all()


def test_a_row_reads_the_same_alone_and_among_others():
    table, curve = random_table(30, seed=5), random_curve()

    assert np.array_equal(curve.survival(table).intensity[[7]], curve.survival(table.take([7])).intensity)


def test_a_sign_constraint_is_kept_whatever_the_other_features_say():
    curve = random_curve(seed=2, monotone={"late_5_share_365d": -1}, rounds=40)
    table = random_table(60, seed=8)
    low, high = table.values.copy(), table.values.copy()
    low["late_5_share_365d"], high["late_5_share_365d"] = 0.1, 0.9

    calm = curve.survival(type(table)(table.keys, low, table.fingerprint))
    slow = curve.survival(type(table)(table.keys, high, table.fingerprint))

    assert (slow.survival_at(30) >= calm.survival_at(30)).all()
    assert (slow.survival_at(30) > calm.survival_at(30)).any()


def test_a_curve_learns_the_share_that_was_paid():
    table = random_table(300)
    row, k = np.repeat(np.arange(300), len(EDGES) - 1), np.tile(np.arange(len(EDGES) - 1), 300)
    half = pd.DataFrame({"row": row, "k": k, "paid_share": 0.5, "weight": 1.0})

    curve = PaymentCurve(num_leaves=4, rounds=5).fit(table, half)

    assert curve.survival(table).survival_at(EDGES[2]) == pytest.approx(np.full(300, 0.25), abs=1e-6)  # two intervals


def test_there_is_nothing_to_learn_from_no_interval():
    with pytest.raises(NothingToFit, match="no fully observed interval"):
        PaymentCurve().fit(random_table(3), pd.DataFrame({"row": [], "k": [], "paid_share": [], "weight": []}))


def test_an_empty_table_has_no_curves():
    assert len(random_curve().survival(random_table(0))) == 0


def test_the_intensity_does_not_saturate():
    assert softplus([800.0, -800.0, 0.0]) == pytest.approx([800.0, 0.0, np.log(2)])


def test_parameters_are_those_of_scikit_learn():
    curve = PaymentCurve(rounds=9)

    assert curve.get_params()["rounds"] == 9
    assert curve.set_params(rounds=4).rounds == 4


def test_contributions_are_told_against_an_item_from_the_middle_of_the_book():
    curve, table = random_curve(seed=3), random_table(seed=3, rows=200)
    rows, k = np.arange(200), np.zeros(200, dtype=np.int64)
    matrix = curve.interval_matrix(table, rows, k)

    phi, raw = curve.shap_values(matrix, k), curve.raw_scores(matrix, k)

    assert np.abs(phi.sum(axis=1) - raw).max() < 1e-5
    assert raw.min() < phi[0, -1] < raw.max()
    assert set(phi[:, -1]) == {phi[0, -1]}
