"""The verdict on a version in use: fine, watch, retrain or stop, each with its sentences and figures. Pure.

The usual bands of the population stability index (below 0.1 fine, above 0.25 act) are for tens of thousands of
independent rows. Here the rows of one customer move together and some features change with the season, so a feature
is acted on only when it has also moved `BEYOND_USUAL` times as far as it ever did in the year before training.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ledger.words import count_text
from models.overruled import Overruled
from models.reference import VANISHED, WAS_THERE

State = Literal["fine", "watch", "act", "broken"]
Verdict = Literal["fine", "watch", "retrain", "stop"]
VERDICTS: tuple[Verdict, ...] = ("fine", "watch", "retrain", "stop")

WATCH, ACT = 0.10, 0.25
"""Bands of the population stability index."""

BEYOND_USUAL = 3.0
"""How much further than in any replayed month a feature must have moved."""

MANY = 5
"""So many other features beyond their limit are worth a look; one or two of seventy are chance or growth."""

CONSTANT, STRANGE = 0.99, 0.50
"""Shares of the open items with one and the same value, or with values never seen before training."""

WAS_VARIED = 0.90
"""What was constant in a larger share before is no news."""

UNSEEN = 0.05
"""Share of open items of a category never seen in training."""

ISSUED_WEEKDAY = "issued_weekday"
"""No feature, but compared like one: invoices are written on working days, so dates read a day off show here."""

CALIBRATION_OFF, CALIBRATION_FAR_OFF = 0.05, 0.15
"""Differences between said and happened, as shares, that the whole 95 % interval must lie beyond."""

FALLBACK_SHARE = 0.20
"""Share of published runs that were not in mode `model`."""

OVERRIDE_SHARE, LEAST_WORKED = 0.20, 50
"""Share of the accounts worked on in 30 days that people overruled the list about; of so many at least."""


@dataclass(frozen=True)
class Moved:
    """How far one column has moved since training.

    Attributes:
        name: of the feature, or `late_risk`.
        psi: population stability index; None for a feature of the evening.
        usual: the largest index of a replayed month in the year before training; None for a history too short to tell.
        limit: the index from which something is to be done; None while nobody knows what is usual.
        missing_then, missing_now: shares of rows without a value.
        strange: share of the values that lie where none lay in training.
        commonest_then, commonest_now: largest share of one value.
        is_text: whether it holds categories.
        of_the_evening: whether all items of one evening share its value.
        important: whether it is among the ten that move the score most.
        state: `fine`; `watch` for more than usual; `act` beyond the limit; `broken` for vanished, constant or strange.
    """

    name: str
    psi: float | None
    usual: float | None
    limit: float | None
    missing_then: float
    missing_now: float
    strange: float
    commonest_then: float
    commonest_now: float
    is_text: bool
    of_the_evening: bool
    important: bool
    state: State


@dataclass(frozen=True)
class Matured:
    """What was said of items whose 30 days are over, and what happened.

    Attributes:
        rows, customers: how many; `first`, `last`: the evenings they were open on, ISO days.
        said: mean chance of being unpaid 30 days later.
        happened: the share that was.
        difference: said - happened; `low`, `high`: its 95 % interval, customers drawn together.
        fifths: rows by rising chance in five parts: rows, said, happened of each.
    """

    rows: int
    customers: int
    first: str
    last: str
    said: float
    happened: float
    difference: float
    low: float
    high: float
    fifths: tuple[tuple[int, float, float], ...]


@dataclass(frozen=True)
class Finding:
    """One thing that speaks for a verdict.

    Attributes:
        nightly: whether whoever makes a list looks for the same every evening, so that it need not be believed of later
            ones: an important feature without values (`serving.scoring.ladder`).
    """

    verdict: Verdict
    text: str
    nightly: bool = False


def limit_of(usual: float | None) -> float | None:
    """The index from which a feature has moved beyond chance, season and its own ways; None where `usual` is.

    In its first months a ledger's windows only fill: everything moves, and nothing of it is drift.
    """
    return None if usual is None else max(ACT, BEYOND_USUAL * usual)


def state_of(
    psi: float | None,
    usual: float | None,
    missing: tuple[float, float],
    strange: float,
    commonest: tuple[float, float],
    text: bool = False,
) -> State:
    """What to think of one column.

    Args:
        psi, usual: index now, and the largest of a replayed month.
        missing, commonest: shares then and now.
        strange: share of values never seen.
        text: whether it holds categories, where one value may well be everybody's.

    >>> state_of(0.3, 0.05, (0, 0), 0, (0.1, 0.1)), state_of(0.3, 0.15, (0, 0), 0, (0.1, 0.1))
    ('act', 'watch')
    """
    limit = limit_of(usual)
    beyond = psi is None or (limit is not None and psi > limit)
    if missing[1] >= VANISHED and missing[0] <= WAS_THERE:
        return "broken"
    if psi is not None and not text and commonest[1] >= CONSTANT and commonest[0] <= WAS_VARIED:
        return "broken"
    if strange > STRANGE and beyond:
        return "broken"
    if psi is None or usual is None:
        return "fine"
    return "act" if beyond else "watch" if psi > max(WATCH, usual) else "fine"


def about_features(moved: Sequence[Moved]) -> list[Finding]:
    """What the features say; the score apart, see `about_score`."""
    found = [_broken(one) for one in moved if one.state == "broken" and one.name != ISSUED_WEEKDAY]
    found += [
        Finding(
            "retrain",
            f"{one.name}, one of the ten features that move the score most, has moved: index {_index(one)}, "
            f"{_limit(one)}. Look at the newest exports first: a version trained on a wrong column learns it.",
        )
        for one in moved
        if one.state == "act" and one.important
    ]
    found += [
        Finding(
            "watch",
            f"Invoices seem to be issued on other weekdays than before training: index {_index(one)}, {_limit(one)}. "
            "Where nothing changed in invoicing, the newest exports have dates that are a day off.",
        )
        for one in moved
        if one.name == ISSUED_WEEKDAY and one.state in ("act", "broken")
    ]
    others = [one for one in moved if one.state == "act" and not one.important and one.name != ISSUED_WEEKDAY]
    if len(others) >= MANY:
        told = ", ".join(
            f"{one.name} ({_index(one)})" for one in sorted(others, key=lambda one: -(one.psi or 0))[:MANY]
        )
        found.append(Finding("watch", f"{count_text(len(others), 'other feature')} moved beyond their limit: {told}."))
    return found


def about_score(score: Moved) -> list[Finding]:
    """Whether the scores themselves lie elsewhere."""
    if score.state in ("fine", "watch"):
        return []
    return [
        Finding(
            "retrain",
            f"The scores lie elsewhere than at training: index {_index(score)}, {_limit(score)}.",
        )
    ]


def about_categories(unseen: Iterable[tuple[str, float]]) -> list[Finding]:
    """Categories that training never saw: name of the feature and share of the open items."""
    return [
        Finding("watch", f"{share:.0%} of the open items have a {name} that training never saw: they are guesses.")
        for name, share in unseen
        if share > UNSEEN
    ]


def about_exchanged(pairs: Iterable[tuple[str, str]]) -> list[Finding]:
    """Pairs of features that look as if they had changed places."""
    return [
        Finding("watch", f"{one} and {other} look exchanged: each lies where the other lay at training.")
        for one, other in pairs
    ]


def about_calibration(matured: Matured | None) -> list[Finding]:
    """Whether what was said came true. Nothing is found before the first outcomes are there."""
    if matured is None or math.isnan(matured.low):
        return []
    # The end of the interval that is nearer to no difference at all.
    at_least = max(matured.low, -matured.high, 0.0)
    told = (
        f"Of {count_text(matured.rows, 'item')} open between {matured.first} and {matured.last}, "
        f"{matured.said:.1%} were expected to be unpaid 30 days later and {matured.happened:.1%} were: "
        f"{abs(matured.difference) * 100:.1f} points too {'many' if matured.difference > 0 else 'few'} expected "
        f"(at least {at_least * 100:.1f})."
    )
    if at_least > CALIBRATION_FAR_OFF:
        return [Finding("stop", told)]
    return [Finding("retrain", told)] if at_least > CALIBRATION_OFF else []


def about_use(fallback_share: float | None, runs: int, age_days: int, best_before_days: int) -> list[Finding]:
    """What the published lists and the age of the version say."""
    found = []
    if fallback_share is not None and fallback_share > FALLBACK_SHARE:
        found.append(
            Finding(
                "watch", f"{fallback_share:.0%} of the last {count_text(runs, 'list')} were made without the model."
            )
        )
    if age_days > best_before_days:
        found.append(Finding("retrain", f"The version is {age_days} days old, best before {best_before_days}."))
    return found


def about_overrides(recent: Overruled | None) -> list[Finding]:
    """Whether people often did otherwise than the list said, in the last 30 days."""
    if recent is None or recent.worked < LEAST_WORKED or (recent.share or 0.0) <= OVERRIDE_SHARE:
        return []
    told = (
        f"{recent.share:.0%} of {count_text(recent.worked, 'account')} worked on in 30 days were contested or put off "
        "by hand: ask why before you train again."
    )
    return [Finding("watch", told)]


def worst(findings: Iterable[Finding]) -> Verdict:
    """The gravest of the verdicts; `fine` without any.

    >>> worst([Finding("watch", ""), Finding("stop", "")]), worst([])
    ('stop', 'fine')
    """
    return max((finding.verdict for finding in findings), key=VERDICTS.index, default="fine")


def _broken(one: Moved) -> Finding:
    gone = one.missing_now >= VANISHED and one.missing_then <= WAS_THERE
    if gone:
        how = f"has no value in {one.missing_now:.0%} of the open items (at training {one.missing_then:.0%})"
    elif one.commonest_now >= CONSTANT and one.commonest_then <= WAS_VARIED:
        how = f"has one and the same value in {one.commonest_now:.0%} of the open items (then {one.commonest_then:.0%})"
    else:
        how = (
            f"has values in {one.strange:.0%} of the open items that training never saw: perhaps another unit, sign or "
            "spelling"
        )
    if one.important:
        told = f"{one.name} {how}. It is one of the ten that move the score most, so scores cannot be trusted."
        return Finding("stop", told, nightly=gone)
    return Finding("watch", f"{one.name} {how}. It moves the score little.")


def _index(one: Moved) -> str:
    return "-" if one.psi is None else f"{one.psi:.2f}"


def _limit(one: Moved) -> str:
    if one.limit is None or one.usual is None:
        return "with no limit known"
    return f"more than {one.limit:.2f} (in no month of the year before training more than {one.usual:.2f})"
