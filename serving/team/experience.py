"""Experience: what the team's own calls of the last 90 days tell the next list. Pure.

Who reached a customer last is a good one to call again, and an account whose calls take long takes more of the day.
Both are told of what was recorded until the evening, like all that a list is made of.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from statistics import median

from ledger.desk_journal import Recorded
from serving.activities.effort import is_spoken, work
from serving.activities.said import Callback, Contact, Dispute, Promise
from serving.team.handling import Handling
from serving.team.team import Team

TELLING = (Contact.kind, Promise.kind, Dispute.kind, Callback.kind)
"""The kinds of records that tell of a conversation."""

LOOKED_BACK_DAYS = 90
FEWEST_TIMED = 30
"""Calls whose minutes were noted, below which nobody knows what is usual."""

SHORTEST_MINUTES, LONGEST_MINUTES = 1, 60
"""What took longer counts as so much: somebody noted a whole morning. Nor does a call take no time, as some note it."""


def experienced(team: Team, rows: Iterable[Recorded], collector_of: Mapping[str, str | None]) -> Team:
    """The team that knows who reached whom last, and how long calls take.

    Args:
        rows: of the kinds `TELLING`, with the undos, newest first.
        collector_of: person → their id in the team, None for who does not call. Who is no such person was named at the
            command line, by the id itself.
    """
    stand = work(rows)
    reached = defaultdict[str, set[str]](set)
    ids = {one.collector_id for one in team.collectors}
    for customer, collector in _reached_last(stand, ids, collector_of).items():
        reached[collector].add(customer)
    return replace(
        team,
        collectors=tuple(replace(one, reached=frozenset(reached[one.collector_id])) for one in team.collectors),
        handling=_handling(stand),
    )


def _reached_last(
    rows: Sequence[Recorded], collectors: set[str], collector_of: Mapping[str, str | None]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in rows:
        whose = collector_of.get(row.actor, row.actor)
        if whose in collectors and is_spoken(row):
            found.setdefault(row.customer_id, whose)
    return found


def _handling(rows: Sequence[Recorded]) -> Handling:
    own = defaultdict[str, list[int]](list)
    for row in rows:
        if row.kind == Contact.kind and row.said["channel"] == "phone" and row.said.get("minutes") is not None:
            own[row.customer_id].append(min(max(int(row.said["minutes"]), SHORTEST_MINUTES), LONGEST_MINUTES))
    every = [minutes for noted in own.values() for minutes in noted]
    return Handling(
        usual=float(median(every)) if len(every) >= FEWEST_TIMED else None,
        own={customer: (len(noted), sum(noted)) for customer, noted in sorted(own.items())},
    )
