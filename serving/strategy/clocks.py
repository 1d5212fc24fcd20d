"""Clocks: what time it is where a customer is, by country, and whether somebody may be called there now.

A strategy says from which hour until which. Of a country with several clocks the westernmost and the easternmost count:
somebody is called where it is within the hours by both. An appointment that the customer asked for is kept at its time.
"""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from serving.strategy.strategy import Calls

_CET = "Europe/Berlin"
_EET = "Europe/Helsinki"

CLOCKS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        ("AT", "BE", "BA", "CH", "CZ", "DE", "DK", "ES", "FR", "HR", "HU", "IT", "LI", "LU", "ME", "MK", "MT", "NL",
         "NO", "PL", "RS", "SE", "SI", "SK"),
        (_CET,),
    ),
    **dict.fromkeys(("BG", "CY", "EE", "FI", "GR", "LT", "LV", "MD", "RO", "UA"), (_EET,)),
    **dict.fromkeys(("GB", "UK", "IE"), ("Europe/London",)),
    "PT": ("Europe/Lisbon",), "IS": ("Atlantic/Reykjavik",), "TR": ("Europe/Istanbul",),
    "US": ("America/Los_Angeles", "America/New_York"), "CA": ("America/Vancouver", "America/St_Johns"),
    "MX": ("America/Tijuana", "America/Mexico_City"), "BR": ("America/Rio_Branco", "America/Sao_Paulo"),
    "AR": ("America/Argentina/Buenos_Aires",), "CL": ("America/Santiago",), "CO": ("America/Bogota",),
    "AE": ("Asia/Dubai",), "SA": ("Asia/Riyadh",), "IL": ("Asia/Jerusalem",), "EG": ("Africa/Cairo",),
    "ZA": ("Africa/Johannesburg",), "MA": ("Africa/Casablanca",), "NG": ("Africa/Lagos",), "KE": ("Africa/Nairobi",),
    "IN": ("Asia/Kolkata",), "CN": ("Asia/Shanghai",), "HK": ("Asia/Hong_Kong",), "TW": ("Asia/Taipei",),
    "JP": ("Asia/Tokyo",), "KR": ("Asia/Seoul",), "SG": ("Asia/Singapore",), "MY": ("Asia/Kuala_Lumpur",),
    "TH": ("Asia/Bangkok",), "VN": ("Asia/Ho_Chi_Minh",), "PH": ("Asia/Manila",),
    "ID": ("Asia/Jakarta", "Asia/Jayapura"), "AU": ("Australia/Perth", "Australia/Sydney"), "NZ": ("Pacific/Auckland",),
}  # fmt: skip
"""ISO country → its clock; of several the westernmost and the easternmost that people do business by."""


def times_in(country: str | None, now: datetime) -> tuple[datetime, ...]:
    """The time in a country at an instant, by its westernmost and its easternmost clock, or by its only one; empty
    where the country is not known here."""
    try:
        return tuple(now.astimezone(ZoneInfo(zone)) for zone in CLOCKS.get((country or "").upper(), ()))
    except ZoneInfoNotFoundError:  # a machine without a database of time zones
        return ()


def may_be_called_now(country: str | None, now: datetime, calls: Calls) -> bool:
    """Whether an instant is within the hours of a strategy by all clocks of a country; where none is known, it may.

    >>> from datetime import UTC
    >>> early = datetime(2026, 3, 31, 14, 30, tzinfo=UTC)  # 7:30 in Los Angeles, 10:30 in New York
    >>> hours = Calls(on_their_days_off=False, from_hour=8, until_hour=18)
    >>> [may_be_called_now(country, early, hours) for country in ("US", "GB", "")]
    [False, True, True]
    """
    return all(calls.from_hour <= there.hour < calls.until_hour for there in times_in(country, now))
