"""How often people overruled the list, as the pages of the models tell it: what a drift report counted."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from models.overruled import Overruled
from serving.activities.overruled import RECENT, RECENT_DAYS
from serving.web.languages import counted, tr
from serving.web.models.words import percent
from serving.web.words import count, day, month_name

Json = dict[str, Any]


@dataclass(frozen=True)
class MonthRow:
    """A month with work in it; the figures as text."""

    month: str
    worked: str
    contested: str
    put_off: str
    share: str


@dataclass(frozen=True)
class OverruledTold:
    """The newest days in a sentence, and the months, oldest first; none where nobody worked."""

    recent: str
    months: tuple[MonthRow, ...] = ()


def overruled_told(report: Json) -> OverruledTold:
    """What a drift report counted."""
    evening = day(report["as_of"])
    if "overrides" not in report:
        return OverruledTold(tr("The drift report of {day} did not count it; the next one does.", day=evening))
    found = [Overruled(**one) for one in report["overrides"]]
    if not found:
        return OverruledTold(tr("Nobody recorded work on an account by the evening of {day}.", day=evening))
    recent = next((one for one in found if one.period == RECENT), Overruled(RECENT, 0, 0, 0, 0))
    return OverruledTold(_recent(recent, evening), tuple(_month(one) for one in found if one.period != RECENT))


def _recent(one: Overruled, evening: str) -> str:
    if one.share is None:
        return tr("In the {days} days up to {day} nobody recorded work on an account.", days=RECENT_DAYS, day=evening)
    return tr(
        "In the {days} days up to {day}: {worked} worked on, the list overruled on {share} of them ({contested} "
        "contested, {put_off} put off by hand).",
        days=RECENT_DAYS,
        day=evening,
        worked=counted(one.worked, "{count} account", "{count} accounts"),
        share=percent(one.share),
        contested=count(one.contested),
        put_off=count(one.put_off),
    )


def _month(one: Overruled) -> MonthRow:
    first = date.fromisoformat(f"{one.period}-01")
    month = f"{month_name(first)} {first.year}"
    return MonthRow(month, count(one.worked), count(one.contested), count(one.put_off), percent(one.share))
