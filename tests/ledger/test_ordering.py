"""Texts as numbers, and rows in order: the quick ways give what the long ones do."""

import numpy as np
import pandas as pd
import pytest

from ledger.ordering import codes_of, sorted_by, text_starts

IDS = ["", "A", "A", "B", "a", "ä", "\U0001f600"]


@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1, 0], [1, 0, 2, 6, 3, 5, 4]])
def test_codes_follow_the_code_points_of_the_texts_whether_they_come_in_order_or_not(order):
    codes = codes_of(pd.Series([IDS[at] for at in order], dtype="str"))

    assert codes.tolist() == [[0, 1, 1, 2, 3, 4, 5][at] for at in order]


@pytest.mark.parametrize(
    ("first", "second"),
    [([1, 1, 2], [3, 3, 0]), ([1, 2, 2], [0, 5, 4]), ([2, 1, 1], [0, 0, 0]), ([1, 1, 1], [2, 3, 1]), ([], [])],
)
def test_rows_are_sorted_by_the_first_key_then_the_second_and_equals_keep_their_order(first, second):
    keys = np.array(first, dtype=np.int64), np.array(second, dtype=np.int64)
    frame = pd.DataFrame({"row": range(len(first))}, index=range(10, 10 + len(first)))

    found, order = sorted_by(frame, *keys)

    expected = sorted(range(len(first)), key=lambda at: (first[at], second[at]))
    assert order.tolist() == expected
    assert found["row"].tolist() == expected
    assert found.index.tolist() == list(range(len(first)))


def test_a_run_of_texts_starts_where_the_text_before_is_another():
    assert text_starts(pd.Series(["a", "a", "b", "a"], dtype="str")).tolist() == [True, False, True, True]
    assert text_starts(pd.Series([], dtype="str")).tolist() == []
