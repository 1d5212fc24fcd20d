"""Features as numbers."""

import numpy as np
import pandas as pd

from models.encoding import Encoding

SEEN = pd.DataFrame({"dpd": [1.0, np.nan, 3.0], "currency": ["USD", "EUR", None]})


def test_categories_become_their_place_in_the_alphabet():
    assert Encoding.fit(SEEN).matrix(SEEN)[:, 1].tolist()[:2] == [1.0, 0.0]


def test_missing_stays_missing_and_a_new_category_is_minus_one():
    new = pd.DataFrame({"dpd": [np.nan, 2.0], "currency": [None, "CHF"]})

    matrix = Encoding.fit(SEEN).matrix(new)

    assert np.isnan(matrix[0]).tolist() == [True, True]
    assert matrix[1].tolist() == [2.0, -1.0]


def test_columns_are_read_by_name_not_by_place():
    encoding = Encoding.fit(SEEN)

    assert np.array_equal(encoding.matrix(SEEN[["currency", "dpd"]]), encoding.matrix(SEEN), equal_nan=True)


def test_json_brings_it_back():
    encoding = Encoding.fit(SEEN)

    assert Encoding.from_json(encoding.to_json()) == encoding
