"""Settings that no clock or calendar can follow are refused by their name."""

import pytest

from payrisk.settings import BadSettings, read_settings


@pytest.mark.parametrize("told", ["9999-12-31", "0001-01-01", "soon"])
def test_a_day_beyond_this_age_stops_no_clock(home, monkeypatch, told):
    monkeypatch.setenv("PAYRISK_TODAY", told)
    with pytest.raises(BadSettings, match="PAYRISK_TODAY"):
        read_settings()
