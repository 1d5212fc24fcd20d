"""Assignment: which accounts get a caller today, and who that is.

Value decides whom to call, fit decides who calls: the best fit in the house outweighs a thousandth of an account's
value. Whoever a rule or the lot admitted is placed first. With one collector and calls of one length the list is simply
its beginning.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from serving.team.placing_calls import (
    NOBODY,
    Calls,
    Flags,
    Floats,
    Whole,
    fill,
    placed_by_milp,
    placed_greedily,
    pooled_bound,
    time_left,
)

Method = Literal["in_order", "milp", "greedy"]
"""The beginning of the list; the best placing found by HiGHS; value per minute, where HiGHS had no better answer."""

ROOM = 2.0
"""Of accounts that the same people may call, those worth most per minute are weighed: so many times their minutes."""

_TOLERANCE = 1e-6


class Candidate(NamedTuple):
    """An account that could be called.

    Attributes:
        rank: its place in the order of calling; the smaller goes first among equals.
        value: of the whole call, >= 0; 0 where it cannot be compared: such are placed only when time is left.
        minutes: of the call, > 0.
        fits: collector → how well that one fits, see `serving.team.team.Team.fits`; who is not in it may not call.
        forced: admitted by a rule or the lot, whatever its value.
    """

    customer_id: str
    rank: int
    value: float
    minutes: float
    fits: Mapping[str, float]
    forced: bool = False


@dataclass(frozen=True)
class Assignment:
    """Who calls whom.

    Attributes:
        of: customer → collector.
        left_out: everybody else, by rank; `forced_left_out` are those of them who should have been placed.
        value: of all calls placed; `bound`: what no placing can pass once the forced ones have their time.
        gap: (bound - value) / bound, >= 0; 0 where nothing was to be had.
        price_of_an_hour: what one more hour of a collector would bring, at the value of the last minute used.
        minutes_left: by collector with time today.
    """

    of: Mapping[str, str]
    left_out: tuple[str, ...]
    forced_left_out: tuple[str, ...]
    value: float
    bound: float
    gap: float
    price_of_an_hour: Mapping[str, float]
    minutes_left: Mapping[str, float]
    method: Method


def assigned(candidates: Sequence[Candidate], minutes: Mapping[str, float]) -> Assignment:
    """Place the candidates in the minutes of the collectors who have any.

    Args:
        candidates: each account once, in any order.
        minutes: collector → minutes today, >= 0; in any order.
    """
    everybody = sorted(candidates, key=lambda one: (one.rank, one.customer_id))
    callers = sorted(name for name, time in minutes.items() if time > 0)
    calls = _calls(everybody, callers, np.array([minutes[name] for name in callers], dtype=np.float64))
    forced = np.array([one.forced for one in everybody], dtype=bool)
    of, bound, prices, method = _in_order(calls, forced) or _by_value(calls, forced)
    fill(calls, of, np.flatnonzero(of == NOBODY))
    _equals_by_rank(everybody, calls, of)
    value = math.fsum(calls.value[of != NOBODY])
    out = [one for one, collector in zip(everybody, of, strict=True) if collector == NOBODY]
    return Assignment(
        of={
            one.customer_id: callers[collector] for one, collector in zip(everybody, of, strict=True) if collector >= 0
        },
        left_out=tuple(one.customer_id for one in out),
        forced_left_out=tuple(one.customer_id for one in out if one.forced),
        value=value,
        bound=max(bound, value),
        gap=max(0.0, (bound - value) / bound) if bound > 0 else 0.0,
        price_of_an_hour=dict(zip(callers, (60.0 * prices).tolist(), strict=True)),
        minutes_left=dict(zip(callers, np.maximum(time_left(calls, of), 0.0).tolist(), strict=True)),
        method=method,
    )


def staffing_sentence(assignment: Assignment, unit: str = "money-days") -> str:
    """What the staffing report says of a day; `unit` is what values are in, '' where more time has no price."""
    if not assignment.minutes_left:
        return (
            "Nobody has time for calls on this day, so the list is empty. Look at the minutes and absences of the team."
        )
    placed, out = len(assignment.of), len(assignment.left_out)
    told = f"{placed:,} of {placed + out:,} accounts have a caller."
    if assignment.forced_left_out:
        told += f" {len(assignment.forced_left_out):,} that a rule admitted found no time or nobody who may call them."
    if not unit:
        return told
    best = max(assignment.price_of_an_hour.items(), key=lambda one: (one[1], one[0]))
    if best[1] <= 0.0:
        return f"{told} More time for calls would bring nothing more today."
    return f"{told} One more hour of {best[0]} would bring about {best[1]:,.0f} {unit} more."


_Placed = tuple[Whole, float, Floats, Method]


def _calls(everybody: Sequence[Candidate], callers: Sequence[str], time: Floats) -> Calls:
    fit = np.array([[one.fits.get(name, np.nan) for name in callers] for one in everybody], dtype=np.float64)
    return Calls(
        value=np.array([one.value for one in everybody], dtype=np.float64),
        minutes=np.array([one.minutes for one in everybody], dtype=np.float64),
        time=time,
        fit=fit.reshape(len(everybody), len(callers)),
    )


def _in_order(calls: Calls, forced: Flags) -> _Placed | None:
    """The beginning of the list, the forced first; None where there is something to weigh."""
    may = np.flatnonzero(calls.allowed.any(axis=1))
    lengths = np.unique(calls.minutes[may])
    of = np.full(len(forced), NOBODY, dtype=np.int64)
    if not len(lengths):
        return of, 0.0, np.zeros(len(calls.time)), "in_order"
    if len(calls.time) > 1 or len(lengths) > 1:
        return None
    order = np.concatenate([may[forced[may]], may[~forced[may]]])
    count = math.floor((calls.time[0] + _TOLERANCE) / lengths[0])
    of[order[:count]] = 0
    price = calls.value[order[count]] / lengths[0] if count < len(order) else 0.0
    return of, math.fsum(calls.value[of != NOBODY]), np.array([price]), "in_order"


def _by_value(calls: Calls, forced: Flags) -> _Placed:
    """The forced first, then whoever is worth most in the time that is left."""
    of = np.full(len(calls.value), NOBODY, dtype=np.int64)
    bound, prices, method = 0.0, np.zeros(len(calls.time)), "milp"
    for asking in (forced, ~forced):
        some = _worth_most(calls, asking)
        if not len(some):
            continue
        time = np.maximum(time_left(calls, of), 0.0)
        part = Calls(calls.value[some], calls.minutes[some], time, calls.fit[some])
        of[some], above, prices, found = _best(part)
        bound, method = bound + above, "greedy" if found == "greedy" else method
    return of, bound, prices, "greedy" if method == "greedy" else "milp"


def _best(calls: Calls) -> _Placed:
    found = placed_by_milp(calls)
    bound, price = pooled_bound(calls)
    if found is None:
        return placed_greedily(calls), bound, np.full(len(calls.time), price), "greedy"
    of, relaxed = found
    return of, min(bound, relaxed.bound), relaxed.per_minute, "milp"


def _worth_most(calls: Calls, asking: Flags) -> Whole:
    """Those who ask and may be called; of those whom the same people may call no more than could matter; by rank."""
    kept: list[int] = []
    patterns, pattern_of = np.unique(calls.allowed, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        room = ROOM * calls.time[pattern].sum()
        some = np.flatnonzero(asking & (pattern_of.reshape(-1) == number)).tolist()
        for at in sorted(some, key=lambda at: (-calls.value[at] / calls.minutes[at], at)):
            if room <= 0:
                break
            kept.append(at)
            room -= calls.minutes[at]
    return np.array(sorted(kept), dtype=np.int64)


def _equals_by_rank(everybody: Sequence[Candidate], calls: Calls, of: Whole) -> None:
    """Among accounts that are alike in all that counts the first in rank are placed; changes `of`."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for at in np.flatnonzero(np.isin(calls.value, calls.value[of != NOBODY])).tolist():
        one = everybody[at]
        alike.setdefault((one.value, one.minutes, one.forced, calls.fit[at].tobytes()), []).append(at)
    for group in alike.values():
        taken = [of[at] for at in group if of[at] != NOBODY]
        of[group] = taken + [NOBODY] * (len(group) - len(taken))
