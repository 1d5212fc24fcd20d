"""Coverage: that no past due account falls off the list. Each has exactly one place, so the parts add up. Pure.

On the list, held until a day, held without one, handed to somebody else, or agreed on since: these have a next step.
The others are below what the team can work. The evening's own share is the figure of the portfolio (`serving.reports`);
here what was recorded since counts too.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from ledger.desk_journal import Recorded
from serving.activities.effort import work
from serving.team.coverage_store import Brief
from serving.team.team import ANONYMOUS

Place = Literal["listed", "held", "held_open", "handed_on", "agreed_since", "without"]

QUIET_DAYS, OLD_DPD = 45, 60
"""Nobody contacted an account for so long that is past due for more than so long: it starves."""

_AHEAD: Mapping[str, str] = {
    "promise": "promised_on", "callback": "due_on", "snooze": "until_on", "hold": "until_on", "dispute": "due_on",
}  # fmt: skip
"""What agrees on a day, and which of its fields says the day."""


@dataclass(frozen=True)
class Coverage:
    """The past due accounts, each in one place.

    Attributes:
        places: how many stand where; together all of them.
        without: those without a next step, the most overdue money first.
        unowned: how many nobody looks after; starving: how many nobody contacted for long.
        idle_of: collector → accounts of theirs without a next step.
    """

    places: Mapping[Place, int]
    without: tuple[Brief, ...]
    unowned: int
    starving: int
    idle_of: Mapping[str, int]

    @property
    def past_due(self) -> int:
        """How many there are."""
        return sum(self.places.values())

    @property
    def with_step(self) -> int:
        """How many have a next step."""
        return self.past_due - self.places["without"]


def coverage_of(
    past_due: Iterable[Brief], since: Iterable[Recorded], owners: Mapping[str, str] | None, today: date
) -> Coverage:
    """Where every past due account stands now.

    Args:
        past_due: as the evening of the list knew them.
        since: what was recorded after it, newest first.
        owners: customer → who owns it; who calls an account today looks after it too. None where nobody has a name.
    """
    since = list(since)
    agreed = agreed_days(since)
    contacted = {row.customer_id for row in work(since) if row.kind == "contact"}
    placed = [(one, place_of(one, agreed.get(one.customer_id), today)) for one in past_due]
    without = [one for one, place in placed if place == "without"]
    places = Counter[Place](place for _, place in placed)
    long_ago = today - timedelta(QUIET_DAYS)
    return Coverage(
        places={place: places[place] for place in PLACES},
        without=tuple(sorted(without, key=lambda one: (-float(one.overdue), one.customer_id))),
        unowned=sum(not owner_of(one, owners) for one, place in placed if place != "handed_on"),
        starving=sum(
            one.oldest_dpd > OLD_DPD
            and one.customer_id not in contacted
            and (one.contacted_on is None or one.contacted_on < long_ago)
            for one, _ in placed
        ),
        idle_of=Counter(owner_of(one, owners) for one in without),
    )


PLACES: Mapping[Place, str] = {
    "listed": "on the list of the day",
    "held": "held until a day",
    "held_open": "held without an end",
    "handed_on": "handed to somebody else",
    "agreed_since": "agreed on since, for a day to come",
    "without": "without a next step",
}


def place_of(one: Brief, agreed_on: date | None, today: date) -> Place:
    """Where an account stands; `agreed_on` the day that was agreed on since the list."""
    if agreed_on is not None and agreed_on >= today:
        return "agreed_since"
    if one.standing == "listed":
        return "listed"
    if one.standing == "held":
        return "held_open" if one.until is None else "held"
    return "handed_on" if one.standing.startswith("routed_to_") else "without"


def owner_of(one: Brief, owners: Mapping[str, str] | None) -> str:
    """Who looks after an account: its owner, else who calls it; '' for nobody. A nameless team looks after all."""
    return ANONYMOUS if owners is None else owners.get(one.customer_id) or one.collector


def agreed_days(since: Iterable[Recorded]) -> dict[str, date]:
    """Customer → the day that the newest record with one agrees on."""
    found: dict[str, date] = {}
    for row in work(since):
        day = row.said.get(_AHEAD.get(row.kind, ""))
        if day:
            found.setdefault(row.customer_id, date.fromisoformat(day))
    return found
