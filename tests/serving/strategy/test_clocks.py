"""When somebody may be called, by the clock where they are."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from serving.strategy.clocks import CLOCKS, may_be_called_now, times_in
from serving.strategy.strategy import Calls

HOURS = Calls(on_their_days_off=False, from_hour=8, until_hour=18)


@pytest.mark.parametrize("seed", range(300))
def test_somebody_is_called_only_where_it_is_within_the_hours_by_every_clock_of_the_country(seed):
    drawn = Random(seed)
    country = drawn.choice(sorted(CLOCKS))
    first = drawn.randrange(0, 23)
    hours = Calls(False, first, drawn.randrange(first + 1, 25))
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=drawn.randrange(365 * 24 * 60))

    told = [now.astimezone(ZoneInfo(zone)) for zone in CLOCKS[country]]
    minutes = [60 * there.hour + there.minute for there in told]

    assert may_be_called_now(country, now, hours) == all(
        60 * hours.from_hour <= of_day < 60 * hours.until_hour for of_day in minutes
    )


def test_the_clock_that_is_put_forward_or_back_counts_from_its_night_on():
    def may(day, hour):
        return may_be_called_now("de", datetime(2026, 3, day, hour, tzinfo=UTC), HOURS)

    assert (may(28, 6), may(28, 7), may(29, 6)) == (False, True, True)  # 7 and 8 o'clock; 8 o'clock in summer time
    assert (may(28, 16), may(29, 16)) == (True, False)


def test_of_a_country_with_several_clocks_both_ends_count():
    westernmost, easternmost = times_in("US", datetime(2026, 3, 31, 15, 0, tzinfo=UTC))

    assert (westernmost.hour, easternmost.hour) == (8, 11)
    assert may_be_called_now("US", datetime(2026, 3, 31, 15, 0, tzinfo=UTC), HOURS)
    assert not may_be_called_now("US", datetime(2026, 3, 31, 14, 59, tzinfo=UTC), HOURS)
    assert not may_be_called_now("US", datetime(2026, 3, 31, 22, 0, tzinfo=UTC), HOURS)  # 18 o'clock in New York


def test_where_the_clock_is_not_known_nobody_is_kept_from_calling():
    assert may_be_called_now("XX", datetime(2026, 3, 31, 1, tzinfo=UTC), HOURS)
    assert may_be_called_now(None, datetime(2026, 3, 31, 1, tzinfo=UTC), HOURS)
