"""The rhythm: on which days around the due day money comes."""

import json

import numpy as np
import pytest
from curve_builders import DUE_DAY

from models.rhythm import EVEN, FIRST_DAY, LAST_DAY, LEAST, MOST, Rhythm

GRID = np.arange(FIRST_DAY, LAST_DAY + 1)
DPD = np.array([-900, -400, -90, -61, -60, -30, -7, -1, 0, 1, 30, 200, 530, 540, 541, 2000])


def into(rhythm: Rhythm, dpd, start: int, end: int, ahead) -> np.ndarray:
    dpd = np.atleast_1d(np.asarray(dpd, dtype=np.int64))
    return rhythm.into(dpd, np.full(len(dpd), start), np.full(len(dpd), end), np.full(len(dpd), ahead))


@pytest.mark.parametrize("rhythm", [EVEN, DUE_DAY], ids=["even", "due day"])
@pytest.mark.parametrize(("start", "end"), [(0, 7), (7, 14), (45, 60), (90, 180)])
def test_it_begins_at_none_ends_at_all_and_never_falls(rhythm, start, end):
    shares = np.stack([into(rhythm, DPD, start, end, day) for day in range(start, end + 1)], axis=1)

    assert (shares[:, 0] == 0.0).all()
    assert (shares[:, -1] == 1.0).all()
    assert (np.diff(shares, axis=1) > 0).all()


@pytest.mark.parametrize("rhythm", [EVEN, DUE_DAY], ids=["even", "due day"])
def test_beyond_its_end_an_interval_goes_on(rhythm):
    shares = np.stack([into(rhythm, DPD, 90, 180, day) for day in range(180, 721)], axis=1)

    assert np.isfinite(shares).all()
    assert (np.diff(shares, axis=1) > 0).all()


def test_even_is_a_straight_line_to_the_last_bit():
    for day in range(7, 31):
        assert (into(EVEN, DPD, 7, 30, day) == (day - 7) / 23).all()


def test_money_paid_on_the_due_day_comes_on_it():
    """Of 1,000 at risk 300 pay on the due day and 300 on the next one, 5 on any other; an intensity is -log(1 - h)."""
    shares = np.array([into(DUE_DAY, -3, 0, 7, day)[0] for day in range(8)])

    many, few = -np.log(1 - 0.3), -np.log(1 - 0.005)
    expected = np.array([few, few, many, many, few, few, few]) / (2 * many + 5 * few)
    assert np.diff(shares) == pytest.approx(expected, abs=0.02)


def test_the_same_rhythm_is_met_on_other_days_by_an_item_of_another_age():
    first, later = (into(DUE_DAY, dpd, 0, 30, ahead)[0] for dpd, ahead in ((-10, 9), (-10, 10)))

    assert into(DUE_DAY, -20, 0, 30, 19)[0] < 0.3
    assert later - first > 0.2


def test_outside_of_the_days_told_apart_money_comes_evenly():
    for dpd in (-900, 541, 2000):
        half = into(DUE_DAY, dpd, 0, 14, 7)
        assert half == pytest.approx(0.5)


def test_across_the_last_day_told_apart_the_intensity_stays_the_usual_one():
    slow = Rhythm(np.where(GRID < 100, 0.5, 0.01))

    assert into(slow, LAST_DAY - 10, 0, 20, 10) == pytest.approx(0.5)
    assert into(slow, FIRST_DAY - 11, 0, 20, 10) == pytest.approx(0.5)


def test_a_day_that_few_items_reached_is_told_by_the_days_around():
    at_risk = np.where(GRID > 400, 1.0, 1000.0)
    paid = np.where(GRID > 400, 0.0, 20.0)
    paid[GRID == 450] = 1.0  # the one item there was

    daily = Rhythm.of(at_risk, paid).daily

    assert daily[GRID == 450][0] < 0.1
    assert daily[GRID == 300][0] == pytest.approx(0.02, rel=0.02)


def test_without_any_payment_or_item_there_is_a_rhythm_still():
    nothing = np.zeros(len(GRID))

    for rhythm in (
        Rhythm.of(nothing, nothing),
        Rhythm.of(nothing + 50, nothing),
        Rhythm.of(nothing + 50, nothing + 50),
    ):
        assert ((rhythm.daily >= LEAST) & (rhythm.daily <= MOST)).all()
        assert into(rhythm, 0, 0, 7, 7) == 1.0
        assert Rhythm.from_json(rhythm.to_json()).daily.tobytes() == rhythm.daily.tobytes()


def test_it_comes_back_from_json_to_the_last_bit():
    again = Rhythm.from_json(json.loads(json.dumps(DUE_DAY.to_json())))

    assert again.daily.tobytes() == DUE_DAY.daily.tobytes()


@pytest.mark.parametrize("daily", [[], [1.0], [1.0] * 600, [1.0] * 602, [[1.0] * 601], 1.0, "even"])
def test_another_number_of_days_is_refused(daily):
    with pytest.raises(ValueError, match=r"expected 601 days|could not convert"):
        Rhythm.from_json(daily)


@pytest.mark.parametrize("value", [0.0, -0.1, float("nan"), float("inf"), 1e-30, 1e9])
def test_an_intensity_that_no_count_gives_is_refused(value):
    daily = EVEN.to_json()
    daily[300] = value

    with pytest.raises(ValueError, match="expected intensities"):
        Rhythm.from_json(daily)
