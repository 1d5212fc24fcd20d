"""What time it is where a customer is, and that nobody is called there now, as a collector reads it."""

from datetime import datetime

from serving.strategy.clocks import may_be_called_now, times_in
from serving.strategy.strategy import Calls
from serving.web.languages import tr


def local_time(country: str | None, now: datetime) -> str:
    """The time in a country at an instant; '' where the country is not known here.

    >>> from datetime import UTC
    >>> now = datetime(2026, 3, 31, 15, 5, tzinfo=UTC)
    >>> local_time("FR", now), local_time("US", now), local_time("XX", now), local_time(None, now)
    ('17:05 in FR now', '08:05 to 11:05 in US now', '', '')
    """
    times = [f"{there:%H:%M}" for there in times_in(country, now)]
    if not times:
        return ""
    if len(times) == 1:
        return tr("{time} in {country} now", time=times[0], country=country)
    return tr("{first} to {last} in {country} now", first=times[0], last=times[-1], country=country)


def not_now(country: str | None, now: datetime, calls: Calls) -> str:
    """That it is outside of the hours in which people are called there; '' within them."""
    if may_be_called_now(country, now, calls):
        return ""
    hours = {"first": f"{calls.from_hour:02}:00", "last": f"{calls.until_hour:02}:00"}
    return tr(
        "Do not call at this hour: {there}, and calls are from {first} to {last} there.",
        there=local_time(country, now),
        **hours,
    )
