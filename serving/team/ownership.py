"""Who looks after which account: the team file says it, and what managers recorded since says otherwise. Pure.

An assignment counts from the evening of its day on, like everything that is recorded, so tomorrow's list is the first
that honours it. It stands until it is taken back or another follows, whatever the team file says later.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from ledger.desk_journal import Recorded
from serving.activities.effort import standing
from serving.activities.said import Assignment
from serving.team.team import Team


def assigned_to(rows: Iterable[Recorded]) -> dict[str, str]:
    """Customer → the collector whom managers gave it to, by the newest assignment that stands.

    Args:
        rows: assignments and undos, newest first.
    """
    found: dict[str, str] = {}
    for row in standing(rows):
        if row.kind == Assignment.kind:
            found.setdefault(row.customer_id, str(row.said["collector"]))
    return found


def team_with(team: Team, assigned: Mapping[str, str]) -> Team:
    """The team with these accounts owned by these collectors; one given to somebody who left is as in the file.

    >>> from serving.team.team import Collector
    >>> ada, bob = Collector("ada", "Ada", 240, owns=frozenset({"C-1", "C-2"})), Collector("bob", "Bob", 240)
    >>> after = team_with(Team((ada, bob)), {"C-1": "bob", "C-2": "gone", "C-3": "ada"})
    >>> [sorted(one.owns) for one in after.collectors]
    [['C-2', 'C-3'], ['C-1']]
    """
    there = {one.collector_id for one in team.collectors}
    moved = {customer: collector for customer, collector in assigned.items() if collector in there}
    given: dict[str, set[str]] = defaultdict(set)
    for customer, collector in moved.items():
        given[collector].add(customer)
    owned = ((one, frozenset(one.owns - moved.keys() | given[one.collector_id])) for one in team.collectors)
    return replace(team, collectors=tuple(replace(one, owns=owns) for one, owns in owned))


def owners_of(team: Team) -> dict[str, str]:
    """Customer → the collector who owns it."""
    return {customer: one.collector_id for one in team.collectors for customer in one.owns}
