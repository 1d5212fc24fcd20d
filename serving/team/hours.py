"""Hours: how long a collector calls on a day and when they are away, as an administrator recorded it. Pure.

What was recorded counts before the team file, whole, from the evening of its day on, until the file is let count again.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from ledger.errors import PayriskError
from ledger.words import shown
from serving.team.errors import BadHours
from serving.team.team import Absence, Team

LONGEST_DAY = 1440
MOST_ABSENCES = 40


@dataclass(frozen=True)
class Hours:
    """A collector's minutes of calling on a day that they work, 0 to 1440, and their absences by first day."""

    minutes_a_day: float
    absent: tuple[Absence, ...] = ()


@dataclass(frozen=True)
class Kept:
    """What was recorded last about a collector, its version from 1 on; `hours` None: that the team file counts
    again."""

    version: int
    hours: Hours | None
    recorded_by: str
    recorded_at: datetime


class HoursChanged(PayriskError):
    """Somebody else recorded the hours of a collector since they were shown; `now` is what they recorded, None where
    nothing was ever recorded."""

    code = "hours_changed"
    remedy = "See them, then save yours."

    def __init__(self, now: Kept | None, who: str = "") -> None:
        self.now = now
        if now is None:
            super().__init__("No such version of these hours was ever recorded.")
        else:
            super().__init__(f"{who or now.recorded_by} recorded these hours at {now.recorded_at:%H:%M} UTC.")

    def by(self, name_of: Callable[[str], str]) -> "HoursChanged":
        """The same, with a person's name instead of their id."""
        return HoursChanged(self.now, name_of(self.now.recorded_by) if self.now else "")


def team_at_hours(team: Team, hours: Mapping[str, Hours]) -> Team:
    """The team in which these collectors have these hours; of who left the file there is nothing to say.

    >>> from serving.team.team import Collector
    >>> team = Team((Collector("ada", "Ada", 240), Collector("bob", "Bob", 300)))
    >>> [one.minutes_a_day for one in team_at_hours(team, {"ada": Hours(120), "gone": Hours(60)}).collectors]
    [120, 300]
    """
    return replace(
        team,
        collectors=tuple(
            replace(one, minutes_a_day=told.minutes_a_day, absent=told.absent)
            if (told := hours.get(one.collector_id)) is not None
            else one
            for one in team.collectors
        ),
    )


def read_hours(minutes: str, spans: Sequence[tuple[str, str]]) -> Hours:
    """The hours that a form says; of a span with one day alone that day is meant, empty spans are none.

    Raises `BadHours`.

    >>> read_hours("210", [("2026-04-06", "2026-04-10"), ("", ""), ("2026-04-01", "")])  # doctest: +ELLIPSIS
    Hours(minutes_a_day=210.0, absent=(Absence(first=datetime.date(2026, 4, 1), ...2026, 4, 10))))
    """
    absent = [_absence(first.strip(), last.strip()) for first, last in spans if first.strip() or last.strip()]
    if len(absent) > MOST_ABSENCES:
        raise BadHours("absent", f"{len(absent)} absences came. Expected at most {MOST_ABSENCES} of one collector.")
    return Hours(_minutes(minutes.strip()), tuple(sorted(set(absent), key=lambda one: (one.first, one.last))))


def _minutes(text: str) -> float:
    try:
        minutes = float(text)
    except ValueError:
        minutes = math.nan
    if not 0 <= minutes <= LONGEST_DAY:
        raise BadHours("minutes", f'"{shown(text)}" is no time for a day. Expected minutes from 0 to {LONGEST_DAY}.')
    return minutes


def _absence(first: str, last: str) -> Absence:
    try:
        span = Absence(date.fromisoformat(first or last), date.fromisoformat(last or first))
    except ValueError:
        raise BadHours(
            "absent", f'"{shown(f"{first} to {last}")}" are no days. Expected YYYY-MM-DD, as in 2026-04-06.'
        ) from None
    if span.last < span.first:
        raise BadHours("absent", f"{first} to {last} ends before it begins. Expected the first day, then the last.")
    return span
