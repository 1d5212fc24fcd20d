"""Figures and small pictures of the pages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serving.web.desk.pictures import STRIP_WIDTH, strip
from serving.web.words import money


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [("0.00", "EUR", "€0"), ("1234567.50", "EUR", "€1,234,568"), ("-0.40", "EUR", "€0"), ("5", "JPY", "¥5")],
)
def test_money_in_lists_is_in_whole_units(amount, currency, shown):
    assert money({"amount": amount, "currency": currency}) == shown


@given(st.lists(st.integers(-400, 4000), max_size=20))
def test_a_strip_stays_in_its_frame_and_tells_its_last_twelve(paid):
    picture = strip(paid)

    assert len(picture.bars) == min(len(paid), 12)
    assert all(0 <= bar.x <= STRIP_WIDTH - 5 and bar.y >= 0 and bar.y + bar.height <= 30 for bar in picture.bars)
    assert picture.words


def test_early_on_time_and_late_differ_in_shape_not_only_in_colour():
    early, on_time, slight, late = strip([-3, 0, 5, 40]).bars

    assert (early.kind, on_time.kind, slight.kind, late.kind) == ("early", "on_time", "slight", "late")
    assert early.y > on_time.y > slight.y > late.y
    assert late.x == STRIP_WIDTH - 7
