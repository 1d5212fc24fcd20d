"""The band of a sum: exact where few items move it, right on average where many do, and never beyond the money."""

from itertools import product

import numpy as np
import pytest
from builders import law
from hypothesis import given
from hypothesis import strategies as st

from serving.reports.band import EXACT, WIDER, band, independent_range
from serving.reports.definitions import DEFINITIONS

BOOKS = st.integers(0, 2**32 - 1)


def drawn(seed, most, rarely=1.0):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, most + 1))
    return np.exp(rng.normal(7, 1.5, n)), rng.beta(0.5, 2.0, n) * rarely


def by_hand(amounts, chances):
    """The 10 % and 90 % points of the sum, from every combination of items that may come."""
    cases = []
    for came in product((0, 1), repeat=len(amounts)):
        chance = np.prod([p if c else 1 - p for p, c in zip(chances, came, strict=True)])
        cases.append((float(np.dot(amounts, came)), float(chance)))
    cases.sort()
    reached = np.cumsum([chance for _, chance in cases])
    return tuple(cases[int(np.searchsorted(reached, share - 1e-9))][0] for share in (0.1, 0.9))


@law(30)
@given(BOOKS, st.sampled_from([1.0, 0.1]))
def test_of_few_items_the_range_is_what_every_combination_of_them_says(seed, rarely):
    amounts, chances = drawn(seed, 8, rarely)
    low, high = independent_range(amounts, chances)

    accuracy = 0.02 * float(np.sqrt((amounts**2 * chances * (1 - chances)).sum())) + 0.002 * amounts.sum()
    assert (low, high) == pytest.approx(by_hand(amounts, chances), abs=accuracy)


@pytest.mark.parametrize("rarely", [1.0, 0.05])
def test_of_many_items_80_of_100_cases_fall_inside(rarely):
    rng = np.random.default_rng(5)
    amounts, chances = np.exp(rng.normal(7, 1.5, 10 * EXACT)), rng.beta(0.5, 2.0, 10 * EXACT) * rarely
    low, high = independent_range(amounts, chances)

    came = (rng.random((4_000, len(amounts))) < chances) @ amounts

    assert 0.78 < ((low <= came) & (came <= high)).mean() < 0.84
    assert (came < low).mean() == pytest.approx(0.1, abs=0.03)


@law(30)
@given(BOOKS)
def test_a_band_holds_what_is_expected_and_no_more_than_all_the_money(seed):
    amounts, chances = drawn(seed, 3 * EXACT)
    found = band(amounts, chances)

    assert found.expected == pytest.approx(float(amounts @ chances))
    assert 0 <= found.low <= found.expected <= found.high <= amounts.sum() * (1 + 1e-9)
    narrow = band(amounts, chances, wider=1.0)
    assert found.low <= narrow.low
    assert narrow.high <= found.high


def test_what_is_certain_has_no_band():
    found = band([100.0, 50.0, 7.0], [1.0, 1.0, 0.0])
    assert (found.low, found.expected, found.high) == (150.0, 150.0, 150.0)


def test_the_definition_says_how_much_wider_the_band_is_made():
    assert f"{WIDER} times as wide" in DEFINITIONS["expected_cash"].text
