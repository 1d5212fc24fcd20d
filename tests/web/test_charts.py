"""The pictures of the portfolio: every bar and point lies within its picture, and stands for its figure."""

from datetime import date, timedelta

import pytest
from builders import law
from hypothesis import given
from hypothesis import strategies as st

from serving.web.portfolio.charts import (
    CASH_PLOT,
    CASH_TOP,
    PAST_BARS,
    PLOT,
    TOP,
    Level,
    aging_bar,
    cash_picture,
    trend,
)

MONEY = st.floats(0, 1e12, allow_nan=False)
EVENING = date(2026, 3, 31)


def euro(amount):
    return {"amount": f"{amount:.2f}", "currency": "EUR"}


@law(50)
@given(st.lists(MONEY, min_size=6, max_size=6))
def test_the_slices_of_an_aging_bar_are_shares_of_the_whole(amounts):
    slices = aging_bar(amounts)

    assert [one.place for one in slices] == [at for at, amount in enumerate(amounts) if amount > 0]
    assert sum(one.width for one in slices) == pytest.approx(100 if slices else 0, abs=0.05)
    for one in slices:
        assert one.width == pytest.approx(amounts[one.place] / sum(amounts) * 100, abs=0.01)
        assert 0 <= one.x <= one.x + one.width <= 100.01


@law(50)
@given(st.lists(st.floats(0, 100), min_size=2, max_size=14))
def test_the_points_of_the_trend_lie_within_its_plot(shares):
    points = [
        {"as_of": (EVENING - timedelta(30 * at)).isoformat(), "past_due_pct": share} for at, share in enumerate(shares)
    ][::-1]
    picture = trend(points)

    assert len(picture.points) == len(shares)
    assert all(TOP <= y <= TOP + PLOT for _, y, _ in picture.points)
    assert [x for x, _, _ in picture.points] == sorted(x for x, _, _ in picture.points)
    assert picture.last == f"{shares[0]:.1f} %"
    assert 2 <= len(picture.levels) <= 8


def test_a_trend_of_one_evening_is_no_line():
    assert trend([{"as_of": "2026-03-31", "past_due_pct": 10.0}, {"as_of": "2026-03-30", "past_due_pct": None}]) is None


def forecast(past, ahead):
    begins = EVENING - timedelta(7 * len(past) - 1)

    def week(at):
        return {"from": (begins + timedelta(7 * at)).isoformat(), "until": (begins + timedelta(7 * at + 6)).isoformat()}

    behind = [week(at) | {"received": euro(amount)} for at, amount in enumerate(past)]
    coming = [
        week(at + len(past)) | {"expected": euro(amount), "low": euro(amount * 0.8), "high": euro(amount * 1.2)}
        for at, amount in enumerate(ahead)
    ]
    return {"past": behind, "weeks": coming}


@law(50)
@given(st.lists(st.floats(-1e6, 1e9), max_size=26), st.lists(st.floats(0, 1e9), max_size=13))
def test_every_week_has_its_bar_within_the_picture(past, ahead):
    picture = cash_picture(forecast(past, ahead), 1000.0, lambda week: week["from"])
    drawn = [round(amount, 2) for amount in [*past[-PAST_BARS:], *ahead]]
    if not any(drawn):
        assert picture is None
        return

    assert len(picture.bars) == len(drawn)
    floor = CASH_TOP + CASH_PLOT
    for bar, amount in zip(picture.bars, drawn, strict=True):
        assert CASH_TOP - 0.1 <= bar.y <= floor
        assert bar.y + bar.height == pytest.approx(floor, abs=0.2)
        assert bar.height > 0 or amount <= 1e-3 * max(drawn)
        assert 0 <= bar.x <= bar.x + picture.width <= 100
    assert [bar.kind for bar in picture.bars] == ["past"] * len(past[-PAST_BARS:]) + ["ahead"] * len(ahead)
    assert (picture.today is None) == (not past or not ahead)


def test_a_scale_ends_on_whole_steps():
    level = Level.over([0.0, 0.92], 0, 100, from_zero=True)

    assert [round(value, 2) for _, value in level.levels()] == [0, 0.25, 0.5, 0.75, 1.0]
    assert level.y(0.5) == 50
