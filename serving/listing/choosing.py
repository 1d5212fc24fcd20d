"""Choosing: who is on the list of a day, by which rule, who calls them, and how likely that was.

Rules come first: appointments and quotas are placed whatever their value. Then value, within the minutes of the team;
where exploration is on, a share of each collector's minutes is left to the lot. The list begins with the appointments,
at their time, and goes on by value, whichever rule admitted an account.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple

from ledger.days import to_day
from serving.strategy.considered import Considered
from serving.strategy.quotas import asked_because, asked_for
from serving.strategy.rules import CALLBACK, VALUE
from serving.strategy.strategy import Strategy
from serving.team.assignment import Assignment, Candidate, assigned
from serving.team.team import Callee, Team
from serving.trials.decision import Design
from serving.trials.draw import Seed
from serving.trials.exploration import Draw, Ranked, draw_slice, draw_smooth
from serving.value.priority import CallOrder, call_order

NO_RATE, EXPLORATION = "no_rate", "exploration"
"""The rules of an account that cannot be compared by money, and of one that the lot listed."""

CALLS_AHEAD = 5
"""Of an even part: so many more accounts that nobody owns anybody has to draw from, for fitting them best."""

BY_VALUE = "Among the first in the order of the list."


class Chance(NamedTuple):
    """How likely an account was to be listed, before anything was drawn; see `serving.trials.decision.Decision`."""

    pi: float
    design: Design = "core"
    stratum: str = ""
    seed_id: str = ""
    eps: float = 0.0
    k: int = 0


class Admitted(NamedTuple):
    """An account on the list: the rule that admitted it, why, and who calls."""

    customer_id: str
    rule: str
    reason: str
    collector: str


@dataclass(frozen=True)
class Chosen:
    """The list of a day.

    Attributes:
        listed: in the order of the list.
        below: who could have been called as well, in the order of calling.
        chances: of all who could be called.
        assignment: who calls whom, and what more time would bring.
    """

    listed: tuple[Admitted, ...]
    below: tuple[str, ...]
    chances: Mapping[str, Chance]
    assignment: Assignment


@dataclass(frozen=True)
class Day:
    """The day that a list is for.

    Attributes:
        as_of: the evening; works_on: the day on which it is worked.
        book_overdue: all overdue money of the evening, in reporting currency units.
        salt: the secret of the draws.
    """

    as_of: date
    works_on: date
    book_overdue: float = 0.0
    salt: str = ""


def choose(callable_: Sequence[Considered], strategy: Strategy, team: Team, day: Day) -> Chosen:
    """The list of a day.

    Args:
        callable_: the accounts whose ruling is callable, each once, in any order.
    """
    ranked = sorted(callable_, key=in_order)
    minutes = team.minutes_on(day.works_on)
    comparable = [one for one in ranked if one.value is not None or one.callback is not None]
    time = sum(minutes.values())
    asked = asked_for(comparable, strategy, works_on=to_day(day.works_on), minutes=time, book_overdue=day.book_overdue)
    fits = team.fits_of(map(callee_of, ranked))
    exploring = strategy.exploration if strategy.exploration.on else None
    if exploring is None:
        assignment = _assigned(ranked, fits, set(asked), minutes)
        chances = _certain(ranked, asked, assignment.of)
    elif exploring.design == "slice":
        assignment, chances = _with_slice(ranked, fits, asked, minutes, strategy, day, team.owned)
    else:
        assignment, chances = _drawn_whole(ranked, fits, asked, minutes, strategy, day, team.owned)
    by_id = {one.customer_id: one for one in ranked}
    anyway = _assigned(ranked, fits, set(), minutes).of if asked else assignment.of
    listed = sorted((by_id[customer] for customer in assignment.of), key=lambda one: _on_the_list(one, asked))
    return Chosen(
        listed=tuple(_admitted(one, asked, anyway, chances, assignment) for one in listed),
        below=tuple(one.customer_id for one in ranked if one.customer_id not in assignment.of),
        chances=chances,
        assignment=assignment,
    )


def in_order(one: Considered) -> CallOrder:
    """Where an account comes in the order of calling by value."""
    return call_order(one.value, one.oldest_dpd, one.customer_id)


def callee_of(one: Considered) -> Callee:
    """What of an account decides who may call it."""
    kinds = {one.segment, one.debtor_class} - {""}
    return Callee(one.customer_id, one.country, frozenset(kinds))


def _on_the_list(one: Considered, asked: Mapping[str, str]) -> tuple[bool, int, str, CallOrder]:
    """Appointments first, at their time, those without a time after the others of their day."""
    if asked.get(one.customer_id) == CALLBACK and one.callback is not None:
        return False, one.callback.on, one.callback.at or "~", in_order(one)
    return True, 0, "", in_order(one)


def _admitted(
    one: Considered,
    asked: Mapping[str, str],
    anyway: Mapping[str, str],
    chances: Mapping[str, Chance],
    assignment: Assignment,
) -> Admitted:
    """By the rule that asks for it; by its value where that alone would have listed it, and the rule says so beside."""
    collector, rule = assignment.of[one.customer_id], asked.get(one.customer_id)
    if rule is not None:
        because = asked_because(rule, one)
        if rule == CALLBACK or one.customer_id not in anyway or one.value is None:
            return Admitted(one.customer_id, rule, because, collector)
        return Admitted(one.customer_id, VALUE, f"{BY_VALUE} {because}", collector)
    if one.value is None:
        return Admitted(one.customer_id, NO_RATE, "Without an exchange rate it stands after the others.", collector)
    if chances[one.customer_id].design == "explore":
        return Admitted(one.customer_id, EXPLORATION, "Drawn by lot, to learn what calls change.", collector)
    return Admitted(one.customer_id, VALUE, BY_VALUE, collector)


def _assigned(
    ranked: Sequence[Considered],
    fits: Mapping[str, Mapping[str, float]],
    forced: set[str],
    minutes: Mapping[str, float],
    among: Iterable[str] | None = None,
) -> Assignment:
    wanted = None if among is None else set(among)
    return assigned(
        [
            Candidate(
                one.customer_id, rank, (one.value or 0.0) * one.minutes, one.minutes, fits[one.customer_id],
                forced=one.customer_id in forced,
            )
            for rank, one in enumerate(ranked, start=1)
            if wanted is None or one.customer_id in wanted
        ],
        minutes,
    )  # fmt: skip


def _certain(
    ranked: Sequence[Considered], asked: Mapping[str, str], of: Mapping[str, str], eps: float = 0.0
) -> dict[str, Chance]:
    """Chances where nothing is drawn: who is placed is so for certain."""
    return {
        one.customer_id: Chance(float(one.customer_id in of), "quota" if one.customer_id in asked else "core", eps=eps)
        for one in ranked
    }


def _with_slice(
    ranked: Sequence[Considered],
    fits: Mapping[str, Mapping[str, float]],
    asked: Mapping[str, str],
    minutes: Mapping[str, float],
    strategy: Strategy,
    day: Day,
    owned: Collection[str],
) -> tuple[Assignment, dict[str, Chance]]:
    """The list by value in most of the time; in the rest accounts below the cut, drawn for each collector."""
    eps = strategy.exploration.share
    plain = _assigned(ranked, fits, set(asked), minutes)
    sure = set(asked) | _large_of(plain, ranked, strategy)
    first = _assigned(ranked, fits, sure, minutes, among=sure)
    room = {name: max((1.0 - eps) * time, time - first.minutes_left.get(name, time)) for name, time in minutes.items()}
    core = _assigned(ranked, fits, sure, room)
    chances = _certain(ranked, asked, core.of, eps)
    of = dict(core.of)
    open_ = [one for one in ranked if _may_be_drawn(one, core.of, strategy) and one.customer_id not in sure]
    for collector, below in _by_home(open_, fits, minutes, owned):
        draw = draw_slice(below, minutes[collector] - room[collector], Seed(day.as_of, collector, day.salt))
        chances |= _chances(draw, collector, eps)
        of |= dict.fromkeys(draw.listed, collector)
    return _kept(plain, ranked, minutes, of), chances


def _drawn_whole(
    ranked: Sequence[Considered],
    fits: Mapping[str, Mapping[str, float]],
    asked: Mapping[str, str],
    minutes: Mapping[str, float],
    strategy: Strategy,
    day: Day,
    owned: Collection[str],
) -> tuple[Assignment, dict[str, Chance]]:
    """What rules ask for for certain, large accounts as on any day; in all other time every account has a chance."""
    eps, ceiling = strategy.exploration.share, strategy.exploration.exposure_ceiling
    plain = _assigned(ranked, fits, set(asked), minutes)
    sure = set(asked) | _large_of(plain, ranked, strategy)
    first = _assigned(ranked, fits, sure, minutes, among=sure)
    chances = _certain(ranked, asked, first.of, eps)
    of = dict(first.of)
    left = [one for one in ranked if one.customer_id not in sure and one.value is not None and one.overdue < ceiling]
    for collector, open_ in _by_home(left, fits, minutes, owned):
        draw = draw_smooth(open_, first.minutes_left.get(collector, 0.0), eps, Seed(day.as_of, collector, day.salt))
        chances |= _chances(draw, collector, eps)
        of |= dict.fromkeys(draw.listed, collector)
    return _kept(plain, ranked, minutes, of), chances


def _large_of(plain: Assignment, ranked: Sequence[Considered], strategy: Strategy) -> set[str]:
    """The accounts above the ceiling that are on the list of a day without chance: they stay."""
    ceiling = strategy.exploration.exposure_ceiling
    return {one.customer_id for one in ranked if one.customer_id in plain.of and one.overdue >= ceiling}


def _may_be_drawn(one: Considered, core: Mapping[str, str], strategy: Strategy) -> bool:
    large = one.overdue >= strategy.exploration.exposure_ceiling
    return one.customer_id not in core and one.value is not None and not large


def _by_home(
    accounts: Sequence[Considered],
    fits: Mapping[str, Mapping[str, float]],
    minutes: Mapping[str, float],
    owned: Collection[str],
) -> list[tuple[str, list[Ranked]]]:
    """The accounts of each collector to draw from: each with the one it fits best, equals by their minutes.

    Of those that nobody owns nobody gets many more than their part: who reached nearly all of them last would leave the
    others nothing to draw from, or the worst.
    """
    found: dict[str, list[Ranked]] = {name: [] for name in sorted(minutes)}
    given = dict.fromkeys(found, 0.0)
    time = sum(minutes.values())
    for one in accounts:
        may = [name for name in found if name in fits[one.customer_id]]
        if not may:
            continue
        if one.customer_id not in owned:
            part = (sum(given.values()) + CALLS_AHEAD * len(found) * one.minutes) / time
            may = [name for name in may if given[name] / minutes[name] <= part] or may
        best = max(fits[one.customer_id][name] for name in may)
        home = min(
            (name for name in may if fits[one.customer_id][name] == best),
            key=lambda name: (given[name] / minutes[name], name),
        )
        given[home] += one.minutes
        found[home].append(Ranked(one.customer_id, one.minutes))
    return list(found.items())


def _chances(draw: Draw, collector: str, eps: float) -> dict[str, Chance]:
    return {customer: Chance(pi, "explore", collector, draw.seed_id, eps, draw.k) for customer, pi in draw.pi.items()}


def _kept(
    plain: Assignment, ranked: Sequence[Considered], minutes: Mapping[str, float], of: Mapping[str, str]
) -> Assignment:
    """The placing that a draw left; what an hour is worth is that of the day without the draw."""
    used = dict.fromkeys(minutes, 0.0)
    for one in ranked:
        if one.customer_id in of:
            used[of[one.customer_id]] += one.minutes
    value = math.fsum((one.value or 0.0) * one.minutes for one in ranked if one.customer_id in of)
    return replace(
        plain,
        of=of,
        value=value,
        gap=max(0.0, (plain.bound - value) / plain.bound) if plain.bound > 0 else 0.0,
        left_out=tuple(one.customer_id for one in ranked if one.customer_id not in of),
        forced_left_out=tuple(customer for customer in plain.forced_left_out if customer not in of),
        minutes_left={name: max(0.0, time - used[name]) for name, time in minutes.items()},
    )
