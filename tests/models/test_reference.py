"""What a version keeps of the rows it was trained in the midst of."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from model_builders import random_curve, random_table

from features.table import FeatureTable
from models.bundle_files import canonical
from models.reference import SCORE, Reference, important_features, late_risk_of
from models.reference_column import Column, column_of, psi


def column(values: list[float] | list[str | None], evenings: int = 1) -> Column:
    """The column of these rows, dealt out to the evenings in turn."""
    evening = np.arange(len(values)) % evenings
    return column_of(pd.Series(values), evening, np.ones(len(values), dtype=np.bool_))


def weekly(weeks: int, rows: int = 60) -> FeatureTable:
    """Drawn open items on weekly evenings."""
    tables = [random_table(rows, seed=week) for week in range(weeks)]
    keys = pd.concat([table.keys.assign(day=week * 7) for week, table in enumerate(tables)], ignore_index=True)
    values = pd.concat([table.values for table in tables], ignore_index=True)
    return FeatureTable(keys, values, tables[0].fingerprint)


def test_the_index_of_two_shares_is_the_sum_over_their_differences_times_their_log_ratio():
    many = 10**9  # so many that the half row added to each bin does not show
    then, now = [many * 3, many], [many, many]
    expected = (1 / 2 - 3 / 4) * math.log((1 / 2) / (3 / 4)) + (1 / 2 - 1 / 4) * math.log((1 / 2) / (1 / 4))

    assert psi(then, now) == pytest.approx(expected, abs=1e-8)
    assert psi(now, then) == pytest.approx(expected, abs=1e-8)


def test_an_empty_bin_leaves_the_index_finite():
    assert 0 < psi([100, 0], [50, 50]) < math.inf
    assert psi([0, 0], [0, 0]) == 0


def test_a_value_of_a_tenth_of_the_rows_has_a_bin_of_its_own():
    half_are_zero = [*range(-25, 0), *[0] * 50, *range(1, 26)]
    found = column([float(value) for value in half_are_zero])

    assert 50 in found.counts
    assert found.counted(pd.Series([0.0, -0.5, 0.5])).max() == 1


def test_a_number_has_a_bin_below_and_one_above_all_that_was_seen_and_the_missing_one_of_theirs():
    found = column([1.0, 2.0, 3.0, 4.0, math.nan])

    held = found.counted(pd.Series([0.9, 1.0, 4.0, 4.1, 99.0, math.nan]))

    assert (held[0], held[-2], held[-1]) == (1, 2, 1)
    assert found.counts[-1] == 1
    assert found.missing() == 1 / 5
    assert found.strange(pd.Series([0.9, 1.0, 4.0, 4.1, 99.0, math.nan])) == 3 / 5


def test_rare_categories_are_counted_together_and_unseen_ones_are_strange():
    found = column(["EUR"] * 150 + ["USD"] * 49 + ["JPY", None])

    assert (found.categories, found.rare) == (("EUR", "USD"), ("JPY",))
    assert found.counts == (150, 49, 1, 0, 1)
    assert found.counted(pd.Series(["EUR", "JPY", "CHF", None])).tolist() == [1, 0, 1, 1, 1]
    assert found.strange(pd.Series(["EUR", "JPY", "CHF", None])) == 1 / 3


def test_text_without_a_single_value_is_still_text():
    found = column_of(pd.Series([None, None], dtype=object), np.zeros(2, dtype=np.int64), np.ones(2, dtype=np.bool_))

    assert found.is_text
    assert found.counted(pd.Series(["EUR", None])).tolist() == [0, 1, 1]


def test_what_all_items_of_an_evening_share_has_no_index():
    month = [1.0] * 50 + [2.0] * 50
    evening = np.array([0] * 50 + [1] * 50)

    found = column_of(pd.Series(month), evening, np.ones(100, dtype=np.bool_))

    assert found.of_the_evening
    assert found.strange(pd.Series([4.0, 5.1])) == 1 / 2  # 2 + 3 x (2 - 1) = 5
    assert not column([1.0] * 50 + [2.0] * 50, evenings=2).of_the_evening


def test_a_feature_that_moved_every_month_is_expected_to():
    evening = np.repeat(np.arange(52), 40)
    rng = np.random.default_rng(1)
    everyone = np.ones(len(evening), dtype=np.bool_)
    steady = column_of(pd.Series(rng.normal(0, 1, len(evening))), evening, everyone)
    rising = column_of(pd.Series(rng.normal(0, 1, len(evening)) + evening / 10), evening, everyone)

    assert steady.usual < 0.25 < rising.usual


def test_what_is_usual_is_not_known_before_three_months_can_be_replayed():
    def usual(evenings: int) -> float | None:
        evening = np.repeat(np.arange(evenings), 10)
        return column_of(pd.Series(evening * 1.0), evening, np.ones(len(evening), dtype=np.bool_)).usual

    # A quarter of 13 evenings and the month up to the sixth after it; every second evening begins another replay.
    assert usual(13 + 6 + 2 * 2 - 1) is None
    assert usual(13 + 6 + 2 * 2) is not None


def test_rows_compared_with_themselves_have_not_moved():
    table = weekly(13)
    score = np.linspace(0, 1, len(table))

    found = Reference.of(table, score).psi(table.values, score).set_index("name")

    assert found["psi"].max() == 0
    assert (found["missing_then"] == found["missing_now"]).all()
    assert list(found.index) == [*table.values.columns, SCORE]


def test_two_columns_that_changed_places_are_told():
    table, score = weekly(13), np.zeros(13 * 60)
    table.values["dpd"] = table.values["dpd"] / 10  # otherwise drawn alike: there would be nothing to tell
    reference = Reference.of(table, score, ["dpd", "late_5_share_365d", "habit_gap"])
    swapped = table.values.assign(dpd=table.values["habit_gap"], habit_gap=table.values["dpd"])

    assert reference.exchanged(table.values) == []
    assert ("dpd", "habit_gap") in reference.exchanged(swapped)


def test_a_column_that_is_gone_counts_as_missing():
    table, score = weekly(13), np.zeros(13 * 60)
    reference = Reference.of(table, score)

    found = reference.psi(table.values.drop(columns=["dpd", "currency"]), score).set_index("name")

    assert found.loc["dpd", ["missing_then", "missing_now"]].tolist() == [0.0, 1.0]
    assert found.loc["currency", ["missing_then", "missing_now"]].tolist() == [0.0, 1.0]
    assert found.loc["dpd", "psi"] > 1


def test_the_reference_is_plain_json_and_comes_back_whole():
    table = weekly(30)
    table.values.loc[0, "currency"] = "CHF"  # one of 1,800 rows: rare
    reference = Reference.of(table, np.linspace(0, 1, len(table)), ["dpd"])

    text = canonical(reference.to_json())

    assert Reference.from_json(json.loads(text)) == reference
    assert canonical(Reference.from_json(json.loads(text)).to_json()) == text


def test_the_reference_names_no_customer_and_no_item():
    table = weekly(4)
    keys = table.keys.assign(customer_id="PRIVATE-1", item_id="PRIVATE-2")

    reference = Reference.of(FeatureTable(keys, table.values, table.fingerprint), np.zeros(len(table)))

    assert b"PRIVATE" not in canonical(reference.to_json())


def test_the_important_features_are_those_that_the_score_rests_on():
    curve, table = random_curve(), random_table(300)

    found = important_features(curve, table, grace_days=5)

    # The drawn curve learned from this one, and from the days past due.
    assert "late_5_share_365d" in found[:2]
    assert len(found) <= 10
    assert len(late_risk_of(curve, table, 5)) == 300
