"""Contests: the list was said to be wrong, and later it is seen who was right, the person or the list. Pure.

Three codes say what will be seen. `paid_already`: most of the money had been paid by the day on which it was said.
`pays_sooner` and `pays_later`: less, or more, of it is still unpaid on the day that the list's late risk speaks of than
the list expected. The others are complaints about data or words, which no outcome decides.

A chance is not refuted by one outcome. So beside how often people were right stands how often they would have been if
the list's chances were exact: above it people knew something that the list did not.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

PAID_ALREADY, SOONER, LATER = "paid_already", "pays_sooner", "pays_later"
SCORED = (PAID_ALREADY, SOONER, LATER)
"""The codes that an outcome decides."""

Verdict = Literal["person", "list", "waiting", "not_scored"]

BOOKED_WITHIN_DAYS = 5
"""Days after the day in question within which its payments are booked: it is judged then, and not before."""

PAID_WITHIN_DAYS = 30
"""Days within which money that is said to be paid already has to come into the ledger."""

MOST = 0.5
"""Share of the money that has to be paid for it to be paid."""


@dataclass(frozen=True)
class Contested:
    """What was contested.

    Attributes:
        because: the code; said_on: the day on which it was said.
        evening: of the list that it was said of.
        late_risk: the share of the money that the list expected to be unpaid on `late_on`; None where it expected none.
        open_minor: the money in question, by item, all in one currency, each > 0.
    """

    because: str
    said_on: date
    evening: date
    late_risk: float | None
    late_on: date | None
    open_minor: Mapping[str, int]


@dataclass(frozen=True)
class Paid:
    """Cash that the ledger knows and nobody took back; `known_on` is the evening from which it was known."""

    item_id: str
    minor: int
    paid_on: date
    known_on: date


@dataclass(frozen=True)
class OfCode:
    """The contests of one code.

    Attributes:
        judged: how many an outcome decided; person_right: of these, how many people were right in.
        expected_right: how many they would have been right in, were the list's chances exact; None where it gave none.
        waiting: how many are decided by what is not known yet; not_scored: by nothing.
    """

    because: str
    contests: int
    judged: int
    person_right: int
    expected_right: float | None
    waiting: int
    not_scored: int


def verdict(contested: Contested, paid: Iterable[Paid], known_by: date) -> Verdict:
    """Who was right, by what was known on the evening `known_by`; cash that became known later has no say.

    A tie, or nothing to be measured against, is no verdict: `not_scored`.
    """
    total = sum(contested.open_minor.values())
    if contested.because not in SCORED or not total:
        return "not_scored"
    news = [one for one in paid if contested.evening < one.known_on <= known_by and one.item_id in contested.open_minor]
    if contested.because == PAID_ALREADY:
        if _paid_share(contested, news, contested.said_on) >= MOST:
            return "person"
        return "list" if known_by >= contested.said_on + timedelta(PAID_WITHIN_DAYS) else "waiting"
    if contested.late_risk is None or contested.late_on is None:
        return "not_scored"
    if known_by < contested.late_on + timedelta(BOOKED_WITHIN_DAYS):
        return "waiting"
    unpaid = 1.0 - _paid_share(contested, news, contested.late_on)
    if unpaid == contested.late_risk:
        return "not_scored"
    return "person" if (unpaid < contested.late_risk) == (contested.because == SOONER) else "list"


def right_by_chance(contested: Contested) -> float | None:
    """The chance that the person is right if the list's chance is exact and the money comes whole or not at all."""
    if contested.late_risk is None or contested.because not in (SOONER, LATER):
        return None
    return 1.0 - contested.late_risk if contested.because == SOONER else contested.late_risk


def by_code(contests: Sequence[tuple[Contested, Verdict]]) -> list[OfCode]:
    """The contests of each code that occurs, in the order of the codes' names; nobody is named."""
    return [
        _of_code(code, [one for one in contests if one[0].because == code])
        for code in sorted({contested.because for contested, _ in contests})
    ]


def _of_code(code: str, contests: Sequence[tuple[Contested, Verdict]]) -> OfCode:
    judged = [contested for contested, found in contests if found in ("person", "list")]
    chances = [chance for one in judged if (chance := right_by_chance(one)) is not None]
    return OfCode(
        code,
        len(contests),
        len(judged),
        sum(found == "person" for _, found in contests),
        sum(chances) if chances else None,
        sum(found == "waiting" for _, found in contests),
        sum(found == "not_scored" for _, found in contests),
    )


def _paid_share(contested: Contested, paid: Iterable[Paid], until: date) -> float:
    """Share of the money that was paid by a day, of each item at most what was open."""
    came: dict[str, int] = {}
    for one in paid:
        if one.paid_on <= until:
            came[one.item_id] = came.get(one.item_id, 0) + one.minor
    counted = sum(max(0, min(minor, contested.open_minor[item_id])) for item_id, minor in came.items())
    return counted / sum(contested.open_minor.values())
