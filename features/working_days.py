"""Working days of a customer's country, by the `holidays` package: its version is part of what a feature means."""

from datetime import date, timedelta
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.facts import FloatArray, IntArray
from ledger.days import to_date, to_day

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Years whose holidays are asked for; nothing is known of others."""

_LONGEST_CLOSURE = 30
"""Days into the next year that are looked at."""


def days_to_working_day(countries: pd.Index, country: IntArray, day: IntArray) -> FloatArray:
    """How many days after each day its country works again; 0 on a working day.

    Args:
        countries: ISO 3166-1 codes (two letters); country: the place in it of each row, -1 unknown; day: whole days.

    Missing where the country is unknown, or one whose holidays are not known, and outside 1990 to 2100.
    """
    found = np.full(len(day), np.nan)
    for code in np.unique(country[country >= 0]):
        rows = np.flatnonzero(country == code)
        year = day[rows].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
        for one in np.unique(year[(year >= FIRST_YEAR) & (year <= LAST_YEAR)]):
            waits = _waits(str(countries[code]).upper(), int(one))
            if waits is not None:
                at = rows[year == one]
                found[at] = waits[day[at] - to_day(date(int(one), 1, 1))]
    return found


@lru_cache(maxsize=4096)
def next_working_day(country: str, day: int) -> int | None:
    """The first whole day from `day` on that the country works; None where its holidays are not known.

    Args:
        country: ISO 3166-1 code (two letters), in any case; '' unknown.

    >>> from ledger.days import to_date
    >>> [str(to_date(next_working_day(code, to_day(date(2026, 4, 3))) or 0)) for code in ("DE", "us")]
    ['2026-04-07', '2026-04-03']
    """
    year = to_date(day).year
    waits = _waits(country.upper(), year) if FIRST_YEAR <= year <= LAST_YEAR else None
    return None if waits is None else day + int(waits[day - to_day(date(year, 1, 1))])


@lru_cache(maxsize=1024)
def _waits(country: str, year: int) -> npt.NDArray[np.int64] | None:
    """For each day of the year the days until the next working day; None for a country that is not known."""
    import holidays

    if country not in holidays.list_supported_countries():
        return None
    calendar = holidays.country_holidays(country, years=(year, year + 1))
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    waits = np.zeros(length + _LONGEST_CLOSURE, dtype=np.int64)
    for at in range(length + _LONGEST_CLOSURE - 1, -1, -1):
        if not calendar.is_working_day(first + timedelta(days=at)):
            waits[at] = waits[at + 1] + 1 if at + 1 < len(waits) else 1
    return waits[:length]
