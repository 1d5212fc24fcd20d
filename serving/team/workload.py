"""Workload: what each collector has before them, did, and what their accounts would have brought the whole team. Pure.

A hard portfolio is not held against a person: the team's own result is shared out over the accounts that each one
tried, by the chance to reach somebody and the money to call about. The shares add up to the result, so *expected* is
what the team's pace would have brought on these accounts (indirect standardisation; Breslow & Day, *Statistical Methods
in Cancer Research* II (1987), ch. 2). Small numbers vary: no order of people follows from it.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.desk_journal import Recorded
from serving.activities.effort import Effort, effort_of, tried, work

Json = dict[str, Any]


@dataclass(frozen=True)
class Planned:
    """A call as its list planned it.

    Attributes:
        collector: who calls.
        reach: the chance to reach somebody; money: to call about, in the reporting currency; minutes: that it takes.
    """

    collector: str
    reach: float
    money: float
    minutes: float


@dataclass(frozen=True)
class Load:
    """One collector over a period.

    Attributes:
        listed, worked: of today's list; planned_minutes: of the calls on it that were worked.
        expected_spoken, expected_promised: the team's result shared out; None where nobody else could differ, or
            nothing is known of the accounts.
    """

    collector: str
    listed: int
    worked: int
    planned_minutes: float
    effort: Effort
    promised: float
    expected_spoken: float | None
    expected_promised: float | None


def planned(lines: Iterable[Json]) -> dict[str, Planned]:
    """Customer → the call that a list plans; of orders that know no chance to reach anybody it is 1."""
    return {str(line["customer_id"]): _planned(line) for line in lines}


def loads_of(
    collectors: Sequence[str],
    today: Mapping[str, Planned],
    worked_today: Iterable[str],
    rows: Sequence[Recorded],
    plans: Mapping[str, Planned],
    collector_of: Mapping[str, str],
    currency: str,
) -> list[Load]:
    """What each collector did over a period, in the order given.

    Args:
        today: today's list; worked_today: the accounts that were worked since its evening.
        rows: what was recorded in the period, newest first.
        plans: customer → the call as some list of the period planned it; only these accounts count.
        collector_of: person → their id in the team; what others record counts for who calls the account.
    """
    mine: dict[str, list[Recorded]] = {one: [] for one in collectors}
    for row in work(rows):
        whose = collector_of.get(row.actor) or (plans[row.customer_id].collector if row.customer_id in plans else "")
        if whose in mine:
            mine[whose].append(row)
    efforts = {one: effort_of(done) for one, done in mine.items()}
    promised = {one: float(effort.promised.get(currency, 0)) for one, effort in efforts.items()}
    on = {one: [plans[customer] for customer in tried(done) if customer in plans] for one, done in mine.items()}
    spoken = shared_out(
        sum(effort.spoken for effort in efforts.values()),
        {one: math.fsum(plan.reach for plan in of) for one, of in on.items()},
    )
    money = shared_out(
        sum(promised.values()), {one: math.fsum(plan.reach * plan.money for plan in of) for one, of in on.items()}
    )
    done = frozenset(worked_today)
    return [
        Load(
            collector=one,
            listed=sum(plan.collector == one for plan in today.values()),
            worked=sum(plan.collector == one for customer, plan in today.items() if customer in done),
            planned_minutes=math.fsum(p.minutes for c, p in today.items() if p.collector == one and c in done),
            effort=efforts[one],
            promised=promised[one],
            expected_spoken=spoken.get(one),
            expected_promised=money.get(one),
        )
        for one in collectors
    ]


def shared_out(total: float, weights: Mapping[str, float]) -> dict[str, float]:
    """A total in proportion to weights; empty where fewer than two weigh anything, and nothing can be compared.

    >>> shared_out(90.0, {"ada": 2.0, "bob": 1.0, "cem": 0.0}), shared_out(90.0, {"ada": 2.0})
    ({'ada': 60.0, 'bob': 30.0}, {})
    """
    there = {name: weight for name, weight in weights.items() if weight > 0}
    if len(there) < 2:
        return {}
    whole = math.fsum(there.values())
    return {name: total * weight / whole for name, weight in there.items()}


def _planned(line: Json) -> Planned:
    factors = {one["name"]: one["value"] for one in line["factors"]}
    return Planned(
        collector=line["collector"],
        reach=float(factors.get("reach", 1.0)),
        money=float(factors.get("callable_money", 0.0)),
        minutes=float(factors.get("minutes", 0.0)),
    )
