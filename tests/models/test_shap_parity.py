"""Our SHAP values are those of the shap library, before they are centred on the typical item."""

import numpy as np
import shap
from model_builders import random_curve, random_table


def test_our_contributions_are_those_of_the_shap_library():
    curve, table = random_curve(seed=5), random_table(rows=40, seed=6)
    rows, k = np.repeat(np.arange(40), 8), np.tile(np.arange(8), 40)
    matrix = curve.interval_matrix(table, rows, k)

    theirs = shap.TreeExplainer(curve.trees_.booster_).shap_values(matrix)

    assert curve.trees_.shap.fast
    ours = curve.shap_values(matrix, k)[:, :-1] + curve.reference_[k]
    assert np.abs(ours - theirs).max() < 1e-9
