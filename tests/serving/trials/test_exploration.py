"""Exploration: the chances of each design, and that whoever is drawn has a place and the time for it."""

import math
from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.trials.designs import slice_chances, smooth_chances
from serving.trials.draw import Seed
from serving.trials.errors import NotADesign
from serving.trials.exploration import Ranked, draw_slice, draw_smooth, places

MINUTES = st.sampled_from([2.0, 5.0, 7.5, 8.0, 12.0, 40.0])


def seed(salt="salt"):
    return Seed(date(2026, 3, 31), "", str(salt))


def ranked(*minutes):
    return [Ranked(f"C-{n}", one) for n, one in enumerate(minutes)]


@given(st.integers(0, 400), st.integers(0, 400), st.floats(0.0, 0.5))
def test_smooth_chances_fall_with_the_rank_and_add_up_to_the_places(accounts, places, floor):
    chances = smooth_chances(accounts, places, floor)

    assert math.fsum(chances) == pytest.approx(min(places, accounts), abs=1e-9)
    assert (np.diff(chances) <= 0).all()
    assert ((chances >= 0) & (chances <= 1)).all()


@given(st.integers(2, 400), st.data())
def test_with_the_smooth_design_nobody_is_sure_and_nobody_hopeless(accounts, data):
    places = data.draw(st.integers(1, accounts - 1))
    floor = data.draw(st.floats(0.01, 0.3))
    chances = smooth_chances(accounts, places, floor)

    assert ((chances > 0) & (chances < 1)).all()
    assert chances.min() >= min(floor, places / accounts) - 1e-12


def test_slice_chances_are_equal():
    assert slice_chances(10, 3).tolist() == [3 / 10] * 10
    assert slice_chances(2, 5).tolist() == [1.0, 1.0]
    assert slice_chances(0, 5).tolist() == []


@given(st.lists(MINUTES, max_size=30), st.floats(0, 200), st.integers(0, 10), st.sampled_from(["slice", "smooth"]))
def test_whoever_is_drawn_there_is_time_for_all_of_them(minutes, time, salt, design):
    accounts = ranked(*minutes)
    draw = draw_slice(accounts, time, seed(salt)) if design == "slice" else draw_smooth(accounts, time, 0.1, seed(salt))

    assert sum(one.minutes for one in accounts if one.account_id in draw.listed) <= time
    assert len(draw.listed) == draw.k == round(math.fsum(draw.pi.values()))
    assert set(draw.pi) == {one.account_id for one in accounts}


@given(st.lists(MINUTES, min_size=1, max_size=10), st.floats(0, 100))
def test_one_more_place_than_fits_would_be_too_many_for_somebody(minutes, time):
    count = places(ranked(*minutes), time)
    longest_first = sorted(minutes, reverse=True)

    assert sum(longest_first[:count]) <= time
    assert count == len(minutes) or sum(longest_first[: count + 1]) > time


def test_a_call_longer_than_the_time_has_no_chance_and_takes_none_from_others():
    draw = draw_slice(ranked(8, 8, 60), 10.0, seed())

    assert draw.pi == {"C-0": 1 / 2, "C-1": 1 / 2, "C-2": 0.0}


@pytest.mark.parametrize("design", ["slice", "smooth"])
def test_over_many_salts_each_account_is_listed_as_often_as_is_logged(design):
    accounts, draws, counts = ranked(*[8.0] * 15), 1_000, Counter()
    for salt in range(draws):
        draw = draw_slice(accounts, 33, seed(salt)) if design == "slice" else draw_smooth(accounts, 33, 0.1, seed(salt))
        counts.update(draw.listed)

    assert draw.k == 33 // 8
    for account, pi in draw.pi.items():
        assert abs(counts[account] / draws - pi) <= 4 * math.sqrt(pi * (1 - pi) / draws), account


def test_the_smooth_design_lists_the_best_most_often():
    draw = draw_smooth(ranked(*[8.0] * 40), 80, 0.1, seed())

    assert draw.pi["C-0"] > 0.98
    assert draw.pi["C-39"] == pytest.approx(0.1, abs=1e-6)


@pytest.mark.parametrize(("accounts", "places", "floor"), [(5, -1, 0.1), (5, 2, 1.0), (5, 2, -0.1), (5, 2, math.nan)])
def test_a_design_that_is_none_is_refused(accounts, places, floor):
    with pytest.raises(NotADesign):
        smooth_chances(accounts, places, floor)
