"""Whether the bands of old forecasts held: each past week's cash against the band of the evening before it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class WeeksInside:
    """Of the past weeks, how many had a forecast from the evening before (`checked`), and fell inside (`inside`)."""

    checked: int
    inside: int


def evening_before(week: Json) -> date:
    """The evening whose first week ahead this past week is."""
    return date.fromisoformat(week["from"]) - timedelta(days=1)


def weeks_inside(forecast: Json, earlier: Mapping[date, Json]) -> WeeksInside:
    """Count the weeks of a forecast's past that the forecasts of earlier evenings had inside their band.

    A forecast speaks of the invoices that were open then, and is held against the cash on those alone. One in another
    currency, or without probabilities, is not counted.

    Args:
        forecast: the body of a `cash-forecast`.
        earlier: bodies of earlier ones, by their evening.
    """
    pairs = [
        (week, found["weeks"][0])
        for week in forecast["past"]
        if (found := earlier.get(evening_before(week))) and found["weeks"] and found["currency"] == forecast["currency"]
    ]
    inside = sum(
        Decimal(ahead["low"]["amount"])
        <= Decimal(week["received_on_known"]["amount"])
        <= Decimal(ahead["high"]["amount"])
        for week, ahead in pairs
    )
    return WeeksInside(len(pairs), inside)
