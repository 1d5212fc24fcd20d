"""Intervals hold what was planted about as often as they say; `benchmarks/estimators.py` asks it of 200 logs."""

import pytest
from covering import Truth, covered
from simulated_logs import World

WORLD = World(design="slice", accounts=200, places=35, evenings=24)


@pytest.fixture(scope="module")
def found():
    return covered(WORLD, logs=40, draws=99, truth=Truth(WORLD, logs=600))


TOO_NARROW = pytest.mark.xfail(reason="too narrow in a slice (33 of 40, 184 of 200); not told there", strict=False)


@pytest.mark.parametrize("estimator", ["effect", "AUTOC", pytest.param("AUTOC difference", marks=TOO_NARROW)])
def test_of_40_intervals_at_least_34_hold_the_truth(found, estimator):
    told = found[estimator]

    assert told.told >= 35
    assert told.share >= 34 / 40
    assert abs(told.bias) < 0.6
    assert 0.7 < told.error < 1.4
