"""What time it is where a customer is: of countries with several clocks from the earliest to the latest."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from serving.web.languages import tr

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


def local_time(country: str | None, now: datetime) -> str:
    """The time in a country at an instant, as a collector reads it; '' where the country is not known here.

    >>> from datetime import UTC
    >>> now = datetime(2026, 3, 31, 15, 5, tzinfo=UTC)
    >>> local_time("FR", now), local_time("US", now), local_time("XX", now), local_time(None, now)
    ('17:05 in FR now', '08:05 to 11:05 in US now', '', '')
    """
    try:
        times = [f"{now.astimezone(ZoneInfo(zone)):%H:%M}" for zone in CLOCKS.get((country or "").upper(), ())]
    except ZoneInfoNotFoundError:  # a machine without a database of time zones
        return ""
    if not times:
        return ""
    if len(times) == 1:
        return tr("{time} in {country} now", time=times[0], country=country)
    return tr("{first} to {last} in {country} now", first=times[0], last=times[-1], country=country)
