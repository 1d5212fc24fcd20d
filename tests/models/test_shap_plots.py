"""The pictures that the shap library draws of our values."""

import subprocess
import sys
from io import BytesIO

import matplotlib
import numpy as np
import pytest
from matplotlib import pyplot
from model_builders import random_curve, random_table
from PIL import Image

from features.table import FeatureTable
from models.payment_curve import PaymentCurve
from models.shap_plots import NothingToDraw, beeswarm, dependence, evenly, explanation_of, importance, plots


@pytest.fixture(scope="module")
def curve() -> PaymentCurve:
    return random_curve()


@pytest.fixture(scope="module")
def table() -> FeatureTable:
    return random_table(60, seed=9)


def colours(png: bytes) -> int:
    """Decoded, so that a picture that does not open fails; an empty one has a single colour."""
    with Image.open(BytesIO(png)) as picture:
        picture.load()
        assert min(picture.size) > 300
        return len(set(picture.convert("RGB").get_flattened_data()))


def test_what_is_drawn_adds_up_to_the_share_said(curve, table):
    told = explanation_of(curve, table, 60)

    said = curve.survival(table).survival_at(60) * 100.0
    assert told.base_values + told.values.sum(axis=1) == pytest.approx(said, abs=1e-7)
    assert tuple(told.feature_names) == curve.columns_


def test_the_intervals_columns_are_told_as_of_the_day_asked_about(curve, table):
    told = explanation_of(curve, table, 45)

    assert set(told[:, "days_ahead"].data) == {45.0}
    assert (told[:, "dpd_then"].data == table.keys["dpd"] + 45).all()


def test_categories_are_shown_as_text(curve, table):
    name = next(iter(curve.encoding_.categories))
    holes = FeatureTable(table.keys, table.values.assign(**{name: ["EUR", None] * 30}), table.fingerprint)

    assert set(explanation_of(curve, holes, 30)[:, name].display_data) == {"EUR", "missing"}


def test_pictures_open_and_are_not_empty(curve, table):
    column = "late_5_share_365d"

    for png in (beeswarm(curve, table), importance(curve, table), dependence(curve, table, column)):
        assert colours(png) > 20


def test_one_picture_a_horizon(curve, table):
    assert importance(curve, table, 30) != importance(curve, table, 90)
    assert colours(beeswarm(curve, table, np.where(table.keys["dpd"] > 0, 30, 60))) > 20


def test_a_training_gets_the_same_bytes_twice_whatever_was_drawn_before(curve, table):
    first = plots(curve, table)
    np.random.seed(1)
    with matplotlib.rc_context({"font.size": 30, "axes.facecolor": "black"}):
        second = plots(curve, table)

    assert first == second
    assert list(first)[:2] == ["beeswarm.png", "importance.png"]
    assert [name.startswith("dependence_") for name in list(first)[2:]] == [True] * 3
    assert "dependence_late_5_share_365d.png" in first


def test_nothing_global_is_left_behind(curve, table):
    before = matplotlib.get_backend()
    pyplot.switch_backend("svg")
    mine = pyplot.figure()
    other = pyplot.figure()
    pyplot.figure(mine.number)
    settings = dict(matplotlib.rcParams)
    np.random.seed(3)
    expected = np.random.random()
    np.random.seed(3)
    try:
        beeswarm(curve, table)
        dependence(curve, table, "late_5_share_365d")

        assert pyplot.get_fignums() == [mine.number, other.number]
        assert pyplot.gcf() is mine
        assert matplotlib.get_backend() == "svg"
        assert dict(matplotlib.rcParams) == settings
        assert np.random.random() == expected
    finally:
        pyplot.close(mine)
        pyplot.close(other)
        pyplot.switch_backend(before)


def test_a_category_that_looks_like_a_formula_is_drawn_as_text(table):
    strange = FeatureTable(table.keys, table.values.assign(currency=r"$\frac{$"), table.fingerprint)

    assert colours(dependence(random_curve(), strange, "currency")) > 5


def test_a_column_without_any_value_says_so(curve, table):
    nothing = FeatureTable(table.keys, table.values.assign(late_5_share_365d=np.nan), table.fingerprint)

    assert colours(dependence(curve, nothing, "late_5_share_365d")) > 5


def test_an_unknown_column_is_refused_with_those_that_there_are(curve, table):
    with pytest.raises(NothingToDraw, match=r"late_5_share_365d.*the curve reads no column 'colour'"):
        dependence(curve, table, "colour")


def test_without_an_item_there_is_no_picture(curve, table):
    none = table.take([])

    assert plots(curve, none) == {}
    with pytest.raises(NothingToDraw, match="the table has no row"):
        beeswarm(curve, none)


def test_rows_are_taken_evenly():
    assert evenly(1_001, 3).tolist() == [0, 500, 1_000]


def test_reading_the_module_loads_neither_shap_nor_pyplot():
    asked = "import sys, models.shap_plots; print(sorted({'shap', 'matplotlib.pyplot'} & set(sys.modules)))"

    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout

    assert loaded.strip() == "[]"
